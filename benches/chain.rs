//! Does the cost of a step grow with the number of steps? A chain in which each step depends on the one before: the kernel alone
//! beside a bare walk over the same plan, then the whole engine beside boxed futures that are awaited in a loop.
//!
//! ```text
//! cargo bench -p onex-benches --bench chain             # 10,000,000 steps of each length; about a minute
//! cargo bench -p onex-benches --bench chain -- 1000000  # so many
//! ```
#![allow(missing_docs, reason = "a program")]

use onex::Runtime;
use onex::engine::Settings;
use onex::journal::Retention;
use onex::run::{Decision, RunState};
use onex_benches::chain::{self, Chain};
use onex_benches::sampled::{Took, each, head, in_turns, row, thousands, time};
use onex_benches::{kernel, on_this_thread};

fn main() {
    let total = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(10_000_000);
    println!("medians, in turns");
    head(&["steps", "kernel", "per step", "bare walk", "per step"]);
    [10, 1_000, 10_000, 100_000].into_iter().for_each(|steps| the_kernel(steps, total));
    head(&["steps", "compute", "per step", "effects", "per step", "boxed futures", "per step"]);
    the_engine::<10>(total);
    the_engine::<100>(total);
    the_engine::<1_000>(total);
    the_engine::<10_000>(total);
    the_engine::<100_000>(total);
}

fn the_kernel(steps: u32, total: usize) {
    let plan = kernel::chain(steps).expect("a chain is a plan");
    let mut decision = Decision::default();
    let mut onex = || assert_eq!(kernel::drive(&plan, &mut decision), RunState::Completed);
    let mut by_hand = || assert_eq!(kernel::by_hand(&plan), steps as usize);
    measure(steps as usize, total, [&mut onex, &mut by_hand]);
}

fn the_engine<const STEPS: usize>(total: usize) {
    let tokio = on_this_thread();
    let mut compute = run_chain::<false, STEPS>(&tokio);
    let mut effects = run_chain::<true, STEPS>(&tokio);
    let mut by_hand = || assert_eq!(tokio.block_on(chain::by_hand(STEPS)).len(), STEPS);
    measure(STEPS, total, [&mut compute, &mut effects, &mut by_hand]);
}

fn run_chain<const EFFECTS: bool, const STEPS: usize>(tokio: &tokio::runtime::Runtime) -> impl FnMut() {
    let settings =
        Settings { retention: Retention { runs: 1, ..Retention::default() }, ..Settings::default() };
    let runtime = Runtime::builder(()).mount::<Chain<EFFECTS, STEPS>>().settings(settings).build();
    let runtime = runtime.expect("one sound table");
    move || {
        let report = tokio.block_on(runtime.run::<Chain<EFFECTS, STEPS>>((), None));
        assert_eq!(report.expect("nothing refuses the run").state, RunState::Completed);
    }
}

fn measure<const N: usize>(steps: usize, total: usize, works: [&mut dyn FnMut(); N]) {
    // What is too short to be timed alone is timed a thousand steps at a time.
    let goes = (1_000 / steps).max(1);
    let samples = (total / (steps * goes)).max(5);
    let took = in_turns(samples, goes as u32, works);
    let cells = took.into_iter().flat_map(|Took { median, .. }| [time(median), each(median, steps as f64)]);
    row(&std::iter::once(thousands(steps as f64)).chain(cells).collect::<Vec<_>>());
}
