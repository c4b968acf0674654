//! The facts of a run are its snapshot: put into an empty journal, they are the run.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::support::*;
use onex::Runtime;
use onex::journal::{Append, Commit, Journal};
use onex::message::RunId;
use onex::run::{RunState, StepState};

workflow!(chain { strategy: Strategy::Retry, max_retries: 1, } [
    a Effect []; b Compute [0]; c Effect [1]; d Effect [2]
]);

async fn on(world: &World, journal: &Arc<Recording>) -> Runtime<World, Arc<Recording>> {
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<chain::Node>();
    builder.build_on(Arc::clone(journal), "tests").await.unwrap()
}

/// Steps of which one fails at first, so that it waits for its second attempt.
fn world() -> World {
    let world = World::default();
    world.scripts.on("c", |ctx| async move { if ctx.attempt == 1 { Err(fail("busy")) } else { Ok(2) } });
    world
}

/// All that a journal knows of one run, in an empty one.
async fn restored(from: &Recording, run: RunId) -> Arc<Recording> {
    let record = from.run(run).await.unwrap().unwrap();
    let mut timers = from.timers().await.unwrap();
    timers.retain(|timer| timer.key.run == run);
    let to = Recording::new();
    let lease = to.acquire("whoever restores").await.unwrap();
    let append = Append {
        run,
        expected_seq: 0,
        facts: &record.facts,
        details: &record.details,
        active_ms: record.active_ms,
        ended_unix_ms: record.ended_unix_ms,
    };
    let commit =
        Commit { start: Some(&record.start), append: Some(append), timers: &timers, ..Commit::default() };
    to.commit(&lease, commit).await.unwrap();
    to
}

#[tokio::test(start_paused = true)]
async fn a_run_goes_on_from_its_record_in_an_empty_journal() {
    let (mut commits, mut waited) = (1, 0);
    loop {
        let (first, journal) = (world(), Recording::new());
        let runtime = on(&first, &journal).await;
        journal.die_after(commits);
        let handle = runtime.start::<chain::Node>(0_u64, Some("k".into())).await.unwrap();
        let run = handle.id();
        let ended = handle.await.is_ok();
        runtime.shutdown(Duration::ZERO).await;
        if ended {
            break;
        }
        let done = journal.run(run).await.unwrap().unwrap();
        let done: Vec<usize> = done.facts.iter().filter_map(|fact| Some(fact.completes()?.index())).collect();
        waited += journal.timers().await.unwrap().len();

        let (second, elsewhere) = (world(), restored(&journal, run).await);
        let next = on(&second, &elsewhere).await;
        next.settled().await;
        let report = next.status(run).await.unwrap().unwrap();
        assert_eq!(report.state, RunState::Completed, "after {commits} commits: {:?}", report.cause);
        assert_eq!(states(&report), [StepState::Completed; 4]);
        assert_eq!((&*report.key.to_string(), report.step("c").unwrap().attempts), ("k", 2));
        let names = ["a", "b", "c", "d"];
        for step in done {
            assert!(second.scripts.calls_of(names[step]).is_empty(), "{} is done again", names[step]);
        }
        let mut keys = HashMap::new();
        for call in first.scripts.calls().into_iter().chain(second.scripts.calls()) {
            assert_eq!(*keys.entry(call.step).or_insert(call.key), call.key, "the key of {}", call.step);
        }
        assert_eq!(keys.len(), 4);
        let again = next.run::<chain::Node>(0_u64, Some("k".into())).await;
        assert!(again.is_err(), "its key is taken");
        commits += 1;
    }
    assert!(commits > 4 && waited > 0, "{commits} commits, {waited} timers");
}
