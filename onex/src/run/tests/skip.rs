//! What a missing output does to the steps that depend on it.

use super::*;
use StepState::{Completed, Failed, Skipped};

const GO_ON: Policy = Policy { strategy: Strategy::ContinueOnError, ..FAIL_FAST };

#[test]
fn r11_an_absent_required_output_skips_transitively() {
    let steps = [compute(), compute().needs([0]), compute().needs([1]), compute()];
    let mut driven = Driven::start(GO_ON, steps);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.skipped(1), Some(SkipReason::NoOutput { of: StepId(0) }));
    assert_eq!(driven.skipped(2), Some(SkipReason::NoOutput { of: StepId(1) }));
    driven.complete(3);
    assert_eq!(driven.states(), [Failed, Skipped, Skipped, Completed]);
    assert_eq!(driven.run.state(), RunState::CompletedWithErrors);
}

#[test]
fn r11_an_absent_required_output_skips_before_the_other_dependencies_are_final() {
    let steps = [compute(), compute(), compute().needs([0, 1])];
    let mut driven = Driven::start(with(Strategy::ContinueOnError, parallel(2)), steps);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.run.step(StepId(2)).state, Skipped);
    driven.complete(1);
    assert_eq!(driven.run.state(), RunState::CompletedWithErrors);
}

#[test]
fn r11_an_absent_optional_output_lets_the_step_run() {
    let mut driven = Driven::start(GO_ON, [compute(), compute(), compute().needs([1]).likes([0])]);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.dispatched(), [1]);
    driven.complete(1);
    assert_eq!(driven.dispatched(), [2]);
}

#[test]
fn r11_one_present_optional_output_is_enough() {
    let mut driven = Driven::start(GO_ON, [compute(), compute(), compute().likes([0, 1])]);
    driven.complete(0);
    driven.fail(1, PERMANENT);
    assert_eq!(driven.dispatched(), [2]);
}

#[test]
fn r11_a_step_all_of_whose_optional_outputs_are_absent_is_skipped() {
    let mut driven = Driven::start(GO_ON, [compute(), compute(), compute().likes([0, 1])]);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.run.step(StepId(2)).state, StepState::Waiting, "step 1 may still complete");
    driven.fail(1, PERMANENT);
    assert_eq!(driven.skipped(2), Some(SkipReason::NoOutput { of: StepId(1) }));
    assert_eq!(driven.run.state(), RunState::CompletedWithErrors);
}

#[test]
fn r11_an_indeterminate_dependency_is_absent() {
    let mut driven = Driven::start(GO_ON, [effect(), compute().needs([0])]);
    driven.fail(0, Failure::TIMED_OUT);
    assert_eq!(driven.states(), [StepState::Indeterminate, Skipped]);
    assert_eq!(driven.run.state(), RunState::CompletedWithErrors);
}

#[test]
fn a_skip_frees_the_optional_dependents_of_the_skipped_step() {
    let steps = [compute(), compute().needs([0]), compute(), compute().likes([1, 2])];
    let mut driven = Driven::start(GO_ON, steps);
    driven.fail(0, PERMANENT);
    driven.complete(2);
    assert_eq!(driven.dispatched(), [3]);
}
