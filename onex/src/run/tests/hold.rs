//! How a step is held back because what it acts on is left alone.

use super::*;
use StepState::{Cancelled, Held, Indeterminate, NotRun, RetryDue, Scheduled};

fn hold(driven: &mut Driven, step: u32, attempt: u32) -> Decision {
    driven.give(Input::Held { step: StepId(step), attempt }).clone()
}

fn release(driven: &mut Driven, step: u32) -> Decision {
    driven.give(Input::Released { step: StepId(step) }).clone()
}

#[test]
fn r13_a_held_step_uses_no_attempt_and_no_slot() {
    let mut driven = Driven::start(parallel(1), [effect(), effect()]);
    assert_eq!(hold(&mut driven, 0, 1).facts[0], Fact::StepHeld { step: StepId(0), attempt: 1 });
    assert_eq!(driven.dispatched(), [1], "its slot is free");
    assert_eq!(driven.states(), [Held, Scheduled]);
    assert_eq!(driven.run.step(StepId(0)).attempt, 0);
    assert!(
        driven.give(Input::Completed { step: StepId(0), attempt: 1 }).is_empty(),
        "it was not dispatched"
    );
    assert!(release(&mut driven, 0).commands.is_empty(), "there is no slot");
    assert!(release(&mut driven, 0).is_empty());
    driven.complete(1);
    assert_eq!(driven.decision.commands, [Command::Dispatch { step: StepId(0), attempt: 1 }]);
}

#[test]
fn r13_a_held_step_of_a_sequential_run_holds_the_next_one_back() {
    let mut driven = Driven::start(FAIL_FAST, [effect(), effect()]);
    assert!(hold(&mut driven, 0, 1).commands.is_empty());
    release(&mut driven, 0);
    assert_eq!(driven.dispatched(), [0]);
}

#[test]
fn r13_only_effects_are_held_and_only_before_they_begin() {
    let mut driven = Driven::start(parallel(2), [compute(), effect().retries(1)]);
    assert!(hold(&mut driven, 0, 1).is_empty());
    assert!(hold(&mut driven, 1, 2).is_empty(), "no such attempt");
    driven.fail(1, ERROR);
    assert!(hold(&mut driven, 1, 1).is_empty(), "it is over");
    assert!(release(&mut driven, 9).is_empty(), "no such step");
}

#[test]
fn r10_what_is_held_when_the_run_stops_was_not_run_or_is_given_up() {
    let steps = [effect(), effect().retries(1), effect().retries(1)];
    let mut driven = Driven::start(parallel(3), steps);
    hold(&mut driven, 0, 1);
    driven.fail(1, ERROR);
    driven.fail(2, Failure::TIMED_OUT);
    for step in [1, 2] {
        driven.retry_due(step);
        hold(&mut driven, step, 2);
        assert_eq!(driven.run.step(StepId(step)).attempt, 1);
    }
    release(&mut driven, 1);
    assert_eq!(driven.states()[1], Scheduled);
    hold(&mut driven, 1, 2);
    assert_eq!(driven.give(Input::Cancel).commands, [Command::Finish]);
    assert_eq!(driven.states(), [NotRun, Cancelled, Indeterminate]);
}

#[test]
fn r10_what_has_not_begun_when_the_run_stops_was_not_run() {
    let policy = with(Strategy::Compensate, parallel(3));
    let mut driven = Driven::start(policy, [compensable(), compensable().retries(1), compensable()]);
    driven.fail(1, ERROR);
    driven.retry_due(1);
    driven.give(Input::Cancel);
    assert_eq!(driven.states(), [Scheduled, Scheduled, Scheduled]);
    assert_eq!(hold(&mut driven, 0, 1).commands, []);
    hold(&mut driven, 1, 2);
    assert_eq!(driven.states(), [NotRun, Cancelled, Scheduled]);
    assert_eq!(driven.run.state(), RunState::Stopping);
    hold(&mut driven, 2, 1);
    assert_eq!(driven.run.state(), RunState::Cancelled, "there is nothing to undo");
}

#[test]
fn r21_a_step_is_released_while_paused_and_dispatched_later() {
    let mut driven = Driven::start(parallel(2), [effect(), effect().retries(1)]);
    driven.fail(1, ERROR);
    driven.retry_due(1);
    hold(&mut driven, 0, 1);
    driven.give(Input::Pause);
    hold(&mut driven, 1, 2);
    release(&mut driven, 0);
    release(&mut driven, 1);
    assert_eq!(driven.states(), [StepState::Waiting, RetryDue]);
    driven.give(Input::Resume);
    assert_eq!(driven.dispatched(), [0, 1]);
}

#[test]
fn r19_an_attempt_that_was_held_does_not_count_in_the_order_of_undoing() {
    let policy = with(Strategy::Compensate, parallel(2));
    let mut driven = Driven::start(policy, [compensable().retries(1), compensable()]);
    driven.fail(0, Failure::TIMED_OUT);
    driven.complete(1);
    driven.retry_due(0);
    hold(&mut driven, 0, 2);
    driven.give(Input::Cancel);
    assert_eq!(driven.decision.commands, [Command::Compensate { step: StepId(1), attempt: 1 }]);
}
