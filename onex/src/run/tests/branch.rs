//! Branch groups: of several steps, the first that may run does, and no other.

use super::*;
use SkipReason::{ConditionFalse, NoOutput, OtherBranch};
use StepState::{Completed, Failed, NotRun, Scheduled, Skipped};

/// A fast and a slow branch with conditions, one without, and a step behind each.
fn branches() -> [Step; 5] {
    [
        compute().conditional(),
        compute().conditional().or_else(0),
        compute().or_else(1),
        compute().needs([1]),
        compute().likes([0, 1, 2]),
    ]
}

#[test]
fn r16_of_a_group_the_first_branch_that_holds_runs_and_the_others_are_skipped_at_once() {
    let mut driven = Driven::start(parallel(5), branches());
    assert_eq!(driven.run.undecided(), Some(StepId(0)));
    driven.evaluate(0, true);
    assert_eq!(driven.dispatched(), [0]);
    assert_eq!(driven.run.undecided(), None, "nobody asks for the others");
    assert_eq!(driven.skipped(1), Some(OtherBranch { runs: StepId(0) }));
    assert_eq!(driven.skipped(2), Some(OtherBranch { runs: StepId(0) }));
    assert_eq!(driven.skipped(3), Some(NoOutput { of: StepId(1) }));
    driven.complete(0);
    driven.complete(4);
    assert_eq!(driven.run.state(), RunState::Completed);
}

#[test]
fn r16_the_branches_are_asked_one_after_the_other() {
    let mut driven = Driven::start(parallel(5), branches());
    driven.evaluate(0, false);
    assert_eq!(driven.skipped(0), Some(ConditionFalse));
    assert_eq!(driven.run.undecided(), Some(StepId(1)));
    driven.evaluate(1, true);
    assert_eq!(driven.dispatched(), [1]);
    assert_eq!(driven.skipped(2), Some(OtherBranch { runs: StepId(1) }));
}

#[test]
fn r16_the_branch_without_a_condition_runs_if_no_other_does() {
    let mut driven = Driven::start(parallel(5), branches());
    driven.evaluate(0, false);
    driven.evaluate(1, false);
    assert_eq!(driven.dispatched(), [2]);
    driven.complete(2);
    driven.complete(4);
    assert_eq!(driven.states(), [Skipped, Skipped, Completed, Skipped, Completed]);
}

#[test]
fn r16_a_branch_that_lacks_what_it_requires_leaves_its_turn_to_the_next() {
    let steps = [compute(), compute().needs([0]).conditional(), compute().or_else(1)];
    let mut driven = Driven::start(with(Strategy::ContinueOnError, FAIL_FAST), steps);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.skipped(1), Some(NoOutput { of: StepId(0) }));
    assert_eq!(driven.dispatched(), [2]);
}

#[test]
fn r16_a_branch_that_fails_is_not_made_up_for_by_another() {
    let steps = [compute().conditional().continue_on_error(), compute().or_else(0)];
    let mut driven = Driven::start(FAIL_FAST, steps);
    driven.evaluate(0, true);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.states(), [Failed, Skipped]);
    assert_eq!(driven.skipped(1), Some(OtherBranch { runs: StepId(0) }));
}

#[test]
fn r16_a_branch_without_a_condition_that_is_not_the_last_rules_the_others_out() {
    let mut driven = Driven::start(parallel(2), [compute(), compute().or_else(0), compute().or_else(1)]);
    assert_eq!(driven.dispatched(), [0]);
    driven.complete(0);
    assert_eq!(driven.states(), [Completed, Skipped, Skipped]);
    assert_eq!(driven.skipped(2), Some(OtherBranch { runs: StepId(0) }));
}

#[test]
fn r16_a_later_branch_waits_for_its_turn_though_it_could_start() {
    let steps = [compute(), compute().needs([0]).conditional(), compute().conditional().or_else(1)];
    let mut driven = Driven::start(parallel(2), steps);
    assert_eq!(driven.states()[0], Scheduled);
    assert_eq!(driven.run.undecided(), None);
    driven.give(Input::Cancel);
    driven.complete(0);
    assert_eq!(driven.states(), [Completed, NotRun, NotRun]);
}
