//! What does the engine add to a step, over the same step on bare tokio? Steps in a row, side by side and of a stream, each
//! beside what somebody would write by hand, in turns in one run.
//!
//! ```text
//! cargo bench -p onex-benches --bench overhead           # 200 samples of each
//! cargo bench -p onex-benches --bench overhead -- 1000   # so many
//! ```
#![allow(missing_docs, reason = "a program")]

use std::time::Duration;

use onex::Runtime;
use onex::engine::Settings;
use onex::journal::Retention;
use onex::node::Workflow;
use onex::node::mount::Mount;
use onex::run::RunState;
use onex::stream::Iter;
use onex_benches::chain::{self, Chain, Fan};
use onex_benches::on_this_thread;
use onex_benches::sampled::{Took, head, in_turns, row as table_row};
use onex_benches::stream::{self, Lane};

const STEPS: usize = 1_000;
const ITEMS: u64 = 1_000;
const STEPS_OF_AN_ITEM: usize = 3;

fn main() {
    let samples = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(200);
    let tokio = on_this_thread();
    println!("nanoseconds per step, the fastest of {samples} samples in turns; in brackets the median");
    head(&["", "onex", "by hand", "adds"]);
    let in_a_row = || drop(tokio.block_on(chain::by_hand(STEPS)));
    row("compute in a row", STEPS, samples, run::<Chain<false, STEPS>>(&tokio), in_a_row);
    row("effects in a row", STEPS, samples, run::<Chain<true, STEPS>>(&tokio), in_a_row);
    row("effects side by side", STEPS, samples, run::<Fan<STEPS>>(&tokio), || {
        drop(tokio.block_on(chain::fan_by_hand(STEPS)));
    });
    row("steps of a stream", ITEMS as usize * STEPS_OF_AN_ITEM, samples, drain(&tokio), || {
        assert_eq!(tokio.block_on(stream::by_tasks(ITEMS)), ITEMS);
    });
}

/// Runs of one workflow, each forgotten when the next ends.
fn run<N: Workflow<Input = ()> + Mount<()>>(tokio: &tokio::runtime::Runtime) -> impl FnMut() {
    let settings =
        Settings { retention: Retention { runs: 1, ..Retention::default() }, ..Settings::default() };
    let runtime = Runtime::builder(()).mount::<N>().settings(settings).build().expect("one sound table");
    move || {
        let report = tokio.block_on(runtime.run::<N>((), None)).expect("nothing refuses the run");
        assert_eq!(report.state, RunState::Completed);
    }
}

fn drain(tokio: &tokio::runtime::Runtime) -> impl FnMut() {
    let runtime = Runtime::builder(()).mount::<Lane>().build().expect("one sound contract");
    move || {
        let report = tokio.block_on(async {
            let stream =
                runtime.stream::<Lane>(Iter::new(0..ITEMS)).open().await.expect("nothing refuses it");
            stream.drain().await.expect("nothing refuses its commits")
        });
        assert_eq!((report.state, report.completed), (RunState::Completed, ITEMS));
    }
}

fn row(name: &str, steps: usize, samples: usize, mut onex: impl FnMut(), mut by_hand: impl FnMut()) {
    let [with, without] = in_turns(samples, 1, [&mut onex, &mut by_hand]);
    let nanos = |took: Duration| took.as_nanos() as f64 / steps as f64;
    let cell = |took: Took| format!("{:.0} ({:.0})", nanos(took.fastest), nanos(took.median));
    let adds = nanos(with.fastest) - nanos(without.fastest);
    table_row(&[name.to_owned(), cell(with), cell(without), format!("{adds:.0}")]);
}
