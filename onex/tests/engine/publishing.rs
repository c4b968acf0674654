//! What a run publishes goes out with the commit that records the step, and with no other.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::support::*;
use onex::Runtime;
use onex::journal::{Journal, RunRecord};
use onex::message::{RunId, action_id};
use onex::run::{Fact, RunState, StepId};
use tokio::time::sleep;
use uuid::Uuid;

type Watched = Runtime<World, Arc<Recording>>;

const ANSWERED: &str = "onex.evt.desk.ticket-answered.v1";

workflow!(asked publishes(Answered, "onex.evt.desk.ticket-answered.v1") {} [
    look Effect [];
    weigh Compute [0] { publishes: Some(0) };
    answer Effect [1] { publishes: Some(0) };
    close Effect [2]
]);

const PUBLISHING: [(u32, &str); 2] = [(1, "weigh"), (2, "answer")];

// Each event starts a run: the journal tells how often it was taken.
workflow!(told entry(Answered, "onex.evt.desk.ticket-answered.v1", Reject, None) {} [hear Effect [0]]);

async fn both(world: &World, journal: &Arc<Recording>) -> Watched {
    let builder = Runtime::builder(world.clone()).settings(quick());
    builder.mount::<asked::Node>().mount::<told::Node>().build_on(Arc::clone(journal), "tests").await.unwrap()
}

/// The actions of the steps that publish and are recorded as completed.
fn recorded(record: &RunRecord, run: RunId) -> BTreeSet<Uuid> {
    let is_recorded = |(step, _): &(u32, &str)| {
        record.facts.contains(&Fact::StepCompleted { step: StepId(*step), attempt: 1 })
    };
    PUBLISHING.into_iter().filter(is_recorded).map(|(_, id)| action_id(run, id, false, 0)).collect()
}

#[tokio::test(start_paused = true)]
async fn r07_an_event_is_seen_when_its_step_is_recorded_and_not_before() {
    let (world, journal) = (World::default(), Recording::new());
    let runtime = both(&world, &journal).await;
    let mut events = runtime.subscribe(ANSWERED);
    journal.slow(ms(30));
    let handle = runtime.start::<asked::Node>(0_u64, None).await.unwrap();
    // `look` and `weigh` are over, and are being recorded.
    sleep(ms(29)).await;
    assert_eq!(world.scripts.order(), ["look", "weigh"]);
    assert!(events.try_recv().is_none(), "seen before its step is recorded");
    sleep(ms(2)).await;
    assert!(events.try_recv().is_some());
    sleep(ms(28)).await;
    assert!(world.scripts.order().contains(&"answer"));
    assert!(events.try_recv().is_none(), "seen before its step is recorded");
    sleep(ms(2)).await;
    assert!(events.try_recv().is_some());
    assert_eq!(handle.await.unwrap().state, RunState::Completed);
}

#[tokio::test(start_paused = true)]
async fn r07_what_a_step_publishes_is_sent_only_if_the_step_is_recorded() {
    let mut commits = 1;
    while dies_and_goes_on(commits).await {
        commits += 1;
    }
    assert!(commits > 6, "the runs had {commits} commits to die after");
}

/// False: all is done before the process dies.
async fn dies_and_goes_on(commits: u64) -> bool {
    let journal = Recording::new();
    let [first, second] = [World::default(), World::default()];
    let runtime = both(&first, &journal).await;
    let mut events = runtime.subscribe(ANSWERED);
    journal.die_after(commits);
    let handle = runtime.start::<asked::Node>(0_u64, None).await.unwrap();
    let run = handle.id();
    let ended = handle.await.is_ok();
    runtime.settled().await;
    runtime.shutdown(Duration::ZERO).await;
    let mut seen = Vec::new();
    while let Some(event) = events.try_recv() {
        seen.push(event.causation_id.unwrap());
    }
    let recorded = recorded(&journal.run(run).await.unwrap().unwrap(), run);
    assert_eq!(seen.len(), recorded.len(), "after {commits} commits");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), recorded, "after {commits} commits");

    journal.revive();
    let ended = ended && journal.unfinished().await.unwrap().is_empty();
    let ended = ended && journal.outbox().await.unwrap().is_empty();
    both(&second, &journal).await.settled().await;
    let runs = journal.runs().await.unwrap();
    let taken = runs.iter().filter(|run| *run.identity.workflow == *"told").count();
    assert_eq!(taken, PUBLISHING.len(), "each event is taken once, after {commits} commits");
    assert!(runs.iter().all(|run| run.ended_unix_ms.is_some()), "{runs:?}");
    assert!(journal.outbox().await.unwrap().is_empty());
    !ended
}
