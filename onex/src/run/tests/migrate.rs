//! A run that goes on on another plan.

use super::*;

/// What steps become: by their numbers, those of the new plan.
fn map<const N: usize>(becomes: [u32; N]) -> Vec<Option<StepId>> {
    becomes.map(|step| (step != u32::MAX).then_some(StepId(step))).into()
}

const GONE: u32 = u32::MAX;
const MOVED: Fact = Fact::RunMigrated { to: uuid::Uuid::nil(), version: (2, 0, 0) };

impl Driven {
    /// The run on the plan of another one, its journal included.
    fn moved_to(&self, other: &Self, map: &[Option<StepId>]) -> Result<Self, Vec<Obstacle>> {
        let plan = Arc::clone(other.run.plan());
        let carried = self.run.carried_to(&plan, map)?;
        let mut journal = self.journal.clone();
        journal.push(MOVED);
        journal.extend(carried);
        let run = Run::replay(plan, &journal).expect("what is carried fits the plan");
        Ok(Self { run, decision: Decision::default(), journal })
    }

    /// The same run with the names that the steps of `old` have, where they become its own.
    fn called_as(self, old: &Self, map: &[Option<StepId>]) -> Self {
        let names = |step: StepId| map.iter().position(|becomes| *becomes == Some(step));
        let steps = self.run.plan().steps().map(|(step, spec)| StepSpec {
            id: names(step).map_or_else(|| format!("new {}", step.0), |old| old.to_string()).into(),
            ..spec.clone()
        });
        assert!(map.len() <= old.run.plan().len());
        let plan = Plan::new(*self.run.plan().policy(), steps.collect()).expect("it was valid");
        Self { run: Run::new(Arc::new(plan)), ..self }
    }

    /// The same run with another name for one of its steps.
    fn renamed(self, step: usize, name: &'static str) -> Self {
        let mut specs: Vec<StepSpec> = self.run.plan().steps().map(|(_, spec)| spec.clone()).collect();
        specs[step].id = name.into();
        let plan = Plan::new(*self.run.plan().policy(), specs).expect("it was valid");
        Self { run: Run::new(Arc::new(plan)), ..self }
    }

    fn obstacles(&self, other: &Self, map: &[Option<StepId>]) -> Vec<Obstacle> {
        self.moved_to(other, map).err().expect("something stands against it")
    }

    fn restarts(&mut self) -> &Decision {
        self.give(Input::Restarted { crash_limit: 3 })
    }
}

#[test]
fn r23_what_has_ended_stays_and_what_has_not_is_done_on_the_new_plan() {
    let mut old = Driven::start(FAIL_FAST, [effect(), effect().needs([0]), effect().needs([1])]);
    old.complete(0);
    old.complete(1);
    // A step in front and one in the middle; the last two have changed places.
    let steps = [compute(), effect(), effect().needs([4]), effect().needs([4]), effect().needs([1])];
    let new = Driven::new(parallel(9), steps).called_as(&old, &map([1, 4, 3]));
    let mut moved = old.moved_to(&new, &map([1, 4, 3])).expect("nothing stands against it");
    assert_eq!(
        moved.states()[1..],
        [StepState::Completed, StepState::Waiting, StepState::RetryDue, StepState::Completed]
    );
    moved.restarts();
    assert_eq!(moved.dispatched(), [0, 2, 3], "what was under way goes on, what is new begins");
    assert_eq!(moved.run.step(StepId(3)).attempt, 1, "under the number that it had");
    assert_eq!(moved.run.step(StepId(3)).crashes, 1);
    moved.is_its_journal();
    for step in [0, 2, 3] {
        moved.complete(step);
    }
    assert_eq!(moved.run.state(), RunState::Completed);
    moved.is_its_journal();
}

