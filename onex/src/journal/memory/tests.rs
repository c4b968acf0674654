use proptest::prelude::*;

use super::*;
use crate::journal::{
    Append, BegunCalls, DeadLetterCause, Detail, DetailBody, EntityChange, PinnedPlan, RunKey, RunStart,
    StoredEnvelope, TimerKey,
};
use crate::message::{Payload, Topic};
use crate::plan::OnDuplicate;
use crate::run::{Fact, StepId};

fn state(retention: Retention) -> (State, Lease) {
    let mut state = State::new(retention);
    let lease = state.acquire("tests");
    (state, lease)
}

fn commit(state: &mut State, lease: &Lease, commit: &Commit<'_>) -> Result<Committed, CommitError> {
    state.check(lease, commit)?;
    Ok(state.apply(commit, &mut Forgotten::default()))
}

fn start(run: u128, key: &str, on_duplicate: OnDuplicate) -> Arc<RunStart> {
    Arc::new(RunStart {
        run: RunId(Uuid::from_u128(run)),
        identity: RunIdentity {
            node: "node".into(),
            workflow: "workflow".into(),
            key: RunKey::Declared(key.into()),
        },
        version: (1, 0, 0),
        plan: Arc::new(PinnedPlan { fingerprint: Uuid::nil(), steps: Vec::new(), shape: None }),
        input: Payload::new(0_u8),
        envelope_id: Uuid::from_u128(run),
        correlation_id: Uuid::from_u128(run),
        envelope: None,
        on_duplicate,
        started_unix_ms: 0,
    })
}

fn append(run: u128, expected_seq: u64, facts: &[Fact], ended: bool) -> Option<Append<'_>> {
    let ended_unix_ms = ended.then_some(1);
    Some(Append {
        run: RunId(Uuid::from_u128(run)),
        expected_seq,
        facts,
        details: &[],
        active_ms: 0,
        ended_unix_ms,
    })
}

fn mark(id: u128) -> InboxMark {
    InboxMark { subscriber: "node/handler".into(), envelope_id: Uuid::from_u128(id) }
}

fn envelope(id: u128) -> Arc<Envelope> {
    let topic = Topic::new("onex.evt.a.b.v1");
    Arc::new(Envelope::external(Uuid::from_u128(id), topic, Payload::new(id as u64)))
}

fn letter(id: u128) -> Arc<DeadLetter> {
    Arc::new(DeadLetter {
        envelope: StoredEnvelope::of(&envelope(id)),
        cause: DeadLetterCause::Unroutable,
        node: None,
        handler: None,
        at_unix_ms: 0,
        parked: None,
    })
}

fn timer(run: u128) -> Timer {
    let key = TimerKey { run: RunId(Uuid::from_u128(run)), step: StepId(0), compensation: false };
    Timer { key, attempt: 1, due_unix_ms: 5 }
}

#[test]
fn r07_a_refused_commit_leaves_no_trace_whatever_refused_it() {
    let (mut state, lease) = state(Retention::default());
    let (seen, existing) = (mark(1), start(1, "k", OnDuplicate::Reject));
    let first = Commit {
        inbox: Some(&seen),
        start: Some(&existing),
        append: append(1, 0, &[Fact::RunStarted], false),
        ..Commit::default()
    };
    commit(&mut state, &lease, &first).unwrap();
    let before = format!("{state:?}");

    let (new, other, same_key) =
        (mark(2), start(2, "other", OnDuplicate::Reject), start(2, "k", OnDuplicate::Join));
    let (sent, letters, timers, outbox) = ([envelope(5)], [letter(6)], [timer(1)], [Uuid::from_u128(9)]);
    let counted = [BegunCalls { mark: mark(7), calls: 1 }];
    let change = folded("k", 0);
    let full = || Commit {
        plan: None,
        inbox: Some(&new),
        entity: Some(&change),
        start: Some(&other),
        append: append(2, 0, &[Fact::RunStarted], true),
        outbox: &sent,
        delivered: &outbox,
        calls: &counted,
        timers: &timers,
        fired: &[],
        dead_letters: &letters,
    };
    let stale = Lease { epoch: lease.epoch - 1, ..lease.clone() };
    let forged = Lease { lease_id: Uuid::nil(), ..lease.clone() };
    for refused in [&stale, &forged] {
        let error = commit(&mut state, refused, &full()).unwrap_err();
        assert!(matches!(error, CommitError::Fenced { epoch: 1, .. }), "{error}");
    }
    let error = commit(&mut state, &lease, &Commit { inbox: Some(&seen), ..full() }).unwrap_err();
    assert!(matches!(error, CommitError::AlreadyHandled { .. }), "{error}");
    let error = commit(&mut state, &lease, &Commit { start: Some(&same_key), ..full() }).unwrap_err();
    assert!(matches!(error, CommitError::DuplicateRun { run, .. } if run == existing.run), "{error}");
    for (run, expected, actual) in [(2, 1, 0), (1, 0, 1), (1, 2, 1), (7, 3, 0)] {
        let wrong = Commit { append: append(run, expected, &[Fact::RunCompensating], false), ..full() };
        let error = commit(&mut state, &lease, &wrong).unwrap_err();
        let CommitError::WrongSeq { expected: told, actual: found, .. } = error else { panic!("{error}") };
        assert_eq!((told, found), (expected, actual));
    }
    let from_elsewhere = folded("k", 1);
    let error = commit(&mut state, &lease, &Commit { entity: Some(&from_elsewhere), ..full() }).unwrap_err();
    assert!(matches!(error, CommitError::StaleEntity { .. }), "{error}");
    assert_eq!(format!("{state:?}"), before);
    assert_eq!(commit(&mut state, &lease, &full()).unwrap(), Committed { seq: 1 });
}

