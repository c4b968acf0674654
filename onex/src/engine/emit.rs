//! What a handler gave back, as envelopes.

use std::sync::Arc;

use crate::bus::routing::{Destination, Routing};
use crate::message::{Envelope, Payload, emitted_id};
use crate::node::{Emitted, EmittedEvent, EmittedIntent};

use super::dead_letters::Addressee;
use super::settings::Settings;
use super::size::TooLarge;

/// What a handler gave back is not sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotSent {
    /// Only a handler that no macro wrote can emit it.
    #[error("the handler emitted `{name}`, which no mounted contract declares")]
    Undeclared { name: &'static str },
    #[error("the handler emitted `{name}`, which takes {size}")]
    TooLarge { name: &'static str, size: TooLarge },
}

/// Events first, then intents, each in the order in which they were added. Their ids are functions of `cause`, so a
/// handler that runs again for the same cause emits the same envelopes.
pub(crate) fn envelopes(
    (routing, settings): (&Routing, &Settings),
    cause: &Envelope,
    by: Addressee,
    emitted: Emitted,
) -> Result<Vec<Arc<Envelope>>, NotSent> {
    // In the memory of the events, since what is collected takes less than what it is made of.
    let events = emitted.events.into_iter().enumerate().map(|(index, EmittedEvent { event, payload })| {
        let name = event.name;
        let destination = routing.event(event.topic).ok_or(NotSent::Undeclared { name })?;
        settings.check_size(&payload).map_err(|size| NotSent::TooLarge { name, size })?;
        Ok(envelope(cause, by, index, destination, payload))
    });
    let mut envelopes = events.collect::<Result<Vec<_>, _>>()?;
    for EmittedIntent { target, payload } in emitted.intents {
        let name = target.intent_type;
        let destination = routing.intent(name).ok_or(NotSent::Undeclared { name })?;
        settings.check_size(&payload).map_err(|size| NotSent::TooLarge { name, size })?;
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
) -> Arc<Envelope> {
    Arc::new(Envelope {
        envelope_id: emitted_id(cause.envelope_id, by.node, by.handler, wire_type, index),
        correlation_id: cause.correlation_id,
        causation_id: Some(cause.envelope_id),
        traceparent: cause.traceparent,
        topic: topic.clone(),
        wire_type: Arc::clone(wire_type),
        payload,
    })
}
