//! Single promises, one function each.

use std::future::{Future, poll_fn};
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Store;
use super::fixtures::{
    OwnedCommit, append, begun, change, entity, envelope, given_up, identity, letter, mark, parked, raw,
    run_id, start, timer,
};
use super::snapshot::{Answers, KEYS, MARKS, read};
use crate::journal::{CommitError, Detail, DetailBody, InboxMark, Journal, Lease, PinnedPlan};
use crate::message::{Envelope, Payload};
use crate::plan::OnDuplicate;
use crate::run::{Fact, Mode, Need, Shape, SkipReason, StepId, StepKind, StepSpec, Strategy, UndoOrder};

pub(super) async fn all<S: Store>(store: &S) {
    nothing_is_known_of_an_empty_journal(store).await;
    without_a_lease_nothing_is_committed(store).await;
    r05_an_acquisition_fences_every_lease_before_it(store).await;
    r05_epochs_rise_over_restarts(store).await;
    r06_of_appends_that_expect_the_same_position_one_is_applied(store).await;
    r06_a_refusal_does_not_touch_the_commits_beside_it(store).await;
    r07_a_refused_commit_leaves_no_trace(store).await;
    r07_what_was_acknowledged_is_there_after_a_restart(store).await;
    r03_a_key_is_taken_until_its_run_is_forgotten(store).await;
    r07_payloads_are_kept_to_the_byte(store).await;
    r24_an_entity_changes_from_the_version_that_was_folded_into_and_from_no_other(store).await;
    what_cannot_be_serialised_is_refused_or_kept_as_it_is(store).await;
    r04_what_is_parked_is_told_until_it_is_handled_or_given_up(store).await;
    r23_a_run_that_was_moved_is_read_with_its_new_plan(store).await;
    r14_calls_that_have_begun_are_counted_until_they_are_taken_back(store).await;
}

async fn r14_calls_that_have_begun_are_counted_until_they_are_taken_back<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    let counts = |calls: &[(u128, &str, u32)]| OwnedCommit {
        calls: calls.iter().map(|(id, handler, calls)| begun(*id, handler, *calls)).collect(),
        ..OwnedCommit::default()
    };
    let sent = OwnedCommit { outbox: vec![envelope(2), envelope(1)], ..OwnedCommit::default() };
    let first = counts(&[(2, "b", 1), (2, "a", 1), (1, "a", 2), (3, "a", 0)]);
    for commit in [sent, first, counts(&[(2, "a", 2), (1, "a", 1)])] {
        journal.commit(&lease, commit.borrow()).await.expect("nothing speaks against it");
    }
    let journal = store.reopened(journal);
    let told = journal.begun().await.expect("it can be read");
    assert_eq!(told, [begun(1, "a", 1), begun(2, "a", 2), begun(2, "b", 1)], "what was said last");
    let lease = journal.acquire("the next").await.expect("it can be acquired");
    let settled = OwnedCommit {
        inbox: Some(InboxMark { subscriber: "node_shop/a".into(), envelope_id: Uuid::from_u128(2) }),
        delivered: vec![Uuid::from_u128(2)],
        ..counts(&[(2, "a", 0)])
    };
    journal.commit(&lease, settled.borrow()).await.expect("nothing speaks against it");
    let refused = OwnedCommit { calls: vec![begun(1, "a", 9)], ..settled.clone() };
    journal.commit(&lease, refused.borrow()).await.expect_err("it is handled");
    let journal = store.reopened(journal);
    let told = journal.begun().await.expect("it can be read");
    assert_eq!(told, [begun(1, "a", 1), begun(2, "b", 1)], "what is not taken back stays, delivered or not");
}