#[test]
fn r05_a_new_owner_raises_the_epoch_and_fences_the_old() {
    let (mut state, first) = state(Retention::default());
    // The same name again is a restarted process: its predecessor may still be alive.
    let second = state.acquire("tests");
    assert_eq!((first.epoch, second.epoch), (1, 2));
    let error = commit(&mut state, &first, &Commit::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the lease of epoch 1 is fenced: `tests` has owned the partition since epoch 2; \
         this engine can commit nothing any more"
    );
    commit(&mut state, &second, &Commit::default()).unwrap();
}

#[test]
fn a_run_that_was_never_started_takes_no_facts() {
    let (mut state, lease) = state(Retention::default());
    let facts = Commit { append: append(1, 0, &[Fact::RunStarted], false), ..Commit::default() };
    assert!(matches!(commit(&mut state, &lease, &facts), Err(CommitError::WrongSeq { actual: 0, .. })));
}

#[test]
fn a_run_that_has_ended_takes_no_facts_and_is_not_started_again() {
    let (mut state, lease) = state(Retention::default());
    let run = start(1, "k", OnDuplicate::NewRun);
    let whole =
        |seq, start| Commit { start, append: append(1, seq, &[Fact::RunStarted], true), ..Commit::default() };
    commit(&mut state, &lease, &whole(0, Some(&run))).unwrap();
    let error = commit(&mut state, &lease, &whole(1, None)).unwrap_err();
    assert!(matches!(error, CommitError::RunEnded { .. }), "{error}");
    let error = commit(&mut state, &lease, &whole(0, Some(&run))).unwrap_err();
    assert!(matches!(error, CommitError::WrongSeq { expected: 0, actual: 1, .. }), "{error}");
}

#[test]
fn details_stay_with_their_facts() {
    let (mut state, lease) = state(Retention::default());
    let run = start(1, "k", OnDuplicate::Reject);
    let details = [Detail { seq: 1, body: DetailBody::Error("no".into()) }];
    let facts = [Fact::RunStarted, Fact::RunCompensating];
    let append = append(1, 0, &facts, false).map(|append| Append { details: &details, ..append });
    commit(&mut state, &lease, &Commit { start: Some(&run), append, ..Commit::default() }).unwrap();
    let record = state.run(run.run).unwrap();
    assert_eq!((record.seq(), record.details.len(), record.details[0].seq), (2, 1, 1));
}

#[test]
fn what_is_over_is_forgotten_oldest_first_and_what_is_not_is_kept() {
    let (mut state, lease) = state(Retention { runs: 2, inbox_marks: 2, dead_letters: 1 });
    for id in 1..=4 {
        let (seen, letters) = (mark(id), [letter(id)]);
        let run = start(id, &id.to_string(), OnDuplicate::Reject);
        // The first run is alive, or parked.
        let append = append(id, 0, &[Fact::RunStarted], id > 1);
        let all = Commit {
            inbox: Some(&seen),
            start: Some(&run),
            append,
            dead_letters: &letters,
            ..Commit::default()
        };
        commit(&mut state, &lease, &all).unwrap();
    }
    let mut kept: Vec<u128> = state.summaries().map(|summary| summary.run.0.as_u128()).collect();
    kept.sort_unstable();
    assert_eq!(kept, [1, 3, 4]);
    assert_eq!([1, 2, 3, 4].map(|id| state.is_handled(&mark(id))), [false, false, true, true]);
    assert_eq!(state.dead_letters().count(), 1);
    // The forgotten run's key is free again; the living run's is not.
    let (free, taken) = (start(8, "2", OnDuplicate::Reject), start(9, "1", OnDuplicate::Reject));
    assert!(commit(&mut state, &lease, &Commit { start: Some(&taken), ..Commit::default() }).is_err());
    commit(&mut state, &lease, &Commit { start: Some(&free), ..Commit::default() }).unwrap();
}

