//! What do a hundred thousand runs take on the heap that wait for an event, or for a retry, their records in the journal in
//! memory included; how long do they take to come there, and how long until all go on?
#![allow(missing_docs, reason = "a program")]

use std::time::{Duration, Instant};

use onex::Runtime;
use onex_benches::counting::{self, Counting};
use onex_benches::{on_this_thread, parked};

const RUNS: usize = 100_000;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    measure("at a gate", &parked::at_gates);
    measure("at a gate, begun by events", &parked::at_gates_by_events);
    measure("at a retry", &parked::at_retries);
}

fn measure(what: &str, park: &impl AsyncFn(&Runtime<()>, usize)) {
    let tokio = on_this_thread();
    tokio.block_on(async {
        let runtime = parked::runtime(RUNS);
        let (before, began) = (counting::held(), Instant::now());
        park(&runtime, RUNS).await;
        let held = counting::held() - before;
        let (each, took) = (held / RUNS as i64, began.elapsed());
        println!("{RUNS} runs {what}: {each} bytes each, after {took:.1?}; {} tasks", runtime.load().tasks);
        let began = Instant::now();
        for run in runtime.live_runs() {
            runtime.cancel(run, "measured");
        }
        runtime.settled().await;
        println!("    cancelled after {:.1?}", began.elapsed());
        runtime.shutdown(Duration::ZERO).await;
    });
}
