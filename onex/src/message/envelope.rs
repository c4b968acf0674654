//! The envelope: a payload with where it goes, what it is and what caused it.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{Payload, Topic, TraceParent};

/// A message on its way. What takes everything takes it whole: `default = node::default`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// Unique; what an inbox de-duplicates by.
    pub envelope_id: Uuid,
    /// The same for everything that one outside message caused. For tracing only.
    pub correlation_id: Uuid,
    /// The envelope, action or run that caused this one; `None` for a message from outside.
    pub causation_id: Option<Uuid>,
    /// The trace that it belongs to, as it came with the message from outside that caused it.
    pub traceparent: Option<TraceParent>,
    /// Where it travels, placeholders filled.
    pub topic: Topic,
    /// `producer.event-name`, the intent's type, or the name of the operation or payload that is asked for.
    pub wire_type: Arc<str>,
    /// What it carries.
    #[serde(serialize_with = "as_json", deserialize_with = "from_json")]
    pub payload: Payload,
}

impl Envelope {
    /// An envelope from outside: it correlates with itself and nothing caused it.
    #[must_use]
    pub fn external(envelope_id: Uuid, topic: Topic, payload: Payload) -> Self {
        let wire_type = topic.wire_type();
        Envelope {
            envelope_id,
            correlation_id: envelope_id,
            causation_id: None,
            traceparent: None,
            topic,
            wire_type,
            payload,
        }
    }
}

fn as_json<S: Serializer>(payload: &Payload, serializer: S) -> Result<S::Ok, S::Error> {
    payload.to_json().map_err(serde::ser::Error::custom)?.serialize(serializer)
}

fn from_json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Payload, D::Error> {
    Box::<RawValue>::deserialize(deserializer).map(Payload::json)
}
