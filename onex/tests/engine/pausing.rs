//! Runs that are held and let go: semantics 20 and 21.

use std::sync::Arc;
use std::time::Duration;

use crate::support::*;
use onex::Runtime;
use onex::engine::{ControlError, LostCause, RunCause};
use onex::journal::Journal;
use onex::run::{CompensationState, RunState, StepState};
use tokio::time::{Instant, sleep};

workflow!(chain { mode: Mode::Parallel, } [
    a Effect []; b Effect [] { retry_count: Some(1) }; c Effect [0]; d Compute [0, 1]
]);

/// An effect that takes so long and then succeeds.
fn takes(world: &World, step: &'static str, after: Duration) {
    world.scripts.on(step, move |_| async move {
        sleep(after).await;
        Ok(1)
    });
}

#[tokio::test(start_paused = true)]
async fn r21_a_paused_run_dispatches_nothing_and_takes_what_arrives() {
    let (world, runtime) = on::<chain::Node>();
    takes(&world, "a", ms(50));
    takes(&world, "c", ms(50));
    let handle = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    let id = handle.id();
    sleep(ms(10)).await;
    runtime.pause(id, "the card processor is down").await.unwrap();
    runtime.pause(id, "a second reason").await.unwrap();
    sleep(ms(1000)).await;

    let status = runtime.status(id).await.unwrap().unwrap();
    assert_eq!(
        (status.state, status.paused.as_deref()),
        (RunState::Paused, Some("the card processor is down"))
    );
    use StepState::{Completed, Waiting};
    assert_eq!(states(&status), [Completed, Completed, Waiting, Waiting]);
    assert_eq!(runtime.live_runs(), [id]);

    runtime.resume(id).await.unwrap();
    runtime.resume(id).await.unwrap();
    let report = handle.await.unwrap();
    assert_eq!((report.state, report.paused), (RunState::Completed, None));
    assert_eq!(world.scripts.order(), ["a", "b", "c", "d"]);
    assert_eq!(runtime.pause(id, "too late").await, Err(ControlError::NotLive { run: id }));
    assert_eq!(runtime.resume(id).await, Err(ControlError::NotLive { run: id }));
}

#[tokio::test(start_paused = true)]
async fn r21_whoever_pauses_is_answered_when_it_is_committed() {
    let (world, journal) = (World::default(), Recording::new());
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<chain::Node>();
    let runtime = builder.build_on(Arc::clone(&journal), "one").await.unwrap();
    takes(&world, "a", ms(10_000));
    let handle = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    sleep(ms(10)).await;
    journal.slow(ms(70));
    let began = Instant::now();
    runtime.pause(handle.id(), "to look at it").await.unwrap();
    assert_eq!(began.elapsed(), ms(70));
    let facts = journal.run(handle.id()).await.unwrap().unwrap().facts;
    assert_eq!(facts.last(), Some(&onex::run::Fact::RunPaused));

    let _fences = journal.acquire("two").await.unwrap();
    let refused = runtime.resume(handle.id()).await.unwrap_err();
    assert_eq!(refused, ControlError::NotLive { run: handle.id() }, "the journal is another's now");
}

#[tokio::test(start_paused = true)]
async fn r20_a_backoff_goes_on_with_its_remainder() {
    let (world, runtime) = on::<chain::Node>();
    world.scripts.on("b", |ctx| async move { if ctx.attempt == 1 { Err(fail("busy")) } else { Ok(1) } });
    let handle = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    sleep(ms(20)).await;
    let set = runtime.journal_timers().await;
    assert_eq!(set.len(), 1);
    runtime.pause(handle.id(), "maintenance").await.unwrap();
    assert!(runtime.journal_timers().await.is_empty(), "it waits for nothing");
    sleep(ms(1000)).await;
    assert_eq!(world.scripts.calls_of("b").len(), 1);
    runtime.resume(handle.id()).await.unwrap();
    let again = runtime.journal_timers().await;
    assert_eq!((again.len(), again[0].key, again[0].attempt), (1, set[0].key, 1));
    handle.await.unwrap();
    let calls = world.scripts.calls_of("b");
    let waited = calls[1].began - calls[0].began;
    assert!(waited >= ms(1050) && waited <= ms(1101), "50 to 100 ms of it were the delay: {waited:?}");
}

#[tokio::test(start_paused = true)]
async fn r21_a_delay_that_begins_while_paused_begins_to_pass_when_it_is_over() {
    let (world, runtime) = on::<chain::Node>();
    world.scripts.on("b", |ctx| async move {
        sleep(ms(100)).await;
        if ctx.attempt == 1 { Err(fail("busy")) } else { Ok(1) }
    });
    let handle = runtime.start::<chain::Node>(0_u64, None).await.unwrap();
    sleep(ms(10)).await;
    runtime.pause(handle.id(), "maintenance").await.unwrap();
    sleep(ms(1000)).await;
    assert_eq!(states(&runtime.status(handle.id()).await.unwrap().unwrap())[1], StepState::RetryWaiting);
    assert!(runtime.journal_timers().await.is_empty());
    let resumed = Instant::now();
    runtime.resume(handle.id()).await.unwrap();
    handle.await.unwrap();
    let waited = world.scripts.calls_of("b")[1].began - resumed;
    assert!(waited >= ms(50) && waited <= ms(101), "{waited:?}");
}

