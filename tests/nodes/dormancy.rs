//! Runs that wait leave memory: what they give back, what wakes them, who stays attached, and what a shutdown does to them.

use std::time::Duration;

use onex::Runtime;
use onex::engine::{HealthStatus, LostCause, RunHandle, Settings};
use onex::message::RunId;
use onex::run::{RunState, StepState};
use onex_benches::parked::{Parked, RequestDecided, RequestFiled, Retried};
use tokio::time::{Instant, sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

type Engine = Runtime<()>;

fn open(settings: Settings) -> Engine {
    Runtime::builder(()).mount::<Parked>().mount::<Retried>().settings(settings).build().unwrap()
}

async fn file(runtime: &Engine, id: &str) -> RunHandle {
    runtime.start::<Parked>(RequestFiled { id: id.into() }, None).await.unwrap()
}

async fn decide(runtime: &Engine, id: &str) {
    runtime.publish(RequestDecided { id: id.into() }).await.unwrap();
}

async fn state(runtime: &Engine, run: RunId) -> RunState {
    runtime.status(run).await.unwrap().unwrap().state
}

fn driven_and_asleep(runtime: &Engine) -> (usize, usize) {
    let load = runtime.load();
    (load.runs, load.asleep)
}

#[tokio::test(start_paused = true)]
async fn r02_a_run_that_waits_leaves_memory_and_its_handle_still_tells_its_end() {
    let runtime = open(Settings::default());
    let handle = file(&runtime, "r-1").await;
    sleep(SECOND / 2).await;
    assert_eq!(driven_and_asleep(&runtime), (1, 0), "it may be decided at once");
    sleep(SECOND).await;
    assert_eq!(driven_and_asleep(&runtime), (0, 1));
    assert_eq!((runtime.live_runs(), runtime.load().in_flight), (vec![handle.id()], 1));
    assert!(runtime.load().tasks <= 1, "the one that looks after those who are asleep");
    decide(&runtime, "r-1").await;
    let report = handle.await.unwrap();
    assert_eq!((report.state, report.step("book").unwrap().attempts), (RunState::Completed, 1));
    runtime.settled().await;
    assert_eq!((runtime.load().tasks, runtime.counters().runs_woken), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn r26_a_run_that_waits_takes_no_place_from_others() {
    let runtime = open(Settings { max_concurrent_runs: 1, ..Settings::default() });
    let mut handles = Vec::new();
    for number in 0..5 {
        handles.push(file(&runtime, &format!("r-{number}")).await);
    }
    sleep(SECOND * 2).await;
    assert_eq!(driven_and_asleep(&runtime), (0, 5));
    for (number, handle) in handles.into_iter().enumerate() {
        decide(&runtime, &format!("r-{number}")).await;
        assert_eq!(handle.await.unwrap().state, RunState::Completed);
    }
}

#[tokio::test(start_paused = true)]
async fn r26_what_goes_on_is_before_what_has_not_begun_but_for_the_next() {
    let runtime = open(Settings { max_concurrent_runs: 1, ..Settings::default() });
    let woken = file(&runtime, "r-1").await;
    sleep(SECOND * 2).await;
    // Driven by who asked for it, it stays where it is and keeps the one place.
    let busy = tokio::spawn({
        let runtime = runtime.clone();
        async move { runtime.run::<Parked>(RequestFiled { id: "busy".into() }, None).await.unwrap() }
    });
    sleep(SECOND * 2).await;
    assert_eq!(driven_and_asleep(&runtime), (1, 1));
    for number in 2..5 {
        let (runtime, id) = (runtime.clone(), format!("r-{number}"));
        tokio::spawn(async move { runtime.run::<Parked>(RequestFiled { id }, None).await.unwrap() });
    }
    sleep(SECOND).await;
    decide(&runtime, "r-1").await;
    sleep(SECOND).await;
    decide(&runtime, "busy").await;
    assert_eq!(busy.await.unwrap().state, RunState::Completed);
    sleep(SECOND).await;
    assert_eq!(runtime.counters().runs_started, 3, "the next has begun");
    decide(&runtime, "r-2").await;
    let report = timeout(SECOND, woken).await.expect("the other two that wait to begin are behind it");
    assert_eq!(report.unwrap().state, RunState::Completed);
    sleep(SECOND).await;
    assert_eq!((runtime.counters().runs_started, driven_and_asleep(&runtime)), (4, (1, 0)));
}

#[tokio::test(start_paused = true)]
async fn r12_a_run_that_waits_for_a_retry_wakes_when_it_is_due_and_not_before() {
    let runtime = open(Settings::default());
    let began = Instant::now();
    let handle = runtime.start::<Retried>((), None).await.unwrap();
    sleep(SECOND * 2).await;
    assert_eq!(driven_and_asleep(&runtime), (0, 1));
    let report = handle.await.unwrap();
    assert_eq!((report.state, report.step("charge").unwrap().attempts), (RunState::Failed, 2));
    let waited = began.elapsed().as_secs();
    assert!((30..=60).contains(&waited), "{waited} s are no 60 s, of which half may be random");
    assert_eq!(runtime.counters().attempts, 3);
}

#[tokio::test(start_paused = true)]
async fn r21_a_paused_run_sleeps_until_it_is_resumed_or_cancelled_and_who_watches_sees_it() {
    let runtime = open(Settings { dormant_after: Duration::ZERO, ..Settings::default() });
    let (resumed, cancelled) = (file(&runtime, "r-1").await, file(&runtime, "r-2").await);
    sleep(SECOND).await;
    for run in [resumed.id(), cancelled.id()] {
        runtime.pause(run, "to look at it").await.unwrap();
    }
    let mut watch = runtime.watch(resumed.id()).await.unwrap();
    assert_eq!(watch.next().await.unwrap().state, RunState::Paused);
    sleep(SECOND).await;
    assert_eq!(driven_and_asleep(&runtime), (0, 2));
    let health = runtime.health().await;
    assert_eq!((health.status, health.active_workflows), (HealthStatus::Degraded, 2));
    decide(&runtime, "r-1").await;
    sleep(SECOND).await;
    let progress = watch.next().await.unwrap();
    assert_eq!((progress.state, progress.steps[2].state), (RunState::Paused, StepState::Completed));
    runtime.resume(resumed.id()).await.unwrap();
    assert_eq!(resumed.await.unwrap().state, RunState::Completed);
    assert_eq!(watch.next().await.unwrap().state, RunState::Completed);
    assert!(runtime.cancel(cancelled.id(), "not needed"));
    assert!(!runtime.cancel(cancelled.id(), "asked twice"));
    assert_eq!(cancelled.await.unwrap().state, RunState::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn r20_a_shutdown_leaves_what_waits_and_reports_it_as_not_finished() {
    let runtime = open(Settings::default());
    let asleep = file(&runtime, "r-1").await;
    sleep(SECOND * 2).await;
    let awake = file(&runtime, "r-2").await;
    let own = tokio::spawn({
        let runtime = runtime.clone();
        async move { runtime.run::<Parked>(RequestFiled { id: "r-3".into() }, None).await.unwrap_err() }
    });
    let retried = runtime.start::<Retried>((), None).await.unwrap();
    sleep(SECOND / 10).await;
    let began = Instant::now();
    let shutdown = runtime.shutdown(SECOND * 20).await;
    assert!(began.elapsed() < SECOND / 10, "nothing is waited for that does not come in time");
    assert_eq!((shutdown.settled, shutdown.left, shutdown.cancelled, shutdown.abandoned), (false, 4, 0, 0));
    for handle in [asleep, awake, retried] {
        let run = handle.id();
        let lost = handle.await.unwrap_err();
        assert!(matches!(lost.cause, LostCause::Dropped), "{lost}");
        assert_eq!(state(&runtime, run).await, RunState::Running);
    }
    assert!(own.await.unwrap().to_string().contains("shut down"));
}

#[tokio::test(start_paused = true)]
async fn r20_a_shutdown_waits_for_what_comes_due_in_time() {
    let runtime = open(Settings::default());
    let (waits, retried) = (file(&runtime, "r-1").await, runtime.start::<Retried>((), None).await.unwrap());
    sleep(SECOND * 2).await;
    let shutdown = runtime.shutdown(SECOND * 60).await;
    assert_eq!((shutdown.left, shutdown.cancelled), (1, 0));
    assert_eq!(retried.await.unwrap().state, RunState::Failed, "it was tried again");
    assert!(waits.await.is_err());
}

#[test]
#[expect(clippy::async_yields_async, reason = "who waits is asked later, when the tasks are gone")]
fn whoever_waits_for_a_run_that_is_asleep_learns_that_its_tasks_are_gone() {
    let (engine, waiter) = (onex_benches::on_this_thread(), onex_benches::on_this_thread());
    let handle = engine.block_on(async {
        let runtime = open(Settings { dormant_after: Duration::ZERO, ..Settings::default() });
        let handle = file(&runtime, "r-1").await;
        while runtime.load().asleep == 0 {
            tokio::task::yield_now().await;
        }
        handle
    });
    drop(engine);
    assert!(matches!(waiter.block_on(handle).unwrap_err().cause, LostCause::Dropped));
}