async fn r23_a_run_that_was_moved_is_read_with_its_new_plan<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    journal.commit(&lease, full(1, "k").borrow()).await.expect("nothing speaks against it");
    let before = journal.run(run_id(1)).await.expect("it can be read").expect("it is there");
    let mut spec = StepSpec::new("third", StepKind::Effect);
    spec.each = Some(NonZeroU32::MIN);
    spec.depends_on = vec![(StepId(1), Need::Optional)];
    let shape = Shape {
        mode: Mode::Parallel { max_steps: NonZeroU32::MIN },
        strategy: Strategy::Compensate,
        undo_order: UndoOrder::EarliestFirst,
        min_completed_percent: Some(90.5),
        steps: vec![spec, StepSpec::new("first", StepKind::Gate)],
    };
    let steps = vec!["third".into(), "first".into()];
    let plan = Arc::new(PinnedPlan { fingerprint: Uuid::from_u128(78), steps, shape: Some(shape) });
    let moves = Fact::RunMigrated { to: plan.fingerprint, version: (2, 0, 1) };
    let carried = Fact::SkipCarried { step: StepId(1), because: SkipReason::Disabled, revision: 4 };
    let moved = OwnedCommit {
        append: Some(append(1, 2, vec![moves, carried])),
        plan: Some(Arc::clone(&plan)),
        ..OwnedCommit::default()
    };
    journal.commit(&lease, moved.borrow()).await.expect("nothing speaks against it");
    let journal = store.reopened(journal);
    let after = journal.run(run_id(1)).await.expect("it can be read").expect("it is there");
    assert_eq!((&after.start.plan, after.start.version), (&plan, (2, 0, 1)), "it is on the new plan");
    assert_eq!(after.facts, [&before.facts[..], &[moves, carried]].concat(), "what was before stays");
    assert_eq!((before.since(), after.since()), (0, 2));
    assert_eq!((before.told().count(), after.told().count()), (1, 0), "it is about another plan's steps");
    assert_eq!(after.start.identity, before.start.identity);
}

async fn r04_what_is_parked_is_told_until_it_is_handled_or_given_up<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    let tells = async |journal: &S::Journal, expected: &[u128]| {
        let parked = journal.parked().await.expect("what is parked can be read");
        let ids: Vec<u128> = parked.iter().map(|letter| letter.envelope.envelope_id.as_u128()).collect();
        assert_eq!(ids, expected);
        parked
    };
    let parks = |id| OwnedCommit {
        outbox: vec![envelope(id)],
        dead_letters: vec![parked(id)],
        ..OwnedCommit::default()
    };
    for id in [4, 2, 5] {
        journal.commit(&lease, parks(id).borrow()).await.expect("nothing speaks against it");
    }
    // It was tried again, and failed.
    let again = OwnedCommit { dead_letters: vec![parked(4)], ..OwnedCommit::default() };
    journal.commit(&lease, again.borrow()).await.expect("nothing speaks against it");
    let journal = store.reopened(journal);
    let told = tells(&journal, &[2, 5, 4]).await;
    assert_eq!(told[0].parked, parked(2).parked);
    let lease = journal.acquire("the next").await.expect("it can be acquired");
    let handled =
        OwnedCommit { inbox: Some(mark(2)), delivered: vec![Uuid::from_u128(2)], ..OwnedCommit::default() };
    journal.commit(&lease, handled.borrow()).await.expect("nothing speaks against it");
    tells(&journal, &[5, 4]).await;
    let given_up = OwnedCommit {
        inbox: Some(mark(5)),
        delivered: vec![Uuid::from_u128(5)],
        dead_letters: vec![given_up(5)],
        ..OwnedCommit::default()
    };
    journal.commit(&lease, given_up.borrow()).await.expect("nothing speaks against it");
    // Another subscriber has still to handle it: it stays in the outbox, and is not parked.
    let shared = OwnedCommit { inbox: Some(mark(4)), ..OwnedCommit::default() };
    journal.commit(&lease, shared.borrow()).await.expect("nothing speaks against it");
    let journal = store.reopened(journal);
    tells(&journal, &[]).await;
    assert_eq!(journal.dead_letters().await.expect("they can be read").len(), 5, "all of them are history");
}

async fn owned<S: Store>(store: &S) -> (S::Journal, Lease) {
    let journal = store.empty();
    let lease = journal.acquire("tests").await.expect("an empty journal can be acquired");
    (journal, lease)
}

