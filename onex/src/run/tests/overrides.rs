//! What a step says for itself, against its run's policy.

use super::*;
use SkipReason::{AfterFailure, Disabled, NoOutput};
use StepState::{Completed, Failed, NotRun, Scheduled, Skipped, Waiting};

fn with_precedence(precedence: (u32, u32)) -> Step {
    compute().but(|spec| spec.precedence = precedence)
}

fn disabled() -> Step {
    effect().but(|spec| spec.enabled = false)
}

fn skip_on_failure() -> Step {
    compute().but(|spec| spec.skip_on_failure = true)
}

/// Runs one step after the other and tells their order.
fn in_turn<const N: usize>(steps: [Step; N]) -> Vec<u32> {
    let mut driven = Driven::start(FAIL_FAST, steps);
    let mut order = Vec::new();
    while let [step] = driven.dispatched()[..] {
        order.push(step);
        driven.complete(step);
    }
    order
}

#[test]
fn r11_the_lesser_precedence_goes_first_and_the_declaration_breaks_ties() {
    let steps = [(100, 0), (5, 9), (100, 0), (5, 2), (1, 50)].map(with_precedence);
    assert_eq!(in_turn(steps), [4, 3, 1, 0, 2]);
}

#[test]
fn r11_precedence_is_among_the_steps_that_may_run() {
    let steps = [with_precedence((9, 0)), with_precedence((1, 0)).needs([0]), with_precedence((2, 0))];
    assert_eq!(in_turn(steps), [2, 0, 1]);
}

#[test]
fn r11_precedence_holds_when_slots_become_free() {
    let mut driven = Driven::start(parallel(2), [(3, 0), (2, 0), (1, 0), (0, 0)].map(with_precedence));
    assert_eq!(driven.dispatched(), [3, 2]);
    driven.complete(2);
    assert_eq!(driven.dispatched(), [1]);
}

#[test]
fn r10_a_disabled_step_is_skipped_as_the_run_starts_with_all_that_requires_it() {
    let steps = [disabled(), compute().needs([0]), compute().likes([0, 3]), compute()];
    let mut driven = Driven::start(FAIL_FAST, steps);
    assert_eq!(driven.states(), [Skipped, Skipped, Waiting, Scheduled]);
    assert_eq!(driven.skipped(0), Some(Disabled));
    assert_eq!(driven.skipped(1), Some(NoOutput { of: StepId(0) }));
    driven.complete(3);
    driven.complete(2);
    assert_eq!(driven.run.state(), RunState::Completed, "to be skipped is no failure");
}

#[test]
fn r10_a_disabled_step_does_not_wait_for_what_it_depends_on() {
    let driven = Driven::start(FAIL_FAST, [compute(), disabled().needs([0]), compute().after([1])]);
    assert_eq!(driven.states(), [Scheduled, Skipped, Waiting]);
}

#[test]
fn r10_a_run_of_disabled_steps_completes_as_it_starts() {
    let driven = Driven::start(FAIL_FAST, [disabled(), disabled().needs([0])]);
    assert_eq!(driven.run.state(), RunState::Completed);
    assert_eq!(driven.skipped(1), Some(Disabled), "what it says of itself comes before what it lacks");
}

#[test]
fn r11_skip_on_failure_skips_what_was_not_dispatched_when_another_step_failed() {
    let policy = with(Strategy::ContinueOnError, parallel(2));
    let steps = [compute(), skip_on_failure(), skip_on_failure(), compute(), compute().likes([2, 0])];
    let mut driven = Driven::start(policy, steps);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.skipped(2), Some(AfterFailure { of: StepId(0) }));
    assert_eq!(driven.skipped(4), Some(NoOutput { of: StepId(2) }));
    driven.complete(1);
    driven.complete(3);
    assert_eq!(driven.states(), [Failed, Completed, Skipped, Completed, Skipped]);
    assert_eq!(driven.run.state(), RunState::CompletedWithErrors);
}

#[test]
fn r11_skip_on_failure_skips_a_held_step_when_it_is_released() {
    let steps = [compute(), effect().but(|spec| spec.skip_on_failure = true)];
    let mut driven = Driven::start(with(Strategy::ContinueOnError, parallel(2)), steps);
    driven.give(Input::Held { step: StepId(1), attempt: 1 });
    driven.fail(0, PERMANENT);
    assert_eq!(driven.run.step(StepId(1)).state, StepState::Held);
    driven.give(Input::Released { step: StepId(1) });
    assert_eq!(driven.skipped(1), Some(AfterFailure { of: StepId(0) }));
    assert_eq!(driven.run.state(), RunState::CompletedWithErrors);
}

#[test]
fn r11_skip_on_failure_does_not_stop_a_step_that_is_being_retried() {
    let steps = [compute(), effect().retries(1).but(|spec| spec.skip_on_failure = true)];
    let mut driven = Driven::start(with(Strategy::ContinueOnError, parallel(2)), steps);
    driven.fail(1, ERROR);
    driven.fail(0, PERMANENT);
    driven.retry_due(1);
    assert_eq!(driven.dispatched(), [1]);
}

#[test]
fn r12_a_failure_that_is_to_stop_does_so_under_any_strategy_and_undoes_nothing() {
    for strategy in [Strategy::FailFast, Strategy::ContinueOnError, Strategy::Retry, Strategy::Compensate] {
        let steps = [compensable(), compute().on_failure(OnFailure::Stop), compute()];
        let mut driven = Driven::start(with(strategy, FAIL_FAST), steps);
        driven.complete(0);
        driven.fail(1, PERMANENT);
        assert_eq!(driven.states(), [Completed, Failed, NotRun], "{strategy:?}");
        assert_eq!(driven.run.state(), RunState::Failed, "{strategy:?}");
        assert_eq!(driven.run.step(StepId(0)).compensation, CompensationState::None, "{strategy:?}");
    }
}

#[test]
fn r19_a_failure_that_is_to_be_compensated_is_under_any_strategy() {
    for strategy in [Strategy::FailFast, Strategy::ContinueOnError, Strategy::Retry, Strategy::Compensate] {
        let steps = [compensable(), compute().on_failure(OnFailure::Compensate), compute()];
        let mut driven = Driven::start(with(strategy, FAIL_FAST), steps);
        driven.complete(0);
        driven.fail(1, PERMANENT);
        assert_eq!(driven.decision.commands, [Command::Compensate { step: StepId(0), attempt: 1 }]);
        driven.give(Input::Compensated { step: StepId(0), attempt: 1 });
        assert_eq!(driven.run.state(), RunState::Failed, "{strategy:?}");
    }
}

#[test]
fn r19_a_run_that_is_cancelled_is_undone_as_its_strategy_says_whatever_its_steps_say() {
    let steps = || [compensable(), compute().on_failure(OnFailure::Compensate)];
    let mut driven = Driven::start(FAIL_FAST, steps());
    driven.complete(0);
    driven.give(Input::Cancel);
    driven.give(Input::GraceOver);
    assert_eq!(driven.run.step(StepId(0)).compensation, CompensationState::None);

    let stop = compute().on_failure(OnFailure::Stop);
    let mut driven = Driven::start(with(Strategy::Compensate, FAIL_FAST), [compensable(), stop]);
    driven.complete(0);
    driven.give(Input::Cancel);
    driven.give(Input::GraceOver);
    assert_eq!(driven.run.step(StepId(0)).compensation, CompensationState::Pending);
}
