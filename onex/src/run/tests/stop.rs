//! How a run stops.

use super::*;
use StepState::{Cancelled, Completed, Failed, Indeterminate, NotRun};

#[test]
fn r18_a_final_failure_stops_signals_and_starts_nothing_more() {
    let steps = [compute(), effect(), compute().needs([1]), compute().needs([0])];
    let mut driven = Driven::start(parallel(2), steps);
    let decision = driven.fail(0, PERMANENT);
    assert_eq!(decision.commands, [Command::SignalCancel]);
    assert_eq!(
        decision.facts.last(),
        Some(&Fact::RunStopping { cause: StopCause::StepFailed { step: StepId(0) } })
    );
    assert_eq!(driven.run.state(), RunState::Stopping);
    driven.complete(1);
    assert_eq!(driven.decision.commands, [Command::Finish], "step 2 is not dispatched");
    assert_eq!(driven.states(), [Failed, Completed, NotRun, NotRun]);
    assert_eq!(driven.run.state(), RunState::Failed);
}

#[test]
fn r18_continue_on_error_of_a_step_outweighs_the_strategy() {
    let mut driven = Driven::start(FAIL_FAST, [compute().continue_on_error(), compute()]);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.dispatched(), [1]);
    driven.complete(1);
    assert_eq!(driven.run.state(), RunState::CompletedWithErrors);
}

#[test]
fn r18_first_stop_cause_wins() {
    let causes = [
        (Input::Cancel, StopCause::Cancelled, RunState::Cancelled),
        (Input::RunTimedOut, StopCause::RunTimedOut, RunState::TimedOut),
    ];
    for (first, cause, end) in causes {
        let mut driven = Driven::start(parallel(2), [compute(), compute()]);
        assert_eq!(driven.give(first).facts, [Fact::RunStopping { cause }]);
        for later in [Input::Cancel, Input::RunTimedOut] {
            let noted = later == Input::Cancel && first != Input::Cancel;
            assert_eq!(driven.give(later).is_empty(), !noted, "{later:?} after {first:?}");
        }
        driven.fail(0, PERMANENT);
        driven.fail(1, PERMANENT);
        assert_eq!(driven.run.stop_cause(), Some(cause));
        assert_eq!(driven.run.state(), end);
        assert_eq!(driven.states(), [Failed, Failed], "results that arrive are still recorded");
    }
}

#[test]
fn r18_nothing_in_flight_needs_no_signal() {
    let mut driven = Driven::start(FAIL_FAST, [compute().retries(1), compute()]);
    driven.fail(0, ERROR);
    driven.give(Input::Cancel);
    assert_eq!(driven.decision.commands, [Command::Finish]);
    assert_eq!(driven.states(), [Cancelled, NotRun]);
}

#[test]
fn r18_a_step_that_waits_for_its_retry_is_given_up_at_once() {
    let steps = [effect().retries(1), effect().retries(1), effect(), effect().retries(1)];
    let mut driven = Driven::start(parallel(4), steps);
    driven.fail(0, ERROR);
    driven.fail(1, Failure::TIMED_OUT);
    driven.give(Input::Cancel);
    assert_eq!(
        driven.states()[..2],
        [Cancelled, Indeterminate],
        "the timed-out attempt may have taken effect"
    );
    assert!(driven.retry_due(0).is_empty());
    assert_eq!(driven.run.in_flight(), 2);
}

#[test]
fn r18_a_retry_that_is_due_but_has_no_slot_is_given_up_at_once() {
    let mut driven = Driven::start(parallel(1), [effect().retries(1), compute()]);
    driven.fail(0, ERROR);
    driven.retry_due(0);
    driven.give(Input::Cancel);
    assert_eq!(driven.states()[0], Cancelled);
}

#[test]
fn r18_no_attempt_is_retried_while_stopping() {
    let steps = [effect().retries(9), effect().retries(9), effect().retries(9)];
    let mut driven = Driven::start(parallel(3), steps);
    driven.give(Input::Cancel);
    driven.fail(0, ERROR);
    driven.fail(1, Failure::TIMED_OUT);
    driven.fail(2, PERMANENT);
    assert_eq!(driven.states(), [Cancelled, Indeterminate, Failed]);
    assert_eq!(driven.run.state(), RunState::Cancelled);
}

#[test]
fn r10_what_heeds_the_signal_is_cancelled_unless_it_may_have_taken_effect() {
    let mut driven = Driven::start(parallel(2), [compute(), effect()]);
    driven.give(Input::Cancel);
    driven.fail(0, Failure::ABANDONED);
    driven.fail(1, Failure::ABANDONED);
    assert_eq!(driven.states(), [Cancelled, Indeterminate]);
}

#[test]
fn r18_the_end_of_the_grace_marks_what_is_still_in_flight() {
    let mut driven = Driven::start(parallel(3), [compute(), effect(), effect(), compute()]);
    driven.give(Input::Cancel);
    driven.complete(2);
    let decision = driven.give(Input::GraceOver);
    assert_eq!(decision.commands, [Command::Finish]);
    assert_eq!(driven.states(), [Cancelled, Indeterminate, Completed, NotRun]);
    assert_eq!(driven.run.step(StepId(1)).failure, Some(Failure::ABANDONED));
    assert!(driven.complete(0).is_empty(), "a result after the grace is late");
}

#[test]
fn r18_the_grace_ends_only_while_stopping() {
    let mut driven = Driven::start(FAIL_FAST, [effect()]);
    assert!(driven.give(Input::GraceOver).is_empty());
    assert_eq!(driven.run.in_flight(), 1);
}

#[test]
fn r18_a_failure_while_stopping_skips_nothing() {
    let steps = [compute().continue_on_error(), compute().needs([0]), compute()];
    let mut driven = Driven::start(parallel(2), steps);
    driven.give(Input::Cancel);
    driven.fail(0, PERMANENT);
    driven.complete(2);
    assert_eq!(driven.states()[1], NotRun, "it is the stop that keeps step 1 from running");
}

#[test]
fn a_run_that_ended_waits_for_nothing() {
    let steps = [effect().retries(1), effect().retries(1), compute(), compute()];
    let mut driven = Driven::start(parallel(1), steps);
    driven.fail(0, ERROR);
    driven.fail(1, ERROR);
    driven.retry_due(1);
    driven.give(Input::Cancel);
    driven.give(Input::GraceOver);
    assert_eq!(driven.states(), [Cancelled, Cancelled, Cancelled, NotRun]);
    let run = &driven.run;
    assert_eq!((run.in_flight, run.set_aside, run.open, run.ready.first()), (0, 0, 0, None));
    assert_eq!(run.step(StepId(0)).retry_after_ms, None);
}
