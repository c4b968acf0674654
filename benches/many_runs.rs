//! What do a million short runs cost: how many a second, how often does each ask for memory, and how much is held at most?
//! Runs of five steps, one after the other in the caller's task, then a thousand at once, each a task of its own; beside each
//! the same functions awaited by hand.
//!
//! ```text
//! cargo bench -p onex-benches --bench many_runs            # a million of each; half a minute
//! cargo bench -p onex-benches --bench many_runs -- 10000   # so many
//! ```
#![allow(missing_docs, reason = "a program")]

use std::collections::VecDeque;
use std::time::Instant;

use onex::Runtime;
use onex::engine::{RunHandle, Settings};
use onex::run::RunState;
use onex_benches::counting::{Counting, allocations, most_held};
use onex_benches::money::Receipt;
use onex_benches::on_this_thread;
use onex_benches::sampled::{head, row as table_row, thousands};
use onex_benches::sequential::{self, Sequential};
use tokio::task::JoinHandle;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const AT_ONCE: usize = 1_000;

fn main() {
    let runs = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    let tokio = on_this_thread();
    println!("{} runs of five steps", thousands(runs as f64));
    head(&["", "runs a second", "processor time of a run", "allocations of a run", "most on the heap"]);
    row("by hand, one after the other", runs, || {
        tokio.block_on(async {
            for _ in 0..runs {
                // Else nothing is left of functions that return numbers.
                std::hint::black_box(std::hint::black_box(sequential::by_hand()).await);
            }
        });
    });
    row("onex, one after the other", runs, || {
        let runtime = runtime();
        tokio.block_on(async {
            for _ in 0..runs {
                let report = runtime.run::<Sequential>((), None).await.expect("nothing refuses the run");
                assert_eq!(report.state, RunState::Completed);
            }
        });
    });
    row("by hand, a thousand at once", runs, || {
        tokio.block_on(async {
            let mut window = VecDeque::with_capacity(AT_ONCE);
            for _ in 0..runs {
                if window.len() == AT_ONCE
                    && let Some(first) = window.pop_front()
                {
                    receipt(first).await;
                }
                window.push_back(tokio::spawn(sequential::by_hand()));
            }
            for last in window {
                receipt(last).await;
            }
        });
    });
    row("onex, a thousand at once", runs, || {
        let runtime = runtime();
        tokio.block_on(async {
            let mut window = VecDeque::with_capacity(AT_ONCE);
            for _ in 0..runs {
                if window.len() == AT_ONCE
                    && let Some(first) = window.pop_front()
                {
                    completed(first).await;
                }
                window
                    .push_back(runtime.start::<Sequential>((), None).await.expect("nothing refuses the run"));
            }
            for last in window {
                completed(last).await;
            }
        });
    });
    println!("\nmost that the process had: {}", peak());
}

/// As it is by default, with 100,000 ended runs kept.
fn runtime() -> Runtime<()> {
    let settings = Settings { max_concurrent_runs: AT_ONCE, ..Settings::default() };
    Runtime::builder(()).mount::<Sequential>().settings(settings).build().expect("one sound contract")
}

async fn receipt(task: JoinHandle<Receipt>) {
    std::hint::black_box(task.await.expect("it does not panic"));
}

async fn completed(run: RunHandle) {
    assert_eq!(run.await.expect("its journal is in memory").state, RunState::Completed);
}

fn row(name: &str, runs: u64, work: impl FnOnce()) {
    let (mut asked, began, cpu) = (0, Instant::now(), on_the_cpu());
    let held = most_held(|| asked = allocations(work).0);
    let per_second = runs as f64 / began.elapsed().as_secs_f64();
    let cpu = on_the_cpu().zip(cpu).map(|(now, before)| (now - before) as f64 / runs as f64 / 1e3);
    let cpu = cpu.map_or_else(|| "?".to_owned(), |micros| format!("{micros:.2} µs"));
    let (asked, held) =
        (format!("{:.1}", asked as f64 / runs as f64), format!("{:.1} MB", held as f64 / 1e6));
    table_row(&[name.to_owned(), thousands(per_second), cpu, asked, held]);
}

/// Nanoseconds for which this thread, which does everything, had a processor: what counts where others have their share of it.
fn on_the_cpu() -> Option<u64> {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    times.split(' ').next()?.parse().ok()
}

/// The most memory that the system ever gave to the process, where it says so.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "not known on this system".to_owned(), |peak| peak.trim().to_owned())
}
