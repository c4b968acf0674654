//! A run that is over, or parked, and goes on because a person wants it.

use super::*;

impl Driven {
    fn reopen(&mut self, from: u32) -> &Decision {
        self.give(Input::Reopen { from: StepId(from) })
    }

    /// What was journalled is the state.
    pub(super) fn is_its_journal(&self) {
        let replayed = Run::replay(Arc::clone(self.run.plan()), &self.journal);
        assert_eq!(replayed.as_ref(), Ok(&self.run));
    }
}

#[test]
fn what_failed_and_what_follows_is_done_again_and_nothing_else() {
    let steps = [effect(), effect(), effect().needs([0]), effect().needs([2]), compute().needs([1])];
    let mut driven = Driven::start(parallel(2), steps);
    driven.complete(0);
    driven.complete(1);
    driven.complete(4);
    driven.fail(2, PERMANENT);
    assert_eq!(driven.run.state(), RunState::Failed);
    let decision = driven.reopen(2);
    assert_eq!(decision.facts[0], Fact::RunReopened { from: StepId(2) });
    assert_eq!(decision.commands, [Command::Dispatch { step: StepId(2), attempt: 1 }]);
    assert_eq!(driven.run.stop_cause(), None);
    driven.is_its_journal();
    driven.complete(2);
    driven.complete(3);
    assert_eq!(driven.run.state(), RunState::Completed);
    driven.is_its_journal();
}

#[test]
fn what_never_had_its_turn_has_it_now_wherever_it_stands() {
    let mut driven = Driven::start(parallel(2), [effect(), effect(), effect()]);
    driven.fail(0, PERMANENT);
    driven.give(Input::GraceOver);
    assert_eq!(driven.run.state(), RunState::Failed);
    driven.reopen(0);
    assert_eq!(driven.dispatched(), [0, 1], "1 was given up, 2 waits for a slot");
    driven.complete(0);
    driven.complete(1);
    driven.complete(2);
    assert_eq!(driven.run.state(), RunState::Completed);
}

#[test]
fn a_step_that_had_completed_is_done_again_if_it_is_asked_for() {
    let mut driven = Driven::start(FAIL_FAST, [effect(), effect().needs([0]), effect().needs([1])]);
    driven.complete(0);
    driven.complete(1);
    driven.complete(2);
    driven.reopen(1);
    assert_eq!(driven.dispatched(), [1]);
    assert_eq!(driven.states(), [StepState::Completed, StepState::Scheduled, StepState::Waiting]);
}

#[test]
fn failures_that_were_tolerated_stand_and_still_skip_what_needs_them() {
    let steps = [effect().continue_on_error(), effect().needs([0]), effect(), effect().needs([2])];
    let mut driven = Driven::start(FAIL_FAST, steps);
    driven.fail(0, PERMANENT);
    driven.complete(2);
    driven.fail(3, PERMANENT);
    assert_eq!(driven.run.state(), RunState::Failed);
    driven.reopen(3);
    assert_eq!(driven.dispatched(), [3]);
    assert_eq!(driven.states()[..3], [StepState::Failed, StepState::Skipped, StepState::Completed]);
    driven.complete(3);
    assert_eq!(driven.run.state(), RunState::CompletedWithErrors);
    driven.is_its_journal();
}

#[test]
fn branches_behind_the_step_are_chosen_anew_and_those_before_it_stand() {
    let steps = [effect(), effect().needs([0]).conditional(), effect().or_else(1), effect().after([1, 2])];
    let mut driven = Driven::start(FAIL_FAST, steps);
    driven.complete(0);
    driven.evaluate(1, true);
    driven.complete(1);
    driven.fail(3, PERMANENT);
    assert_eq!(driven.states()[2], StepState::Skipped);
    driven.reopen(3);
    assert_eq!(driven.dispatched(), [3], "the branch that ran is not asked again");
    assert_eq!(driven.states()[2], StepState::Skipped);
    driven.fail(3, PERMANENT);
    driven.reopen(0);
    driven.complete(0);
    assert_eq!(driven.run.undecided(), Some(StepId(1)));
    driven.evaluate(1, false);
    assert_eq!(driven.dispatched(), [2], "the other branch, this time");
    driven.is_its_journal();
}

