//! Topics: the names that the contracts of different nodes agree on.
//!
//! The one place where a wire type and a category are derived from a topic. It must not know YAML or spans.

mod grammar;

use std::fmt;
use std::ops::Range;

use crate::intent_type::IntentType;

/// Where messages travel, in one of two forms:
///
/// * `onex.<kind>.<producer>.<event-name>.v<n>`
/// * `{env}.{namespace}.<producer>.<kind>.<event-name>.v<n>`, with these two placeholders and no others
///
/// The segments are in kebab case, and `n` is 1 or more.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Topic {
    text: String,
    kind: TopicKind,
    producer: Range<usize>,
    event_name: Range<usize>,
    version: u32,
    placeholders: &'static [&'static str],
}

/// What travels on a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TopicKind {
    /// `cmd`: somebody is asked to do something.
    Command,
    /// `evt`: something happened.
    Event,
    /// `intent`: work that an orchestrator asks an effect for.
    Intent,
    /// `dlq`: messages that could not be processed.
    DeadLetter,
    /// `snapshot`: the state of something at a time.
    Snapshot,
}

/// What is wrong with a topic, and which part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicError {
    /// The bytes of the topic that are wrong.
    pub range: Range<usize>,
    /// Why they are.
    pub fault: TopicFault,
    /// The topic that was probably meant, where only the spelling of a segment is wrong.
    pub corrected: Option<String>,
}

/// Why a text is no topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TopicFault {
    /// The text does not start with `onex.` or `{env}.{namespace}.`.
    Start,
    /// The text has another number of segments than its form.
    Segments {
        /// How many it has.
        found: usize,
        /// How many it should have.
        expected: usize,
    },
    /// There is no such kind.
    Kind,
    /// The segment is not in kebab case.
    Segment(&'static str),
    /// The version is not `v` and a number from 1.
    Version,
    /// The placeholder is unknown, or not where it belongs.
    Placeholder,
}

impl Topic {
    /// Reads a topic.
    ///
    /// # Errors
    ///
    /// The text has neither of the two forms; the error says which part is wrong and why.
    pub fn parse(text: &str) -> Result<Self, TopicError> {
        grammar::read(text).map_err(|(range, fault)| TopicError {
            range,
            fault,
            corrected: grammar::corrected(text),
        })
    }

    /// Where a node is asked for what none of its topics brings, by a name:
    /// `onex.cmd.node-users-effect.store.v1`. Whatever the name has that no topic may have stays in it: the topic
    /// is derived, nobody wrote it.
    pub(crate) fn own(node: &str, name: &str) -> Self {
        Self::derived(TopicKind::Command, node, name)
    }

    /// Where an intent travels: `payment.process_now` on `onex.intent.payment.process-now.v1`.
    pub(crate) fn of_intent(intent: &IntentType) -> Self {
        let text = intent.as_str();
        let (domain, action) = text.split_once('.').unwrap_or((text, text));
        Self::derived(TopicKind::Intent, domain, action)
    }

    fn derived(kind: TopicKind, producer: &str, event_name: &str) -> Self {
        let segment = |text: &str| text.replace(['_', '.'], "-");
        let (producer, event_name) = (segment(producer), segment(event_name));
        let text = format!("onex.{}.{producer}.{event_name}.v1", kind.as_str());
        let start = "onex..".len() + kind.as_str().len();
        let producer = start..start + producer.len();
        let event_name = producer.end + 1..producer.end + 1 + event_name.len();
        Self { text, kind, producer, event_name, version: 1, placeholders: &[] }
    }

    /// The topic as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What travels on it.
    pub fn kind(&self) -> TopicKind {
        self.kind
    }

    /// Who produces what travels on it.
    pub fn producer(&self) -> &str {
        &self.text[self.producer.clone()]
    }

    /// What happened, or is asked for.
    pub fn event_name(&self) -> &str {
        &self.text[self.event_name.clone()]
    }

    /// The version of the payload's shape, from 1.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The `event_type` of each envelope on it: `orders.order-placed`.
    pub fn wire_type(&self) -> String {
        format!("{}.{}", self.producer(), self.event_name())
    }

    /// The same topic with another kind, as a text.
    pub(crate) fn of_kind(&self, kind: TopicKind) -> String {
        let (prefix, start) = if self.placeholders.is_empty() {
            (&self.text[..self.producer.start], "onex.".len())
        } else {
            (&self.text[..self.event_name.start], self.producer.end + 1)
        };
        debug_assert!(prefix[start..].starts_with(self.kind.as_str()));
        let end = start + self.kind.as_str().len();
        format!("{}{}{}", &self.text[..start], kind.as_str(), &self.text[end..])
    }

    /// The placeholders in it, without braces, in their order; none in the form that starts with `onex`.
    pub fn placeholders(&self) -> &'static [&'static str] {
        self.placeholders
    }
}

