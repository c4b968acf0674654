//! Steps with a condition: when it is asked for, what it decides.

use super::*;
use SkipReason::{AfterFailure, ConditionFalse, NoOutput};
use StepState::{Completed, Failed, NotRun, Scheduled, Skipped, Waiting};

const GO_ON: Policy = Policy { strategy: Strategy::ContinueOnError, ..FAIL_FAST };

#[test]
fn r16_a_condition_is_asked_for_once_its_dependencies_are_final() {
    let mut driven = Driven::start(parallel(2), [compute(), compute().needs([0]).conditional()]);
    assert_eq!(driven.run.undecided(), None);
    driven.complete(0);
    assert_eq!(driven.run.undecided(), Some(StepId(1)));
    assert!(driven.dispatched().is_empty());
    driven.evaluate(1, true);
    assert_eq!(driven.dispatched(), [1]);
    assert_eq!(driven.run.undecided(), None);
}

#[test]
fn r16_a_step_whose_condition_does_not_hold_is_skipped_with_what_requires_it() {
    let steps = [compute().conditional(), compute().needs([0]), compute().likes([0, 3]), compute()];
    let mut driven = Driven::start(FAIL_FAST, steps);
    driven.evaluate(0, false);
    assert_eq!(driven.skipped(0), Some(ConditionFalse));
    assert_eq!(driven.skipped(1), Some(NoOutput { of: StepId(0) }));
    driven.complete(3);
    driven.complete(2);
    assert_eq!(driven.states(), [Skipped, Skipped, Completed, Completed]);
    assert_eq!(driven.run.state(), RunState::Completed);
}

#[test]
fn r16_a_condition_is_not_asked_for_where_the_step_lacks_what_it_requires() {
    let mut driven = Driven::start(GO_ON, [compute(), compute().needs([0]).conditional()]);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.run.undecided(), None);
    assert_eq!(driven.skipped(1), Some(NoOutput { of: StepId(0) }));
}

#[test]
fn r16_a_step_that_only_comes_after_another_runs_however_that_ends() {
    for fails in [true, false] {
        let mut driven = Driven::start(GO_ON, [compute(), compute().after([0]).conditional()]);
        if fails {
            driven.fail(0, PERMANENT)
        } else {
            driven.complete(0)
        };
        assert_eq!(driven.run.undecided(), Some(StepId(1)));
        driven.evaluate(1, true);
        assert_eq!(driven.dispatched(), [1]);
    }
}

#[test]
fn r11_an_order_is_no_input_that_a_step_could_do_with() {
    let mut driven = Driven::start(GO_ON, [compute(), compute(), compute().likes([0]).after([1])]);
    driven.fail(0, PERMANENT);
    driven.complete(1);
    assert_eq!(driven.skipped(2), Some(NoOutput { of: StepId(0) }));
}

#[test]
fn r11_a_step_that_always_runs_does_so_without_any_input() {
    let always = compute().likes([0]).but(|spec| spec.runs_without_inputs = true);
    let required = compute().needs([0]).but(|spec| spec.runs_without_inputs = true);
    let mut driven = Driven::start(GO_ON, [compute(), always, required]);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.dispatched(), [1]);
    assert_eq!(driven.run.step(StepId(2)).state, Skipped, "what is required is required");
}

#[test]
fn r16_nothing_is_dispatched_before_a_condition_is_decided_whose_turn_it_may_be() {
    let mut driven = Driven::start(FAIL_FAST, [compute().conditional(), compute()]);
    assert!(driven.dispatched().is_empty());
    driven.evaluate(0, true);
    assert_eq!(driven.dispatched(), [0], "in the order of the declaration");
}

#[test]
fn r16_a_condition_is_answered_once_and_only_when_it_is_asked_for() {
    let mut driven = Driven::start(FAIL_FAST, [compute(), compute().needs([0]).conditional(), compute()]);
    for foreign in [0, 1, 2, 9] {
        assert!(driven.evaluate(foreign, false).is_empty(), "{foreign}");
    }
    driven.complete(0);
    driven.evaluate(1, true);
    assert!(driven.evaluate(1, false).is_empty());
    assert_eq!(driven.run.step(StepId(1)).state, Scheduled);
}

#[test]
fn r16_conditions_are_decided_while_a_run_is_paused() {
    let mut driven = Driven::start(parallel(2), [compute(), compute().needs([0]).conditional()]);
    driven.give(Input::Pause);
    driven.complete(0);
    assert_eq!(driven.run.undecided(), Some(StepId(1)));
    driven.evaluate(1, false);
    assert_eq!(driven.run.state(), RunState::Completed, "of which nothing is left to do ends");
}

#[test]
fn r16_a_run_that_stops_asks_for_no_condition() {
    let mut driven = Driven::start(parallel(2), [compute().conditional(), compute()]);
    driven.give(Input::Cancel);
    assert_eq!(driven.run.undecided(), None);
    assert_eq!(driven.states(), [NotRun, NotRun]);
}

#[test]
fn r16_a_failure_decides_before_the_condition_does() {
    let conditional = compute().needs([1]).conditional().but(|spec| spec.skip_on_failure = true);
    let mut driven =
        Driven::start(with(Strategy::ContinueOnError, parallel(2)), [compute(), compute(), conditional]);
    driven.complete(1);
    assert_eq!(driven.states(), [Scheduled, Completed, Waiting]);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.skipped(2), Some(AfterFailure { of: StepId(0) }));
    assert_eq!(driven.states(), [Failed, Completed, Skipped]);
}

#[test]
fn r16_a_replayed_run_asks_for_the_same_conditions() {
    let mut driven = Driven::start(parallel(2), [compute(), compute().needs([0]).conditional()]);
    driven.complete(0);
    let replayed = Run::replay(Arc::clone(driven.run.plan()), &driven.journal).expect("its own journal");
    assert_eq!(replayed.undecided(), Some(StepId(1)));
    assert_eq!(replayed, driven.run);
}

#[test]
fn r16_a_step_whose_condition_cannot_be_evaluated_fails_untried() {
    for (policy, end) in [(FAIL_FAST, RunState::Failed), (GO_ON, RunState::CompletedWithErrors)] {
        let steps = [effect().conditional(), effect().needs([0]), compute()];
        let mut driven = Driven::start(policy, steps);
        let step = StepId(0);
        driven.give(Input::Undecidable { step, failure: PERMANENT });
        assert_eq!((driven.run.step(step).state, driven.run.step(step).attempt), (Failed, 0));
        if policy.strategy == Strategy::ContinueOnError {
            assert_eq!(driven.skipped(1), Some(NoOutput { of: step }));
            driven.complete(2);
        }
        assert_eq!(driven.run.state(), end);
        let decided = driven.journal.len();
        driven.give(Input::Undecidable { step, failure: PERMANENT });
        assert_eq!(driven.journal.len(), decided, "once");
        let replayed = Run::replay(Arc::clone(driven.run.plan()), &driven.journal).expect("its own journal");
        assert_eq!(replayed, driven.run);
    }
}