#[test]
fn a_step_that_was_skipped_for_a_failure_that_is_mended_runs() {
    let steps = [effect().continue_on_error(), effect().after([0]).but(|spec| spec.skip_on_failure = true)];
    let mut driven = Driven::start(FAIL_FAST, steps);
    driven.fail(0, PERMANENT);
    assert_eq!(driven.run.state(), RunState::CompletedWithErrors);
    driven.reopen(0);
    driven.complete(0);
    assert_eq!(driven.dispatched(), [1]);
}

#[test]
fn what_an_attempt_may_have_done_it_may_have_done_still() {
    let mut driven = Driven::start(FAIL_FAST, [effect()]);
    driven.fail(0, Failure::TIMED_OUT);
    assert_eq!(driven.states(), [StepState::Indeterminate]);
    driven.reopen(0);
    driven.fail(0, PERMANENT);
    assert_eq!(
        driven.states(),
        [StepState::Indeterminate],
        "that the second attempt failed says nothing of the first"
    );
}

#[test]
fn a_parked_run_that_a_person_lets_go_on_has_all_its_crashes_before_it() {
    let mut driven = Driven::start(parallel(2), [effect(), effect()]);
    for _ in 0..3 {
        let plan = Arc::clone(driven.run.plan());
        driven.run = Run::replay(plan, &driven.journal).expect("a journal is replayed");
        driven.give(Input::Restarted { crash_limit: 3 });
    }
    assert_eq!(driven.run.state(), RunState::Parked);
    driven.reopen(0);
    assert_eq!(driven.dispatched(), [0, 1]);
    assert_eq!(driven.run.step(StepId(0)).crashes, 0);
    driven.is_its_journal();
}

#[test]
fn what_was_undone_is_done_again() {
    let strategy = with(Strategy::Compensate, FAIL_FAST);
    let mut driven = Driven::start(strategy, [compensable(), effect(), effect()]);
    driven.complete(0);
    driven.complete(1);
    driven.fail(2, PERMANENT);
    driven.give(Input::Compensated { step: StepId(0), attempt: 1 });
    assert!(driven.run.is_undone());
    driven.reopen(2);
    assert_eq!(driven.dispatched(), [0]);
    driven.complete(0);
    driven.complete(2);
    assert_eq!(driven.run.state(), RunState::Completed);
    assert!(!driven.run.is_undone());
    driven.is_its_journal();
}

#[test]
fn a_run_that_is_alive_and_an_entry_and_no_step_are_refused() {
    let mut driven = Driven::start(FAIL_FAST, [step(StepKind::Entry), effect().needs([0])]);
    assert!(driven.reopen(1).is_empty(), "it is alive");
    driven.complete(1);
    assert!(driven.reopen(0).is_empty(), "what a run began with is not done again");
    assert!(driven.reopen(7).is_empty());
    let fact = Fact::RunReopened { from: StepId(0) };
    assert!(driven.run.apply(&fact).is_err());
    assert!(!driven.reopen(1).is_empty());
}

#[test]
fn what_failed_first_still_has_others_skipped() {
    let skipped = effect().needs([2]).but(|spec| spec.skip_on_failure = true);
    let tolerated = || effect().continue_on_error();
    let mut driven = Driven::start(parallel(3), [tolerated(), tolerated(), effect(), skipped]);
    driven.fail(1, PERMANENT);
    driven.fail(0, PERMANENT);
    driven.complete(2);
    let because = Some(SkipReason::AfterFailure { of: StepId(1) });
    assert_eq!(driven.skipped(3), because);
    driven.reopen(2);
    assert_eq!(driven.skipped(3), because, "and not because of the step with the lowest number");
    driven.is_its_journal();
}
