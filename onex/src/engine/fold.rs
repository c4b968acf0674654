//! One event, folded into the state of whom it concerns: what is to be committed, or why not.

use std::sync::Arc;

use super::contain::contained;
use super::core::Engine;
use super::dead_letters::Addressee;
use super::emit;
use super::registry::Route;
use crate::journal::{DeadLetterCause, EntityChange, EntityId, EntityRecord, Journal, StorageError};
use crate::message::{Envelope, Payload};
use crate::node::mount::FoldFns;
use crate::node::reduce::NotFolded;
use crate::node::{Ctx, Emitted};

/// Reads the state, folds, and says from which version to which, and what is sent. Pure but for the reading: a reducer is
/// called once for each state that it is given, and its errors are for good. `payload` is the envelope's, perhaps decoded
/// already.
///
/// # Errors
/// The state cannot be read: nothing is said about the event then.
pub(crate) async fn fold<C, J>(
    engine: &Engine<C, J>,
    route: &Route<C>,
    fns: FoldFns,
    envelope: &Envelope,
    payload: &Payload,
) -> Result<Result<(EntityChange, Vec<Arc<Envelope>>), DeadLetterCause>, StorageError>
where
    J: Journal,
{
    let read = contained(|| {
        let event = (fns.event)(payload)?;
        let key = fns.key.and_then(|key| key(&event)).unwrap_or_default();
        Ok((event, key))
    })
    .unwrap_or_else(|panicked| Err(NotFolded::Panicked(panicked.message)));
    let (event, key) = match read {
        Ok(read) => read,
        Err(not_folded) => return Ok(Err(cause(not_folded))),
    };
    let id = EntityId { node: route.node.into(), key: key.into() };
    let record = engine.journal.entity(&id).await?;
    Ok(fold_into(engine, route, fns, envelope, (id, record), &event))
}

fn fold_into<C, J>(
    engine: &Engine<C, J>,
    route: &Route<C>,
    fns: FoldFns,
    envelope: &Envelope,
    (id, record): (EntityId, Option<EntityRecord>),
    event: &Payload,
) -> Result<(EntityChange, Vec<Arc<Envelope>>), DeadLetterCause> {
    let (expected_version, state) = match &record {
        Some(record) => (record.version, Some(&record.state)),
        None => (0, None),
    };
    let ctx = Ctx {
        envelope_id: envelope.envelope_id,
        correlation_id: envelope.correlation_id,
        traceparent: envelope.traceparent,
        step: None,
        attempt: 1,
        cancellation: engine.stopping.cancellation(),
    };
    engine.tally.attempts.add(1);
    let folded = contained(|| (fns.fold)(state, event, ctx))
        .unwrap_or_else(|panicked| Err(NotFolded::Panicked(panicked.message)))
        .map_err(cause)?;
    let by = Addressee { node: route.node, handler: route.handler };
    let emitted = Emitted { intents: folded.intents, ..Emitted::default() };
    let envelopes = emit::envelopes((&engine.registry.routing, &engine.settings), envelope, by, emitted)
        .map_err(|not_sent| DeadLetterCause::HandlerFailed { attempts: 1, message: not_sent.to_string() })?;
    Ok((EntityChange { id, expected_version, state: folded.state }, envelopes))
}

fn cause(not_folded: NotFolded) -> DeadLetterCause {
    match not_folded {
        NotFolded::Decode(error) => DeadLetterCause::Decode { message: error.to_string() },
        NotFolded::Fault(fault) => DeadLetterCause::HandlerFailed { attempts: 1, message: fault.message },
        NotFolded::Panicked(message) => DeadLetterCause::HandlerPanicked { message },
        NotFolded::Refused { state, trigger, message } => {
            DeadLetterCause::TransitionRefused { state, trigger: trigger.to_owned(), message }
        }
    }
}
