//! What does a workflow of five steps that do nothing cost, from `Runtime::run` to its report?
//!
//! The argument is how many ended runs the journal in memory keeps; it is full before anything is measured, so each
//! run also pays for forgetting one.
#![allow(missing_docs, reason = "a program")]

use std::time::Duration;

use divan::Bencher;
use onex::Runtime;
use onex::engine::Settings;
use onex::journal::Retention;
use onex::node::Workflow;
use onex::node::mount::Mount;
use onex::run::RunState;
use onex_benches::diamond::{self, Diamond};
use onex_benches::on_this_thread;
use onex_benches::sequential::{self, Sequential};

/// A journal that keeps little, and one as it is by default.
const KEPT_RUNS: [usize; 2] = [1_000, 100_000];

fn main() {
    divan::Divan::default().min_time(Duration::from_secs(2)).config_with_args().main();
}

#[divan::bench(args = KEPT_RUNS)]
fn sequential_onex(bencher: Bencher<'_, '_>, kept: usize) {
    run_node::<Sequential>(bencher, kept);
}

#[divan::bench]
fn sequential_by_hand(bencher: Bencher<'_, '_>) {
    let tokio = on_this_thread();
    bencher.bench_local(|| tokio.block_on(sequential::by_hand()));
}

#[divan::bench(args = KEPT_RUNS)]
fn diamond_onex(bencher: Bencher<'_, '_>, kept: usize) {
    run_node::<Diamond>(bencher, kept);
}

#[divan::bench]
fn diamond_by_hand(bencher: Bencher<'_, '_>) {
    let tokio = on_this_thread();
    bencher.bench_local(|| tokio.block_on(diamond::by_hand()));
}

fn run_node<N: Workflow<Input = ()> + Mount<()>>(bencher: Bencher<'_, '_>, kept: usize) {
    let tokio = on_this_thread();
    let settings =
        Settings { retention: Retention { runs: kept, ..Retention::default() }, ..Settings::default() };
    let runtime = Runtime::builder(()).mount::<N>().settings(settings).build().expect("one sound contract");
    let run = async || {
        let report = runtime.run::<N>((), None).await.expect("nothing refuses the run");
        assert_eq!(report.state, RunState::Completed);
    };
    tokio.block_on(async {
        for _ in 0..kept {
            run().await;
        }
    });
    bencher.bench_local(|| tokio.block_on(run()));
}
