//! Going on in another process.

use super::*;

const RESTARTED: Input = Input::Restarted { crash_limit: 3 };

impl Driven {
    /// The process ends: all that is left is the journal.
    fn restart(&mut self) -> &Decision {
        let plan = Arc::clone(self.run.plan());
        self.run = Run::replay(plan, &self.journal).expect("the journal of a run is replayed");
        self.give(RESTARTED)
    }
}

#[test]
fn r14_what_was_in_flight_runs_again_under_its_number_and_nothing_else_does() {
    let steps = [effect().retries(1), compute(), effect().needs([0]), effect().retries(1)];
    let mut driven = Driven::start(parallel(3), steps);
    driven.complete(1);
    driven.fail(0, ERROR);
    driven.retry_due(0);
    driven.fail(3, ERROR);
    let decision = driven.restart();
    let again = Command::Dispatch { step: StepId(0), attempt: 2 };
    assert_eq!(decision.commands, [again], "step 1 has completed, 2 waits for 0, and 3 for its retry");
    assert_eq!(decision.facts, [Fact::AttemptCrashed { step: StepId(0), attempt: 2 }]);
    driven.retry_due(3);
    driven.complete(0);
    driven.complete(2);
    driven.complete(3);
    assert_eq!(driven.run.state(), RunState::Completed);
    assert_eq!(driven.run.step(StepId(0)).crashes, 1);
}

/// A run that is a step goes on in the next process, and counts its own crashes.
#[test]
fn r27_what_outlives_its_process_is_under_way_in_the_next_one_and_has_not_crashed() {
    let outlives = || effect().but(|spec| spec.outlives_process = true);
    let mut driven = Driven::start(parallel(2), [outlives(), effect()]);
    driven.complete(1);
    let dispatch = driven.run.dispatch_of(StepId(0));
    for _ in 0..4 {
        let decision = driven.restart();
        assert_eq!(decision.commands, [Command::Dispatch { step: StepId(0), attempt: 1 }]);
        assert_eq!(decision.facts, [], "more often than a crash may be");
        assert_eq!(driven.run.dispatch_of(StepId(0)), dispatch, "it is the same one");
    }
    driven.give(Input::Pause);
    assert_eq!(driven.restart().commands.len(), 1, "of a paused run, too: it is awaited, and not begun");
    driven.complete(0);
    driven.give(Input::Resume);
    assert_eq!((driven.run.state(), driven.run.step(StepId(0)).crashes), (RunState::Completed, 0));
}

/// Whoever retries a run wants a step done again, and not the same dispatch.
#[test]
fn r27_each_dispatch_has_a_number_of_its_own() {
    let mut driven = Driven::start(FAIL_FAST, [effect().retries(1)]);
    let mut numbers = vec![driven.run.dispatch_of(StepId(0))];
    driven.fail(0, ERROR);
    driven.retry_due(0);
    numbers.push(driven.run.dispatch_of(StepId(0)));
    driven.fail(0, ERROR);
    driven.give(Input::Reopen { from: StepId(0) });
    numbers.push(driven.run.dispatch_of(StepId(0)));
    assert_eq!(numbers, [1, 2, 3]);
    let replayed = Run::replay(Arc::clone(driven.run.plan()), &driven.journal).expect("it was decided");
    assert_eq!(replayed.dispatch_of(StepId(0)), 3);
}

#[test]
fn r14_a_crash_is_no_retry() {
    let mut driven = Driven::start(FAIL_FAST, [effect().retries(1)]);
    driven.restart();
    driven.fail(0, ERROR);
    driven.retry_due(0);
    assert_eq!(driven.dispatched(), [0], "the crash has used up no retry");
}

#[test]
fn r14_a_step_that_ends_its_process_too_often_parks_the_run() {
    for kind in [StepKind::Effect, StepKind::Compute] {
        let mut driven = Driven::start(parallel(2), [step(kind), effect()]);
        driven.restart();
        driven.restart();
        driven.complete(1);
        assert_eq!(driven.run.state(), RunState::Running, "twice is not too often");
        let decision = driven.restart();
        assert_eq!(decision.commands, [Command::Finish]);
        assert_eq!(decision.facts.last(), Some(&Fact::RunParked { step: StepId(0) }));
        assert!(driven.restart().is_empty(), "a parked run waits for a person");
        assert!(driven.complete(0).is_empty());
    }
}

