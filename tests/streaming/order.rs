//! In order, in bounds, and no faster than the slowest step.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use onex::run::RunState;
use onex::stream::{Iter, Source, SourceError, StreamCause};
use tokio::time::{Instant, sleep, timeout};

use crate::meter::{Meter, Reading, Store, Strict, builder};

/// Readings without end, counted as they are taken.
struct Endless {
    taken: Arc<AtomicU64>,
    reading: fn(u64) -> Reading,
}

impl Source for Endless {
    type Item = Reading;

    async fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        Ok(Some((self.reading)(self.taken.fetch_add(1, Ordering::Relaxed))))
    }
}

fn endless(reading: fn(u64) -> Reading) -> (Endless, Arc<AtomicU64>) {
    let taken = Arc::new(AtomicU64::new(0));
    (Endless { taken: Arc::clone(&taken), reading }, taken)
}

#[tokio::test(start_paused = true)]
async fn r25_items_come_out_in_order_however_long_each_takes() {
    let store = Arc::new(Store::default());
    let runtime = builder(&store).build().unwrap();
    let (source, taken) = endless(|number| Reading { store_takes: number * 37 % 101, ..Reading::PLAIN });
    let mut stream = runtime.stream::<Meter>(source).window(9).open().await.unwrap();
    for position in 0..200 {
        let item = stream.next().await.unwrap().unwrap();
        assert_eq!((item.position(), item.state()), (position, RunState::Completed));
        assert!(taken.load(Ordering::Relaxed) <= position + 1 + 9, "no more than the window are taken ahead");
    }
    assert_eq!(store.running.lock().unwrap().most, 4, "as many effects at once as the contract allows");
}

/// Mutation: a source that is polled without regard to the window.
#[tokio::test(start_paused = true)]
async fn r25_a_slow_step_slows_the_source() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let (source, taken) = endless(|_| Reading { store_takes: 900, ..Reading::PLAIN });
    let mut stream = runtime.stream::<Meter>(source).window(5).open().await.unwrap();
    assert_eq!(taken.load(Ordering::Relaxed), 0, "nothing is taken before it is asked for");
    let began = Instant::now();
    for _ in 0..40 {
        stream.next().await.unwrap().unwrap();
    }
    assert_eq!(began.elapsed(), Duration::from_millis(9_000), "four at once, 900 ms each");
    let out = taken.load(Ordering::Relaxed);
    assert!(out <= 45, "{out} were taken for 40");
    sleep(Duration::from_secs(60)).await;
    assert_eq!(taken.load(Ordering::Relaxed), out, "whoever does not take what comes out slows what goes in");
}

#[tokio::test(start_paused = true)]
async fn r25_an_item_that_is_tried_again_holds_those_behind_it() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let (source, taken) =
        endless(|number| Reading { store_fails: u32::from(number == 0) * 2, ..Reading::PLAIN });
    let mut stream = runtime.stream::<Meter>(source).window(6).open().await.unwrap();
    assert!(timeout(Duration::from_millis(100), stream.next()).await.is_err(), "the first is tried again");
    assert_eq!((taken.load(Ordering::Relaxed), stream.report().in_flight), (6, 6));
    let began = Instant::now();
    let first = stream.next().await.unwrap().unwrap();
    assert_eq!((first.position(), *first.output::<u32>("store").unwrap()), (0, 3));
    for position in 1..6 {
        assert_eq!(stream.next().await.unwrap().unwrap().position(), position);
    }
    assert!(began.elapsed() > Duration::from_millis(50), "with the delays of the contract");
}

#[tokio::test(start_paused = true)]
async fn a_call_of_next_that_is_dropped_loses_nothing() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let readings = (0..50_u64).map(|number| Reading { store_takes: number % 7 * 10, ..Reading::PLAIN });
    let readings: Vec<Reading> = readings.collect();
    let mut stream = runtime.stream::<Meter>(Iter::new(readings)).open().await.unwrap();
    let mut positions = Vec::new();
    loop {
        match timeout(Duration::from_millis(3), stream.next()).await {
            Err(_) => {}
            Ok(item) => match item.unwrap() {
                Some(item) => positions.push(item.position()),
                None => break,
            },
        }
    }
    assert_eq!(positions, (0..50).collect::<Vec<u64>>());
}

#[tokio::test(start_paused = true)]
async fn r25_a_timeout_is_that_of_one_item() {
    let runtime = builder(&Arc::default()).build().unwrap();
    // Its attempts take 900 ms; the stream goes on for longer than the minute that each item may take.
    let (source, _) = endless(|_| Reading { store_takes: 900, ..Reading::PLAIN });
    let mut stream = runtime.stream::<Strict>(source).window(4).open().await.unwrap();
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(300) {
        assert_eq!(stream.next().await.unwrap().unwrap().state(), RunState::Completed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_stops_the_stream_behind_what_it_gave() {
    struct Breaks(u32);
    impl Source for Breaks {
        type Item = Reading;

        async fn next(&mut self) -> Result<Option<Reading>, SourceError> {
            self.0 += 1;
            match self.0 {
                1..=3 => Ok(Some(Reading::PLAIN)),
                4 => Err("the line is dead".into()),
                _ => panic!("it is not asked again"),
            }
        }
    }
    let runtime = builder(&Arc::default()).build().unwrap();
    let report = runtime.stream::<Meter>(Breaks(0)).open().await.unwrap().drain().await.unwrap();
    assert_eq!((report.state, report.completed), (RunState::Failed, 3));
    assert_eq!(report.cause, Some(StreamCause::SourceFailed { message: "the line is dead".to_owned() }));

    struct Panics;
    impl Source for Panics {
        type Item = Reading;

        async fn next(&mut self) -> Result<Option<Reading>, SourceError> {
            panic!("no line at all")
        }
    }
    let report = runtime.stream::<Meter>(Panics).open().await.unwrap().drain().await.unwrap();
    let message = "the source panicked: no line at all".to_owned();
    assert_eq!(report.cause, Some(StreamCause::SourceFailed { message }));
}

#[tokio::test(start_paused = true)]
async fn a_channel_is_a_source() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        for _ in 0..10 {
            sender.send(Reading::PLAIN).await.unwrap();
            sleep(Duration::from_millis(100)).await;
        }
    });
    let report = runtime.stream::<Meter>(receiver).open().await.unwrap().drain().await.unwrap();
    assert_eq!((report.state, report.completed), (RunState::Completed, 10));
}
