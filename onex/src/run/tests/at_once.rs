//! How a run is undone whose plan says `parallel`.

use super::*;
use CompensationState::{Done, Failed as NotUndone, Pending};

/// Four effects of these priorities done, a fifth refused; so many are undone at once.
fn undone_at_once(most: u32, undoing: Undoing, priorities: [u32; 4]) -> Driven {
    let order = UndoOrder::AtOnce { most: NonZeroU32::new(most).expect("tests use at least one place") };
    let undoing = Undoing { order, ..undoing };
    let policy = Policy { strategy: Strategy::Compensate, undoing, ..FAIL_FAST };
    let [a, b, c, d] =
        priorities.map(|priority| compensable().but(|spec| spec.compensation_priority = priority));
    let mut driven = Driven::start(policy, [a, b, c, d, effect()]);
    for step in 0..4 {
        driven.complete(step);
    }
    driven.fail(4, REFUSED);
    driven
}

fn compensations(driven: &Driven) -> Vec<CompensationState> {
    driven.run.steps().take(4).map(|(_, status)| status.compensation).collect()
}

fn compensate(step: u32) -> Command {
    Command::Compensate { step: StepId(step), attempt: 1 }
}

fn compensated(step: u32) -> Input {
    Input::Compensated { step: StepId(step), attempt: 1 }
}

fn not_compensated(step: u32, failure: Failure) -> Input {
    Input::CompensationFailed { step: StepId(step), attempt: 1, failure, jitter: NO_JITTER }
}

const ALIKE: [u32; 4] = [100; 4];

#[test]
fn r19_at_once_is_no_more_than_there_are_places_whatever_the_mode() {
    let mut driven = undone_at_once(3, Undoing::USUAL, ALIKE);
    assert_eq!(driven.decision.commands, [compensate(3), compensate(2), compensate(1)]);
    assert_eq!(driven.give(compensated(2)).commands, [compensate(0)]);
    assert!(driven.give(compensated(2)).is_empty(), "it is undone");
    for step in [0, 3] {
        assert_eq!(driven.give(compensated(step)).commands, []);
    }
    assert_eq!(driven.give(compensated(1)).commands, [Command::Finish]);
    assert_eq!((compensations(&driven), driven.run.state()), (vec![Done; 4], RunState::Failed));
}

#[test]
fn r19_one_that_fails_for_good_does_not_stop_those_beside_it_and_parks_the_run_when_they_are_done() {
    let mut driven = undone_at_once(2, Undoing::USUAL, ALIKE);
    let decision = driven.give(not_compensated(3, PERMANENT));
    assert_eq!(decision.commands, [compensate(1)], "it leaves its place");
    driven.give(compensated(2));
    driven.give(not_compensated(0, PERMANENT));
    assert_eq!(driven.run.state(), RunState::Compensating);
    let decision = driven.give(compensated(1));
    assert_eq!(decision.commands, [Command::Finish]);
    assert_eq!(decision.facts.last(), Some(&Fact::RunParked { step: StepId(3) }), "the first that failed");
    assert_eq!(compensations(&driven), [NotUndone, Done, Done, NotUndone]);
}

#[test]
fn r19_one_that_waits_to_be_tried_again_keeps_its_place() {
    let mut driven = undone_at_once(2, Undoing::USUAL, ALIKE);
    let after = Duration::from_millis(50);
    let again = Command::RetryAfter { step: StepId(3), attempt: 1, after, compensation: true };
    assert_eq!(driven.give(not_compensated(3, ERROR)).commands, [again]);
    let attempts: Vec<_> = driven.run.compensating().map(|one| (one.step.0, one.retry_after)).collect();
    assert_eq!(attempts, [(3, Some(after)), (2, None)]);
    assert_eq!(driven.give(compensated(2)).commands, [compensate(1)]);
    let due = Input::CompensationRetryDue { step: StepId(3), attempt: 1 };
    let second = Command::Compensate { step: StepId(3), attempt: 2 };
    assert_eq!(driven.give(due).commands, [second]);
    assert!(driven.give(compensated(3)).is_empty(), "that attempt has been answered");
}

#[test]
fn r19_a_priority_begins_when_the_lesser_ones_are_undone_and_not_if_one_cannot_be() {
    let priorities = [1, 2, 1, 3];
    let mut driven = undone_at_once(4, Undoing::USUAL, priorities);
    assert_eq!(driven.decision.commands, [compensate(2), compensate(0)]);
    assert_eq!(driven.give(compensated(2)).commands, []);
    assert_eq!(driven.give(compensated(0)).commands, [compensate(1)]);
    assert_eq!(driven.give(compensated(1)).commands, [compensate(3)]);

    let mut driven = undone_at_once(4, Undoing::USUAL, priorities);
    driven.give(not_compensated(2, REFUSED));
    assert_eq!(driven.give(compensated(0)).commands, [Command::Finish]);
    assert_eq!(compensations(&driven), [Done, Pending, NotUndone, Pending]);
}