impl TopicKind {
    /// The kind's segment in a topic.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Command => "cmd",
            Self::Event => "evt",
            Self::Intent => "intent",
            Self::DeadLetter => "dlq",
            Self::Snapshot => "snapshot",
        }
    }

    fn parse(segment: &str) -> Option<Self> {
        let all = [Self::Command, Self::Event, Self::Intent, Self::DeadLetter, Self::Snapshot];
        all.into_iter().find(|kind| kind.as_str() == segment)
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for TopicFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("a topic starts with `onex`, or with `{env}.{namespace}`"),
            Self::Segments { found, expected } => write!(f, "it has {found} segments instead of {expected}"),
            Self::Kind => f.write_str("the kind is one of `cmd`, `evt`, `intent`, `dlq`, `snapshot`"),
            Self::Segment(role) => {
                write!(
                    f,
                    "the {role} is lower-case words of letters and digits, joined by `-`, starting with a letter"
                )
            }
            Self::Version => f.write_str("the version is `v` and a number from 1"),
            Self::Placeholder => f.write_str(
                "the only placeholders are `{env}` and `{namespace}`, in this order, at the start",
            ),
        }
    }
}

impl fmt::Display for TopicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for TopicError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_topic_are_found_in_both_forms() {
        for text in ["onex.evt.orders.order-placed.v12", "{env}.{namespace}.orders.evt.order-placed.v12"] {
            let topic = Topic::parse(text).expect("a good topic");
            assert_eq!(topic.as_str(), text);
            assert_eq!(topic.kind(), TopicKind::Event);
            assert_eq!(topic.producer(), "orders");
            assert_eq!(topic.event_name(), "order-placed");
            assert_eq!(topic.wire_type(), "orders.order-placed");
            assert_eq!(topic.version(), 12);
        }
        let plain = Topic::parse("onex.cmd.a.b.v1").expect("a good topic");
        assert_eq!((plain.kind(), plain.placeholders().len()), (TopicKind::Command, 0));
        let template = Topic::parse("{env}.{namespace}.a.dlq.b.v1").expect("a good topic");
        assert_eq!(template.placeholders(), ["env", "namespace"]);
        assert_eq!(plain.of_kind(TopicKind::DeadLetter), "onex.dlq.a.b.v1");
        assert_eq!(template.of_kind(TopicKind::Event), "{env}.{namespace}.a.evt.b.v1");
    }

    /// As the runtime derives them, in `onex/src/bus/topic_kind.rs`.
    #[test]
    fn a_route_that_no_topic_brings_anything_has_one_that_is_derived() {
        let intent = |text| Topic::of_intent(&IntentType::parse(text).expect("an intent type"));
        for (topic, text) in [
            (Topic::own("node_users_effect", "store"), "onex.cmd.node-users-effect.store.v1"),
            (
                Topic::own("node_users_effect", "users.find_all"),
                "onex.cmd.node-users-effect.users-find-all.v1",
            ),
            (intent("payment.process_now"), "onex.intent.payment.process-now.v1"),
            (intent("audit.record.all"), "onex.intent.audit.record-all.v1"),
            (intent("ping"), "onex.intent.ping.ping.v1"),
        ] {
            assert_eq!(topic.as_str(), text);
            assert_eq!(topic, Topic::parse(text).expect("a topic that could be written"));
        }
    }

    #[test]
    fn the_wrong_part_is_named() {
        for (text, part, fault) in [
            ("", "", TopicFault::Start),
            ("dev.evt.orders.order-placed.v1", "dev", TopicFault::Start),
            ("onex.event.orders.order-placed.v1", "event", TopicFault::Kind),
            ("onex.evt.orders.order--placed.v1", "order--placed", TopicFault::Segment("event name")),
            ("onex.evt.2orders.order-placed.v1", "2orders", TopicFault::Segment("producer")),
            ("onex.evt.orders.order-placed.1", "1", TopicFault::Version),
            ("onex.evt.orders.order-placed.v0", "v0", TopicFault::Version),
            ("onex.evt.orders.order-placed.v", "v", TopicFault::Version),
            ("onex.evt.orders.order-placed.v99999999999", "v99999999999", TopicFault::Version),
            ("onex.evt.{producer}.order-placed.v1", "{producer}", TopicFault::Placeholder),
            ("{env}.orders.evt.order-placed.v1", "orders", TopicFault::Placeholder),
            ("{namespace}.{env}.orders.evt.order-placed.v1", "{namespace}", TopicFault::Placeholder),
            ("onex.evt.orders.v1", "onex.evt.orders.v1", TopicFault::Segments { found: 4, expected: 5 }),
        ] {
            let error = Topic::parse(text).expect_err(text);
            assert_eq!((&text[error.range.clone()], error.fault), (part, fault), "{text}");
        }
    }

    #[test]
    fn a_topic_that_is_only_misspelt_is_corrected() {
        let corrected = |text| Topic::parse(text).expect_err(text).corrected;
        assert_eq!(
            corrected("ONEX.evt.Orders.order_placed.v01").as_deref(),
            Some("onex.evt.orders.order-placed.v1")
        );
        assert_eq!(
            corrected(" onex.evt.orders.order-placed.v1").as_deref(),
            Some("onex.evt.orders.order-placed.v1")
        );
        assert_eq!(corrected("onex.evt.orders"), None);
        for text in [
            "onex.evt.orders.order-placed.v1.dlq",
            "onex.evt.orders.order-placed.v1-dlq",
            "dev.onex.dlq.orders.order-placed.v1",
            "{env}.onex.dlq.orders.order-placed.v1",
        ] {
            assert_eq!(corrected(text).as_deref(), Some("onex.dlq.orders.order-placed.v1"), "{text}");
        }
        assert_eq!(corrected("onex.commands.a.b.v1").as_deref(), Some("onex.cmd.a.b.v1"));
        assert_eq!(corrected("onex.evt.a.v1.dlq"), None);
    }
}
