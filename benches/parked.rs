//! What does a run take on the heap that waits, for an event or for a retry, its record in the journal in memory included? A
//! hundred thousand of each, beside as many tasks that somebody writes by hand, which have no record.
//!
//! ```text
//! cargo bench -p onex-benches --bench parked            # a hundred thousand of each
//! cargo bench -p onex-benches --bench parked -- 10000   # so many
//! ```
#![allow(missing_docs, reason = "a program")]

use std::time::{Duration, Instant};

use onex::Runtime;
use onex_benches::counting::{self, Counting};
use onex_benches::sampled::{head, row, thousands, time};
use onex_benches::{on_this_thread, parked};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    let runs = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    head(&["it waits", "bytes a run", "a task by hand", "all wait after", "all are cancelled after"]);
    let at_a_gate = by_hand(runs, &parked::tasks_at_gates);
    let at_a_retry = by_hand(runs, &parked::tasks_at_retries);
    measure("at a gate", runs, at_a_gate, &parked::at_gates);
    let from_event = "at a gate, begun by an event, whose envelope is kept";
    measure(from_event, runs, at_a_gate, &parked::at_gates_by_events);
    measure("for a retry", runs, at_a_retry, &parked::at_retries);
}

fn measure(what: &str, runs: usize, by_hand: f64, park: &impl AsyncFn(&Runtime<()>, usize)) {
    let tokio = on_this_thread();
    tokio.block_on(async {
        let runtime = parked::runtime(runs);
        let (before, began) = (counting::held(), Instant::now());
        park(&runtime, runs).await;
        let each = (counting::held() - before) as f64 / runs as f64;
        let waits = began.elapsed();
        let began = Instant::now();
        for run in runtime.live_runs() {
            runtime.cancel(run, "measured");
        }
        runtime.settled().await;
        row(&[what.to_owned(), thousands(each), thousands(by_hand), time(waits), time(began.elapsed())]);
        runtime.shutdown(Duration::ZERO).await;
    });
}

/// Bytes of a task that waits, and of what is kept to reach it.
fn by_hand<T>(tasks: usize, park: &impl AsyncFn(usize) -> T) -> f64 {
    let tokio = on_this_thread();
    tokio.block_on(async {
        let before = counting::held();
        let parked = park(tasks).await;
        let held = counting::held() - before;
        drop(parked);
        held as f64 / tasks as f64
    })
}
