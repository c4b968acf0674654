//! The journal: its words, its replay, and what it may not say.

use super::*;

#[test]
fn facts_keep_their_serialised_form() {
    let (step, attempt) = (StepId(3), 2);
    let failure = Failure::TIMED_OUT;
    let cause = StopCause::StepFailed { step };
    let forms = [
        (Fact::RunStarted, r#"{"fact":"run_started"}"#),
        (Fact::StepScheduled { step, attempt }, r#"{"fact":"step_scheduled","step":3,"attempt":2}"#),
        (
            Fact::ConditionEvaluated { step, holds: false },
            r#"{"fact":"condition_evaluated","step":3,"holds":false}"#,
        ),
        (
            Fact::StepSkipped { step, because: SkipReason::NoOutput { of: StepId(1) } },
            r#"{"fact":"step_skipped","step":3,"because":{"no_output":{"of":1}}}"#,
        ),
        (
            Fact::StepSkipped { step, because: SkipReason::Disabled },
            r#"{"fact":"step_skipped","step":3,"because":"disabled"}"#,
        ),
        (Fact::AttemptCrashed { step, attempt }, r#"{"fact":"attempt_crashed","step":3,"attempt":2}"#),
        (
            Fact::CompensationCrashed { step, attempt },
            r#"{"fact":"compensation_crashed","step":3,"attempt":2}"#,
        ),
        (Fact::StepHeld { step, attempt }, r#"{"fact":"step_held","step":3,"attempt":2}"#),
        (Fact::StepReleased { step }, r#"{"fact":"step_released","step":3}"#),
        (Fact::StepNotRun { step }, r#"{"fact":"step_not_run","step":3}"#),
        (
            Fact::AttemptFailed { step, attempt, failure, retry_after_ms: Some(50) },
            r#"{"fact":"attempt_failed","step":3,"attempt":2,"failure":{"class":"retryable","cause":"timed_out"},"retry_after_ms":50}"#,
        ),
        (
            Fact::AttemptFailed { step, attempt, failure: REFUSED, retry_after_ms: None },
            r#"{"fact":"attempt_failed","step":3,"attempt":2,"failure":{"class":"refused","cause":"error"}}"#,
        ),
        (Fact::RunPaused, r#"{"fact":"run_paused"}"#),
        (Fact::RunResumed, r#"{"fact":"run_resumed"}"#),
        (Fact::RunStopping { cause }, r#"{"fact":"run_stopping","cause":{"step_failed":{"step":3}}}"#),
        (
            Fact::RunStopping { cause: StopCause::RunTimedOut },
            r#"{"fact":"run_stopping","cause":"run_timed_out"}"#,
        ),
        (
            Fact::RunEnded { state: RunState::CompletedWithErrors },
            r#"{"fact":"run_ended","state":"completed_with_errors"}"#,
        ),
    ];
    for (fact, form) in forms {
        assert_eq!(serde_json::to_string(&fact).expect("facts serialise"), form);
        assert_eq!(serde_json::from_str::<Fact>(form).expect("facts deserialise"), fact);
    }
}

#[test]
fn replay_gives_an_equal_run_that_goes_on_equally() {
    let steps = [compensable(), effect().retries(1), compute().needs([0, 1])];
    let mut driven = Driven::start(with(Strategy::Compensate, parallel(2)), steps);
    driven.complete(0);
    driven.fail(1, ERROR);
    driven.retry_due(1);
    let plan = Arc::clone(driven.run.plan());
    let mut replayed = Run::replay(plan, &driven.journal).expect("the journal of a run is replayed");
    assert_eq!(replayed, driven.run);

    driven.fail(1, REFUSED);
    let mut decision = Decision::default();
    let refused = Input::Failed { step: StepId(1), attempt: 2, failure: REFUSED, jitter: NO_JITTER };
    replayed.handle(refused, &mut decision);
    assert_eq!(decision, driven.decision);
    assert_eq!(replayed, driven.run);
}

#[test]
fn r23_a_journal_of_another_plan_is_refused() {
    let other = Driven::start(FAIL_FAST, [compute()]);
    let plan = Arc::clone(other.run.plan());
    let fact = Fact::StepScheduled { step: StepId(1), attempt: 1 };
    let refusal = Run::replay(plan, &[Fact::RunStarted, fact]).expect_err("there is no step 1");
    assert_eq!(refusal, FactError::UnknownStep { fact, steps: 1 });
    assert!(refusal.to_string().contains("replay the run with the plan it was started with"), "{refusal}");
}

#[test]
fn a_fact_out_of_place_is_refused_and_changes_nothing() {
    let mut driven = Driven::start(FAIL_FAST, [compute(), effect().needs([0])]);
    let before = driven.run.clone();
    let (first, second) = (StepId(0), StepId(1));
    let misplaced = [
        Fact::RunStarted,
        Fact::StepScheduled { step: first, attempt: 2 },
        Fact::StepScheduled { step: second, attempt: 1 },
        Fact::StepHeld { step: first, attempt: 1 },
        Fact::StepHeld { step: second, attempt: 0 },
        Fact::StepReleased { step: first },
        Fact::StepCompleted { step: first, attempt: 2 },
        Fact::StepCompleted { step: second, attempt: 0 },
        Fact::AttemptFailed { step: second, attempt: 0, failure: ERROR, retry_after_ms: None },
        Fact::RetryDue { step: first, attempt: 1 },
        Fact::StepFailed { step: second, failure: ERROR },
        Fact::StepIndeterminate { step: first, failure: ERROR },
        Fact::ConditionEvaluated { step: second, holds: true },
        Fact::StepSkipped { step: second, because: SkipReason::NoOutput { of: first } },
        Fact::StepSkipped { step: second, because: SkipReason::Disabled },
        Fact::StepCancelled { step: first },
        Fact::StepNotRun { step: second },
        Fact::RunResumed,
        Fact::RunStopping { cause: StopCause::StepFailed { step: first } },
        Fact::RunStopping { cause: StopCause::StepFailed { step: StepId(9) } },
        Fact::RunCompensating,
        Fact::CompensationScheduled { step: first, attempt: 1 },
        Fact::CompensationAttemptFailed { step: first, attempt: 0, failure: ERROR, retry_after_ms: None },
        Fact::CompensationCompleted { step: first, attempt: 0 },
        Fact::CompensationFailed { step: first, failure: ERROR },
        Fact::RunParked { step: first },
        Fact::RunEnded { state: RunState::Completed },
        Fact::RunEnded { state: RunState::Running },
    ];
    for fact in misplaced {
        let refusal = driven.run.apply(&fact).expect_err("out of place");
        assert!(matches!(refusal, FactError::OutOfPlace { .. }), "{refusal}");
        assert_eq!(driven.run, before, "{fact:?}");
    }
}

/// Replays `facts` after the start of a run of these steps; the last must be refused, and only the last.
fn refuses_the_last<const N: usize>(policy: Policy, steps: [Step; N], facts: &[Fact]) {
    let mut run = Driven::start(policy, steps).run;
    let (last, before) = facts.split_last().expect("there is a fact to refuse");
    for fact in before {
        assert_eq!(run.apply(fact), Ok(()));
    }
    assert!(matches!(run.apply(last), Err(FactError::OutOfPlace { .. })), "{last:?}");
}

#[test]
fn a_journal_cannot_break_the_rules_of_order() {
    let (first, second) = (StepId(0), StepId(1));
    let second_starts = Fact::StepScheduled { step: second, attempt: 1 };
    refuses_the_last(parallel(1), [compute(), compute()], &[second_starts]);

    let fails = Fact::StepFailed { step: first, failure: PERMANENT };
    refuses_the_last(parallel(1), [compute(), compute().needs([0])], &[fails, second_starts]);
    refuses_the_last(parallel(1), [compute(), compute().likes([0])], &[fails, second_starts]);
    let completes = Fact::StepCompleted { step: second, attempt: 1 };
    let third_starts = Fact::StepScheduled { step: StepId(2), attempt: 1 };
    let steps = [compute(), compute(), compute().needs([0, 1])];
    refuses_the_last(parallel(2), steps, &[fails, completes, third_starts]);
}

#[test]
fn a_journal_cannot_break_the_rules_of_stopping() {
    let step = StepId(0);
    let cancelled = Fact::RunStopping { cause: StopCause::Cancelled };
    refuses_the_last(FAIL_FAST, [compute()], &[cancelled, cancelled]);
    let retried = Fact::AttemptFailed { step, attempt: 1, failure: ERROR, retry_after_ms: Some(1) };
    refuses_the_last(FAIL_FAST, [compute()], &[cancelled, retried]);

    let paused = Fact::RunPaused;
    refuses_the_last(FAIL_FAST, [compute()], &[cancelled, paused]);
    let second_starts = Fact::StepScheduled { step: StepId(1), attempt: 1 };
    refuses_the_last(
        parallel(2),
        [compute()],
        &[paused, Fact::RunStopping { cause: StopCause::RunTimedOut }],
    );
    let completed = Fact::StepCompleted { step, attempt: 1 };
    refuses_the_last(FAIL_FAST, [compute(), compute()], &[paused, completed, second_starts]);
    let fails = Fact::StepFailed { step, failure: PERMANENT };
    refuses_the_last(FAIL_FAST, [compute()], &[paused, fails, cancelled]);
    let ended = Fact::RunEnded { state: RunState::CompletedWithErrors };
    refuses_the_last(FAIL_FAST, [compute()], &[fails, ended]);

    let failure = Failure::TIMED_OUT;
    let timed_out = Fact::AttemptFailed { step, attempt: 1, failure, retry_after_ms: None };
    refuses_the_last(FAIL_FAST, [effect()], &[timed_out, Fact::StepFailed { step, failure }]);
    refuses_the_last(FAIL_FAST, [effect()], &[cancelled, timed_out, Fact::StepCancelled { step }]);
}

#[test]
fn a_journal_cannot_break_the_rules_of_compensation() {
    let step = StepId(0);
    let policy = with(Strategy::Compensate, FAIL_FAST);
    let cancelled = Fact::RunStopping { cause: StopCause::Cancelled };
    let completed = Fact::StepCompleted { step, attempt: 1 };
    let ended = Fact::RunEnded { state: RunState::Cancelled };
    refuses_the_last(policy, [compensable()], &[cancelled, completed, ended]);
    let parked = Fact::RunParked { step };
    refuses_the_last(policy, [compensable()], &[cancelled, completed, Fact::RunCompensating, parked]);
}
