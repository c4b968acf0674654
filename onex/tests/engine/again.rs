//! What a person wants done again: runs from one of their steps, under their own keys or as runs of their own, and dead
//! letters.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::support::*;
use onex::engine::{AgainError, RedriveError};
use onex::journal::Journal;
use onex::message::RunId;
use onex::node::Workflow;
use onex::node::mount::Mount;
use onex::run::{Fact, RunState, StepId, StepState};
use onex::{RunReport, Runtime};
use uuid::Uuid;

type Watched = Runtime<World, Arc<Recording>>;

async fn on_journal<N: Mount<World>>(world: &World, journal: &Arc<Recording>) -> Watched {
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<N>();
    builder.build_on(Arc::clone(journal), "tests").await.unwrap()
}

async fn ended<N: Mount<World> + Workflow<Input = u64>>(runtime: &Watched) -> RunReport {
    runtime.run::<N>(7, Some("k".into())).await.unwrap()
}

workflow!(chain {} [a Effect []; b Effect [0]; c Compute [1]]);

#[tokio::test(start_paused = true)]
async fn r09_a_retry_by_a_person_keeps_the_keys_and_what_was_done_before() {
    let (world, journal) = (World::default(), Recording::new());
    world.scripts.on("b", |_| async { Err(permanent("the card is refused")) });
    let runtime = on_journal::<chain::Node>(&world, &journal).await;
    let failed = ended::<chain::Node>(&runtime).await;
    assert_eq!(failed.state, RunState::Failed);

    world.scripts.on("b", |_| async { Ok(5) });
    let report = runtime.retry_from(failed.run, "b").await.unwrap().await.unwrap();
    assert_eq!((report.run, report.state), (failed.run, RunState::Completed));
    assert_eq!(world.scripts.order(), ["a", "b", "b", "c"]);
    let [first, second] = &world.scripts.calls_of("b")[..] else { panic!("twice") };
    assert_eq!((first.key, second.attempt), (second.key, 1));
    let read = runtime.status(failed.run).await.unwrap().unwrap();
    assert_eq!(states(&read), [StepState::Completed; 3]);
    let record = journal.run(failed.run).await.unwrap().unwrap();
    assert!(record.ended_unix_ms.is_some());
    assert_eq!(record.facts.iter().filter(|fact| matches!(fact, Fact::RunEnded { .. })).count(), 2);
    assert!(journal.unfinished().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_retry_goes_on_in_the_next_process_and_its_step_counts_its_latest_output() {
    let (first, second, journal) = (World::default(), World::default(), Recording::new());
    first.scripts.on("b", |_| async { Ok(1) });
    first.scripts.on_sync("c", |_| Err(permanent("no")));
    let runtime = on_journal::<chain::Node>(&first, &journal).await;
    let failed = ended::<chain::Node>(&runtime).await;
    first.scripts.on("b", |_| std::future::pending());
    drop(runtime.retry_from(failed.run, "b").await.unwrap());
    breathe().await;
    assert_eq!(journal.unfinished().await.unwrap().len(), 1, "it is open again");

    second.scripts.on("b", |_| async { Ok(2) });
    let next = on_journal::<chain::Node>(&second, &journal).await;
    next.settled().await;
    let report = next.status(failed.run).await.unwrap().unwrap();
    assert_eq!((report.state, report.steps[1].crashes), (RunState::Completed, 1));
    assert_eq!(second.scripts.order(), ["b", "c"]);
    assert_eq!(*report.output::<u64>("b").unwrap(), 2);
    assert_eq!(first.scripts.calls_of("b")[0].key, second.scripts.calls_of("b")[0].key);
}

#[tokio::test(start_paused = true)]
async fn r09_a_fork_has_an_id_and_keys_of_its_own_and_the_old_run_stays() {
    let (world, journal) = (World::default(), Recording::new());
    let runtime = on_journal::<chain::Node>(&world, &journal).await;
    let old = ended::<chain::Node>(&runtime).await;
    let before = journal.run(old.run).await.unwrap().unwrap();
    let fork = runtime.fork_from(old.run, "b").await.unwrap().await.unwrap();
    assert_eq!(fork.state, RunState::Completed);
    assert_ne!(fork.run, old.run);
    assert_eq!(world.scripts.order(), ["a", "b", "c", "b", "c"], "what `a` returned is taken over");
    let [first, second] = &world.scripts.calls_of("b")[..] else { panic!("twice") };
    assert_ne!(first.key, second.key);
    let after = journal.run(old.run).await.unwrap().unwrap();
    assert_eq!((&after.facts, after.ended_unix_ms), (&before.facts, before.ended_unix_ms));
    assert_eq!(journal.find(&before.start.identity).await.unwrap(), Some(fork.run), "the latest of its key");
    let record = journal.run(fork.run).await.unwrap().unwrap();
    assert!(record.facts.contains(&Fact::RunReopened { from: StepId(1) }), "it says what it is made of");

    let named = RunId(Uuid::from_u128(5));
    runtime.fork_as(named, old.run, "c").await.unwrap().await.unwrap();
    let again = runtime.fork_as(named, old.run, "c").await.unwrap_err();
    assert!(matches!(again, AgainError::Journal(_)), "{again}");
    assert_eq!(world.scripts.calls_of("c").len(), 3, "asked for twice, it began once");
}

#[tokio::test(start_paused = true)]
async fn each_failure_of_a_run_and_of_its_fork_is_announced_under_an_id_of_its_own() {
    let (world, journal) = (World::default(), Recording::new());
    world.scripts.on("b", |_| async { Err(permanent("the card is refused")) });
    let runtime = on_journal::<chain::Node>(&world, &journal).await;
    let mut announced = runtime.subscribe("onex.dlq.chain.start.v1");
    let failed = ended::<chain::Node>(&runtime).await;
    runtime.retry_from(failed.run, "b").await.unwrap().await.unwrap();
    runtime.fork_from(failed.run, "b").await.unwrap().await.unwrap();
    runtime.settled().await;
    let ids: Vec<Uuid> = (0..3).map(|_| announced.try_recv().unwrap().envelope_id).collect();
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2], "{ids:?}");
}

