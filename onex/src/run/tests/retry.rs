//! When an attempt is followed by another, and how a step ends when it is not.

use super::*;

const ALL_STRATEGIES: [Strategy; 4] =
    [Strategy::FailFast, Strategy::ContinueOnError, Strategy::Retry, Strategy::Compensate];

#[test]
fn r12_retries_are_additional_attempts_under_every_strategy() {
    for strategy in ALL_STRATEGIES {
        let mut driven = Driven::start(with(strategy, FAIL_FAST), [compute().retries(2)]);
        for _ in 0..2 {
            driven.fail(0, ERROR);
            assert_eq!(driven.run.step(StepId(0)).state, StepState::RetryWaiting, "{strategy:?}");
            driven.retry_due(0);
        }
        assert_eq!(driven.run.step(StepId(0)).attempt, 3);
        driven.fail(0, ERROR);
        assert_eq!(driven.states(), [StepState::Failed], "{strategy:?}");
    }
}

#[test]
fn r12_a_retry_waits_for_the_backoff_of_its_attempt() {
    let mut driven = Driven::start(FAIL_FAST, [compute().retries(2)]);
    driven.fail(0, ERROR);
    driven.retry_due(0);
    let jitter = Jitter(u16::MAX);
    let decision = driven.give(Input::Failed { step: StepId(0), attempt: 2, failure: ERROR, jitter });
    let after = Duration::from_millis(200);
    assert_eq!(
        decision.commands,
        [Command::RetryAfter { step: StepId(0), attempt: 2, after, compensation: false }]
    );
    assert_eq!(
        decision.facts,
        [Fact::AttemptFailed { step: StepId(0), attempt: 2, failure: ERROR, retry_after_ms: Some(200) }]
    );
    assert_eq!(driven.run.step(StepId(0)).retry_after_ms, Some(200));
    driven.retry_due(0);
    assert_eq!(driven.run.step(StepId(0)).retry_after_ms, None);
}

#[test]
fn r12_permanent_and_refused_are_not_retried() {
    for failure in [PERMANENT, REFUSED, PANIC] {
        let mut driven = Driven::start(FAIL_FAST, [compute().retries(5)]);
        driven.fail(0, failure);
        assert_eq!(driven.run.state(), RunState::Failed, "{failure:?}");
        assert_eq!(driven.run.step(StepId(0)).failure, Some(failure));
    }
}

#[test]
fn r12_a_timeout_is_retried_whatever_its_class() {
    let failure = Failure { class: FailureClass::Permanent, cause: FailureCause::TimedOut };
    let mut driven = Driven::start(FAIL_FAST, [compute().retries(1)]);
    driven.fail(0, failure);
    assert_eq!(driven.states(), [StepState::RetryWaiting]);
}

#[test]
fn r12_a_retry_that_succeeds_leaves_no_error() {
    let mut driven = Driven::start(FAIL_FAST, [effect().retries(1)]);
    driven.fail(0, Failure::TIMED_OUT);
    driven.retry_due(0);
    driven.complete(0);
    assert_eq!(driven.states(), [StepState::Completed]);
    assert_eq!(driven.run.state(), RunState::Completed);
}

#[test]
fn r10_an_effect_whose_outcome_is_unknown_is_indeterminate() {
    for failure in [Failure::TIMED_OUT, Failure::ABANDONED, PANIC] {
        let mut driven = Driven::start(FAIL_FAST, [effect()]);
        driven.fail(0, failure);
        assert_eq!(driven.states(), [StepState::Indeterminate], "{failure:?}");
        assert_eq!(driven.run.step(StepId(0)).failure, Some(failure));
        assert_eq!(driven.run.state(), RunState::Failed);
    }
}

#[test]
fn r10_an_earlier_unknown_outcome_makes_a_failed_effect_indeterminate() {
    let mut driven = Driven::start(FAIL_FAST, [effect().retries(1)]);
    driven.fail(0, Failure::TIMED_OUT);
    driven.retry_due(0);
    driven.fail(0, REFUSED);
    assert_eq!(driven.states(), [StepState::Indeterminate]);
    assert_eq!(driven.run.step(StepId(0)).failure, Some(Failure::TIMED_OUT), "what makes it indeterminate");
}

#[test]
fn r10_an_effect_that_returned_its_error_failed() {
    let mut driven = Driven::start(FAIL_FAST, [effect()]);
    driven.fail(0, REFUSED);
    assert_eq!(driven.states(), [StepState::Failed]);
}

#[test]
fn r10_what_acts_on_nothing_outside_fails_for_certain() {
    for kind in [StepKind::Compute, StepKind::Reducer] {
        for failure in [Failure::TIMED_OUT, Failure::ABANDONED, PANIC, ERROR] {
            let mut driven = Driven::start(FAIL_FAST, [step(kind)]);
            driven.fail(0, failure);
            assert_eq!(driven.states(), [StepState::Failed], "{kind:?} {failure:?}");
        }
    }
}

#[test]
fn every_attempt_that_retries_allow_has_a_number() {
    assert!(decide::allows_another(u32::MAX - 1, u32::MAX));
    assert!(!decide::allows_another(u32::MAX, u32::MAX));
    assert!(!decide::allows_another(1, 0));
}
