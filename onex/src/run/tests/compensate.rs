//! How a stopped run undoes its effects.

use super::*;
use CompensationState::{Done, Pending};

const UNDO: Policy = Policy { strategy: Strategy::Compensate, ..FAIL_FAST };

fn compensations(driven: &Driven) -> Vec<CompensationState> {
    driven.run.steps().map(|(_, status)| status.compensation).collect()
}

fn compensate(step: u32, attempt: u32) -> Command {
    Command::Compensate { step: StepId(step), attempt }
}

fn compensated(step: u32, attempt: u32) -> Input {
    Input::Compensated { step: StepId(step), attempt }
}

fn compensation_failed(step: u32, attempt: u32, failure: Failure) -> Input {
    Input::CompensationFailed { step: StepId(step), attempt, failure, jitter: NO_JITTER }
}

/// Two effects done, a third refused: step 1 is to be undone, then step 0.
fn two_to_undo() -> Driven {
    let mut driven = Driven::start(UNDO, [compensable(), compensable(), compensable()]);
    driven.complete(0);
    driven.complete(1);
    driven.fail(2, REFUSED);
    driven
}

#[test]
fn r19_completed_effects_are_undone_one_at_a_time_latest_dispatch_first() {
    let mut driven = two_to_undo();
    assert_eq!(driven.decision.commands, [compensate(1, 1)]);
    assert_eq!(driven.run.state(), RunState::Compensating);
    assert_eq!(compensations(&driven), [Pending, Pending, CompensationState::None]);
    assert_eq!(driven.give(compensated(1, 1)).commands, [compensate(0, 1)]);
    assert_eq!(driven.give(compensated(0, 1)).commands, [Command::Finish]);
    assert_eq!(compensations(&driven), [Done, Done, CompensationState::None]);
    assert_eq!(driven.run.state(), RunState::Failed);
}

#[test]
fn r19_it_is_the_dispatch_that_orders_not_the_completion_nor_the_declaration() {
    let policy = with(Strategy::Compensate, parallel(3));
    let steps = [compensable().retries(1), compensable(), effect().needs([0, 1])];
    let mut driven = Driven::start(policy, steps);
    driven.fail(0, ERROR);
    driven.retry_due(0);
    driven.complete(0);
    driven.complete(1);
    driven.fail(2, REFUSED);
    assert_eq!(driven.decision.commands, [compensate(0, 1)], "its second attempt was dispatched last");
}

#[test]
fn r19_indeterminate_effects_are_undone_too() {
    let mut driven = Driven::start(UNDO, [compensable()]);
    driven.fail(0, Failure::TIMED_OUT);
    assert_eq!(driven.decision.commands, [compensate(0, 1)]);
    driven.give(compensated(0, 1));
    assert_eq!(driven.states(), [StepState::Indeterminate], "the step keeps its own end");
    assert_eq!(compensations(&driven), [Done]);
}

#[test]
fn r19_only_compensable_effects_are_undone_and_only_if_the_strategy_says_so() {
    let mut driven = Driven::start(UNDO, [effect(), compute()]);
    driven.complete(0);
    driven.fail(1, PERMANENT);
    assert_eq!(driven.run.state(), RunState::Failed);

    let mut driven = Driven::start(FAIL_FAST, [compensable(), compute()]);
    driven.complete(0);
    driven.fail(1, PERMANENT);
    assert_eq!(driven.run.state(), RunState::Failed);
}

#[test]
fn r19_every_stop_cause_leads_to_compensation() {
    for (input, end) in [(Input::Cancel, RunState::Cancelled), (Input::RunTimedOut, RunState::TimedOut)] {
        let mut driven = Driven::start(UNDO, [compensable(), compute()]);
        driven.complete(0);
        driven.give(input);
        driven.give(Input::GraceOver);
        assert_eq!(driven.decision.commands, [compensate(0, 1)], "{input:?}");
        driven.give(compensated(0, 1));
        assert_eq!(driven.run.state(), end);
    }
}

#[test]
fn r18_an_effect_that_completes_while_stopping_is_undone() {
    let policy = with(Strategy::Compensate, parallel(2));
    let mut driven = Driven::start(policy, [compensable(), effect()]);
    driven.fail(1, REFUSED);
    assert_eq!(driven.decision.commands, [Command::SignalCancel]);
    driven.complete(0);
    assert_eq!(driven.decision.commands, [compensate(0, 1)]);
}

#[test]
fn r19_a_run_that_goes_on_is_not_undone() {
    let mut driven = Driven::start(UNDO, [compensable(), compute().continue_on_error()]);
    driven.complete(0);
    driven.fail(1, PERMANENT);
    assert_eq!(driven.run.state(), RunState::CompletedWithErrors);
}

#[test]
fn r19_a_compensation_is_retried_with_its_own_attempts() {
    for failure in [ERROR, Failure::TIMED_OUT, PANIC] {
        let mut driven = two_to_undo();
        let decision = driven.give(compensation_failed(1, 1, failure));
        let after = Duration::from_millis(50);
        assert_eq!(
            decision.commands,
            [Command::RetryAfter { step: StepId(1), attempt: 1, after, compensation: true }],
            "{failure:?}"
        );
        let waiting = Compensating { step: StepId(1), attempt: 1, retry_after: Some(after) };
        assert!(driven.run.compensating().eq([waiting]));
        assert!(driven.give(compensated(1, 1)).is_empty(), "that attempt has been answered");
        let due = Input::CompensationRetryDue { step: StepId(1), attempt: 1 };
        assert_eq!(driven.give(due).commands, [compensate(1, 2)]);
        assert!(driven.give(due).is_empty());
        assert_eq!(driven.give(compensated(1, 2)).commands, [compensate(0, 1)]);
    }
}

#[test]
fn r19_a_compensation_that_fails_for_good_parks_the_run() {
    for failure in [PERMANENT, REFUSED] {
        let mut driven = two_to_undo();
        let decision = driven.give(compensation_failed(1, 1, failure));
        assert_eq!(decision.commands, [Command::Finish]);
        assert_eq!(decision.facts.last(), Some(&Fact::RunParked { step: StepId(1) }));
        assert_eq!(driven.run.state(), RunState::Parked);
        assert!(driven.run.is_ended() && !driven.run.state().is_final());
        let expected = [Pending, CompensationState::Failed, CompensationState::None];
        assert_eq!(compensations(&driven), expected);
        assert_eq!(driven.run.compensating().len(), 0);
        assert!(driven.give(compensated(0, 1)).is_empty());
    }
}

#[test]
fn r19_exhausted_compensation_retries_park_the_run() {
    let mut driven = two_to_undo();
    driven.give(compensation_failed(1, 1, ERROR));
    driven.give(Input::CompensationRetryDue { step: StepId(1), attempt: 1 });
    driven.give(compensation_failed(1, 2, ERROR));
    assert_eq!(driven.run.state(), RunState::Parked);
}

#[test]
fn r19_later_stop_causes_change_nothing_about_a_run_that_compensates() {
    let mut driven = two_to_undo();
    assert_eq!(driven.give(Input::Cancel).facts, [Fact::CauseNoted { cause: StopCause::Cancelled }]);
    assert!(driven.decision.commands.is_empty(), "it is noted, and changes nothing");
    for input in [Input::RunTimedOut, Input::Cancel, Input::GraceOver, compensated(0, 1), compensated(1, 2)] {
        assert!(driven.give(input).is_empty(), "{input:?}");
    }
    let in_flight = Compensating { step: StepId(1), attempt: 1, retry_after: None };
    assert!(driven.run.compensating().eq([in_flight]));
}
