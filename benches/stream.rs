//! What does an item of a stream cost, from its source to whoever takes it? Beside it a task for each item with a window of 64
//! and the order kept, and the same calls one after the other.
//!
//! ```text
//! cargo bench -p onex-benches --bench stream          # 100 samples of 10,000 items each
//! cargo bench -p onex-benches --bench stream -- 1000  # so many
//! ```
#![allow(missing_docs, reason = "a program")]

use onex::Runtime;
use onex::run::RunState;
use onex::stream::Iter;
use onex_benches::on_this_thread;
use onex_benches::sampled::{head, in_turns, row, thousands, time};
use onex_benches::stream::{self, Lane};

const ITEMS: u64 = 10_000;

fn main() {
    let samples = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100);
    let tokio = on_this_thread();
    let runtime = Runtime::builder(()).mount::<Lane>().build().expect("one sound contract");
    let mut onex = || {
        let report = tokio.block_on(async {
            let stream =
                runtime.stream::<Lane>(Iter::new(0..ITEMS)).open().await.expect("nothing refuses it");
            stream.drain().await.expect("nothing refuses its commits")
        });
        assert_eq!((report.state, report.completed), (RunState::Completed, ITEMS));
    };
    let mut by_tasks = || assert_eq!(tokio.block_on(stream::by_tasks(ITEMS)), ITEMS);
    let mut by_hand = || assert_eq!(tokio.block_on(stream::by_hand(ITEMS)), ITEMS);
    let took = in_turns(samples, 1, [&mut onex, &mut by_tasks, &mut by_hand]);
    println!("the fastest of {samples} samples, in turns");
    head(&["", "a second", "per item"]);
    for (name, took) in ["onex", "a task for each item", "calls, one item after the other"].iter().zip(took) {
        let a_second = thousands(ITEMS as f64 / took.fastest.as_secs_f64());
        row(&[(*name).to_owned(), a_second, time(took.fastest / ITEMS as u32)]);
    }
}
