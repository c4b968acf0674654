//! What a handler gave back, as envelopes.

use std::sync::Arc;

use crate::bus::routing::{Destination, Routing};
use crate::message::{Envelope, Payload, emitted_id};
use crate::node::{Emitted, EmittedEvent, EmittedIntent};

use super::dead_letters::Addressee;

/// A handler gave back what no mounted contract declares. Only a handler that no macro wrote can.
#[derive(Debug, thiserror::Error)]
#[error("the handler emitted `{name}`, which no mounted contract declares")]
pub(crate) struct Undeclared {
    name: &'static str,
}

/// Events first, then intents, each in the order in which they were added. Their ids are functions of `cause`, so a
/// handler that runs again for the same cause emits the same envelopes.
pub(crate) fn envelopes(
    routing: &Routing,
    cause: &Envelope,
    by: Addressee,
    emitted: Emitted,
) -> Result<Vec<Envelope>, Undeclared> {
    let mut envelopes = Vec::with_capacity(emitted.events.len() + emitted.intents.len());
    for EmittedEvent { event, payload } in emitted.events {
        let destination = routing.event(event.topic).ok_or(Undeclared { name: event.name })?;
        envelopes.push(envelope(cause, by, envelopes.len(), destination, payload));
    }
    for EmittedIntent { target, payload } in emitted.intents {
        let destination =
            routing.intent(target.intent_type).ok_or(Undeclared { name: target.intent_type })?;
        envelopes.push(envelope(cause, by, envelopes.len(), destination, payload));
    }
    Ok(envelopes)
}

fn envelope(
    cause: &Envelope,
    by: Addressee,
    index: usize,
    Destination { topic, wire_type }: &Destination,
    payload: Payload,
) -> Envelope {
    Envelope {
        envelope_id: emitted_id(cause.envelope_id, by.node, by.handler, wire_type, index),
        correlation_id: cause.correlation_id,
        causation_id: Some(cause.envelope_id),
        traceparent: cause.traceparent,
        topic: topic.clone(),
        wire_type: Arc::clone(wire_type),
        payload,
    }
}