workflow!(short { timeout_ms: 200, mode: Mode::Parallel, } [a Effect [] { timeout_ms: 120 }; b Effect []]);

#[tokio::test(start_paused = true)]
async fn r20_a_run_times_out_by_active_time_and_a_step_by_the_clock() {
    let (world, runtime) = on::<short::Node>();
    world.scripts.on("a", |_| std::future::pending());
    world.scripts.on("b", |_| std::future::pending());
    let began = Instant::now();
    let handle = runtime.start::<short::Node>(0_u64, None).await.unwrap();
    sleep(ms(50)).await;
    runtime.pause(handle.id(), "over lunch").await.unwrap();
    sleep(ms(1000)).await;
    let status = runtime.status(handle.id()).await.unwrap().unwrap();
    assert_eq!(states(&status), [StepState::Indeterminate, StepState::Scheduled]);
    runtime.resume(handle.id()).await.unwrap();
    let report = handle.await.unwrap();
    assert_eq!(began.elapsed(), ms(1050) + quick().grace, "`a` has stopped the run at the moment it went on");
    assert!(matches!(report.cause, Some(RunCause::StepFailed { step: "a", .. })), "{:?}", report.cause);
}

workflow!(budget { timeout_ms: 200, } [a Effect []]);

#[tokio::test(start_paused = true)]
async fn r20_the_budget_of_a_run_goes_on_with_its_remainder() {
    let (world, runtime) = on::<budget::Node>();
    world.scripts.on("a", |_| std::future::pending());
    let began = Instant::now();
    let handle = runtime.start::<budget::Node>(0_u64, None).await.unwrap();
    for _ in 0..3 {
        sleep(ms(50)).await;
        runtime.pause(handle.id(), "over lunch").await.unwrap();
        sleep(ms(1000)).await;
        runtime.resume(handle.id()).await.unwrap();
    }
    let report = handle.await.unwrap();
    assert_eq!(report.state, RunState::TimedOut);
    assert_eq!(began.elapsed(), ms(3200) + quick().grace);
}

workflow!(saga { strategy: Strategy::Compensate, mode: Mode::Parallel, } [
    a Effect [] undo undo_a; b Effect []; c Effect [1]
]);

#[tokio::test(start_paused = true)]
async fn r21_what_fails_while_paused_is_undone_when_the_run_goes_on() {
    let (world, runtime) = on::<saga::Node>();
    world.scripts.on("b", |_| async {
        sleep(ms(50)).await;
        Err(permanent("no"))
    });
    let handle = runtime.start::<saga::Node>(0_u64, None).await.unwrap();
    sleep(ms(10)).await;
    runtime.pause(handle.id(), "to look at it").await.unwrap();
    sleep(ms(1000)).await;
    let status = runtime.status(handle.id()).await.unwrap().unwrap();
    assert_eq!((status.state, &status.cause), (RunState::Paused, &None));
    assert_eq!(states(&status)[1], StepState::Failed);
    assert!(world.scripts.calls_of("undo_a").is_empty());
    runtime.resume(handle.id()).await.unwrap();
    let report = handle.await.unwrap();
    assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::Done));
}

#[tokio::test(start_paused = true)]
async fn r21_a_paused_run_is_cancelled_with_its_grace_period() {
    let (world, runtime) = on::<saga::Node>();
    world.scripts.on("b", |_| std::future::pending());
    let handle = runtime.start::<saga::Node>(0_u64, None).await.unwrap();
    sleep(ms(10)).await;
    runtime.pause(handle.id(), "to look at it").await.unwrap();
    sleep(ms(1000)).await;
    let began = Instant::now();
    assert!(runtime.cancel(handle.id(), "nobody needs it"));
    sleep(ms(1)).await;
    let refused = runtime.pause(handle.id(), "too late").await.unwrap_err();
    assert_eq!(refused, ControlError::Stopping { run: handle.id(), state: RunState::Stopping });
    let report = handle.await.unwrap();
    assert_eq!(began.elapsed(), quick().grace);
    assert_eq!((report.state, report.compensation), (RunState::Cancelled, CompensationState::Done));
    assert_eq!(report.cause, Some(RunCause::Cancelled { reason: "nobody needs it".into() }));
    assert_eq!(report.paused, None);
}

#[tokio::test(start_paused = true)]
async fn r21_a_shutdown_leaves_what_is_paused_as_it_is() {
    let (world, runtime) = on::<saga::Node>();
    takes(&world, "b", ms(20));
    let handle = runtime.start::<saga::Node>(0_u64, None).await.unwrap();
    runtime.pause(handle.id(), "to look at it").await.unwrap();
    let shutdown = runtime.shutdown(ms(100)).await;
    assert_eq!((shutdown.settled, shutdown.left, shutdown.cancelled, shutdown.abandoned), (false, 1, 0, 0));
    let run = handle.id();
    assert!(
        matches!(handle.await.unwrap_err().cause, LostCause::Dropped),
        "it is not finished, and not cancelled"
    );
    let report = runtime.status(run).await.unwrap().unwrap();
    assert_eq!((report.state, report.paused.as_deref()), (RunState::Paused, Some("to look at it")));
}
