//! Random histories: what owners do to a journal, good and bad, and what becomes of it.

use fastrand::Rng;
use serde_json::json;
use uuid::Uuid;

use super::Store;
use super::fixtures::{
    OwnedAppend, OwnedCommit, begun, change, entity, envelope, given_up, letter, mark, parked, raw, run_id,
    start, timer,
};
use super::model::Model;
use super::snapshot::{ENTITIES, KEYS, MARKS, RUNS, read};
use crate::journal::{Commit, CommitError, Committed, Detail, DetailBody, Journal, Lease};
use crate::message::Payload;
use crate::plan::OnDuplicate;
use crate::run::{Fact, Failure, RunState, SkipReason, StepId, StepState, StopCause};

const OPERATIONS: usize = 40;

/// What is done to a journal. Made beside a model, so that most of it fits.
#[derive(Debug)]
pub(super) struct History {
    operations: Vec<Operation>,
    on_model: Vec<String>,
}

#[derive(Debug)]
enum Operation {
    Acquire,
    /// Under the lease of this epoch, which may be a former one.
    Commit(usize, Box<OwnedCommit>),
    Reopen,
}

impl History {
    pub(super) fn random(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let mut model = Model::default();
        let epoch = model.acquire("owner 1");
        let mut history = History {
            operations: vec![Operation::Acquire],
            on_model: vec![acquired(epoch as u64, &model.read())],
        };
        let mut latest = epoch;
        while history.operations.len() < OPERATIONS {
            match random.u8(..20) {
                0 => {
                    latest = model.acquire(&format!("owner {}", latest + 1));
                    history.operations.push(Operation::Acquire);
                    history.on_model.push(acquired(latest as u64, &model.read()));
                }
                1 => {
                    history.operations.push(Operation::Reopen);
                    history.on_model.push(format!("reopened\n{}", model.read()));
                }
                roll => {
                    let epoch = if roll == 2 { random.usize(1..=latest) } else { latest };
                    let commit = commit(&mut random, &model);
                    let outcome = model.commit(epoch, commit.clone());
                    history.operations.push(Operation::Commit(epoch, Box::new(commit)));
                    history.on_model.push(committed(&outcome, &model.read()));
                }
            }
        }
        history
    }

    pub(super) fn on_model(&self) -> Vec<String> {
        self.on_model.clone()
    }

    pub(super) async fn on_store<S: Store>(&self, store: &S) -> Vec<String> {
        let mut journal = store.empty();
        let mut leases: Vec<Lease> = Vec::new();
        let mut transcript = Vec::new();
        for operation in &self.operations {
            transcript.push(match operation {
                Operation::Acquire => {
                    let owner = format!("owner {}", leases.len() + 1);
                    let lease = journal.acquire(&owner).await.expect("the journal can be acquired");
                    let text = acquired(lease.epoch, &read(&journal).await);
                    leases.push(lease);
                    text
                }
                Operation::Commit(epoch, commit) => {
                    let commit: Commit<'_> = commit.borrow();
                    let outcome = journal.commit(&leases[epoch - 1], commit).await;
                    committed(&outcome, &read(&journal).await)
                }
                Operation::Reopen => {
                    journal = store.reopened(journal);
                    format!("reopened\n{}", read(&journal).await)
                }
            });
        }
        transcript
    }
}

fn acquired(epoch: u64, read: &str) -> String {
    format!("acquired epoch {epoch}\n{read}")
}

fn committed(outcome: &Result<Committed, CommitError>, read: &str) -> String {
    format!("{outcome:?}\n{read}")
}

/// A commit whose parts are there or not, and which often, not always, fits what came before.
fn commit(random: &mut Rng, model: &Model) -> OwnedCommit {
    let mut run = random.u128(1..=RUNS);
    let start = (random.u8(..3) == 0).then(|| {
        // Often a run that is new.
        run = (1..=RUNS).find(|run| model.seq(run_id(*run)) == 0).filter(|_| random.bool()).unwrap_or(run);
        let policies = [OnDuplicate::Reject, OnDuplicate::Join, OnDuplicate::NewRun, OnDuplicate::NewRun];
        start(run, KEYS[random.usize(..KEYS.len())], policies[random.usize(..policies.len())])
    });
    let append = (start.is_some() || random.u8(..4) > 0).then(|| {
        let fits = random.u8(..8) > 0;
        let expected_seq = if fits { model.seq(run_id(run)) } else { random.u64(..6) };
        let facts: Vec<Fact> = (0..random.usize(..4)).map(|_| fact(random)).collect();
        let mut details = Vec::new();
        for at in 0..facts.len() as u64 {
            if random.bool() {
                details.push(Detail { seq: expected_seq + at, body: body(random) });
            }
        }
        let ended_unix_ms = (random.u8(..12) == 0).then(|| random.u64(..1 << 40));
        OwnedAppend {
            run: run_id(run),
            expected_seq,
            facts,
            details,
            active_ms: random.u64(..99),
            ended_unix_ms,
        }
    });
    OwnedCommit {
        plan: None,
        inbox: (random.u8(..3) == 0).then(|| mark(random.u128(1..=MARKS))),
        start,
        append,
        entity: (random.u8(..4) == 0).then(|| {
            let number = random.u128(1..=ENTITIES);
            let fits = random.u8(..4) > 0;
            change(number, if fits { model.version(&entity(number)) } else { random.u64(..4) })
        }),
        outbox: some(random, |random| envelope(random.u128(1..6))),
        calls: some(random, |random| {
            let handler = ["order_placed", "it's_\u{1F980}"][random.usize(..2)];
            begun(random.u128(1..6), handler, random.u32(..3))
        }),
        delivered: some(random, |random| Uuid::from_u128(random.u128(1..6))),
        timers: some(random, |random| {
            timer(random.u128(1..=RUNS), random.u32(..2), random.bool(), random.u64(..1 << 40))
        }),
        fired: some(random, |random| timer(random.u128(1..=RUNS), random.u32(..2), random.bool(), 0).key),
        dead_letters: some(random, |random| {
            let of = [letter, parked, parked, given_up];
            of[random.usize(..of.len())](random.u128(1..6))
        }),
    }
}

