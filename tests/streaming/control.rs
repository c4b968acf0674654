//! Streams that are stopped, held and shut down.

use std::sync::Arc;
use std::time::Duration;

use onex::run::RunState;
use onex::stream::{Iter, StreamCause};
use tokio::time::{Instant, sleep, timeout};

use crate::meter::{Meter, Reading, Store, builder};
use crate::tasks::alive_tasks;

fn slow(items: usize) -> Iter<std::vec::IntoIter<Reading>> {
    Iter::new(vec![Reading { store_takes: 500, ..Reading::PLAIN }; items])
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_cancelled_waits_for_what_is_in_flight() {
    let tasks = alive_tasks().await;
    let store = Arc::new(Store::default());
    let runtime = builder(&store).build().unwrap();
    let mut stream = runtime.stream::<Meter>(slow(1000)).open().await.unwrap();
    assert!(timeout(Duration::from_millis(100), stream.next()).await.is_err());
    assert_eq!(store.running.lock().unwrap().now, 4);

    assert!(runtime.cancel(stream.id(), "enough"));
    assert!(!stream.cancel("again"), "the first who asks is heard");
    let began = Instant::now();
    let report = stream.drain().await.unwrap();
    assert_eq!(began.elapsed(), Duration::from_millis(400), "those that had begun come to their end");
    assert_eq!(store.running.lock().unwrap().now, 0);
    assert_eq!(report.state, RunState::Cancelled);
    assert_eq!(report.cause, Some(StreamCause::Cancelled { reason: "enough".to_owned() }));
    assert_eq!((report.taken, report.cancelled, report.in_flight), (16, 16, 0));
    assert_eq!(store.calls.lock().unwrap().len(), 4, "nothing begins any more");
    runtime.settled().await;
    drop(runtime);
    assert_eq!(alive_tasks().await, tasks);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_stop_is_given_up_when_the_grace_is_over() {
    let store = Arc::new(Store::default());
    let settings = onex::Settings { grace: Duration::from_millis(50), ..onex::Settings::default() };
    let runtime = builder(&store).settings(settings).build().unwrap();
    let mut stream = runtime.stream::<Meter>(slow(1000)).open().await.unwrap();
    assert!(timeout(Duration::from_millis(100), stream.next()).await.is_err());
    stream.cancel("enough");
    let began = Instant::now();
    let item = stream.next().await.unwrap().unwrap();
    assert_eq!((item.state(), began.elapsed()), (RunState::Cancelled, Duration::from_millis(50)));
    assert_eq!(item.step("store").unwrap().state, onex::run::StepState::Indeterminate);
    assert_eq!(store.running.lock().unwrap().now, 0, "nothing outlives its stream");
    assert_eq!(stream.drain().await.unwrap().cancelled, 16);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_closed_takes_nothing_more_and_ends_well() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let mut stream = runtime.stream::<Meter>(slow(1000)).window(7).open().await.unwrap();
    stream.next().await.unwrap().unwrap();
    stream.close();
    let report = stream.drain().await.unwrap();
    assert_eq!((report.state, report.completed), (RunState::Completed, report.taken));
    assert!(report.taken <= 8);
}

#[tokio::test(start_paused = true)]
async fn r21_a_paused_stream_takes_and_begins_nothing() {
    let store = Arc::new(Store::default());
    let runtime = builder(&store).build().unwrap();
    let stream = runtime.stream::<Meter>(slow(20)).open().await.unwrap();
    let run = stream.id();
    let driving = tokio::spawn(stream.drain());
    sleep(Duration::from_millis(100)).await;
    runtime.pause(run, "inspection").await.unwrap();
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(store.calls.lock().unwrap().len(), 4, "what was in flight went on, and nothing else");
    runtime.resume(run).await.unwrap();
    let report = driving.await.unwrap().unwrap();
    assert_eq!((report.state, report.completed), (RunState::Completed, 20), "the pause took nobody's time");
    assert!(runtime.pause(run, "too late").await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_cancels_a_stream() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let stream = runtime.stream::<Meter>(slow(100_000)).open().await.unwrap();
    assert_eq!(runtime.live_runs(), [stream.id()]);
    let driving = tokio::spawn(stream.drain());
    let shutdown = runtime.shutdown(Duration::from_secs(1)).await;
    assert_eq!((shutdown.cancelled, shutdown.abandoned), (1, 0));
    assert_eq!(driving.await.unwrap().unwrap().state, RunState::Cancelled);
    assert!(runtime.stream::<Meter>(slow(1)).open().await.is_err(), "nothing starts any more");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_leaves_nothing_behind() {
    let tasks = alive_tasks().await;
    let store = Arc::new(Store::default());
    let runtime = builder(&store).build().unwrap();
    let mut stream = runtime.stream::<Meter>(slow(1000)).open().await.unwrap();
    assert!(timeout(Duration::from_millis(100), stream.next()).await.is_err());
    drop(stream);
    assert_eq!(store.running.lock().unwrap().now, 0);
    runtime.settled().await;
    assert_eq!(runtime.live_runs(), []);
    drop(runtime);
    assert_eq!(alive_tasks().await, tasks);
}
