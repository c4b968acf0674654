//! How a run is held and goes on.

use super::*;
use StepState::{Cancelled, Completed, Failed, NotRun, RetryDue, RetryWaiting, Scheduled, Skipped, Waiting};

#[test]
fn r21_nothing_is_dispatched_while_paused_and_what_is_in_flight_counts() {
    let mut driven = Driven::start(parallel(2), [effect(), effect().retries(1), compute().needs([0])]);
    assert_eq!(driven.give(Input::Pause).facts, [Fact::RunPaused]);
    assert_eq!(driven.decision.commands, []);
    assert_eq!(driven.run.state(), RunState::Paused);
    driven.complete(0);
    assert!(driven.dispatched().is_empty(), "step 2 is ready");
    driven.fail(1, ERROR);
    assert!(matches!(driven.decision.commands[..], [Command::RetryAfter { .. }]), "its delay is to be kept");
    assert_eq!(driven.states(), [Completed, RetryWaiting, Waiting]);
    driven.retry_due(1);
    assert_eq!(driven.states()[1], RetryDue, "it is not lost, and not tried");
    assert!(driven.dispatched().is_empty());

    assert_eq!(driven.give(Input::Resume).facts[0], Fact::RunResumed);
    assert_eq!(driven.dispatched(), [1, 2]);
}

#[test]
fn r21_pausing_twice_and_resuming_what_runs_changes_nothing() {
    let mut driven = Driven::start(FAIL_FAST, [effect()]);
    assert!(driven.give(Input::Resume).is_empty());
    driven.give(Input::Pause);
    assert!(driven.give(Input::Pause).is_empty());
    let mut early = Driven::new(FAIL_FAST, [effect()]);
    assert!(early.give(Input::Pause).is_empty(), "it has not started");
}

#[test]
fn r21_a_run_that_is_stopping_cannot_be_paused() {
    let mut driven = Driven::start(FAIL_FAST, [effect()]);
    driven.give(Input::Cancel);
    assert!(driven.give(Input::Pause).is_empty());
    assert!(driven.give(Input::Resume).is_empty());
}

#[test]
fn r21_a_paused_run_is_cancelled_at_once() {
    let mut driven = Driven::start(parallel(2), [effect(), effect().retries(1), compute().needs([0])]);
    driven.give(Input::Pause);
    driven.fail(1, ERROR);
    let decision = driven.give(Input::Cancel);
    assert_eq!(decision.facts[0], Fact::RunStopping { cause: StopCause::Cancelled });
    assert_eq!(decision.commands, [Command::SignalCancel], "step 0 is in flight");
    driven.complete(0);
    assert_eq!(driven.states(), [Completed, Cancelled, NotRun]);
    assert_eq!(driven.run.state(), RunState::Cancelled);
}

#[test]
fn r20_no_active_time_passes_while_paused() {
    let mut driven = Driven::start(FAIL_FAST, [effect()]);
    driven.give(Input::Pause);
    assert!(driven.give(Input::RunTimedOut).is_empty());
}

#[test]
fn r21_a_failure_while_paused_stops_the_run_when_it_is_resumed() {
    let policy = with(Strategy::Compensate, parallel(3));
    let mut driven = Driven::start(policy, [effect(), compensable(), effect(), compute().needs([0])]);
    driven.complete(1);
    driven.give(Input::Pause);
    driven.fail(0, PERMANENT);
    driven.fail(2, PERMANENT);
    assert_eq!(driven.decision.commands, [], "nothing is signalled, undone or ended");
    assert_eq!(driven.states(), [Failed, Completed, Failed, Waiting]);
    assert_eq!((driven.run.state(), driven.run.stop_cause()), (RunState::Paused, None));
    driven.give(Input::Resume);
    let first = StopCause::StepFailed { step: StepId(0) };
    assert_eq!(driven.decision.facts[..2], [Fact::RunResumed, Fact::RunStopping { cause: first }]);
    assert_eq!(driven.decision.commands, [Command::Compensate { step: StepId(1), attempt: 1 }]);
}

#[test]
fn r18_a_failure_before_the_cancellation_is_the_first_cause_also_of_a_paused_run() {
    let mut driven = Driven::start(parallel(2), [effect(), effect()]);
    driven.give(Input::Pause);
    driven.fail(0, PERMANENT);
    driven.give(Input::Cancel);
    assert_eq!(driven.run.stop_cause(), Some(StopCause::StepFailed { step: StepId(0) }));
    driven.complete(1);
    assert_eq!(driven.run.state(), RunState::Failed);
}

#[test]
fn r21_a_tolerated_failure_while_paused_skips_what_needs_it() {
    let steps = [effect().continue_on_error(), effect(), compute().needs([0]), compute().needs([1])];
    let mut driven = Driven::start(parallel(2), steps);
    driven.give(Input::Pause);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.states(), [Failed, Scheduled, Skipped, Waiting]);
    driven.complete(1);
    driven.give(Input::Resume);
    assert_eq!(driven.dispatched(), [3]);
}

#[test]
fn r21_a_run_with_nothing_left_to_hold_back_ends() {
    let mut driven = Driven::start(FAIL_FAST, [effect()]);
    driven.give(Input::Pause);
    driven.complete(0);
    assert_eq!(driven.decision.commands, [Command::Finish]);
    assert_eq!(driven.run.state(), RunState::Completed);
}