#[test]
fn a_pause_a_delay_and_an_open_gate_are_carried_over() {
    let steps = [effect().retries(1), step(StepKind::Gate), effect()];
    let mut old = Driven::start(parallel(9), steps);
    old.fail(0, ERROR);
    old.give(Input::Pause);
    old.complete(2);
    let new = Driven::new(parallel(9), [step(StepKind::Gate), effect(), effect().retries(1)]);
    let new = new.called_as(&old, &map([2, 0, 1]));
    let mut moved = old.moved_to(&new, &map([2, 0, 1])).expect("nothing stands against it");
    assert_eq!(moved.run.state(), RunState::Paused);
    assert_eq!(moved.states(), [StepState::Awaiting, StepState::Completed, StepState::RetryWaiting]);
    assert_eq!(moved.run.step(StepId(2)).retry_after_ms, old.run.step(StepId(0)).retry_after_ms);
    moved.restarts();
    moved.give(Input::Resume);
    moved.give(Input::Arrived { step: StepId(0) });
    moved.retry_due(2);
    assert_eq!(moved.dispatched(), [2]);
    assert_eq!(moved.run.step(StepId(2)).attempt, 2);
    moved.complete(2);
    assert_eq!(moved.run.state(), RunState::Completed);
    moved.is_its_journal();
}

#[test]
fn what_was_skipped_stays_skipped_and_names_its_reason_as_it_is_called_now() {
    let steps = [effect().continue_on_error(), effect().needs([0]), effect()];
    let mut old = Driven::start(FAIL_FAST, steps);
    old.fail(0, PERMANENT);
    let new = Driven::new(FAIL_FAST, [effect(), effect().continue_on_error(), effect().needs([1])]);
    let new = new.called_as(&old, &map([1, 2, 0]));
    let moved = old.moved_to(&new, &map([1, 2, 0])).expect("nothing stands against it");
    assert_eq!(moved.skipped(2), Some(SkipReason::NoOutput { of: StepId(1) }));
    assert_eq!(
        old.obstacles(&new, &map([GONE, 2, 0]))[..],
        [
            Obstacle::DroppedUnderWay { step: StepId(0), state: StepState::Failed },
            Obstacle::SkippedFor { step: StepId(1), of: StepId(0) },
        ]
    );
}

#[test]
fn what_is_given_up_has_completed_or_not_begun() {
    let mut old = Driven::start(FAIL_FAST, [effect(), effect(), effect()]);
    old.complete(0);
    let new = Driven::new(FAIL_FAST, [effect()]);
    let refused = old.obstacles(&new, &map([GONE, GONE, GONE]));
    assert_eq!(refused, [Obstacle::DroppedUnderWay { step: StepId(1), state: StepState::Scheduled }]);
    let named = |id: &'static str| Driven::new(FAIL_FAST, [effect()]).named(id);
    let mut moved = old.moved_to(&named("1"), &map([GONE, 0, GONE])).expect("nothing stands against it");
    moved.restarts();
    assert_eq!(moved.dispatched(), [0]);
    moved.complete(0);
    assert_eq!(moved.run.state(), RunState::Completed);
}

impl Driven {
    /// The same with another name for its only step.
    fn named(self, id: &'static str) -> Self {
        let (_, spec) = self.run.plan().steps().next().expect("it has one");
        let spec = StepSpec { id: id.into(), ..spec.clone() };
        let plan = Plan::new(*self.run.plan().policy(), vec![spec]).expect("it was valid");
        Self { run: Run::new(Arc::new(plan)), ..self }
    }
}

#[test]
fn everything_that_stands_against_it_is_told() {
    let steps = [compensable(), effect(), effect().continue_on_error(), compute(), compute()];
    let mut old = Driven::start(parallel(9), steps);
    old.complete(0);
    old.fail(2, PERMANENT);
    old.complete(3);
    let steps = [effect(), compute(), effect(), effect(), step(StepKind::Entry)];
    let new = Driven::new(parallel(9), steps);
    assert_eq!(
        old.obstacles(&new, &map([0, 1, 2, 3, 3])),
        [
            Obstacle::NotUndone { step: StepId(0), to: StepId(0) },
            Obstacle::OtherKind { step: StepId(1), to: StepId(1) },
            Obstacle::FailureCounts { step: StepId(2), to: StepId(2) },
            Obstacle::OtherKind { step: StepId(3), to: StepId(3) },
            Obstacle::Twice { step: StepId(4), to: StepId(3) },
            Obstacle::OtherKind { step: StepId(4), to: StepId(3) },
            Obstacle::NewEntry { to: StepId(4) },
        ]
    );
}