/// A commit that has something of everything.
fn full(run: u128, key: &str) -> OwnedCommit {
    let facts = vec![Fact::RunStarted, Fact::StepScheduled { step: StepId(0), attempt: 1 }];
    let mut begins = append(run, 0, facts);
    begins.details.push(Detail { seq: 1, body: DetailBody::Output(raw("[ 1 ]")) });
    OwnedCommit {
        inbox: Some(mark(run)),
        start: Some(start(run, key, OnDuplicate::Reject)),
        append: Some(begins),
        plan: None,
        entity: Some(change(run, 0)),
        outbox: vec![envelope(run), envelope(run + 10)],
        delivered: vec![Uuid::from_u128(run + 10)],
        calls: vec![begun(run, "order_placed", 1), begun(run, "order_billed", 2), begun(run + 1, "gone", 0)],
        timers: vec![timer(run, 0, false, 5), timer(run, 1, true, 6)],
        fired: vec![timer(run, 1, true, 0).key],
        dead_letters: vec![letter(run)],
    }
}

async fn nothing_is_known_of_an_empty_journal<S: Store>(store: &S) {
    let journal = store.empty();
    let text = read(&journal).await;
    assert_eq!(
        text,
        Answers { found: vec![None; KEYS.len()], handled: vec![false; MARKS as usize], ..Answers::default() }
            .to_text()
    );
    assert_eq!(journal.owner().await.expect("its owner can be read"), None);
}

async fn without_a_lease_nothing_is_committed<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    let before = read(&journal).await;
    let forged = Lease { lease_id: Uuid::from_u128(!lease.lease_id.as_u128()), ..lease.clone() };
    let early = Lease { epoch: lease.epoch + 1, ..lease };
    for lease in [forged, early] {
        let refused = journal.commit(&lease, full(1, "k").borrow()).await;
        assert!(matches!(refused, Err(CommitError::Fenced { epoch: 1, .. })), "{refused:?}");
    }
    assert_eq!(read(&journal).await, before);
}

async fn r05_an_acquisition_fences_every_lease_before_it<S: Store>(store: &S) {
    let (journal, first) = owned(store).await;
    let second = journal.acquire("second").await.expect("it can be acquired again");
    assert_eq!((first.epoch, second.epoch), (1, 2));
    let refused = journal.commit(&first, OwnedCommit::default().borrow()).await;
    let Err(CommitError::Fenced { held_by, epoch, your_epoch }) = refused else { panic!("{refused:?}") };
    assert_eq!((&*held_by, epoch, your_epoch), ("second", 2, 1));
    journal.commit(&second, full(1, "k").borrow()).await.expect("the owner commits");
    assert_eq!(journal.owner().await.expect("its owner can be read"), Some(second));
}

async fn r05_epochs_rise_over_restarts<S: Store>(store: &S) {
    let (journal, first) = owned(store).await;
    let journal = store.reopened(journal);
    let owner = journal.owner().await.expect("its owner can be read");
    assert_eq!(owner.as_ref(), Some(&first), "opening it is no acquisition");
    let second = journal.acquire("second").await.expect("it can be acquired again");
    assert!(second.epoch > first.epoch, "{} after {}", second.epoch, first.epoch);
    assert_ne!(second.lease_id, first.lease_id);
}

async fn r06_of_appends_that_expect_the_same_position_one_is_applied<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    journal.commit(&lease, full(1, "k").borrow()).await.expect("a run begins");
    let rivals: Vec<OwnedCommit> = (1..=16)
        .map(|rival| OwnedCommit {
            append: Some(append(1, 2, vec![Fact::RetryDue { step: StepId(0), attempt: rival }])),
            outbox: vec![envelope(100 + u128::from(rival))],
            ..OwnedCommit::default()
        })
        .collect();
    let outcomes = together(rivals.iter().map(|rival| journal.commit(&lease, rival.borrow()))).await;
    let applied: Vec<usize> = (0..16).filter(|index| outcomes[*index].is_ok()).collect();
    let [winner] = applied[..] else { panic!("applied: {applied:?}") };
    for refused in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert!(matches!(refused, CommitError::WrongSeq { expected: 2, actual: 3, .. }), "{refused}");
    }
    let outbox = journal.outbox().await.expect("the outbox can be read");
    let sent: Vec<u128> = outbox.iter().map(|envelope| envelope.envelope_id.as_u128()).collect();
    assert_eq!(sent, [1, 101 + winner as u128], "what the others would have sent is not there");
}

