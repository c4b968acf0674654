//! Runs that are watched: each step that is committed is seen, nobody who is slow holds anything up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::*;
use onex::Runtime;
use onex::engine::{ControlError, RunProgress};
use onex::run::{CompensationState, RunState, StepState};
use tokio::time::{Instant, sleep};

workflow!(chain {} [a Effect []; b Compute [0]; c Effect [1]]);
workflow!(saga { strategy: Strategy::Compensate, } [a Effect [] undo take_back; b Effect [0]]);

fn steps(progress: &RunProgress) -> Vec<StepState> {
    progress.steps.iter().map(|step| step.state).collect()
}

fn takes(world: &World, step: &'static str, took: u64) {
    world.scripts.on(step, move |_| async move {
        sleep(ms(took)).await;
        Ok(1)
    });
}

#[tokio::test(start_paused = true)]
async fn who_watches_sees_each_state_that_is_committed_and_then_the_end() {
    use StepState::{Completed, Scheduled, Waiting};
    let (world, runtime) = on::<chain::Node>();
    takes(&world, "a", 10);
    takes(&world, "c", 10);
    let handle = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    let mut watch = runtime.watch(handle.id()).await.unwrap();
    let mut seen: Vec<RunProgress> = Vec::new();
    while let Some(progress) = watch.next().await {
        seen.push(progress);
    }
    assert!(seen.windows(2).all(|pair| pair[0].seq < pair[1].seq), "{seen:#?}");
    assert_eq!(steps(&seen[0]), [Scheduled, Waiting, Waiting]);
    assert!(seen.iter().any(|at| steps(at) == [Completed, Completed, Scheduled]), "{seen:#?}");
    let last = seen.last().unwrap();
    assert_eq!(
        (last.run, last.node, last.workflow, last.state),
        (handle.id(), "node_chain", "chain", RunState::Completed)
    );
    assert_eq!((steps(last), last.ended(), last.at_work().count()), (vec![Completed; 3], 3, 0));
    assert_eq!(watch.next().await, None, "it stays at its end");
    assert_eq!(runtime.watch(handle.id()).await.unwrap_err(), ControlError::NotLive { run: handle.id() });
    handle.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_is_slow_sees_the_latest_and_holds_up_nobody() {
    let (world, runtime) = on::<chain::Node>();
    takes(&world, "a", 10);
    takes(&world, "c", 10);
    let began = Instant::now();
    let handle = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    let mut watch = runtime.watch(handle.id()).await.unwrap();
    let report = handle.await.unwrap();
    assert_eq!((report.state, began.elapsed()), (RunState::Completed, ms(20)));
    let progress = watch.next().await.unwrap();
    assert_eq!((progress.state, progress.ended()), (RunState::Completed, 3));
    assert_eq!(watch.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn what_is_shown_is_in_the_journal() {
    let (world, journal) = (World::default(), Recording::new());
    takes(&world, "a", 10);
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<chain::Node>();
    let runtime = builder.build_on(Arc::clone(&journal), "tests").await.unwrap();
    let handle = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    let mut watch = runtime.watch(handle.id()).await.unwrap();
    journal.slow(ms(50));
    let mut seen = 0;
    while let Some(progress) = watch.next().await {
        let committed = journal.facts_of(handle.id()).len() as u64;
        assert!(progress.seq <= committed, "{} of {committed}", progress.seq);
        seen += 1;
    }
    assert!(seen > 2, "{seen}");
}

#[tokio::test(start_paused = true)]
async fn pauses_and_compensations_are_shown() {
    let (world, runtime) = on::<saga::Node>();
    let fails = Arc::new(AtomicBool::new(false));
    let failing = Arc::clone(&fails);
    world.scripts.on("b", move |_| {
        let failing = Arc::clone(&failing);
        async move {
            sleep(ms(10)).await;
            if failing.load(Ordering::Relaxed) { Err(permanent("no")) } else { Ok(1) }
        }
    });
    fails.store(true, Ordering::Relaxed);
    takes(&world, "take_back", 10);
    let handle = runtime.start::<saga::Node>(0_u64, None).await.unwrap();
    let mut watch = runtime.watch(handle.id()).await.unwrap();
    watch.next().await.unwrap();
    runtime.pause(handle.id(), "to look at it").await.unwrap();
    assert_eq!(watch.next().await.unwrap().state, RunState::Paused);
    runtime.resume(handle.id()).await.unwrap();
    let mut seen = Vec::new();
    while let Some(progress) = watch.next().await {
        seen.push((progress.state, progress.steps[0].compensation));
    }
    assert!(seen.contains(&(RunState::Compensating, CompensationState::Pending)), "{seen:?}");
    assert_eq!(seen.last(), Some(&(RunState::Failed, CompensationState::Done)));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_lost_ends_the_watching() {
    let (world, journal) = (World::default(), Recording::new());
    takes(&world, "a", 10);
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<chain::Node>();
    let runtime = builder.build_on(Arc::clone(&journal), "tests").await.unwrap();
    let handle = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    let mut watch = runtime.watch(handle.id()).await.unwrap();
    watch.next().await.unwrap();
    journal.die_after(0);
    assert_eq!(watch.next().await, None);
    handle.await.unwrap_err();
}
