//! Workflows that changed under live runs: a run finishes on its own plan, or is held with the reason, or is moved to the new
//! one.

use std::sync::Arc;
use std::time::Duration;

use crate::support::*;
use onex::engine::{HeldCause, MigrateError, MigrateObstacle, Migration, Misfit, RunHandle};
use onex::journal::Journal;
use onex::message::RunId;
use onex::node::Workflow;
use onex::node::mount::Mount;
use onex::run::{Fact, Obstacle, RunState, StepState};
use onex::{RunReport, Runtime};

type Watched = Runtime<World, Arc<Recording>>;

async fn on<N: Mount<World>>(world: &World, journal: &Arc<Recording>) -> Watched {
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<N>();
    builder.build_on(Arc::clone(journal), "tests").await.unwrap()
}

/// The next process, once it has done what it can.
async fn then<N: Mount<World>>(world: &World, journal: &Arc<Recording>) -> Watched {
    let runtime = on::<N>(world, journal).await;
    runtime.settled().await;
    runtime
}

/// A run whose process ends while `step` is in flight.
async fn dies_in<N>(journal: &Arc<Recording>, step: &'static str) -> RunId
where
    N: Workflow<Input = u64> + Mount<World>,
{
    let world = World::default();
    world.scripts.on(step, |_| std::future::pending());
    let runtime = on::<N>(&world, journal).await;
    let handle: RunHandle = runtime.start::<N>(7_u64, Some("k".into())).await.unwrap();
    breathe().await;
    let run = handle.id();
    drop(handle);
    assert_eq!(world.scripts.order().last(), Some(&step));
    run
}

async fn report(runtime: &Watched, run: RunId) -> RunReport {
    runtime.status(run).await.unwrap().unwrap()
}

fn state_of(report: &RunReport, id: &str) -> Option<StepState> {
    report.steps.iter().find(|step| step.id == id).map(|step| step.state)
}

fn reasons(refused: MigrateError) -> Vec<MigrateObstacle> {
    match refused {
        MigrateError::Refused { reasons, .. } => reasons,
        other => panic!("{other}"),
    }
}

mod one {
    workflow!(chain { version: (1, 0, 0), } [a Effect []; b Effect [0]; c Effect [1]; d Compute [2]]);
}

/// A step in front, one in the middle, one at the end; the old ones have other numbers.
mod two {
    workflow!(chain { version: (2, 1, 0), mode: Mode::Parallel, } [
        x Effect []; d Compute [3]; a Effect [0]; c Effect [4]; y Effect [5]; b Effect [2]; z Compute [1]
    ]);
}

#[tokio::test(start_paused = true)]
async fn r23_a_run_finishes_on_its_plan_though_its_workflow_has_changed() {
    let (world, journal) = (World::default(), Recording::new());
    let run = dies_in::<one::chain::Node>(&journal, "b").await;
    world.scripts.on("b", |_| async { Ok(22) });
    let runtime = then::<two::chain::Node>(&world, &journal).await;
    assert_eq!(runtime.held_runs(), []);
    assert_eq!(world.scripts.order(), ["b", "c", "d"], "in its own order, and nothing that is new");
    let ended = report(&runtime, run).await;
    assert_eq!((ended.state, ended.version), (RunState::Completed, (1, 0, 0)));
    let ids: Vec<&str> = ended.steps.iter().map(|step| step.id).collect();
    assert_eq!(ids, ["a", "b", "c", "d"], "the steps of its plan");
    assert_eq!(*ended.output::<u64>("b").unwrap(), 22);
    let actions = ended.actions();
    let [_, of_b, of_c, _] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(of_c.dependencies, [of_b.action_id], "what it waited for on its plan");
    let new = runtime.run::<two::chain::Node>(1, None).await.unwrap();
    assert_eq!(new.steps.len(), 7, "new runs are on the new plan");
    assert!(journal.unfinished().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_run_on_an_old_plan_is_retried_and_forked_on_it() {
    let (world, journal) = (World::default(), Recording::new());
    world.scripts.on("c", |_| async { Err(permanent("no")) });
    let runtime = on::<one::chain::Node>(&world, &journal).await;
    let failed = runtime.run::<one::chain::Node>(7, None).await.unwrap();
    let next = World::default();
    let runtime = then::<two::chain::Node>(&next, &journal).await;
    let fork = runtime.fork_from(failed.run, "b").await.unwrap().await.unwrap();
    let retried = runtime.retry_from(failed.run, "c").await.unwrap().await.unwrap();
    assert_eq!((fork.state, retried.state), (RunState::Completed, RunState::Completed));
    assert_eq!(next.scripts.order(), ["b", "c", "d", "c", "d"]);
}

mod other_kinds {
    workflow!(chain {} [a Effect []; b Compute [0]; c Effect [1]]);
}

#[tokio::test(start_paused = true)]
async fn r23_what_cannot_finish_is_held_and_says_why_for_each_step() {
    let journal = Recording::new();
    let run = dies_in::<one::chain::Node>(&journal, "b").await;
    let facts = journal.run(run).await.unwrap().unwrap().facts;
    let changed = then::<other_kinds::chain::Node>(&World::default(), &journal).await;
    let gone = Misfit::Gone { step: "d".into() };
    assert_eq!(
        changed.held_runs()[0].cause,
        HeldCause::Unfit { version: (1, 0, 0), steps: vec![gone] },
        "what is gone is told first: the rest is about a plan that has places for all"
    );
    assert_eq!(journal.run(run).await.unwrap().unwrap().facts, facts, "nothing was written about it");
}

mod renamed {
    workflow!(chain { version: (3, 0, 0), } [
        first Effect []; e Compute [4]; b Effect [0]; new Effect [2]; third Effect [3]
    ]);
}

fn renames() -> Migration {
    Migration::new().rename("a", "first").rename("c", "third").rename("d", "e")
}

#[tokio::test(start_paused = true)]
async fn r23_a_held_run_is_moved_to_the_new_plan_and_goes_on_there() {
    let (world, journal) = (World::default(), Recording::new());
    let run = dies_in::<one::chain::Node>(&journal, "b").await;
    let before = journal.run(run).await.unwrap().unwrap();
    let runtime = then::<renamed::chain::Node>(&world, &journal).await;
    assert_eq!(runtime.held_runs().len(), 1);

    let gone = reasons(runtime.migrate(run, &Migration::new()).await.unwrap_err());
    let gone: Vec<String> = gone.iter().map(ToString::to_string).collect();
    assert_eq!(gone.len(), 3, "{gone:?}");
    assert_eq!(gone[0], "the workflow has no step `a` any more: `a=NEW` renames it, `a=` gives it up");

    let told = runtime.try_migration(run, &renames()).await.unwrap();
    assert_eq!(told.new, ["new"]);
    assert_eq!(told.steps[0], ("a".into(), Some("first".into())));
    assert_eq!(journal.run(run).await.unwrap().unwrap().facts, before.facts, "asked only");

    assert_eq!(runtime.migrate(run, &renames()).await.unwrap(), told);
    runtime.settled().await;
    assert_eq!(runtime.held_runs(), []);
    assert_eq!(world.scripts.order(), ["b", "new", "third", "e"], "`first` has its output");
    let ended = report(&runtime, run).await;
    assert_eq!((ended.state, ended.version), (RunState::Completed, (3, 0, 0)));
    assert_eq!(state_of(&ended, "first"), Some(StepState::Completed));
    assert!(ended.output::<u64>("first").is_ok());

    let record = journal.run(run).await.unwrap().unwrap();
    assert!(record.facts.starts_with(&before.facts), "nothing is rewritten");
    assert!(record.facts.contains(&Fact::RunMigrated { to: told.to.0, version: (3, 0, 0) }));
    let again = runtime.migrate(run, &Migration::new()).await.unwrap_err();
    assert!(matches!(
        &reasons(again)[..],
        [MigrateObstacle::Stands { obstacle: Obstacle::NotGoingOn { .. }, .. }]
    ));
}

#[tokio::test(start_paused = true)]
async fn r23_a_process_may_end_after_any_commit_of_a_move() {
    for commits in 1..6 {
        let (second, third, journal) = (World::default(), World::default(), Recording::new());
        let run = dies_in::<one::chain::Node>(&journal, "b").await;
        let runtime = then::<renamed::chain::Node>(&second, &journal).await;
        journal.die_after(commits);
        runtime.migrate(run, &renames()).await.unwrap();
        runtime.settled().await;
        journal.revive();
        let last = then::<renamed::chain::Node>(&third, &journal).await;
        let ended = report(&last, run).await;
        assert_eq!(ended.state, RunState::Completed, "after {commits} commits");
        let done: Vec<&str> = [second.scripts.order(), third.scripts.order()].concat();
        for step in ["b", "new", "third", "e"] {
            assert!(done.contains(&step), "after {commits} commits: {done:?}");
        }
        assert!(!done.contains(&"first"));
        let keys =
            |world: &World| world.scripts.calls_of("b").iter().map(|call| call.key).collect::<Vec<_>>();
        let keys = [keys(&second), keys(&third)].concat();
        assert!(keys.iter().all(|key| *key == keys[0]), "under the key that it had");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_alive_is_moved_when_nothing_of_it_is_in_flight() {
    let (world, journal) = (World::default(), Recording::new());
    let run = dies_in::<one::chain::Node>(&journal, "b").await;
    world.scripts.on("b", |_| async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        Ok(3)
    });
    let runtime = on::<two::chain::Node>(&world, &journal).await;
    breathe().await;
    let busy = runtime.migrate(run, &Migration::new()).await.unwrap_err();
    assert!(matches!(busy, MigrateError::Busy { .. }), "{busy}");
    runtime.pause(run, "a new version").await.unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    let moved = runtime.migrate(run, &Migration::new()).await.unwrap();
    assert_eq!(moved.new, ["x", "y", "z"]);
    breathe().await;
    let paused = report(&runtime, run).await;
    assert_eq!(paused.state, RunState::Paused);
    assert_eq!(paused.paused.as_deref(), Some("a new version"));
    assert_eq!(*paused.output::<u64>("b").unwrap(), 3);
    runtime.resume(run).await.unwrap();
    runtime.settled().await;
    let ended = report(&runtime, run).await;
    assert_eq!(ended.state, RunState::Completed);
    assert_eq!(ended.steps.len(), 7);
    let same = runtime.run::<two::chain::Node>(1, None).await.unwrap().run;
    let over = runtime.migrate(same, &Migration::new()).await.unwrap_err();
    assert!(over.to_string().contains("it is Completed"), "{over}");
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_run_that_is_moved_is_told_how_it_ends() {
    let (world, journal) = (World::default(), Recording::new());
    world.scripts.on("b", |ctx| async move { if ctx.attempt == 1 { Err(fail("not yet")) } else { Ok(1) } });
    let runtime = on::<retried::one::chain::Node>(&world, &journal).await;
    let handle = runtime.start::<retried::one::chain::Node>(7, None).await.unwrap();
    breathe().await;
    // On its own plan nothing differs, and nothing is written.
    let facts = journal.run(handle.id()).await.unwrap().unwrap().facts;
    let same = runtime.migrate(handle.id(), &Migration::new()).await.unwrap();
    assert_eq!((same.from, same.new.len()), (same.to, 0));
    assert_eq!(journal.run(handle.id()).await.unwrap().unwrap().facts, facts);
    assert_eq!(handle.await.unwrap().state, RunState::Completed);

    let failing = World::default();
    failing.scripts.on("b", |_| async { Err(fail("not yet")) });
    let journal = Recording::new();
    let first = on::<retried::one::chain::Node>(&failing, &journal).await;
    let run = first.start::<retried::one::chain::Node>(7, None).await.unwrap().id();
    breathe().await;
    let timers = journal.timers().await.unwrap();
    let world = World::default();
    let runtime = on::<retried::two::chain::Node>(&world, &journal).await;
    breathe().await;
    let waits = runtime.live_runs();
    assert_eq!(waits, [run], "it waits for its retry, on its own plan");
    runtime.migrate(run, &Migration::new()).await.unwrap();
    let moved = journal.timers().await.unwrap();
    assert_eq!((moved.len(), moved[0].due_unix_ms), (1, timers[0].due_unix_ms));
    assert_ne!(moved[0].key.step, timers[0].key.step, "as the step is numbered now");
    runtime.settled().await;
    assert_eq!(world.scripts.calls_of("b")[0].attempt, 2);
    assert_eq!(report(&runtime, run).await.state, RunState::Completed);
    assert!(journal.timers().await.unwrap().is_empty());
}

mod retried {
    pub(crate) mod one {
        workflow!(chain { strategy: Strategy::Retry, max_retries: 3, } [b Effect []]);
    }
    pub(crate) mod two {
        workflow!(chain { strategy: Strategy::Retry, max_retries: 3, } [x Effect []; b Effect []]);
    }
}

#[tokio::test(start_paused = true)]
async fn all_that_stands_against_a_move_is_told_and_nothing_is_written() {
    let (world, journal) = (World::default(), Recording::new());
    let run = dies_in::<one::chain::Node>(&journal, "b").await;
    let runtime = then::<renamed::chain::Node>(&world, &journal).await;
    let facts = journal.run(run).await.unwrap().unwrap().facts;
    let map = Migration::new().rename("a", "nowhere").give_up("q").give_up("c").give_up("d");
    let refused = reasons(runtime.migrate(run, &map).await.unwrap_err());
    assert_eq!(
        refused,
        [
            MigrateObstacle::NoSuchName { step: "a".into(), to: "nowhere".into() },
            MigrateObstacle::NoSuchStep { step: "q".into() },
        ]
    );
    let map = Migration::new().rename("a", "first").rename("b", "new").give_up("c").give_up("d");
    let refused = runtime.migrate(run, &map).await.unwrap_err().to_string();
    assert!(
        refused.contains("`b` has been tried, and what it did is known outside under a key"),
        "{refused}"
    );
    let map = Migration::new().rename("a", "first").give_up("b").give_up("c").give_up("d");
    let refused = runtime.migrate(run, &map).await.unwrap_err().to_string();
    assert!(refused.contains("`b` is Scheduled: what is given up must have completed"), "{refused}");
    assert_eq!(journal.run(run).await.unwrap().unwrap().facts, facts);
    let unknown = RunId(uuid::Uuid::nil());
    assert!(matches!(runtime.migrate(unknown, &map).await, Err(MigrateError::Unknown { .. })));
    assert!(world.scripts.order().is_empty());
}