async fn r06_a_refusal_does_not_touch_the_commits_beside_it<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    let commits: Vec<OwnedCommit> = (1..=20)
        .map(|run| {
            let mut commit = full(run, &format!("key {run}"));
            if run % 2 == 0 {
                commit.append = Some(append(run, 9, vec![Fact::RunStarted]));
            }
            commit
        })
        .collect();
    let outcomes = together(commits.iter().map(|commit| journal.commit(&lease, commit.borrow()))).await;
    for (run, outcome) in (1..=20).zip(&outcomes) {
        assert_eq!(outcome.is_ok(), run % 2 == 1, "run {run}: {outcome:?}");
        let known = journal.run(run_id(run)).await.expect("a run can be read").is_some();
        assert_eq!(known, outcome.is_ok(), "run {run}");
    }
}

async fn r07_a_refused_commit_leaves_no_trace<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    journal.commit(&lease, full(1, "k").borrow()).await.expect("a run begins");
    let ends = append(1, 2, vec![Fact::RunCompensating]);
    let ends = OwnedCommit {
        append: Some(super::fixtures::OwnedAppend { ended_unix_ms: Some(9), ..ends }),
        ..OwnedCommit::default()
    };
    let before = read(&journal).await;
    let again = || full(2, "other");
    let refused = [
        (OwnedCommit { inbox: Some(mark(1)), ..again() }, "handled"),
        (OwnedCommit { start: Some(start(2, "k", OnDuplicate::Reject)), ..again() }, "already has the key"),
        (OwnedCommit { start: Some(start(2, "k", OnDuplicate::Join)), ..again() }, "already has the key"),
        (OwnedCommit { start: Some(start(1, "new", OnDuplicate::Reject)), ..again() }, "position"),
        (OwnedCommit { append: Some(append(2, 1, vec![Fact::RunStarted])), ..again() }, "position"),
        (OwnedCommit { append: Some(append(3, 0, vec![Fact::RunStarted])), ..again() }, "position"),
    ];
    for (commit, why) in &refused {
        let error = journal.commit(&lease, commit.borrow()).await.expect_err(why);
        assert!(error.to_string().contains(why), "{error} is not: {why}");
        assert_eq!(read(&journal).await, before, "{why}");
    }
    journal.commit(&lease, ends.borrow()).await.expect("a run ends");
    let before = read(&journal).await;
    let late = OwnedCommit { append: Some(append(1, 3, vec![Fact::RunStarted])), ..OwnedCommit::default() };
    let error = journal.commit(&lease, late.borrow()).await.expect_err("the run has ended");
    assert!(matches!(error, CommitError::RunEnded { .. }), "{error}");
    assert_eq!(read(&journal).await, before);
}

async fn r07_what_was_acknowledged_is_there_after_a_restart<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    for run in 1..=3 {
        journal.commit(&lease, full(run, &format!("key {run}")).borrow()).await.expect("a run begins");
    }
    let before = read(&journal).await;
    let journal = store.reopened(journal);
    assert_eq!(read(&journal).await, before);
}

