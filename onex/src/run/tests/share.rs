//! Which share of its steps a run must complete.

use super::*;

fn at_least(percent: f64) -> Policy {
    Policy { strategy: Strategy::ContinueOnError, min_completed_percent: Some(percent), ..parallel(4) }
}

/// Of four steps, one fails, and another one needs it.
fn half_of_four(policy: Policy) -> Driven {
    let mut driven = Driven::start(policy, [compute(), compute(), compute(), compute().needs([0])]);
    driven.fail(0, PERMANENT);
    driven.complete(1);
    driven.complete(2);
    driven
}

#[test]
fn r17_a_run_that_completes_too_few_steps_fails() {
    let driven = half_of_four(at_least(50.1));
    assert_eq!(driven.run.state(), RunState::Failed);
    assert_eq!(driven.run.stop_cause(), Some(StopCause::TooFewCompleted));
    assert_eq!(driven.run.completed_of(), (2, 4), "what needs the failed one counts as well");
    assert_eq!(driven.run.later_causes().next(), None, "the failure was tolerated");
    let replayed = Run::replay(Arc::clone(driven.run.plan()), &driven.journal);
    assert_eq!(replayed.as_ref(), Ok(&driven.run));
}

#[test]
fn r17_enough_is_enough() {
    for policy in [at_least(50.0), Policy { min_completed_percent: None, ..at_least(0.0) }] {
        assert_eq!(half_of_four(policy).run.state(), RunState::CompletedWithErrors);
    }
}

#[test]
fn r17_what_was_not_to_run_does_not_count() {
    let steps =
        [compute(), compute().but(|spec| spec.enabled = false), compute().needs([1]), compute().needs([0])];
    let mut driven = Driven::start(at_least(100.0), steps);
    driven.complete(0);
    driven.complete(3);
    assert_eq!(driven.run.completed_of(), (2, 2));
    assert_eq!(driven.run.state(), RunState::Completed);
}

#[test]
fn r17_what_was_not_to_run_after_a_failure_does() {
    let late = compute().after([0]).but(|spec| spec.skip_on_failure = true);
    let mut driven = Driven::start(at_least(100.0), [compute(), late]);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.run.completed_of(), (0, 2));
}

#[test]
fn r17_it_is_undone_as_its_strategy_says() {
    let policy = Policy { strategy: Strategy::Compensate, ..at_least(100.0) };
    let mut driven = Driven::start(policy, [compensable(), effect().continue_on_error()]);
    driven.complete(0);
    driven.fail(1, REFUSED);
    assert_eq!(driven.decision.commands, [Command::Compensate { step: StepId(0), attempt: 1 }]);
}

#[test]
fn r21_a_paused_run_fails_when_it_goes_on() {
    let mut driven = Driven::start(at_least(100.0), [compute()]);
    driven.give(Input::Pause);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.run.state(), RunState::Paused);
    assert_eq!(driven.give(Input::Resume).commands, [Command::Finish]);
    assert_eq!(driven.run.state(), RunState::Failed);
}
