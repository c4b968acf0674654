//! What is committed when: the order of facts and effects, and what a lost lease means.

use std::sync::Arc;

use crate::support::*;
use onex::Runtime;
use onex::engine::{LostCause, PublishError, StartError};
use onex::journal::{CommitError, Journal};
use onex::node::mount::Mount;
use onex::run::{Fact, RunState, StepId};
use tokio::time::{Instant, sleep};

type Watched = Runtime<World, Arc<Recording>>;

async fn on<N: Mount<World>>(world: &World, journal: &Arc<Recording>, owner: &str) -> Watched {
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<N>();
    builder.build_on(Arc::clone(journal), owner).await.unwrap()
}

workflow!(chain {} [a Effect []; b Compute [0]; c Effect [1]; d Compute [2]; e Compute [3]]);

#[tokio::test]
async fn r14_an_effect_begins_after_its_schedule_is_committed() {
    let (world, journal) = (World::default(), Recording::new());
    let runtime = on::<chain::Node>(&world, &journal, "one").await;
    for (step, index) in [("a", 0), ("c", 2)] {
        let journal = Arc::clone(&journal);
        world.scripts.on(step, move |ctx| {
            let journal = Arc::clone(&journal);
            async move {
                let run = ctx.step.expect("it is a step").run;
                let record = journal.memory.run(run).await.unwrap().expect("the run is committed");
                let scheduled = Fact::StepScheduled { step: StepId(index), attempt: 1 };
                assert!(record.facts.contains(&scheduled), "dispatched ahead of the journal");
                Ok(1)
            }
        });
    }
    let report = runtime.run::<chain::Node>(0_u64, None).await.unwrap();
    assert_eq!(report.state, RunState::Completed, "{:?}", report.cause);
}

#[tokio::test]
async fn r15_compute_runs_ahead_of_the_journal_and_effects_do_not() {
    let (world, journal) = (World::default(), Recording::new());
    let runtime = on::<chain::Node>(&world, &journal, "one").await;
    let report = runtime.run::<chain::Node>(0_u64, None).await.unwrap();
    let scheduled = |step| Fact::StepScheduled { step: StepId(step), attempt: 1 };
    let completed = |step| Fact::StepCompleted { step: StepId(step), attempt: 1 };
    assert_eq!(
        journal.commits(),
        [
            vec![Fact::RunStarted, scheduled(0)],
            vec![completed(0), scheduled(1), completed(1), scheduled(2)],
            vec![
                completed(2),
                scheduled(3),
                completed(3),
                scheduled(4),
                completed(4),
                Fact::RunEnded { state: RunState::Completed },
            ],
        ]
    );
    let record = journal.run(report.run).await.unwrap().unwrap();
    assert_eq!(record.facts, journal.commits().concat(), "the run is the fold of its commits");
    assert_eq!(record.details.len(), 5);
    assert!(record.ended_unix_ms.is_some());
}

workflow!(pair { mode: Mode::Parallel, } [a Effect []; b Effect []; c Effect [0]]);

#[tokio::test(start_paused = true)]
async fn attempts_go_on_while_a_commit_is_written() {
    let (world, journal) = (World::default(), Recording::new());
    let runtime = on::<pair::Node>(&world, &journal, "one").await;
    journal.slow(ms(30));
    world.scripts.on("b", |_| async {
        // Polled again while the journal writes what follows from `a`.
        for _ in 0..4 {
            sleep(ms(5)).await;
        }
        Ok(1)
    });
    let began = Instant::now();
    let report = runtime.run::<pair::Node>(0_u64, None).await.unwrap();
    assert_eq!(report.state, RunState::Completed);
    let b = &world.scripts.calls_of("b")[0];
    assert_eq!(b.ended.unwrap() - b.began, ms(20));
    assert_eq!(began.elapsed(), ms(90), "the start, the dispatch of `c`, and the end");
}

#[tokio::test(start_paused = true)]
async fn an_outcome_is_committed_before_the_run_waits() {
    let (world, journal) = (World::default(), Recording::new());
    let runtime = on::<pair::Node>(&world, &journal, "one").await;
    world.scripts.on("c", |_| async {
        sleep(ms(100)).await;
        Ok(1)
    });
    world.scripts.on("b", |_| async {
        sleep(ms(10)).await;
        Ok(1)
    });
    let handle = runtime.start::<pair::Node>(0_u64, None).await.unwrap();
    sleep(ms(50)).await;
    let record = journal.run(handle.id()).await.unwrap().unwrap();
    assert!(record.facts.contains(&Fact::StepCompleted { step: StepId(1), attempt: 1 }));
    handle.await.unwrap();
}