async fn r03_a_key_is_taken_until_its_run_is_forgotten<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    for run in 1..=3 {
        let commit = OwnedCommit {
            start: Some(start(run, "k", OnDuplicate::NewRun)),
            append: Some(append(run, 0, vec![Fact::RunStarted])),
            ..OwnedCommit::default()
        };
        journal.commit(&lease, commit.borrow()).await.expect("`new_run` takes any key");
    }
    let found = journal.find(&identity("k")).await.expect("a run can be found");
    assert_eq!(found, Some(run_id(3)), "the latest");
    let second = OwnedCommit { start: Some(start(4, "k", OnDuplicate::Join)), ..OwnedCommit::default() };
    let refused = journal.commit(&lease, second.borrow()).await;
    let Err(CommitError::DuplicateRun { run, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(run, run_id(3));
}

async fn r24_an_entity_changes_from_the_version_that_was_folded_into_and_from_no_other<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    let folded = |id, change| OwnedCommit {
        inbox: Some(mark(id)),
        entity: Some(change),
        outbox: vec![envelope(id)],
        ..OwnedCommit::default()
    };
    for commit in [folded(1, change(1, 0)), folded(2, change(2, 0)), folded(3, change(1, 1))] {
        journal.commit(&lease, commit.borrow()).await.expect("it is the version that is there");
    }
    let before = read(&journal).await;
    for (number, expected, actual) in [(1, 1, 2), (1, 3, 2), (2, 0, 1), (3, 1, 0)] {
        let refused = journal.commit(&lease, folded(4, change(number, expected)).borrow()).await;
        let Err(CommitError::StaleEntity { expected: told, actual: found, key, .. }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!((told, found, key), (expected, actual, entity(number).key));
    }
    assert_eq!(
        read(&journal).await,
        before,
        "a fold that came too late sends nothing, and is not marked as handled"
    );
    let journal = store.reopened(journal);
    let record = journal.entity(&entity(1)).await.expect("it can be read").expect("it is there");
    let state = record.state.to_json().expect("it is JSON");
    assert_eq!((record.version, state.get()), (2, r#"{ "sum": 1.10, "from": 1 }"#));
}

async fn r07_payloads_are_kept_to_the_byte<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    let texts = [
        r#"{"b": 1.10,  "a": [ ], "b": 2}"#,
        "\"\\ud83e\\udd80 \\u0000 🦀\"",
        "123456789012345678901234567890.5e-7",
        " null",
    ];
    let mut begins = append(1, 0, vec![Fact::RunStarted; texts.len()]);
    begins.details =
        (0..).zip(texts).map(|(seq, text)| Detail { seq, body: DetailBody::Output(raw(text)) }).collect();
    let commit = OwnedCommit {
        start: Some(start(1, "k", OnDuplicate::Reject)),
        append: Some(begins),
        ..OwnedCommit::default()
    };
    journal.commit(&lease, commit.borrow()).await.expect("a run begins");
    let journal = store.reopened(journal);
    let record = journal.run(run_id(1)).await.expect("a run can be read").expect("the run is there");
    for (detail, text) in record.details.iter().zip(texts) {
        let DetailBody::Output(output) = &detail.body else { panic!("{detail:?}") };
        // `RawValue` takes the blanks around a value off as it is made.
        assert_eq!(output.to_json().expect("it was text").get(), text.trim());
    }
    assert_eq!(record.details.len(), texts.len());
}

/// Refuses to be written.
#[derive(Deserialize)]
struct Secret;

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("it is a secret"))
    }
}

async fn what_cannot_be_serialised_is_refused_or_kept_as_it_is<S: Store>(store: &S) {
    let (journal, lease) = owned(store).await;
    let secret = Arc::new(Envelope { payload: Payload::new(Secret), ..Envelope::clone(&envelope(1)) });
    let before = read(&journal).await;
    let commit = OwnedCommit { outbox: vec![secret], inbox: Some(mark(1)), ..OwnedCommit::default() };
    match journal.commit(&lease, commit.borrow()).await {
        Ok(_) => {
            let outbox = journal.outbox().await.expect("the outbox can be read");
            assert!(outbox[0].payload.downcast_ref::<Secret>().is_some(), "it is another value now");
        }
        Err(CommitError::Unserialisable { why, .. }) => {
            assert!(why.contains("it is a secret"), "{why}");
            assert_eq!(read(&journal).await, before);
        }
        Err(other) => panic!("{other}"),
    }
    journal.commit(&lease, full(2, "k").borrow()).await.expect("the journal goes on");
}

/// Waits for all of them at once.
async fn together<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    poll_fn(|cx| {
        for (future, output) in futures.iter_mut().zip(&mut outputs).filter(|(_, output)| output.is_none()) {
            if let Poll::Ready(ready) = future.as_mut().poll(cx) {
                *output = Some(ready);
            }
        }
        if outputs.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    outputs.into_iter().flatten().collect()
}