workflow!(saga { strategy: Strategy::Compensate, } [a Effect [] undo undo_a; b Effect [0]]);

#[tokio::test(start_paused = true)]
async fn what_cannot_be_done_again_is_refused_and_nothing_is_written() {
    let (world, journal) = (World::default(), Recording::new());
    let runtime = on_journal::<chain::Node>(&world, &journal).await;
    let completed = ended::<chain::Node>(&runtime).await;
    let refused = runtime.retry_from(completed.run, "b").await.unwrap_err();
    assert!(matches!(refused, AgainError::Completed { .. }), "{refused}");
    let refused = runtime.fork_from(completed.run, "d").await.unwrap_err();
    assert!(refused.to_string().ends_with("its steps are `a`, `b`, `c`"), "{refused}");
    let unknown = RunId(Uuid::from_u128(1));
    assert!(matches!(runtime.retry_from(unknown, "b").await.unwrap_err(), AgainError::Unknown { .. }));
    world.scripts.on("a", |_| std::future::pending());
    let live = runtime.start::<chain::Node>(1, None).await.unwrap().id();
    assert!(matches!(runtime.retry_from(live, "b").await.unwrap_err(), AgainError::Live { .. }));
    assert!(matches!(runtime.fork_from(live, "b").await.unwrap_err(), AgainError::Live { .. }));
    let facts = journal.run(completed.run).await.unwrap().unwrap().facts;
    assert_eq!(facts.len(), completed_facts(&facts));
    runtime.cancel(live, "enough");
    runtime.settled().await;

    let (world, journal) = (World::default(), Recording::new());
    world.scripts.on("b", |_| async { Err(permanent("no")) });
    let runtime = on_journal::<saga::Node>(&world, &journal).await;
    let undone = ended::<saga::Node>(&runtime).await;
    let refused = runtime.retry_from(undone.run, "b").await.unwrap_err();
    assert!(matches!(refused, AgainError::Undone { .. }), "{refused}");
    assert!(
        matches!(runtime.retry_from(undone.run, "b").await.unwrap_err(), AgainError::Undone { .. }),
        "it is not live"
    );
    world.scripts.on("b", |_| async { Ok(1) });
    let fork = runtime.fork_from(undone.run, "b").await.unwrap().await.unwrap();
    assert_eq!((fork.state, world.scripts.calls_of("a").len()), (RunState::Completed, 2), "`a` was undone");
}

fn completed_facts(facts: &[Fact]) -> usize {
    facts.iter().position(|fact| matches!(fact, Fact::RunEnded { .. })).unwrap() + 1
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_is_delivered_again_to_whoever_could_not_handle_it_and_once() {
    let world = World::default();
    let runtime = both(&world);
    world.desk.failures.store(4, Ordering::Relaxed);
    runtime.publish(order("o-1")).await.unwrap();
    runtime.settled().await;
    let letter = runtime.dead_letter_list().await.unwrap().remove(0);
    let before = world.desk.done();
    let id = runtime.redrive(&letter).await.unwrap();
    assert_eq!(runtime.redrive(&letter).await.unwrap(), id);
    runtime.settled().await;
    let done: Vec<_> = world.desk.done().into_iter().skip(before.len()).collect();
    assert_eq!(done.iter().filter(|done| **done == "booked o-1").count(), 1, "{done:?}");
    assert_ne!(id, letter.envelope.envelope_id);
    assert!(runtime.journal_outbox().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_letter_that_tells_of_a_run_is_not_delivered_again() {
    let run = RunId(Uuid::from_u128(3));
    let world = World::default();
    let runtime = both(&world);
    world.desk.failures.store(4, Ordering::Relaxed);
    runtime.publish(order("o-1")).await.unwrap();
    runtime.settled().await;
    let mut letter = Arc::unwrap_or_clone(runtime.dead_letter_list().await.unwrap().remove(0));
    letter.cause = onex::journal::DeadLetterCause::RunFailed {
        run,
        state: RunState::Failed,
        step: None,
        message: String::new(),
    };
    assert!(matches!(runtime.redrive(&letter).await.unwrap_err(), RedriveError::IsARun { .. }));
}