#[test]
fn a_forgotten_run_does_not_take_its_successors_key_along() {
    let (mut state, lease) = state(Retention { runs: 1, ..Retention::default() });
    for id in 1..=2 {
        let run = start(id, "k", OnDuplicate::NewRun);
        let append = append(id, 0, &[Fact::RunStarted], true);
        commit(&mut state, &lease, &Commit { start: Some(&run), append, ..Commit::default() }).unwrap();
    }
    let identity = start(0, "k", OnDuplicate::Reject).identity.clone();
    assert_eq!(state.find(&identity), Some(RunId(Uuid::from_u128(2))));
}

#[test]
fn the_outbox_holds_what_is_not_delivered() {
    let (mut state, lease) = state(Retention::default());
    let (sent, delivered) = ([envelope(1), envelope(2), envelope(3)], [Uuid::from_u128(2)]);
    let adds = Commit { outbox: &sent, delivered: &delivered, ..Commit::default() };
    commit(&mut state, &lease, &adds).unwrap();
    let ids = |state: &State| {
        let mut pending: Vec<_> = state.outbox().collect();
        pending.sort_unstable_by_key(|(position, _)| *position);
        pending.iter().map(|(_, envelope)| envelope.envelope_id.as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&state), [1, 3]);
    let removes = [Uuid::from_u128(1)];
    commit(&mut state, &lease, &Commit { delivered: &removes, ..Commit::default() }).unwrap();
    assert_eq!(ids(&state), [3]);
}

#[test]
fn a_timer_is_set_until_it_fires() {
    let (mut state, lease) = state(Retention::default());
    let (set, later) = ([timer(1), timer(2)], [Timer { due_unix_ms: 9, ..timer(1) }]);
    commit(&mut state, &lease, &Commit { timers: &set, ..Commit::default() }).unwrap();
    commit(&mut state, &lease, &Commit { timers: &later, ..Commit::default() }).unwrap();
    assert_eq!(state.timers().collect::<Vec<_>>(), [later[0], set[1]]);
    commit(&mut state, &lease, &Commit { fired: &[timer(1).key], ..Commit::default() }).unwrap();
    assert_eq!(state.timers().collect::<Vec<_>>(), [set[1]]);
}

fn folded(key: &str, expected_version: u64) -> EntityChange {
    EntityChange {
        id: EntityId { node: "node".into(), key: key.into() },
        expected_version,
        state: Payload::new(expected_version),
    }
}

/// Of two that fold into the same version one is refused, with all that it would have committed.
#[test]
fn r24_an_entity_changes_from_the_version_that_was_folded_into_and_from_no_other() {
    let (mut state, lease) = state(Retention::default());
    let change = |state: &mut State, id: u128, change: &EntityChange| {
        let (mark, sent) = (mark(id), [envelope(id)]);
        let whole = Commit { inbox: Some(&mark), entity: Some(change), outbox: &sent, ..Commit::default() };
        commit(state, &lease, &whole).map(drop)
    };
    change(&mut state, 1, &folded("a", 0)).unwrap();
    change(&mut state, 2, &folded("b", 0)).unwrap();
    let refused = change(&mut state, 3, &folded("a", 0)).unwrap_err();
    assert!(matches!(refused, CommitError::StaleEntity { expected: 0, actual: 1, .. }), "{refused}");
    assert!(!state.is_handled(&mark(3)), "nothing of it is applied");
    assert_eq!(state.outbox().count(), 2);

    change(&mut state, 3, &folded("a", 1)).unwrap();
    let record = state.entity(&folded("a", 0).id).unwrap();
    assert_eq!((record.version, *record.state.get::<u64>().unwrap()), (2, 1));
    let unknown = change(&mut state, 4, &folded("c", 7)).unwrap_err();
    assert!(matches!(unknown, CommitError::StaleEntity { expected: 7, actual: 0, .. }), "{unknown}");
}

