//! Runs of 100,000 steps end, in whatever shape: no recursion, no work that grows with what is done.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use onex::run::{
    Backoff, Command, Decision, Failure, FailureCause, FailureClass, Input, Jitter, Mode, Need, Plan, Policy,
    Run, RunState, StepId, StepKind, StepSpec, StepState, Strategy, Undoing,
};

const STEPS: u32 = 100_000;
const REFUSED: Failure = Failure { class: FailureClass::Refused, cause: FailureCause::Error };

fn policy(mode: Mode, strategy: Strategy) -> Policy {
    let backoff = Backoff::exponential(Duration::from_millis(1), 2.0, Duration::from_secs(1));
    Policy {
        mode,
        strategy,
        backoff,
        compensation_retries: 0,
        undoing: Undoing::USUAL,
        min_completed_percent: None,
        timeout: Duration::from_secs(1),
    }
}

fn parallel() -> Mode {
    Mode::Parallel { max_steps: NonZeroU32::new(64).expect("64 is not 0") }
}

fn effect(index: u32, depends_on: Vec<StepId>) -> StepSpec {
    let depends_on = depends_on.into_iter().map(|step| (step, Need::Required)).collect();
    StepSpec { depends_on, compensable: true, ..StepSpec::new(index.to_string(), StepKind::Effect) }
}

fn chain() -> Vec<StepSpec> {
    (0..STEPS).map(|index| effect(index, index.checked_sub(1).map(StepId).into_iter().collect())).collect()
}

/// One step, `STEPS` that depend on it, one that depends on them all.
fn fan() -> Vec<StepSpec> {
    let first = effect(0, Vec::new());
    let middle = (1..=STEPS).map(|index| effect(index, vec![StepId(0)]));
    let last = effect(STEPS + 1, (1..=STEPS).map(StepId).collect());
    std::iter::once(first).chain(middle).chain([last]).collect()
}

/// Answers every command at once, first in first out; `failing` is refused.
fn drive(policy: Policy, steps: Vec<StepSpec>, failing: Option<StepId>) -> Run {
    let mut run = Run::new(Arc::new(Plan::new(policy, steps).expect("a valid plan")));
    let mut decision = Decision::default();
    run.handle(Input::Start, &mut decision);
    let mut outstanding = std::collections::VecDeque::from(decision.commands.clone());
    while let Some(command) = outstanding.pop_front() {
        let input = match command {
            Command::Dispatch { step, attempt } if failing == Some(step) => {
                Input::Failed { step, attempt, failure: REFUSED, jitter: Jitter(0) }
            }
            Command::Dispatch { step, attempt } => Input::Completed { step, attempt },
            Command::Compensate { step, attempt } => Input::Compensated { step, attempt },
            Command::RetryAfter { step, attempt, .. } => Input::RetryDue { step, attempt },
            Command::Await { step } => Input::Arrived { step },
            Command::SignalCancel => Input::GraceOver,
            Command::Finish => break,
        };
        run.handle(input, &mut decision);
        outstanding.extend(&decision.commands);
    }
    run
}

fn count(run: &Run, state: StepState) -> usize {
    run.steps().filter(|(_, status)| status.state == state).count()
}

#[test]
fn a_long_chain_completes() {
    let run = drive(policy(Mode::Sequential, Strategy::FailFast), chain(), None);
    assert_eq!(run.state(), RunState::Completed);
}

#[test]
fn a_wide_fan_completes() {
    let run = drive(policy(parallel(), Strategy::FailFast), fan(), None);
    assert_eq!(run.state(), RunState::Completed);
}

#[test]
fn a_long_chain_is_skipped_in_one_decision() {
    let run = drive(policy(Mode::Sequential, Strategy::ContinueOnError), chain(), Some(StepId(0)));
    assert_eq!(run.state(), RunState::CompletedWithErrors);
    assert_eq!(count(&run, StepState::Skipped), STEPS as usize - 1);
}

#[test]
fn a_wide_fan_is_skipped_in_one_decision() {
    let run = drive(policy(parallel(), Strategy::ContinueOnError), fan(), Some(StepId(0)));
    assert_eq!(run.state(), RunState::CompletedWithErrors);
    assert_eq!(count(&run, StepState::Skipped), STEPS as usize + 1);
}

#[test]
fn a_long_chain_is_undone() {
    let last = StepId(STEPS - 1);
    let run = drive(policy(Mode::Sequential, Strategy::Compensate), chain(), Some(last));
    assert_eq!(run.state(), RunState::Failed);
    assert_eq!(count(&run, StepState::Completed), STEPS as usize - 1);
    let undone = |status: onex::run::StepStatus| status.compensation == onex::run::CompensationState::Done;
    assert_eq!(run.steps().filter(|(_, status)| undone(*status)).count(), STEPS as usize - 1);
}
