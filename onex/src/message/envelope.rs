//! The envelope: a payload with where it goes, what it is and what caused it.

use std::sync::Arc;

use uuid::Uuid;

use super::{Payload, Topic, TraceParent};

/// A message on its way.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Unique; what an inbox de-duplicates by.
    pub envelope_id: Uuid,
    /// The same for everything that one outside message caused. For tracing only.
    pub correlation_id: Uuid,
    /// The envelope or action that caused this one; `None` for a message from outside.
    pub causation_id: Option<Uuid>,
    /// The trace that it belongs to, as it came with the message from outside that caused it.
    pub traceparent: Option<TraceParent>,
    /// Where it travels, placeholders filled.
    pub topic: Topic,
    /// `producer.event-name`, or the intent's type.
    pub wire_type: Arc<str>,
    /// What it carries.
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