fn some<T>(random: &mut Rng, mut one: impl FnMut(&mut Rng) -> T) -> Vec<T> {
    let how_many = random.u8(..6).saturating_sub(3);
    (0..how_many).map(|_| one(random)).collect()
}

fn body(random: &mut Rng) -> DetailBody {
    match random.u8(..5) {
        0 => DetailBody::Error("no \"way\"\n\u{0}".into()),
        4 => DetailBody::Reason("maintenance, \"briefly\"\n\u{0}".into()),
        1 => DetailBody::Output(raw("[1.0, 18446744073709551615,\t\"\\u0000\"]")),
        2 => DetailBody::Output(Payload::new(())),
        _ => DetailBody::Output(Payload::new(json!({ "nested": [null, { "x": "it's" }] }))),
    }
}

/// Every kind of fact. What a journal keeps, it does not judge.
fn fact(random: &mut Rng) -> Fact {
    let (step, attempt) = (StepId(random.u32(..2)), random.u32(..3));
    let failure = Failure::TIMED_OUT;
    let facts = [
        Fact::RunStarted,
        Fact::StepScheduled { step, attempt },
        Fact::StepHeld { step, attempt },
        Fact::StepReleased { step },
        Fact::StepCompleted { step, attempt },
        Fact::AttemptFailed { step, attempt, failure, retry_after_ms: random.bool().then_some(5) },
        Fact::RetryDue { step, attempt },
        Fact::StepFailed { step, failure },
        Fact::StepIndeterminate { step, failure },
        Fact::ConditionEvaluated { step, holds: random.bool() },
        Fact::StepSkipped { step, because: reason(random) },
        Fact::StepCancelled { step },
        Fact::StepNotRun { step },
        Fact::RunPaused,
        Fact::RunResumed,
        Fact::RunStopping { cause: StopCause::StepFailed { step } },
        Fact::RunStopping { cause: StopCause::Cancelled },
        Fact::RunCompensating,
        Fact::AttemptCrashed { step, attempt },
        Fact::CompensationCrashed { step, attempt },
        Fact::CompensationScheduled { step, attempt },
        Fact::CompensationAttemptFailed { step, attempt, failure, retry_after_ms: None },
        Fact::CompensationCompleted { step, attempt },
        Fact::CompensationFailed { step, failure },
        Fact::RunParked { step },
        Fact::RunReopened { from: step },
        Fact::SkipCarried { step, because: reason(random), revision: attempt },
        Fact::StepCarried {
            step,
            state: StepState::Failed,
            attempt,
            crashes: 1,
            revision: 2,
            dispatch: 3,
            failure: Some(failure),
            unknown: None,
            retry_after_ms: 0,
        },
        Fact::RunEnded { state: RunState::CompletedWithErrors },
    ];
    facts[random.usize(..facts.len())]
}

fn reason(random: &mut Rng) -> SkipReason {
    let other = StepId(0);
    let reasons = [
        SkipReason::Disabled,
        SkipReason::NoOutput { of: other },
        SkipReason::OtherBranch { runs: other },
        SkipReason::AfterFailure { of: other },
        SkipReason::ConditionFalse,
    ];
    reasons[random.usize(..reasons.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Histories that only refuse, or never do, would compare little.
    #[test]
    fn histories_reach_every_outcome() {
        let outcomes: Vec<String> = (0..200).flat_map(|seed| History::random(seed).on_model()).collect();
        let how_many = |starts: &str| outcomes.iter().filter(|outcome| outcome.starts_with(starts)).count();
        assert!(how_many("Ok") * 3 > outcomes.len(), "{} of {} are applied", how_many("Ok"), outcomes.len());
        let each = ["Fenced", "WrongSeq", "RunEnded", "DuplicateRun", "AlreadyHandled", "StaleEntity"];
        for refusal in each {
            assert!(
                how_many(&format!("Err({refusal}")) > 40,
                "{refusal}: {}",
                how_many(&format!("Err({refusal}"))
            );
        }
        assert!(how_many("reopened") > 200 && how_many("acquired") > 200);
    }
}
