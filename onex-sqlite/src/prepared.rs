//! A commit as text, made by whoever commits: the thread that writes has nothing to do but write, and what users'
//! types do when they are serialised, they do elsewhere.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use onex::Envelope;
use onex::journal::{
    Append, BegunCalls, Commit, CommitError, DeadLetter, DetailBody, EntityChange, EntityId, InboxMark,
    PinnedPlan, RunStart, Timer, TimerKey,
};
use onex::message::{Payload, RunId};
use onex::run::Fact;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::apply::{key, version_text};
use crate::ids::signed;
use crate::stored::{self, Details, EnvelopeText, Told, on_duplicate};
use crate::sum::{Sum, texts};

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
    pub(crate) calls: Vec<BegunCalls>,
    pub(crate) timers: Vec<Timer>,
    pub(crate) fired: Vec<TimerKey>,
    pub(crate) dead_letters: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct PreparedStart {
    pub(crate) start: Arc<RunStart>,
    pub(crate) input: Box<str>,
    pub(crate) envelope: Option<String>,
    /// The checksum of it all: where the chain of the run begins.
    pub(crate) origin: Sum,
}

#[derive(Debug)]
pub(crate) struct PreparedAppend {
    pub(crate) run: RunId,
    pub(crate) expected_seq: u64,
    /// How many facts there are.
    pub(crate) length: u64,
    pub(crate) facts: String,
    pub(crate) details: Option<String>,
    /// The checksum of the two.
    pub(crate) texts: Sum,
    /// The number of the fact by which the run is moved to another plan, if it is.
    pub(crate) moved: Option<u64>,
    pub(crate) active_ms: u64,
    pub(crate) ended_unix_ms: Option<u64>,
    /// In which state.
    pub(crate) ended_as: Option<String>,
    pub(crate) reopens: bool,
}

#[derive(Debug)]
pub(crate) struct PreparedEntity {
    pub(crate) id: EntityId,
    pub(crate) expected_version: u64,
    pub(crate) state: Box<str>,
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
            calls: commit.calls.to_vec(),
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
        let input: Box<str> = text("the input of a run", &start.input)?.into();
        let envelope = start.envelope.as_deref().map(envelope).transpose()?;
        let origin = origin(start, &input, envelope.as_deref());
        Ok(PreparedStart { start: Arc::clone(start), input, envelope, origin })
    }
}

/// As [`ORIGIN`](crate::known::ORIGIN) computes it of the row.
fn origin(start: &RunStart, input: &str, envelope: Option<&str>) -> Sum {
    let (key, is_declared) = key(&start.identity.key);
    let text = |sum: Sum, text: &str| sum.text(text.as_bytes());
    let id = |sum: Sum, id: Uuid| text(sum, id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
    let sum = id(Sum::NOTHING, start.run.0);
    let sum = text(text(text(sum, &start.identity.node), &start.identity.workflow), &key);
    let sum = text(sum.number(is_declared.into()), &version_text(start.version));
    let sum = text(id(sum, start.plan.fingerprint), input);
    let sum = id(id(sum, start.envelope_id), start.correlation_id).maybe(envelope);
    text(sum, on_duplicate(start.on_duplicate)).number(signed(start.started_unix_ms))
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
        let Append { run, expected_seq, active_ms, ended_unix_ms, .. } = *append;
        let mut details = Details::new();
        for detail in append.details {
            let place = detail.seq.checked_sub(expected_seq).and_then(|place| usize::try_from(place).ok());
            let Some(place) = place.filter(|place| *place < append.facts.len()) else { continue };
            details.insert(place, told(&detail.body)?);
        }
        let facts = to_json("a fact", append.facts)?;
        let details = (!details.is_empty()).then(|| to_json("what was returned", &details)).transpose()?;
        let moved = append.facts.iter().rposition(|fact| matches!(fact, Fact::RunMigrated { .. }));
        let state = append.facts.iter().rev().find_map(|fact| match fact {
            Fact::RunEnded { state } if ended_unix_ms.is_some() => Some(*state),
            _ => None,
        });
        let ended_as = state.map(|state| json("the state of a run", || stored::state(state))).transpose()?;
        Ok(PreparedAppend {
            run,
            expected_seq,
            length: append.facts.len() as u64,
            texts: texts(&facts, details.as_deref()),
            facts,
            details,
            moved: moved.map(|place| expected_seq + place as u64),
            active_ms,
            ended_unix_ms,
            ended_as,
            reopens: append.reopens(),
        })
    }
}

fn told(body: &DetailBody) -> Result<Told, CommitError> {
    Ok(match body {
        DetailBody::Output(output) => Told::Output(text("the output of a step", output)?),
        DetailBody::Error(message) => Told::Error(Arc::clone(message)),
        DetailBody::Reason(reason) => Told::Reason(Arc::clone(reason)),
    })
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

fn to_json<T: Serialize + ?Sized>(what: &str, value: &T) -> Result<String, CommitError> {
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
