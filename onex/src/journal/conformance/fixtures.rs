//! What tests of journals commit: small ids, so that histories meet themselves again.

use std::sync::Arc;

use serde_json::value::RawValue;
use uuid::Uuid;

use crate::journal::{
    Append, BegunCalls, Commit, DeadLetter, DeadLetterCause, Detail, EntityChange, EntityId, InboxMark,
    Parked, PinnedPlan, RunIdentity, RunKey, RunStart, StoredEnvelope, Timer, TimerKey,
};
use crate::message::{Envelope, Payload, RunId, Topic, TraceParent};
use crate::plan::OnDuplicate;
use crate::run::{Fact, StepId};

/// A [`Commit`] that owns its parts.
#[derive(Debug, Clone, Default)]
pub(super) struct OwnedCommit {
    pub(super) inbox: Option<InboxMark>,
    pub(super) start: Option<Arc<RunStart>>,
    pub(super) append: Option<OwnedAppend>,
    pub(super) plan: Option<Arc<PinnedPlan>>,
    pub(super) entity: Option<EntityChange>,
    pub(super) outbox: Vec<Arc<Envelope>>,
    pub(super) delivered: Vec<Uuid>,
    pub(super) calls: Vec<BegunCalls>,
    pub(super) timers: Vec<Timer>,
    pub(super) fired: Vec<TimerKey>,
    pub(super) dead_letters: Vec<Arc<DeadLetter>>,
}

/// An [`Append`] that owns its parts.
#[derive(Debug, Clone)]
pub(super) struct OwnedAppend {
    pub(super) run: RunId,
    pub(super) expected_seq: u64,
    pub(super) facts: Vec<Fact>,
    pub(super) details: Vec<Detail>,
    pub(super) active_ms: u64,
    pub(super) ended_unix_ms: Option<u64>,
}

impl OwnedCommit {
    pub(super) fn borrow(&self) -> Commit<'_> {
        Commit {
            inbox: self.inbox.as_ref(),
            start: self.start.as_ref(),
            append: self.append.as_ref().map(|append| Append {
                run: append.run,
                expected_seq: append.expected_seq,
                facts: &append.facts,
                details: &append.details,
                active_ms: append.active_ms,
                ended_unix_ms: append.ended_unix_ms,
            }),
            plan: self.plan.as_ref(),
            entity: self.entity.as_ref(),
            outbox: &self.outbox,
            delivered: &self.delivered,
            calls: &self.calls,
            timers: &self.timers,
            fired: &self.fired,
            dead_letters: &self.dead_letters,
        }
    }
}

pub(super) fn run_id(run: u128) -> RunId {
    RunId(Uuid::from_u128(run))
}

pub(super) fn identity(key: &str) -> RunIdentity {
    RunIdentity { node: "node_shop".into(), workflow: "fulfil".into(), key: RunKey::Declared(key.into()) }
}

pub(super) fn start(run: u128, key: &str, on_duplicate: OnDuplicate) -> Arc<RunStart> {
    let envelope = envelope(run + 1000);
    Arc::new(RunStart {
        run: run_id(run),
        identity: identity(key),
        version: (1, 2, 3),
        plan: Arc::new(PinnedPlan {
            fingerprint: Uuid::from_u128(77),
            steps: vec!["first".into(), "second".into()],
            shape: None,
        }),
        input: raw(r#"{"b": 1.10,  "a": "ä"}"#),
        envelope_id: envelope.envelope_id,
        correlation_id: Uuid::from_u128(run + 2000),
        envelope: Some(Box::new(Envelope::clone(&envelope))),
        on_duplicate,
        started_unix_ms: 1_700_000_000_000,
    })
}

pub(super) fn append(run: u128, expected_seq: u64, facts: Vec<Fact>) -> OwnedAppend {
    OwnedAppend {
        run: run_id(run),
        expected_seq,
        facts,
        details: Vec::new(),
        active_ms: 7,
        ended_unix_ms: None,
    }
}

/// One of them is that of a reducer without a key.
pub(super) fn entity(number: u128) -> EntityId {
    let key = if number == 1 { String::new() } else { format!("it's \"{number}\" \u{1F980}") };
    EntityId { node: "node_ledger".into(), key: key.into() }
}

pub(super) fn change(number: u128, expected_version: u64) -> EntityChange {
    let state = raw(&format!(r#"{{ "sum": {number}.10, "from": {expected_version} }}"#));
    EntityChange { id: entity(number), expected_version, state }
}

pub(super) fn mark(id: u128) -> InboxMark {
    InboxMark { subscriber: "node_shop/order_placed".into(), envelope_id: Uuid::from_u128(id) }
}

pub(super) fn begun(id: u128, handler: &str, calls: u32) -> BegunCalls {
    let subscriber = format!("node_shop/{handler}").into();
    BegunCalls { mark: InboxMark { subscriber, envelope_id: Uuid::from_u128(id) }, calls }
}

pub(super) fn envelope(id: u128) -> Arc<Envelope> {
    Arc::new(Envelope {
        causation_id: id.is_multiple_of(2).then(|| Uuid::from_u128(id + 1)),
        traceparent: (id.is_multiple_of(3)).then(|| trace(id)),
        ..Envelope::external(Uuid::from_u128(id), Topic::new("onex.evt.a.b.v1"), Payload::new(id as u64))
    })
}

fn trace(id: u128) -> TraceParent {
    format!("00-{:032x}-{:016x}-01", id + 1, 7).parse().expect("the fixture is a trace")
}

pub(super) fn letter(id: u128) -> Arc<DeadLetter> {
    let original = envelope(id);
    Arc::new(DeadLetter {
        envelope: if id.is_multiple_of(3) {
            StoredEnvelope::without_payload(&original)
        } else {
            // `null` is a payload: that of a message without fields.
            StoredEnvelope::of(&Envelope { payload: Payload::new(()), ..Envelope::clone(&original) })
        },
        cause: DeadLetterCause::HandlerFailed { attempts: 3, message: format!("\"{id}\"\n\u{0} is refused") },
        node: Some("node_shop".into()),
        handler: None,
        at_unix_ms: id as u64,
        parked: None,
    })
}

/// Of a message that [`mark`] says is handled.
pub(super) fn parked(id: u128) -> Arc<DeadLetter> {
    let parked = Some(Parked { key: format!("it's \"{id}\" \u{1F980}").into(), given_up: None });
    Arc::new(DeadLetter { handler: Some("order_placed".into()), parked, ..Arc::unwrap_or_clone(letter(id)) })
}

/// The same, given up.
pub(super) fn given_up(id: u128) -> Arc<DeadLetter> {
    let mut letter = Arc::unwrap_or_clone(parked(id));
    if let Some(parked) = &mut letter.parked {
        parked.given_up = Some("it was \"paid\" by hand".to_owned());
    }
    Arc::new(letter)
}

pub(super) fn timer(run: u128, step: u32, compensation: bool, due_unix_ms: u64) -> Timer {
    Timer { key: TimerKey { run: run_id(run), step: StepId(step), compensation }, attempt: 1, due_unix_ms }
}

/// A payload that came as text, which is nobody's to tidy up.
pub(super) fn raw(json: &str) -> Payload {
    Payload::json(RawValue::from_string(json.to_owned()).expect("the fixture is JSON"))
}