#[test]
fn what_has_been_tried_does_not_wait_for_what_is_new() {
    let mut old = Driven::start(FAIL_FAST, [effect(), effect().needs([0])]);
    let new = |step: Step| Driven::new(FAIL_FAST, [effect(), step, effect()]);
    let both = map([0, 1]);
    let first = old.moved_to(&new(effect().needs([0, 2])), &both);
    assert!(first.is_ok(), "it has not been tried");
    old.complete(0);
    let needs = |on| vec![Obstacle::NeedsFirst { step: StepId(1), to: StepId(1), needs: StepId(on) }];
    assert_eq!(old.obstacles(&new(effect().needs([0, 2])), &both), needs(2));
    assert_eq!(old.obstacles(&new(effect().needs([0]).after([2])), &both), needs(2));
    assert!(old.moved_to(&new(effect().needs([0])), &both).is_ok());
    old.complete(1);
    assert_eq!(old.run.state(), RunState::Completed);
}

#[test]
fn an_effect_under_way_keeps_its_name_since_its_key_is_made_of_it() {
    let mut old = Driven::start(FAIL_FAST, [effect()]);
    let new = || Driven::new(FAIL_FAST, [effect()]).named("other");
    let refused = old.obstacles(&new(), &map([0]));
    assert_eq!(refused, [Obstacle::RenamedUnderWay { step: StepId(0), to: StepId(0) }]);
    old.complete(0);
    let over = old.obstacles(&new(), &map([0]));
    assert_eq!(over, [Obstacle::NotGoingOn { state: RunState::Completed }]);

    let mut before = Driven::start(FAIL_FAST, [compute(), effect()]);
    before.complete(0);
    let new = Driven::new(FAIL_FAST, [compute(), effect()]);
    assert!(before.moved_to(&new, &map([0, 1])).is_ok());
}

#[test]
fn a_run_that_stops_or_is_undone_or_went_over_a_list_is_not_moved() {
    let strategy = with(Strategy::Compensate, parallel(2));
    let steps = || [compensable(), effect(), effect()];
    let mut old = Driven::start(strategy, steps());
    old.complete(0);
    old.fail(1, PERMANENT);
    let same = Driven::new(strategy, steps());
    let stands = |old: &Driven| old.obstacles(&same, &map([0, 1, 2]));
    assert_eq!(stands(&old), [Obstacle::NotGoingOn { state: RunState::Stopping }]);
    old.give(Input::GraceOver);
    assert_eq!(stands(&old), [Obstacle::NotGoingOn { state: RunState::Compensating }]);

    let each = || [effect().but(|spec| spec.each = Some(NonZeroU32::MIN))];
    let mut list = Driven::start(FAIL_FAST, each());
    list.give(Input::Counted { step: StepId(0), items: 2 });
    let same = Driven::new(FAIL_FAST, each());
    assert_eq!(list.obstacles(&same, &map([0])), [Obstacle::WentOverAList { step: StepId(0) }]);
}

#[test]
fn a_run_that_is_parked_for_crashes_stays_parked_and_can_be_retried() {
    let mut old = Driven::start(parallel(2), [effect(), effect()]);
    old.complete(0);
    for _ in 0..3 {
        let plan = Arc::clone(old.run.plan());
        old.run = Run::replay(plan, &old.journal).expect("a journal is replayed");
        old.restarts();
    }
    assert_eq!(old.run.state(), RunState::Parked);
    let new = Driven::new(parallel(2), [compute(), effect(), effect()]);
    let mut moved = old.moved_to(&new, &map([2, 1])).expect("nothing stands against it");
    assert_eq!(moved.run.state(), RunState::Parked);
    moved.is_its_journal();
    moved.give(Input::Reopen { from: StepId(1) });
    assert_eq!(moved.dispatched(), [0, 1], "what is new begins, too");
    moved.is_its_journal();
}

#[test]
fn it_stays_parked_for_the_step_that_parked_it() {
    let mut old = Driven::start(parallel(2), [effect(), effect()]);
    for _ in 0..3 {
        old.restarts();
    }
    let parked = Fact::RunParked { step: StepId(0) };
    assert_eq!(old.journal.last(), Some(&parked), "both have crashed as often");
    let same = Driven::new(parallel(2), [effect(), effect()]);
    let moved = old.moved_to(&same, &map([0, 1])).expect("nothing stands against it");
    assert_eq!(moved.journal.last(), Some(&parked));
}

