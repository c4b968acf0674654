//! Which step is dispatched when, and what is ignored.

use super::*;

#[test]
fn an_empty_plan_completes_at_its_start() {
    let driven = Driven::start(FAIL_FAST, []);
    assert_eq!(driven.run.state(), RunState::Completed);
    assert_eq!(driven.decision.commands, [Command::Finish]);
}

#[test]
fn r01_entries_complete_at_the_start_without_an_attempt() {
    let steps = [compute().needs([1]), step(StepKind::Entry), step(StepKind::Entry)];
    let driven = Driven::start(FAIL_FAST, steps);
    let (entry, other) = (StepId(1), StepId(2));
    assert_eq!(
        driven.decision.facts,
        [
            Fact::RunStarted,
            Fact::StepCompleted { step: entry, attempt: 0 },
            Fact::StepCompleted { step: other, attempt: 0 },
            Fact::StepScheduled { step: StepId(0), attempt: 1 },
        ]
    );
}

#[test]
fn sequential_takes_one_step_at_a_time_and_the_first_declared_of_the_ready() {
    let mut driven = Driven::start(FAIL_FAST, [compute().needs([2]), compute(), compute(), compute()]);
    let mut order = driven.dispatched();
    while let Some(&step) = order.last()
        && driven.run.state() == RunState::Running
    {
        assert_eq!(driven.run.in_flight(), 1);
        driven.complete(step);
        order.extend(driven.dispatched());
    }
    assert_eq!(order, [1, 2, 0, 3], "step 0 goes before step 3 once step 2 is done");
}

#[test]
fn parallel_fills_its_slots_and_no_more() {
    let mut driven = Driven::start(parallel(2), [compute(), compute(), compute()]);
    assert_eq!(driven.dispatched(), [0, 1]);
    driven.complete(1);
    assert_eq!(driven.dispatched(), [2]);
    assert_eq!(driven.run.in_flight(), 2);
}

#[test]
fn parallel_has_no_wave_barrier() {
    let mut driven = Driven::start(parallel(9), [compute(), compute(), compute().needs([1])]);
    driven.complete(1);
    assert_eq!(driven.dispatched(), [2], "while step 0 is still in flight");
}

#[test]
fn sequential_waits_while_a_step_waits_for_its_retry() {
    let mut driven = Driven::start(FAIL_FAST, [compute().retries(1), compute()]);
    driven.fail(0, ERROR);
    assert!(driven.dispatched().is_empty());
    driven.retry_due(0);
    assert_eq!(driven.decision.commands, [Command::Dispatch { step: StepId(0), attempt: 2 }]);
}

#[test]
fn parallel_gives_the_slot_of_a_step_that_waits_for_its_retry_to_another() {
    let mut driven = Driven::start(parallel(1), [compute().retries(1), compute(), compute()]);
    driven.fail(0, ERROR);
    assert_eq!(driven.dispatched(), [1]);
    driven.retry_due(0);
    assert!(driven.dispatched().is_empty(), "its slot is taken");
    assert_eq!(driven.run.step(StepId(0)).state, StepState::RetryDue);
    driven.complete(1);
    assert_eq!(driven.dispatched(), [0], "a retry that is due goes before steps declared later");
}

#[test]
fn r14_a_step_is_scheduled_in_the_commit_that_completes_its_predecessors() {
    let mut driven = Driven::start(FAIL_FAST, [compute(), compute().needs([0])]);
    let decision = driven.complete(0);
    assert_eq!(
        decision.facts,
        [
            Fact::StepCompleted { step: StepId(0), attempt: 1 },
            Fact::StepScheduled { step: StepId(1), attempt: 1 },
        ]
    );
    assert_eq!(decision.commands, [Command::Dispatch { step: StepId(1), attempt: 1 }]);
}

#[test]
fn r17_a_run_whose_steps_all_complete_is_completed_and_finishes_once() {
    let mut driven = Driven::start(FAIL_FAST, [compute()]);
    assert!(!driven.run.is_ended());
    driven.complete(0);
    assert_eq!(driven.decision.commands, [Command::Finish]);
    assert!(driven.run.is_ended());
    for input in [Input::Start, Input::Cancel, Input::RunTimedOut, Input::GraceOver] {
        assert!(driven.give(input).is_empty(), "{input:?}");
    }
    assert!(driven.complete(0).is_empty());
}

#[test]
fn nothing_is_taken_before_the_start() {
    let mut driven = Driven::new(FAIL_FAST, [compute()]);
    let step = StepId(0);
    let early = [
        Input::Cancel,
        Input::RunTimedOut,
        Input::GraceOver,
        Input::Completed { step, attempt: 0 },
        Input::RetryDue { step, attempt: 0 },
        Input::Compensated { step, attempt: 0 },
        Input::CompensationRetryDue { step, attempt: 0 },
    ];
    for input in early {
        assert!(driven.give(input).is_empty(), "{input:?}");
    }
    assert!(!driven.run.is_started());
    assert_eq!(driven.give(Input::Start).commands, [Command::Dispatch { step, attempt: 1 }]);
    assert!(driven.give(Input::Start).is_empty(), "a second start does nothing");
}

#[test]
fn r05_only_the_answer_for_the_current_attempt_is_accepted() {
    let mut driven = Driven::start(FAIL_FAST, [compute().retries(2)]);
    driven.fail(0, ERROR);
    driven.retry_due(0);
    let step = StepId(0);
    let foreign = [
        Input::Completed { step, attempt: 1 },
        Input::Completed { step, attempt: 3 },
        Input::Completed { step: StepId(7), attempt: 2 },
        Input::Failed { step, attempt: 1, failure: ERROR, jitter: NO_JITTER },
        Input::RetryDue { step, attempt: 1 },
        Input::RetryDue { step, attempt: 2 },
    ];
    for input in foreign {
        assert!(driven.give(input).is_empty(), "{input:?}");
    }
    driven.complete(0);
    assert_eq!(driven.run.state(), RunState::Completed);
}

#[test]
fn an_ignored_input_clears_what_was_decided_before() {
    let mut driven = Driven::start(FAIL_FAST, [compute()]);
    assert!(!driven.decision.is_empty());
    driven.give(Input::Start);
    assert!(driven.decision.is_empty());
}
