//! A run that is moved to the plan that it is on, with every step under its own name: nothing differs.

use std::sync::Arc;

use onex::run::{
    Command, Decision, Fact, Input, Obstacle, Plan, Run, RunState, StepId, StepState, StepStatus,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use uuid::Uuid;

use crate::scenario::{Answer, Move, Scenario, answer};

const MOVED: Fact = Fact::RunMigrated { to: Uuid::nil(), version: (1, 0, 0) };

struct Driven<'s> {
    scenario: &'s Scenario,
    run: Run,
    journal: Vec<Fact>,
    outstanding: Vec<Command>,
}

impl Driven<'_> {
    fn give(&mut self, input: Input) {
        let mut decision = Decision::default();
        self.run.handle(input, &mut decision);
        self.journal.extend_from_slice(&decision.facts);
        self.outstanding.extend_from_slice(&decision.commands);
    }

    fn carry_out(&mut self, which: usize) {
        let script = |of: &[Vec<Answer>], step: StepId, attempt| {
            answer(&of[self.run.step_of(step).index() % of.len()], attempt)
        };
        let input = match self.outstanding.swap_remove(which) {
            Command::Dispatch { step, attempt } => match script(&self.scenario.answers, step, attempt) {
                Answer::Succeed => Input::Completed { step, attempt },
                Answer::Fail(failure, jitter) => Input::Failed { step, attempt, failure, jitter },
            },
            Command::Compensate { step, attempt } => Input::Compensated { step, attempt },
            Command::RetryAfter { step, attempt, compensation: false, .. } => {
                Input::RetryDue { step, attempt }
            }
            Command::RetryAfter { step, attempt, .. } => Input::CompensationRetryDue { step, attempt },
            Command::Await { step } => Input::Arrived { step },
            Command::SignalCancel => Input::GraceOver,
            Command::Finish => return,
        };
        self.give(input);
    }

    /// Answers what the kernel asks for. True: it asked.
    fn decide(&mut self, holds: bool) -> bool {
        if let Some(step) = self.run.undecided() {
            self.give(Input::Evaluated { step, holds });
            return true;
        }
        let Some(step) = self.run.uncounted() else { return false };
        self.give(Input::Counted { step, items: step.0 % 3 });
        true
    }

    fn drive_to_end(&mut self) {
        self.give(Input::Resume);
        for _ in 0..100_000 {
            if self.run.is_ended() {
                return;
            }
            let held = self.run.all_steps().find(|(_, status)| status.state == StepState::Held);
            match held {
                Some((step, _)) => self.give(Input::Released { step }),
                None if self.decide(true) => {}
                None if self.outstanding.is_empty() => return,
                None => self.carry_out(0),
            }
        }
    }
}

pub(crate) fn check(scenario: &Scenario) -> Result<(), TestCaseError> {
    let plan = Plan::new(scenario.policy, scenario.steps.clone()).expect("a scenario has a valid plan");
    let plan = Arc::new(plan);
    let mut driven =
        Driven { scenario, run: Run::new(Arc::clone(&plan)), journal: Vec::new(), outstanding: Vec::new() };
    driven.give(Input::Start);
    for next in &scenario.moves {
        match next {
            Move::Give(input) => driven.give(*input),
            Move::CarryOut(which) if !driven.outstanding.is_empty() => {
                driven.carry_out(which.index(driven.outstanding.len()));
            }
            Move::Hold(which) if !driven.outstanding.is_empty() => {
                let which = which.index(driven.outstanding.len());
                if let Command::Dispatch { step, attempt } = driven.outstanding[which] {
                    driven.outstanding.swap_remove(which);
                    driven.give(Input::Held { step, attempt });
                }
            }
            Move::Evaluate(_, holds) => drop(driven.decide(*holds)),
            _ => {}
        }
    }
    let identity: Vec<Option<StepId>> = plan.steps().map(|(step, _)| Some(step)).collect();
    let before = driven.run.clone();
    let facts = match before.carried_to(&plan, &identity) {
        Ok(facts) => facts,
        Err(obstacles) => return stands(&before, &obstacles),
    };
    driven.journal.push(MOVED);
    driven.journal.extend(&facts);
    let moved = Run::replay(Arc::clone(&plan), &driven.journal);
    prop_assert!(moved.is_ok(), "{:?}", moved.err());
    driven.run = moved.expect("it was asked");
    prop_assert_eq!(driven.run.state(), before.state());
    for ((step, was), (_, is)) in before.steps().zip(driven.run.steps()) {
        prop_assert_eq!(is, expected(was, before.state()), "step {}", step.0);
        prop_assert!(driven.run.revision(step) >= before.revision(step), "step {}", step.0);
        prop_assert_eq!(driven.run.dispatch_of(step), before.dispatch_of(step), "step {}", step.0);
    }
    // Moved once more, nothing is different.
    let again = driven.run.carried_to(&plan, &identity);
    prop_assert_eq!(again.as_ref(), Ok(&facts));

    if driven.run.state() == RunState::Parked {
        return Ok(());
    }
    driven.outstanding.clear();
    let due = driven.run.steps().filter(|(_, status)| status.state == StepState::RetryWaiting);
    let due = due.map(|(step, status)| Input::RetryDue { step, attempt: status.attempt });
    let gates = driven.run.steps().filter(|(_, status)| status.state == StepState::Awaiting);
    let inputs: Vec<Input> = due.chain(gates.map(|(step, _)| Input::Arrived { step })).collect();
    driven.give(Input::Restarted { crash_limit: u32::MAX });
    inputs.into_iter().for_each(|input| driven.give(input));
    driven.drive_to_end();
    prop_assert!(driven.run.is_ended(), "it comes to its end: {:?}", driven.run);
    let replayed = Run::replay(plan, &driven.journal);
    prop_assert_eq!(replayed.as_ref(), Ok(&driven.run), "its journal is the run");
    Ok(())
}

/// Of a move to its own plan, only what the run is doing can speak against it.
fn stands(run: &Run, obstacles: &[Obstacle]) -> Result<(), TestCaseError> {
    for obstacle in obstacles {
        let is_so = match *obstacle {
            Obstacle::NotGoingOn { state } => state == run.state(),
            Obstacle::WentOverAList { step } => {
                let was_counted_before = (0..run.plan().len()).any(|nth| run.is_list_over(nth));
                was_counted_before
                    || run.instances(step).next().is_some()
                    || run.step(step).state.is_final()
                    || run.step(step).state == StepState::FannedOut
            }
            // It is going to stop, when it is resumed.
            Obstacle::FailureCounts { .. } => run.state() == RunState::Paused,
            _ => false,
        };
        prop_assert!(is_so, "{obstacle:?} of {run:?}");
    }
    Ok(())
}

/// What was under way has crashed with its process; what was held asks again.
fn expected(was: StepStatus, of: RunState) -> StepStatus {
    let tried = was.attempt > 0 || was.crashes > 0;
    match was.state {
        StepState::Scheduled => StepStatus {
            state: StepState::RetryDue,
            attempt: was.attempt - 1,
            // Of a run that is parked it was counted.
            crashes: was.crashes + u32::from(of != RunState::Parked),
            ..was
        },
        StepState::Held if tried => StepStatus { state: StepState::RetryDue, ..was },
        StepState::Held => StepStatus { state: StepState::Waiting, ..was },
        _ => was,
    }
}