workflow!(gated {} [wait Effect []; act Effect [0]]);

#[tokio::test(start_paused = true)]
async fn r05_an_engine_that_lost_its_lease_commits_nothing_more() {
    let (world, journal) = (World::default(), Recording::new());
    let first = on::<gated::Node>(&world, &journal, "first").await;
    world.scripts.on("wait", |_| async {
        sleep(ms(100)).await;
        Ok(1)
    });
    let handle = first.start::<gated::Node>(0_u64, None).await.unwrap();
    let id = handle.id();
    sleep(ms(50)).await;
    // What it cannot run, it does not take over.
    let second = on::<pair::Node>(&World::default(), &journal, "second").await;
    assert_eq!((first.lease().epoch, second.lease().epoch), (1, 2));
    let before = journal.run(id).await.unwrap().unwrap().facts;
    let lost = handle.await.unwrap_err();
    let LostCause::Journal(CommitError::Fenced { held_by, epoch, your_epoch }) = &lost.cause else {
        panic!("{lost}")
    };
    assert_eq!((&**held_by, *epoch, *your_epoch), ("second", 2, 1));
    assert_eq!(journal.run(id).await.unwrap().unwrap().facts, before);
    assert_eq!(world.scripts.order(), ["wait"], "what could not be committed is not dispatched");
    assert_eq!(first.counters().refused_commits, 1);
    first.settled().await;
    let refused = first.run::<gated::Node>(0_u64, None).await.unwrap_err();
    assert!(matches!(refused, StartError::Journal(CommitError::Fenced { .. })), "{refused}");
    assert_eq!(second.run::<pair::Node>(0_u64, None).await.unwrap().state, RunState::Completed);
}

#[tokio::test]
async fn r07_what_an_engine_without_a_lease_handled_stays_in_the_outbox() {
    let (world, journal) = (World::default(), Recording::new());
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<OrderDesk>().mount::<Books>();
    let first = builder.build_on(Arc::clone(&journal), "first").await.unwrap();
    journal.slow(ms(20));
    let id = first.publish(order("o-1")).await.unwrap();
    // Accepted and in the outbox; its handler's answer is being committed when the lease is lost.
    tokio::task::yield_now().await;
    let _second = on::<gated::Node>(&World::default(), &journal, "second").await;
    first.settled().await;
    let outbox = journal.outbox().await.unwrap();
    assert_eq!(outbox.iter().map(|envelope| envelope.envelope_id).collect::<Vec<_>>(), [id]);
    assert!(world.desk.done().is_empty(), "nothing that follows from it was sent");
    let refused = first.publish(order("o-2")).await.unwrap_err();
    assert!(matches!(refused, PublishError::Journal(CommitError::Fenced { .. })), "{refused}");
}

#[tokio::test]
async fn r07_what_cannot_be_written_as_a_dead_letter_is_not_acknowledged() {
    let (world, journal) = (World::default(), Recording::new());
    let on_desk = |owner: &'static str| {
        let builder = Runtime::builder(world.clone()).settings(quick()).mount::<OrderDesk>().mount::<Books>();
        builder.build_on(Arc::clone(&journal), owner)
    };
    let first = on_desk("first").await.unwrap();
    // That the message is accepted is written, and then nothing more.
    journal.die_after(1);
    first.deliver(json(PLACED, 7, "{}")).await.unwrap();
    first.settled().await;
    assert!(journal.dead_letters().await.unwrap().is_empty());
    assert_eq!(first.counters().dead_letters, 0, "nobody is told of what is not written");
    let outbox = journal.outbox().await.unwrap();
    assert_eq!(outbox.iter().map(|envelope| envelope.envelope_id.as_u128()).collect::<Vec<_>>(), [7]);

    journal.revive();
    let second = on_desk("second").await.unwrap();
    second.settled().await;
    let letters = journal.dead_letters().await.unwrap();
    assert_eq!(letters.iter().map(|letter| letter.envelope.envelope_id.as_u128()).collect::<Vec<_>>(), [7]);
    assert!(journal.outbox().await.unwrap().is_empty());
}
