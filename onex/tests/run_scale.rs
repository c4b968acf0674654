//! Runs of 100,000 steps end, in whatever shape: no recursion, no work that grows with what is done. One that looked at all steps,
//! or at all lists, for each input would take 10,000,000,000 looks, which is minutes; each of these takes a second or two.

use std::collections::VecDeque;
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

/// `STEPS` that go over a list of two entries each, of which both may be under way at once.
fn lists() -> Vec<StepSpec> {
    let list = |index| StepSpec { each: NonZeroU32::new(2), ..effect(index, Vec::new()) };
    (0..STEPS).map(list).collect()
}

/// Says how long the lists are whose turn it is, until there is none.
fn count_lists(run: &mut Run, decision: &mut Decision, outstanding: &mut VecDeque<Command>) {
    while let Some(step) = run.uncounted() {
        run.handle(Input::Counted { step, items: 2 }, decision);
        outstanding.extend(&decision.commands);
    }
}

/// Answers every command at once, first in first out; `failing` is refused.
fn drive(policy: Policy, steps: Vec<StepSpec>, failing: Option<StepId>) -> Run {
    let mut run = Run::new(Arc::new(Plan::new(policy, steps).expect("a valid plan")));
    go_on(&mut run, Input::Start, failing);
    run
}

fn go_on(run: &mut Run, with: Input, failing: Option<StepId>) {
    let mut decision = Decision::default();
    run.handle(with, &mut decision);
    let mut outstanding = VecDeque::from(decision.commands.clone());
    count_lists(run, &mut decision, &mut outstanding);
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
        count_lists(run, &mut decision, &mut outstanding);
    }
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

#[test]
fn many_lists_side_by_side_complete() {
    let run = drive(policy(parallel(), Strategy::FailFast), lists(), None);
    assert_eq!(run.state(), RunState::Completed);
    assert_eq!(run.len(), 3 * STEPS as usize, "each with its two instances");
}

#[test]
fn many_lists_one_by_one_complete() {
    let run = drive(policy(Mode::Sequential, Strategy::FailFast), lists(), None);
    assert_eq!(run.state(), RunState::Completed);
    assert_eq!(run.len(), 3 * STEPS as usize, "each with its two instances");
}

#[test]
fn many_lists_are_given_up_and_done_again() {
    let (first, stopping) = (StepId(0), policy(parallel(), Strategy::FailFast));
    let first_instance = StepId(STEPS);
    let mut run = drive(stopping, lists(), Some(first_instance));
    assert_eq!(run.state(), RunState::Failed);
    assert_eq!(count(&run, StepState::Cancelled), STEPS as usize - 32, "63 of the instances were under way");
    go_on(&mut run, Input::Reopen { from: first }, None);
    assert_eq!(run.state(), RunState::Completed);
    assert!(run.is_list_over(0) && !run.is_list_over(STEPS as usize), "each list is counted anew");
}

#[test]
fn a_long_chain_is_done_again() {
    let skipping = policy(Mode::Sequential, Strategy::ContinueOnError);
    let mut run = drive(skipping, chain(), Some(StepId(0)));
    assert_eq!(count(&run, StepState::Skipped), STEPS as usize - 1);
    go_on(&mut run, Input::Reopen { from: StepId(0) }, None);
    assert_eq!(run.state(), RunState::Completed);
}
