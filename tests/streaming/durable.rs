//! Streams that go on where they were.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use onex::engine::StartError;
use onex::journal::Memory;
use onex::run::RunState;
use onex::stream::Iter;
use tokio::time::timeout;

use crate::meter::{Check, Meter, Reading, Store, Strict, builder};

fn readings(items: u64) -> Iter<std::vec::IntoIter<Reading>> {
    let reading = |number: u64| Reading { store_takes: number * 13 % 40, ..Reading::PLAIN };
    Iter::new((0..items).map(reading).collect::<Vec<_>>())
}

/// Mutation: a watermark that runs ahead of what came out, or that is not written.
#[tokio::test(start_paused = true)]
async fn r25_a_stream_goes_on_behind_what_was_done_and_runs_again_what_was_in_flight() {
    let (journal, store) = (Arc::new(Memory::default()), Arc::new(Store::default()));
    let mut out = Vec::new();
    let mut processes = 0;
    let run = loop {
        processes += 1;
        let runtime = builder(&store).build_on(Arc::clone(&journal), "a process").await.unwrap();
        let mut stream =
            runtime.durable_stream::<Meter>("hall 7", readings(100)).window(8).open().await.unwrap();
        let mut taken = 0;
        let ended = loop {
            match stream.next().await.unwrap() {
                Some(item) => out.push(item.position()),
                None => break true,
            }
            taken += 1;
            if taken == 30 {
                break false;
            }
        };
        if ended {
            assert_eq!((stream.report().state, stream.report().watermark), (RunState::Completed, 100));
            break stream.id();
        }
        // It waits for a moment, so what came out is committed; then it is dropped, as by a crash.
        assert!(
            timeout(Duration::from_millis(1), stream.next()).await.is_err() || stream.report().taken > 30
        );
    };
    assert!(processes > 3);
    let distinct: HashSet<u64> = out.iter().copied().collect();
    assert_eq!(distinct.len(), 100, "none is lost");
    assert!(out.len() < 100 + processes * 8 * 2, "{} came out in all", out.len());
    assert!(store.attempts().values().any(|attempts| *attempts > 1), "what was in flight ran again");
    let keys: HashSet<_> = store.calls.lock().unwrap().iter().map(|(item, _, key)| (*item, *key)).collect();
    assert_eq!(keys.len(), 100, "with the key that it had");

    // Nothing is left to do, and it is still the same stream.
    let runtime = builder(&store).build_on(Arc::clone(&journal), "one more").await.unwrap();
    let stream = runtime.durable_stream::<Meter>("hall 7", readings(101)).open().await.unwrap();
    assert_eq!(stream.id(), run);
    assert_eq!(stream.drain().await.unwrap().completed, 1, "only what has come since");
    let other = runtime.durable_stream::<Meter>("hall 8", readings(3)).open().await.unwrap();
    assert_ne!(other.id(), run);
    assert_eq!(other.drain().await.unwrap().completed, 3);
}

#[tokio::test(start_paused = true)]
async fn an_item_that_stopped_its_stream_is_the_first_when_it_is_opened_again() {
    let store = Arc::new(Store::default());
    let runtime = builder(&store).build().unwrap();
    let mut faulty = vec![Reading::PLAIN; 10];
    faulty[6].check = Check::Faulty;
    let stream = runtime.durable_stream::<Strict>("hall 7", Iter::new(faulty)).open().await.unwrap();
    let report = stream.drain().await.unwrap();
    assert_eq!((report.state, report.watermark), (RunState::Failed, 6));
    let mended = Iter::new(vec![Reading::PLAIN; 10]);
    let mut stream = runtime.durable_stream::<Strict>("hall 7", mended).open().await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().position(), 6);
    assert_eq!(stream.drain().await.unwrap().completed, 4);
}

#[tokio::test(start_paused = true)]
async fn of_two_streams_of_one_name_the_later_to_commit_is_lost() {
    let runtime = builder(&Arc::default()).build().unwrap();
    let open = async || runtime.durable_stream::<Meter>("hall 7", readings(3)).open().await.unwrap();
    let (one, other) = (open().await, open().await);
    assert_eq!(one.drain().await.unwrap().completed, 3);
    assert!(other.drain().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_source_that_is_shorter_than_it_was_is_refused() {
    let runtime = builder(&Arc::default()).build().unwrap();
    runtime.durable_stream::<Meter>("hall 7", readings(5)).open().await.unwrap().drain().await.unwrap();
    let again = runtime.durable_stream::<Meter>("hall 7", readings(4)).open().await;
    assert!(matches!(again, Err(StartError::Source { .. })), "{again:?}");
}
