//! Making dead letters, and the envelopes that announce them.

use std::sync::Arc;

use super::clock;
use super::contain::contained;
use crate::bus::dead_letter_topic;
use crate::journal::{DeadLetter, DeadLetterCause, Parked, StoredEnvelope};
use crate::message::{Envelope, Payload, emitted_id};

/// Who was to handle a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Addressee {
    pub(crate) node: &'static str,
    pub(crate) handler: &'static str,
}

pub(crate) fn letter(
    envelope: &Envelope,
    cause: DeadLetterCause,
    addressee: Option<Addressee>,
) -> Arc<DeadLetter> {
    // The payload's `Serialize` is the user's, and may panic.
    let stored = contained(|| StoredEnvelope::of(envelope));
    Arc::new(DeadLetter {
        envelope: stored.unwrap_or_else(|_| StoredEnvelope::without_payload(envelope)),
        cause,
        node: addressee.map(|addressee| addressee.node.into()),
        handler: addressee.map(|addressee| addressee.handler.into()),
        at_unix_ms: clock::unix_ms(),
        parked: None,
    })
}

/// As [`letter`], of a message that is parked.
pub(crate) fn parked(
    envelope: &Envelope,
    cause: DeadLetterCause,
    addressee: Addressee,
    key: &Arc<str>,
) -> Arc<DeadLetter> {
    let parked = Some(Parked { key: Arc::clone(key), given_up: None });
    Arc::new(DeadLetter { parked, ..Arc::unwrap_or_clone(letter(envelope, cause, Some(addressee))) })
}

/// The letter of a message that was parked, and is given up now.
pub(crate) fn given_up(parked: &DeadLetter, reason: String) -> Arc<DeadLetter> {
    let mut letter = parked.clone();
    letter.at_unix_ms = clock::unix_ms();
    if let Some(parked) = &mut letter.parked {
        parked.given_up = Some(reason);
    }
    Arc::new(letter)
}

/// The envelope that carries a dead letter to the dead-letter topic of its original; `None` if that was a dead
/// letter itself. `facts`: how many a run has that failed.
pub(crate) fn announcement(
    letter: &Arc<DeadLetter>,
    original: &Envelope,
    facts: Option<u64>,
) -> Option<Arc<Envelope>> {
    let topic = dead_letter_topic(&original.topic)?;
    let wire_type = topic.wire_type();
    let node = letter.node.as_deref().unwrap_or_default();
    let handler = letter.handler.as_deref().unwrap_or_default();
    // Several runs may have begun with one envelope, and each may fail more than once.
    let (of, what) = match (&letter.cause, facts) {
        (DeadLetterCause::RunFailed { run, .. }, Some(facts)) => (run.0, format!("{topic}/{facts}")),
        _ => (original.envelope_id, topic.to_string()),
    };
    Some(Arc::new(Envelope {
        envelope_id: emitted_id(of, node, handler, &what, 0),
        correlation_id: original.correlation_id,
        causation_id: Some(original.envelope_id),
        traceparent: original.traceparent,
        topic,
        wire_type,
        payload: Payload::shared(Arc::clone(letter)),
    }))
}
