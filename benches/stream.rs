//! What does an item of a stream cost, from its source to whoever takes it?
//!
//! The throughput column says items per second.
#![allow(missing_docs, reason = "a program")]

use std::time::Duration;

use divan::Bencher;
use divan::counter::ItemsCount;
use onex::Runtime;
use onex::run::RunState;
use onex::stream::Iter;
use onex_benches::on_this_thread;
use onex_benches::stream::{self, Lane};

const ITEMS: u64 = 10_000;

fn main() {
    divan::Divan::default().min_time(Duration::from_secs(2)).config_with_args().main();
}

#[divan::bench]
fn onex(bencher: Bencher<'_, '_>) {
    let tokio = on_this_thread();
    let runtime = Runtime::builder(()).mount::<Lane>().build().expect("one sound contract");
    bencher.counter(ItemsCount::new(ITEMS)).bench_local(|| {
        let report = tokio.block_on(async {
            let stream =
                runtime.stream::<Lane>(Iter::new(0..ITEMS)).open().await.expect("nothing refuses it");
            stream.drain().await.expect("nothing refuses its commits")
        });
        assert_eq!((report.state, report.completed), (RunState::Completed, ITEMS));
    });
}

#[divan::bench]
fn by_tasks(bencher: Bencher<'_, '_>) {
    let tokio = on_this_thread();
    bencher.counter(ItemsCount::new(ITEMS)).bench_local(|| {
        assert_eq!(tokio.block_on(stream::by_tasks(ITEMS)), ITEMS);
    });
}

#[divan::bench]
fn by_hand(bencher: Bencher<'_, '_>) {
    let tokio = on_this_thread();
    bencher.counter(ItemsCount::new(ITEMS)).bench_local(|| {
        assert_eq!(tokio.block_on(stream::by_hand(ITEMS)), ITEMS);
    });
}