#[test]
fn r10_what_a_crashed_effect_did_is_unknown_whatever_its_next_attempt_says() {
    let steps = [compensable(), effect().needs([0])];
    let mut driven = Driven::start(with(Strategy::Compensate, FAIL_FAST), steps);
    driven.restart();
    let decision = driven.fail(0, REFUSED).clone();
    assert_eq!(driven.states()[0], StepState::Indeterminate);
    assert_eq!(decision.commands, [Command::Compensate { step: StepId(0), attempt: 1 }]);

    let mut pure = Driven::start(FAIL_FAST, [compute()]);
    pure.restart();
    pure.fail(0, PERMANENT);
    assert_eq!(pure.states(), [StepState::Failed], "a lost attempt of a pure step did nothing");
}

#[test]
fn r18_a_run_that_was_stopping_gives_up_what_was_in_flight_and_undoes_it() {
    let steps = [compensable(), compute(), effect().needs([0])];
    let mut driven = Driven::start(with(Strategy::Compensate, parallel(2)), steps);
    driven.give(Input::Cancel);
    let decision = driven.restart().clone();
    assert_eq!(driven.states(), [StepState::Indeterminate, StepState::Cancelled, StepState::NotRun]);
    assert_eq!(decision.commands, [Command::Compensate { step: StepId(0), attempt: 1 }]);
}

#[test]
fn r19_compensation_goes_on_in_the_middle() {
    let steps = [compensable(), compensable().needs([0]), effect().needs([1])];
    let mut driven = Driven::start(with(Strategy::Compensate, FAIL_FAST), steps);
    driven.complete(0);
    driven.complete(1);
    driven.fail(2, REFUSED);
    driven.give(Input::Compensated { step: StepId(1), attempt: 1 });
    let decision = driven.restart();
    assert_eq!(decision.commands, [Command::Compensate { step: StepId(0), attempt: 1 }], "1 is undone");
    driven.give(Input::CompensationFailed { step: StepId(0), attempt: 1, failure: ERROR, jitter: NO_JITTER });
    assert!(driven.restart().is_empty(), "a retry is the driver's to wait for");
    driven.give(Input::CompensationRetryDue { step: StepId(0), attempt: 1 });
    driven.restart();
    let decision = driven.restart();
    assert_eq!(
        decision.facts.last(),
        Some(&Fact::RunParked { step: StepId(0) }),
        "three crashes while it was undone"
    );
    assert_eq!(driven.run.step(StepId(0)).compensation, CompensationState::Failed);
}

#[test]
fn r21_a_paused_run_stays_so_and_dispatches_again_when_it_is_resumed() {
    let steps = [effect(), effect().retries(1), compute().needs([0])];
    let mut driven = Driven::start(parallel(2), steps);
    driven.fail(1, ERROR);
    driven.retry_due(1);
    driven.give(Input::Pause);
    let decision = driven.restart().clone();
    let crashed = |step, attempt| Fact::AttemptCrashed { step: StepId(step), attempt };
    assert_eq!(decision.facts, [crashed(0, 1), crashed(1, 2)], "counted at once");
    assert_eq!((decision.commands, driven.run.state()), (vec![], RunState::Paused));
    assert!(driven.restart().is_empty(), "nothing was in flight in the second process");
    assert!(driven.give(Input::Completed { step: StepId(0), attempt: 1 }).is_empty(), "nobody runs it");

    driven.give(Input::Resume);
    let again = |step, attempt| Command::Dispatch { step: StepId(step), attempt };
    assert_eq!(driven.decision.commands, [again(0, 1), again(1, 2)], "under their numbers");
    driven.fail(0, REFUSED);
    driven.fail(1, ERROR);
    assert_eq!(driven.states()[0], StepState::Indeterminate, "nobody knows what its crashed attempt did");
    assert_eq!(driven.run.step(StepId(1)).crashes, 1);
}

