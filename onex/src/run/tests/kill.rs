//! How a run is killed, and what becomes of the causes that come too late to decide how it ends.

use super::*;
use CompensationState::{Done, Pending};

const UNDO: Policy = Policy { strategy: Strategy::Compensate, ..FAIL_FAST };

fn compensations(driven: &Driven) -> Vec<CompensationState> {
    driven.run.steps().map(|(_, status)| status.compensation).collect()
}

fn later(driven: &Driven) -> Vec<StopCause> {
    driven.run.later_causes().collect()
}

#[test]
fn r18_kill_skips_compensation_and_says_what_is_not_undone() {
    let mut driven = Driven::start(UNDO, [compensable(), compute()]);
    driven.complete(0);
    assert_eq!(
        driven.give(Input::Kill).commands,
        [Command::SignalCancel],
        "what is in flight gets its grace"
    );
    driven.give(Input::GraceOver);
    assert_eq!(driven.decision.commands, [Command::Finish]);
    assert_eq!(driven.run.state(), RunState::Cancelled);
    assert_eq!(driven.run.stop_cause(), Some(StopCause::Killed));
    assert_eq!(compensations(&driven), [Pending, CompensationState::None]);
    assert!(driven.run.is_undone(), "so that it is forked, not retried");
}

#[test]
fn r18_what_would_not_be_undone_anyway_is_not_pending() {
    let mut driven = Driven::start(FAIL_FAST, [compensable(), compute()]);
    driven.complete(0);
    driven.give(Input::Kill);
    driven.give(Input::GraceOver);
    assert_eq!(compensations(&driven), [CompensationState::None; 2]);
}

#[test]
fn r18_a_run_that_is_cancelled_can_still_be_killed() {
    let mut driven = Driven::start(UNDO, [compensable(), compute()]);
    driven.complete(0);
    driven.give(Input::Cancel);
    assert_eq!(driven.give(Input::Kill).facts, [Fact::CauseNoted { cause: StopCause::Killed }]);
    assert!(driven.give(Input::Kill).is_empty());
    assert!(driven.give(Input::Cancel).is_empty());
    assert_eq!(driven.give(Input::GraceOver).commands, [Command::Finish]);
    assert_eq!(driven.run.stop_cause(), Some(StopCause::Cancelled), "the first cause stays what it was");
    assert_eq!(later(&driven), [StopCause::Killed]);
    assert_eq!(compensations(&driven), [Pending, CompensationState::None]);
}

#[test]
fn r18_a_run_that_is_being_undone_ends_when_it_is_killed() {
    for waits in [false, true] {
        let mut driven = Driven::start(UNDO, [compensable(), compensable(), compensable()]);
        driven.complete(0);
        driven.complete(1);
        driven.fail(2, REFUSED);
        driven.give(Input::Compensated { step: StepId(1), attempt: 1 });
        let undoing = StepId(0);
        let failed =
            Input::CompensationFailed { step: undoing, attempt: 1, failure: ERROR, jitter: NO_JITTER };
        if waits {
            driven.give(failed);
        }
        assert_eq!(driven.give(Input::Kill).commands, [Command::Finish]);
        assert_eq!(driven.run.state(), RunState::Failed, "the step's failure decides how it ends");
        assert_eq!(later(&driven), [StopCause::Killed]);
        assert_eq!(compensations(&driven), [Pending, Done, CompensationState::None]);
        assert_eq!(driven.run.compensating().len(), 0);
        for late in [Input::Compensated { step: undoing, attempt: 1 }, failed] {
            assert!(driven.give(late).is_empty());
        }
        let replayed = Run::replay(Arc::clone(driven.run.plan()), &driven.journal);
        assert_eq!(replayed.as_ref(), Ok(&driven.run));
    }
}

#[test]
fn r18_a_kill_outlives_the_process() {
    let mut driven = Driven::start(UNDO, [compensable(), compensable()]);
    driven.complete(0);
    driven.give(Input::Kill);
    driven.give(Input::Restarted { crash_limit: 3 });
    assert_eq!(driven.decision.commands, [Command::Finish]);
    assert_eq!(compensations(&driven), [Pending, Pending]);
}

#[test]
fn r18_later_causes_are_noted() {
    let mut driven = Driven::start(parallel(3), [effect(), effect(), effect().continue_on_error()]);
    driven.fail(1, REFUSED);
    driven.give(Input::Cancel);
    driven.fail(0, PERMANENT);
    driven.fail(2, PERMANENT);
    assert_eq!(driven.run.stop_cause(), Some(StopCause::StepFailed { step: StepId(1) }));
    let other = StopCause::StepFailed { step: StepId(0) };
    assert_eq!(later(&driven), [other, StopCause::Cancelled], "and what is tolerated is no cause");
}

#[test]
fn r18_who_cancels_a_paused_run_that_has_failed_is_noted() {
    let mut driven = Driven::start(FAIL_FAST, [compute(), compute()]);
    driven.give(Input::Pause);
    driven.fail(0, PERMANENT);
    assert_eq!(later(&driven), [], "nothing has stopped it yet");
    driven.give(Input::Cancel);
    assert_eq!(driven.run.stop_cause(), Some(StopCause::StepFailed { step: StepId(0) }));
    assert_eq!(later(&driven), [StopCause::Cancelled]);
}
