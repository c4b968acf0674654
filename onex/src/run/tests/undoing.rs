//! In which order a run is undone, when, and for how long.

use super::*;
use CompensationState::{Done, Failed as NotUndone, Pending};

fn undo(undoing: Undoing) -> Policy {
    Policy { strategy: Strategy::Compensate, undoing, ..FAIL_FAST }
}

fn compensations(driven: &Driven) -> Vec<CompensationState> {
    driven.run.steps().map(|(_, status)| status.compensation).collect()
}

/// Two effects done, a third refused.
fn two_to_undo(undoing: Undoing, first: Step, second: Step) -> Driven {
    let mut driven = Driven::start(undo(undoing), [first, second, effect()]);
    driven.complete(0);
    driven.complete(1);
    driven.fail(2, REFUSED);
    driven
}

fn compensate(step: u32) -> Command {
    Command::Compensate { step: StepId(step), attempt: 1 }
}

fn put_off(step: u32, ms: u64) -> Command {
    let after = Duration::from_millis(ms);
    Command::RetryAfter { step: StepId(step), attempt: 0, after, compensation: true }
}

fn compensated(step: u32) -> Input {
    Input::Compensated { step: StepId(step), attempt: 1 }
}

fn due(step: u32) -> Input {
    Input::CompensationRetryDue { step: StepId(step), attempt: 0 }
}

#[test]
fn r19_the_plan_may_undo_the_earliest_first() {
    let undoing = Undoing { order: UndoOrder::EarliestFirst, ..Undoing::USUAL };
    let mut driven = two_to_undo(undoing, compensable(), compensable());
    assert_eq!(driven.decision.commands, [compensate(0)]);
    assert_eq!(driven.give(compensated(0)).commands, [compensate(1)]);
}

#[test]
fn r19_the_lesser_priority_is_undone_first() {
    let first = compensable().but(|spec| spec.compensation_priority = 1);
    let mut driven = two_to_undo(Undoing::USUAL, first, compensable());
    assert_eq!(driven.decision.commands, [compensate(0)], "although it was dispatched first");
    assert_eq!(driven.give(compensated(0)).commands, [compensate(1)]);
}

#[test]
fn r19_undoing_waits_for_the_delay_of_the_plan_once_and_for_that_of_each_step() {
    let undoing = Undoing { delay: Duration::from_millis(500), ..Undoing::USUAL };
    let second = compensable().but(|spec| spec.compensation_delay = Duration::from_millis(20));
    let mut driven = two_to_undo(undoing, compensable(), second);
    assert_eq!(driven.decision.commands, [put_off(1, 520)]);
    let waits = Compensating { step: StepId(1), attempt: 0, retry_after: Some(Duration::from_millis(520)) };
    assert!(driven.run.compensating().eq([waits]));
    assert!(driven.give(Input::Restarted { crash_limit: 1 }).is_empty(), "nothing was in flight");
    assert_eq!(driven.give(due(1)).commands, [compensate(1)]);
    assert!(driven.give(due(1)).is_empty());
    assert_eq!(driven.give(compensated(1)).commands, [compensate(0)], "it has no delay of its own");
    let replayed = Run::replay(Arc::clone(driven.run.plan()), &driven.journal);
    assert_eq!(replayed.as_ref(), Ok(&driven.run));
}

#[test]
fn r19_what_is_not_undone_in_time_parks_the_run() {
    for delay in [Duration::ZERO, Duration::from_millis(5)] {
        let mut driven = two_to_undo(Undoing { delay, ..Undoing::USUAL }, compensable(), compensable());
        assert_eq!(driven.give(Input::UndoingTimedOut).commands, [Command::Finish]);
        assert_eq!(driven.run.state(), RunState::Parked);
        assert_eq!(compensations(&driven), [Pending, NotUndone, CompensationState::None]);
        let failed = Fact::CompensationFailed { step: StepId(1), failure: Failure::TIMED_OUT };
        assert_eq!(driven.decision.facts, [failed, Fact::RunParked { step: StepId(1) }]);
        assert!(driven.give(compensated(1)).is_empty(), "a person decides about it now");
    }
}

#[test]
fn r19_there_is_no_budget_for_what_is_not_being_undone() {
    let mut driven = Driven::start(undo(Undoing::USUAL), [compensable(), compute()]);
    assert!(driven.give(Input::UndoingTimedOut).is_empty());
    driven.complete(0);
    driven.fail(1, PERMANENT);
    driven.give(compensated(0));
    assert_eq!(compensations(&driven), [Done, CompensationState::None]);
    assert!(driven.give(Input::UndoingTimedOut).is_empty());
}
