//! A commit as text, made by whoever commits: the thread that writes has nothing to do but write, and what users'
//! types do when they are serialised, they do elsewhere.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use onex::Envelope;
use onex::journal::{
    Append, Commit, CommitError, DeadLetter, DetailBody, EntityChange, EntityId, InboxMark, PinnedPlan,
    RunStart, Timer, TimerKey,
};
use onex::message::{Payload, RunId};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::stored::EnvelopeText;

/// A [`Commit`], owned and serialised.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) inbox: Option<InboxMark>,
    pub(crate) start: Option<PreparedStart>,
    pub(crate) append: Option<PreparedAppend>,
    /// The plan that its run is moved to.
    pub(crate) plan: Option<Arc<PinnedPlan>>,
    pub(crate) entity: Option<PreparedEntity>,
    pub(crate) outbox: Vec<(Uuid, String)>,
    pub(crate) delivered: Vec<Uuid>,
    pub(crate) timers: Vec<Timer>,
    pub(crate) fired: Vec<TimerKey>,
    pub(crate) dead_letters: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct PreparedStart {
    pub(crate) start: Arc<RunStart>,
    pub(crate) input: Box<str>,
    pub(crate) envelope: Option<String>,
}

#[derive(Debug)]
pub(crate) struct PreparedAppend {
    pub(crate) run: RunId,
    pub(crate) expected_seq: u64,
    pub(crate) facts: Vec<FactRow>,
    pub(crate) active_ms: u64,
    pub(crate) ended_unix_ms: Option<u64>,
    pub(crate) reopens: bool,
}

#[derive(Debug)]
pub(crate) struct PreparedEntity {
    pub(crate) id: EntityId,
    pub(crate) expected_version: u64,
    pub(crate) state: Box<str>,
}

#[derive(Debug)]
pub(crate) struct FactRow {
    pub(crate) fact: String,
    pub(crate) output: Option<Box<str>>,
    pub(crate) error: Option<Arc<str>>,
    pub(crate) reason: Option<Arc<str>>,
}

impl Prepared {
    pub(crate) fn of(commit: &Commit<'_>) -> Result<Self, CommitError> {
        Ok(Prepared {
            inbox: commit.inbox.cloned(),
            start: commit.start.map(PreparedStart::of).transpose()?,
            append: commit.append.as_ref().map(PreparedAppend::of).transpose()?,
            plan: commit.plan.cloned(),
            entity: commit.entity.map(PreparedEntity::of).transpose()?,
            outbox: (commit.outbox.iter().filter(|sent| !commit.delivered.contains(&sent.envelope_id)))
                .map(|sent| Ok((sent.envelope_id, envelope(sent)?)))
                .collect::<Result<_, CommitError>>()?,
            delivered: commit.delivered.to_vec(),
            timers: commit.timers.to_vec(),
            fired: commit.fired.to_vec(),
            dead_letters: commit
                .dead_letters
                .iter()
                .map(|letter| dead_letter(letter))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl PreparedStart {
    fn of(start: &Arc<RunStart>) -> Result<Self, CommitError> {
        Ok(PreparedStart {
            input: text("the input of a run", &start.input)?.into(),
            envelope: start.envelope.as_deref().map(envelope).transpose()?,
            start: Arc::clone(start),
        })
    }
}

impl PreparedEntity {
    fn of(change: &EntityChange) -> Result<Self, CommitError> {
        Ok(PreparedEntity {
            id: change.id.clone(),
            expected_version: change.expected_version,
            state: text("the state of a reducer", &change.state)?.into(),
        })
    }
}

impl PreparedAppend {
    fn of(append: &Append<'_>) -> Result<Self, CommitError> {
        let mut facts = Vec::with_capacity(append.facts.len());
        for fact in append.facts {
            facts.push(FactRow { fact: to_json("a fact", fact)?, output: None, error: None, reason: None });
        }
        for detail in append.details {
            let at = detail.seq.checked_sub(append.expected_seq).and_then(|at| usize::try_from(at).ok());
            let Some(row) = at.and_then(|at| facts.get_mut(at)) else { continue };
            match &detail.body {
                DetailBody::Output(output) => row.output = Some(text("the output of a step", output)?.into()),
                DetailBody::Error(message) => row.error = Some(Arc::clone(message)),
                DetailBody::Reason(reason) => row.reason = Some(Arc::clone(reason)),
            }
        }
        let Append { run, expected_seq, active_ms, ended_unix_ms, .. } = *append;
        let reopens = append.reopens();
        Ok(PreparedAppend { run, expected_seq, facts, active_ms, ended_unix_ms, reopens })
    }
}

fn envelope(envelope: &Envelope) -> Result<String, CommitError> {
    let payload = text(&envelope.wire_type, &envelope.payload)?;
    to_json("an envelope", &EnvelopeText::of(envelope, payload))
}

fn dead_letter(letter: &DeadLetter) -> Result<String, CommitError> {
    to_json("a dead letter", letter)
}

fn text(what: &str, payload: &Payload) -> Result<Box<RawValue>, CommitError> {
    json(what, || payload.to_json())
}

fn to_json<T: Serialize>(what: &str, value: &T) -> Result<String, CommitError> {
    json(what, || serde_json::to_string(value))
}

/// The `Serialize` of a payload is the user's, and may refuse or panic.
fn json<T>(what: &str, make: impl FnOnce() -> Result<T, serde_json::Error>) -> Result<T, CommitError> {
    let refused = |why: String| CommitError::Unserialisable { what: what.into(), why: why.into() };
    match catch_unwind(AssertUnwindSafe(make)) {
        Ok(made) => made.map_err(|error| refused(error.to_string())),
        Err(_panic) => Err(refused("its `Serialize` panicked".to_owned())),
    }
}