#[test]
fn r19_the_delay_of_the_plan_is_for_all_that_begin_with_it_and_for_none_after_them() {
    let undoing = Undoing { delay: Duration::from_millis(500), ..Undoing::USUAL };
    let mut driven = undone_at_once(3, undoing, ALIKE);
    let put_off = |step| Command::RetryAfter {
        step: StepId(step),
        attempt: 0,
        after: Duration::from_millis(500),
        compensation: true,
    };
    assert_eq!(driven.decision.commands, [put_off(3), put_off(2), put_off(1)]);
    let due = |step| Input::CompensationRetryDue { step: StepId(step), attempt: 0 };
    for step in [2, 3, 1] {
        assert_eq!(driven.give(due(step)).commands, [compensate(step)]);
    }
    assert_eq!(driven.give(compensated(3)).commands, [compensate(0)], "it has no delay of its own");
    let replayed = Run::replay(Arc::clone(driven.run.plan()), &driven.journal);
    assert_eq!(replayed.as_ref(), Ok(&driven.run));
}

#[test]
fn r19_the_budget_is_for_all_and_what_is_under_way_when_it_is_used_up_is_not_undone() {
    let mut driven = undone_at_once(3, Undoing::USUAL, ALIKE);
    driven.give(compensated(2));
    driven.give(not_compensated(3, ERROR));
    assert_eq!(driven.give(Input::UndoingTimedOut).commands, [Command::Finish]);
    assert_eq!(compensations(&driven), [NotUndone, NotUndone, Done, NotUndone]);

    let mut driven = undone_at_once(2, Undoing::USUAL, ALIKE);
    driven.give(Input::UndoingTimedOut);
    assert_eq!(compensations(&driven), [Pending, Pending, NotUndone, NotUndone]);
    assert_eq!(driven.run.state(), RunState::Parked);
}

#[test]
fn r19_the_next_process_goes_on_with_those_that_were_in_flight() {
    let mut driven = undone_at_once(3, Undoing::USUAL, ALIKE);
    driven.give(compensated(3));
    driven.give(not_compensated(1, ERROR));
    let mut undo_again = |crash_limit| {
        driven.run = Run::replay(Arc::clone(driven.run.plan()), &driven.journal).expect("it was decided");
        driven.give(Input::Restarted { crash_limit }).commands.clone()
    };
    assert_eq!(undo_again(3), [compensate(2), compensate(0)], "3 is undone, and 1 waits");
    assert_eq!(undo_again(3).len(), 2);
    assert_eq!(undo_again(3), [], "both ended their process too often, and 1 still waits");
    driven.give(Input::CompensationRetryDue { step: StepId(1), attempt: 1 });
    driven.give(Input::Compensated { step: StepId(1), attempt: 2 });
    assert_eq!(compensations(&driven), [NotUndone, Done, NotUndone, Done]);
    assert_eq!(driven.run.state(), RunState::Parked);
}

#[test]
fn r18_a_kill_gives_up_all_that_is_under_way_also_when_one_has_failed() {
    let mut driven = undone_at_once(2, Undoing::USUAL, ALIKE);
    driven.give(not_compensated(3, REFUSED));
    assert_eq!(driven.give(Input::Kill).commands, [Command::Finish]);
    assert_eq!(driven.run.state(), RunState::Failed);
    assert_eq!(compensations(&driven), [Pending, Pending, Pending, NotUndone]);
    assert_eq!(driven.run.compensating().len(), 0);
}

#[test]
fn a_journal_cannot_undo_more_than_there_are_places_nor_park_what_is_being_undone() {
    let driven = undone_at_once(2, Undoing::USUAL, ALIKE);
    let too_many = Fact::CompensationScheduled { step: StepId(1), attempt: 1 };
    let twice = Fact::CompensationScheduled { step: StepId(3), attempt: 1 };
    for fact in [too_many, twice] {
        assert!(matches!(driven.run.clone().apply(&fact), Err(FactError::OutOfPlace { .. })), "{fact:?}");
    }
    let mut driven = undone_at_once(2, Undoing::USUAL, ALIKE);
    driven.give(not_compensated(3, REFUSED));
    let parked = Fact::RunParked { step: StepId(3) };
    assert!(matches!(driven.run.apply(&parked), Err(FactError::OutOfPlace { .. })));
}