/// It is not dispatched anew: what it has done outside it would do twice.
#[test]
fn r27_a_step_that_is_a_run_is_waited_for_on_the_new_plan_under_the_same_dispatch() {
    let run = || effect().retries(1).but(|spec| spec.outlives_process = true);
    let mut old = Driven::start(parallel(2), [effect(), run()]);
    old.complete(0);
    let new = || Driven::new(parallel(2), [effect(), effect(), run()]).called_as(&old, &map([1, 2]));
    let mut moved = old.moved_to(&new(), &map([1, 2])).expect("nothing stands against it");
    let (was, is) = (old.run.step(StepId(1)), moved.run.step(StepId(2)));
    assert_eq!((is, is.state), (was, StepState::Scheduled));
    assert_eq!(moved.run.dispatch_of(StepId(2)), old.run.dispatch_of(StepId(1)));
    assert_eq!((moved.run.in_flight(), moved.restarts().facts.len()), (1, 1), "what is new is dispatched");
    assert_eq!(moved.dispatched(), [2, 0]);
    moved.complete(2);
    moved.complete(0);
    assert_eq!(moved.run.state(), RunState::Completed);
    moved.is_its_journal();

    let other = Driven::new(parallel(2), [effect(), effect()]).called_as(&old, &map([0, 1]));
    let becomes_an_effect = Obstacle::OtherKind { step: StepId(1), to: StepId(1) };
    assert_eq!(old.obstacles(&other, &map([0, 1])), [becomes_an_effect]);
}

#[test]
fn what_is_done_again_keeps_over_a_move_what_it_may_have_done_before() {
    let steps = || [effect(), effect().retries(1)];
    let mut old = Driven::start(FAIL_FAST, steps());
    old.complete(0);
    old.fail(1, Failure::TIMED_OUT);
    old.retry_due(1);
    old.fail(1, PERMANENT);
    assert_eq!(old.run.step(StepId(1)).state, StepState::Indeterminate);
    old.give(Input::Reopen { from: StepId(0) });
    old.give(Input::Pause);
    let dispatched = old.run.dispatch_of(StepId(1));
    let mut moved = old.moved_to(&Driven::new(FAIL_FAST, steps()), &map([0, 1])).expect("it waits");
    assert_eq!(moved.run.step(StepId(1)).state, StepState::Waiting);
    assert_eq!(moved.run.dispatch_of(StepId(1)), dispatched, "each dispatch has its number for itself");
    assert_eq!(moved.run.revision(StepId(1)), old.run.revision(StepId(1)));
    let other = Driven::new(FAIL_FAST, steps());
    let renamed = [Obstacle::RenamedUnderWay { step: StepId(1), to: StepId(1) }];
    assert_eq!(
        old.obstacles(&other.renamed(1, "other"), &map([0, 1])),
        renamed,
        "its key is made of its name"
    );

    moved.restarts();
    moved.give(Input::Resume);
    moved.complete(0);
    moved.fail(1, PERMANENT);
    assert_eq!(
        moved.run.step(StepId(1)).state,
        StepState::Indeterminate,
        "the attempt that timed out may have acted"
    );
    moved.is_its_journal();
}

#[test]
fn crashes_that_parked_a_run_are_counted_once() {
    let mut old = Driven::start(FAIL_FAST, [effect()]);
    for _ in 0..3 {
        old.restarts();
    }
    assert_eq!((old.run.state(), old.run.step(StepId(0)).crashes), (RunState::Parked, 3));
    let same = Driven::new(FAIL_FAST, [effect()]);
    let moved = old.moved_to(&same, &map([0])).expect("nothing stands against it");
    assert_eq!(moved.run.step(StepId(0)).crashes, 3);
}

#[test]
fn a_retry_without_a_delay_is_still_waited_for() {
    let at_once = Backoff::exponential(Duration::ZERO, 1.0, Duration::ZERO);
    let policy = Policy { backoff: at_once, ..FAIL_FAST };
    let mut old = Driven::start(policy, [effect().retries(1)]);
    old.fail(0, ERROR);
    let same = Driven::new(policy, [effect().retries(1)]);
    let moved = old.moved_to(&same, &map([0])).expect("nothing stands against it");
    assert_eq!(moved.run.step(StepId(0)), old.run.step(StepId(0)));
    assert_eq!(moved.run.step(StepId(0)).retry_after_ms, Some(0));
}