#[test]
fn r21_a_paused_run_that_crashed_is_cancelled_and_what_may_have_happened_is_undone() {
    let policy = with(Strategy::Compensate, parallel(2));
    let mut driven = Driven::start(policy, [compensable(), compute(), effect().needs([0])]);
    driven.give(Input::Pause);
    driven.restart();
    let decision = driven.give(Input::Cancel).clone();
    assert_eq!(decision.commands, [Command::Compensate { step: StepId(0), attempt: 1 }]);
    assert_eq!(driven.states(), [StepState::Indeterminate, StepState::Cancelled, StepState::NotRun]);
}

#[test]
fn r14_a_paused_run_is_parked_by_what_ends_its_process_too_often_unless_it_is_to_stop() {
    let crash_twice = || {
        let mut driven = Driven::start(parallel(2), [effect(), effect()]);
        driven.restart();
        driven.restart();
        driven.give(Input::Pause);
        driven
    };
    let mut driven = crash_twice();
    assert_eq!(driven.restart().commands, [Command::Finish]);
    assert_eq!(driven.run.state(), RunState::Parked);

    let mut driven = crash_twice();
    driven.fail(1, REFUSED);
    driven.restart();
    assert_eq!(driven.run.state(), RunState::Paused, "no step of it will be tried again");
    driven.give(Input::Resume);
    assert_eq!((driven.dispatched(), driven.run.state()), (vec![], RunState::Failed));
}

#[test]
fn r13_what_was_held_is_asked_for_again_since_its_circuit_is_gone() {
    let held = |step, attempt| Input::Held { step: StepId(step), attempt };
    let released = |step| Fact::StepReleased { step: StepId(step) };
    let mut driven = Driven::start(parallel(2), [effect(), effect().retries(1), effect()]);
    driven.fail(1, ERROR);
    driven.retry_due(1);
    driven.give(held(0, 1));
    driven.give(held(1, 2));
    let decision = driven.restart();
    let crashed = Fact::AttemptCrashed { step: StepId(2), attempt: 1 };
    assert_eq!(decision.facts[..3], [crashed, released(0), released(1)]);
    assert_eq!(driven.dispatched(), [2, 0], "there are two slots");

    let mut paused = Driven::start(parallel(2), [effect()]);
    paused.give(held(0, 1));
    paused.give(Input::Pause);
    assert_eq!(paused.restart().facts, [released(0)]);
    assert_eq!(paused.states(), [StepState::Waiting]);
    paused.give(Input::Resume);
    assert_eq!(paused.dispatched(), [0]);
}

#[test]
fn r10_a_crashed_attempt_that_is_held_before_it_is_made_again_has_been_tried() {
    let policy = with(Strategy::Compensate, parallel(2));
    let mut driven = Driven::start(policy, [compensable(), compensable()]);
    driven.complete(1);
    driven.restart();
    driven.give(Input::Held { step: StepId(0), attempt: 1 });
    let decision = driven.give(Input::Cancel);
    assert_eq!(
        decision.commands,
        [Command::Compensate { step: StepId(1), attempt: 1 }],
        "1 began after the attempt of 0 that crashed, and 0 did not begin again"
    );
    assert_eq!(driven.states()[0], StepState::Indeterminate);
}

#[test]
fn a_run_that_is_over_or_has_not_begun_does_not_restart() {
    let mut driven = Driven::new(FAIL_FAST, [compute()]);
    assert!(driven.restart().is_empty());
    driven.give(Input::Start);
    driven.complete(0);
    assert!(driven.restart().is_empty());
}

#[test]
fn a_journal_cannot_invent_crashes() {
    let mut driven = Driven::start(FAIL_FAST, [compute(), compute().needs([0])]);
    let never_ran = Fact::AttemptCrashed { step: StepId(1), attempt: 0 };
    let never_crashed = Fact::RunParked { step: StepId(0) };
    let not_undone = Fact::CompensationCrashed { step: StepId(0), attempt: 0 };
    for fact in [never_ran, never_crashed, not_undone] {
        assert!(matches!(driven.run.apply(&fact), Err(FactError::OutOfPlace { .. })), "{fact:?}");
    }
}
