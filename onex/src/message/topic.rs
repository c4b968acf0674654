//! Topics at run time: a declared topic with its placeholders filled from configuration.
//!
//! The grammar itself is `onex-contract`'s; what arrives here from a table has been checked there.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::hashing::DeclaredHasher;

/// A topic without placeholders. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Topic {
    text: Arc<str>,
    /// A topic is looked up several times for each message, and hashed once.
    hash: u64,
}

/// A declared topic that configuration does not fill.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// A placeholder has no value.
    #[error(
        "the topic `{topic}` has the placeholder `{{{placeholder}}}`, and the configuration gives it no value"
    )]
    Unfilled {
        /// The topic as declared.
        topic: String,
        /// The placeholder's name.
        placeholder: String,
    },
}

impl Topic {
    /// A topic that is complete as it stands.
    #[must_use]
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        Topic { hash: DeclaredHasher::of(&text), text }
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// One of 64 bits, the same for the same topic.
    pub(crate) fn bit(&self) -> u64 {
        1 << (self.hash >> 58)
    }

    /// `producer.event-name`: the third-last and second-last segment of both topic forms, whose fourth-last or
    /// third-last is the kind. A name with fewer segments is its own wire type.
    #[must_use]
    pub fn wire_type(&self) -> Arc<str> {
        let segments: Vec<&str> = self.text.split('.').collect();
        match segments.as_slice() {
            ["onex", _, producer, event, _] => format!("{producer}.{event}").into(),
            [.., producer, _, event, _] => format!("{producer}.{event}").into(),
            _ => self.text.clone(),
        }
    }
}

/// Most are clones of those of the routing table.
impl PartialEq for Topic {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && (Arc::ptr_eq(&self.text, &other.text) || self.text == other.text)
    }
}

impl Eq for Topic {}

impl Hash for Topic {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialOrd for Topic {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Topic {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Arc::<str>::deserialize(deserializer).map(Topic::new)
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The values of topic placeholders: `env`, `namespace`.
#[derive(Debug, Clone, Default)]
pub struct Topics {
    values: BTreeMap<String, String>,
}

impl Topics {
    /// Gives a placeholder its value.
    pub fn set(&mut self, placeholder: impl Into<String>, value: impl Into<String>) {
        self.values.insert(placeholder.into(), value.into());
    }

    /// Fills the placeholders of a declared topic.
    ///
    /// # Errors
    /// A placeholder has no value.
    pub fn resolve(&self, declared: &str) -> Result<Topic, TopicError> {
        let mut filled = String::with_capacity(declared.len());
        let mut rest = declared;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((placeholder, after)) = after.split_once('}') else { break };
            let Some(value) = self.values.get(placeholder) else {
                return Err(TopicError::Unfilled { topic: declared.into(), placeholder: placeholder.into() });
            };
            filled.push_str(before);
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(Topic::new(filled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_topic_forms_give_the_same_wire_type() {
        assert_eq!(&*Topic::new("onex.evt.orders.order-validated.v1").wire_type(), "orders.order-validated");
        assert_eq!(
            &*Topic::new("dev.acme.orders.evt.order-validated.v1").wire_type(),
            "orders.order-validated"
        );
    }

    #[test]
    fn placeholders_are_filled_or_named() {
        let mut topics = Topics::default();
        topics.set("env", "dev");
        let declared = "{env}.{namespace}.orders.evt.order-validated.v1";
        let error = topics.resolve(declared).unwrap_err();
        assert_eq!(error, TopicError::Unfilled { topic: declared.into(), placeholder: "namespace".into() });
        topics.set("namespace", "acme");
        assert_eq!(topics.resolve(declared).unwrap().as_str(), "dev.acme.orders.evt.order-validated.v1");
    }
}