#[test]
fn the_branch_that_runs_still_rules_the_others_out() {
    let steps = || [effect().conditional(), effect().or_else(0)];
    let mut old = Driven::start(parallel(2), steps());
    old.evaluate(0, true);
    let same = Driven::new(parallel(2), steps());
    let mut moved = old.moved_to(&same, &map([0, 1])).expect("nothing stands against it");
    moved.restarts();
    assert_eq!(moved.dispatched(), [0]);
    assert_eq!(moved.states()[1], StepState::Skipped);
}

#[test]
fn a_fact_of_another_plan_is_believed_only_where_a_run_was_moved() {
    let plan = Arc::clone(Driven::new(FAIL_FAST, [effect(), step(StepKind::Gate)]).run.plan());
    let carried = |step, state, failure| Fact::StepCarried {
        step: StepId(step),
        state,
        attempt: 1,
        crashes: 0,
        revision: 1,
        dispatch: 1,
        failure,
        unknown: None,
        retry_after_ms: 0,
    };
    let completed = carried(0, StepState::Completed, None);
    let wrong = [
        vec![completed],
        vec![Fact::RunStarted, completed],
        vec![MOVED, Fact::RunPaused, completed],
        vec![MOVED, completed, completed],
        vec![MOVED, carried(0, StepState::Waiting, None)],
        vec![MOVED, carried(0, StepState::Scheduled, None)],
        vec![MOVED, carried(0, StepState::Failed, None)],
        vec![MOVED, carried(1, StepState::RetryDue, None)],
        vec![MOVED, Fact::RunStarted],
    ];
    for facts in wrong {
        assert!(Run::replay(Arc::clone(&plan), &facts).is_err(), "{facts:?}");
    }
    // What was before is about another plan.
    let foreign = Fact::StepCompleted { step: StepId(9), attempt: 9 };
    let read = Run::replay(plan, &[Fact::RunStarted, foreign, MOVED, completed]).expect("it is passed over");
    assert_eq!(read.step(StepId(0)).state, StepState::Completed);
}

#[test]
fn a_shape_says_all_of_a_plan_but_its_numbers() {
    let new = |retries| {
        let steps = [
            step(StepKind::Entry),
            compensable().needs([0]).retries(retries),
            effect().likes([1]).conditional().but(|spec| spec.each = NonZeroU32::new(3)),
            effect().or_else(2).after([1]).on_failure(OnFailure::Continue),
        ];
        let policy = Policy { timeout: Duration::from_secs(retries.into()), ..parallel(4) };
        Arc::clone(Driven::new(policy, steps).run.plan())
    };
    let (old, today) = (new(1), new(7));
    let text = serde_json::to_string(&Shape::of(&old)).expect("a shape serialises");
    assert!(!text.contains("retries"), "{text}");
    let shape: Shape = serde_json::from_str(&text).expect("a shape deserialises");
    let plan = shape.plan(today.policy(), &today).expect("it was made of a plan");
    assert_eq!(plan, *today, "its numbers are those of today");
}

#[test]
fn facts_of_moves_keep_their_serialised_form() {
    let forms = [
        (MOVED, r#"{"fact":"run_migrated","to":"00000000-0000-0000-0000-000000000000","version":[2,0,0]}"#),
        (
            Fact::StepCarried {
                step: StepId(3),
                state: StepState::RetryWaiting,
                attempt: 2,
                crashes: 1,
                revision: 7,
                dispatch: 5,
                failure: Some(ERROR),
                unknown: None,
                retry_after_ms: 50,
            },
            r#"{"fact":"step_carried","step":3,"state":"retry_waiting","attempt":2,"crashes":1,"revision":7,"dispatch":5,"failure":{"class":"retryable","cause":"error"},"retry_after_ms":50}"#,
        ),
        (
            Fact::SkipCarried { step: StepId(3), because: SkipReason::ConditionFalse, revision: 2 },
            r#"{"fact":"skip_carried","step":3,"because":"condition_false","revision":2}"#,
        ),
    ];
    for (fact, form) in forms {
        assert_eq!(serde_json::to_string(&fact).expect("facts serialise"), form);
        assert_eq!(serde_json::from_str::<Fact>(form).expect("facts deserialise"), fact);
    }
    assert_eq!(size_of::<Fact>(), 32, "they are kept by the thousand");
}
