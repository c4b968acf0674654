//! How many events a second go from `publish` through a handler to the event that it emits?
//!
//! One iteration is 1,000 events; the throughput column says events per second. The argument is how many worker
//! threads tokio has, 0 for its scheduler on the calling thread.
#![allow(missing_docs, reason = "a program")]

use std::time::Duration;

use divan::Bencher;
use divan::counter::ItemsCount;
use onex::Runtime;
use onex_benches::dispatch::{self, Call, Connected, Dialled, Office, Recorder, Switchboard};
use onex_benches::on_this_thread;
use tokio::sync::mpsc;

const EVENTS: u64 = 1_000;
const WORKERS: [usize; 2] = [0, 2];
/// As many as the runtime works on at once by default.
const ROOM: usize = 1_024;

fn main() {
    divan::Divan::default().min_time(Duration::from_secs(2)).config_with_args().main();
}

fn tokio_with(workers: usize) -> tokio::runtime::Runtime {
    if workers == 0 {
        return on_this_thread();
    }
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(workers).enable_time().build().expect("the system has threads left")
}

#[divan::bench(args = WORKERS)]
fn onex(bencher: Bencher<'_, '_>, workers: usize) {
    let tokio = tokio_with(workers);
    let runtime = Runtime::builder(Office::default()).mount::<Switchboard>().mount::<Recorder>().build();
    let runtime = runtime.expect("the contracts fit together");
    let mut connected =
        runtime.subscribe_to::<Switchboard, Connected>().expect("the switchboard publishes it");
    let mut publish = || {
        tokio.block_on(async {
            for line in 0..EVENTS {
                runtime.publish(Dialled { line }).await.expect("the switchboard consumes it");
            }
            runtime.settled().await;
        });
        let mut seen = 0;
        while connected.try_recv().is_some() {
            seen += 1;
        }
        assert_eq!(seen, EVENTS);
    };
    // The inbox is full before anything is measured: each event also pays for forgetting one.
    let kept = onex::journal::Retention::default().inbox_marks as u64;
    (0..kept / EVENTS).for_each(|_| publish());
    bencher.counter(ItemsCount::new(EVENTS)).bench_local(publish);
}

/// A bounded channel in, one task that routes, a channel out.
#[divan::bench(args = WORKERS)]
fn by_hand(bencher: Bencher<'_, '_>, workers: usize) {
    let tokio = tokio_with(workers);
    let (publisher, mut inbox) = mpsc::channel::<Call>(ROOM);
    let (emitter, mut emitted) = mpsc::unbounded_channel();
    tokio.spawn(async move {
        while let Some(call) = inbox.recv().await {
            for event in dispatch::switch_by_hand(call, &()).await.events {
                // Nobody listens once the benchmark is over.
                let _ = emitter.send(event);
            }
        }
    });
    bencher.counter(ItemsCount::new(EVENTS)).bench_local(|| {
        tokio.block_on(async {
            for line in 0..EVENTS {
                publisher.send(Call::Dialled(Dialled { line })).await.expect("the task is there");
            }
            for _ in 0..EVENTS {
                emitted.recv().await.expect("each event is answered");
            }
        });
    });
}