#[test]
fn an_entity_is_one_state_however_often_it_is_folded_into_and_outlives_what_is_over() {
    let (mut state, lease) = state(Retention { runs: 1, inbox_marks: 1, dead_letters: 1 });
    for (id, (key, version)) in
        ["a", "b", "c"].iter().flat_map(|key| (0..5).map(move |of| (key, of))).enumerate()
    {
        let (mark, change) = (mark(id as u128), folded(key, version));
        let whole = Commit { inbox: Some(&mark), entity: Some(&change), ..Commit::default() };
        commit(&mut state, &lease, &whole).unwrap();
    }
    for key in ["a", "b", "c"] {
        assert_eq!(state.entity(&folded(key, 0).id).map(|record| record.version), Some(5), "{key}");
    }
    assert_eq!(state.entities(), 3);
    assert_eq!((0..15).filter(|id| state.is_handled(&mark(*id))).count(), 1, "what is over is forgotten");
}

proptest! {
    /// Any history of commits, good and bad: what is refused changes nothing, what is applied is applied whole, and
    /// what is over never exceeds its retention.
    #[test]
    fn r06_commits_are_all_or_nothing(
        steps in prop::collection::vec((0..6_u128, 0..4_u64, 0..6_u128, any::<[bool; 4]>()), 1..60)
    ) {
        let retention = Retention { runs: 2, inbox_marks: 3, dead_letters: 2 };
        let (mut state, mut lease) = state(retention);
        for (run, seq, id, [starts, ends, marks, steals]) in steps {
            let stale = lease.clone();
            if steals {
                lease = state.acquire("thief");
            }
            let (seen, sent) = (mark(id), [envelope(id)]);
            let begun = start(run, &run.to_string(), OnDuplicate::Reject);
            let facts = Commit {
                inbox: marks.then_some(&seen),
                start: starts.then_some(&begun),
                append: append(run, seq, &[Fact::RunStarted], ends),
                outbox: &sent,
                ..Commit::default()
            };
            let before = format!("{state:?}");
            if steals {
                let is_fenced = matches!(commit(&mut state, &stale, &facts), Err(CommitError::Fenced { .. }));
                prop_assert!(is_fenced);
            }
            match commit(&mut state, &lease, &facts) {
                Err(_) => prop_assert_eq!(&format!("{state:?}"), &before),
                Ok(committed) => {
                    prop_assert_eq!(committed.seq, seq + 1);
                    prop_assert!(!marks || state.is_handled(&seen));
                    let pending: Vec<_> = state.outbox().map(|(_, sent)| sent.envelope_id).collect();
                    prop_assert!(pending.contains(&Uuid::from_u128(id)));
                    let record = state.run(begun.run);
                    prop_assert!(record.is_some_and(|record| record.seq() == seq + 1));
                }
            }
            let over = state.summaries().filter(|summary| summary.ended_unix_ms.is_some()).count();
            prop_assert!(over <= retention.runs, "{} runs are kept", over);
        }
    }
}

struct InMemory;

impl crate::journal::conformance::Store for InMemory {
    type Journal = Memory;

    fn empty(&self) -> Memory {
        Memory::default()
    }

    fn reopened(&self, journal: Memory) -> Memory {
        journal
    }
}

#[tokio::test]
async fn it_does_what_every_journal_must() {
    crate::journal::conformance::cases(&InMemory).await;
}

#[tokio::test]
async fn it_agrees_with_the_naive_model() {
    crate::journal::conformance::histories(&InMemory, 0..200).await;
}

#[test]
fn what_is_parked_is_kept_however_many_letters_come_and_counts_again_when_it_is_over() {
    let (mut state, lease) = state(Retention { runs: 1, inbox_marks: 9, dead_letters: 2 });
    let mut write = |commit: Commit<'_>| {
        state.check(&lease, &commit).unwrap();
        state.apply(&commit, &mut Forgotten::default());
        let ids = state.dead_letters().map(|letter| letter.envelope.envelope_id.as_u128());
        (ids.collect::<Vec<_>>(), state.parked().count())
    };
    let parked = DeadLetter {
        node: Some("node".into()),
        handler: Some("handler".into()),
        parked: Some(crate::journal::Parked { key: "k".into(), given_up: None }),
        ..Arc::unwrap_or_clone(letter(1))
    };
    let (sent, parked) = ([envelope(1)], [Arc::new(parked)]);
    write(Commit { outbox: &sent, dead_letters: &parked, ..Commit::default() });
    for id in 2..=4 {
        write(Commit { dead_letters: &[letter(id)], ..Commit::default() });
    }
    assert_eq!(write(Commit::default()), (vec![1, 3, 4], 1), "two, and what is parked, in their order");
    let (mark, delivered) = (mark(1), [Uuid::from_u128(1)]);
    let handled = Commit { inbox: Some(&mark), delivered: &delivered, ..Commit::default() };
    assert_eq!(write(handled), (vec![3, 4], 0), "the oldest of three");
}
