//! What every journal must do, as tests for whoever writes one: behind the feature `conformance`.
//!
//! [`cases`] are single promises, one function each. [`histories`] plays random histories of commits, acquisitions and
//! reopenings on a store and on a naive model that remembers every commit and answers by reading all of them again;
//! after each operation all that can be read must be the same. [`transcript`] is what they compare, for differential
//! tests of two stores.
//!
//! ```
//! use onex::journal::conformance::{self, Store};
//! use onex::journal::Memory;
//!
//! struct InMemory;
//!
//! impl Store for InMemory {
//!     type Journal = Memory;
//!     fn empty(&self) -> Memory { Memory::default() }
//!     fn reopened(&self, journal: Memory) -> Memory { journal }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! conformance::cases(&InMemory).await;
//! conformance::histories(&InMemory, 0..10).await;
//! # }
//! ```

mod cases;
mod fixtures;
mod history;
mod model;
mod snapshot;

use std::ops::Range;

use self::history::History;
use super::Journal;

/// How a journal under test is made.
pub trait Store {
    /// The journal.
    type Journal: Journal;

    /// A journal that holds nothing and that nobody owns.
    fn empty(&self) -> Self::Journal;

    /// The same journal after its process was gone: `journal` is dropped, and what it acknowledged is there. A journal
    /// that does not outlive its process is given back as it is.
    fn reopened(&self, journal: Self::Journal) -> Self::Journal;
}

/// Every single promise, one after the other.
///
/// # Panics
/// A promise is broken; the message says which.
pub async fn cases<S: Store>(store: &S) {
    cases::all(store).await;
}

/// A random history for each seed, on the store and on the model.
///
/// # Panics
/// They differ; the message names the seed and shows the first difference.
pub async fn histories<S: Store>(store: &S, seeds: Range<u64>) {
    for seed in seeds {
        let history = History::random(seed);
        let expected = history.on_model();
        assert_same(seed, &expected, &history.on_store(store).await);
    }
}

/// What a store makes of the random history of `seed`: the outcome of each operation, and all that can be read after it.
pub async fn transcript<S: Store>(store: &S, seed: u64) -> Vec<String> {
    History::random(seed).on_store(store).await
}

fn assert_same(seed: u64, expected: &[String], actual: &[String]) {
    for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
        assert!(
            expected == actual,
            "history {seed}, operation {index}: the model says\n{expected}\nand the journal\n{actual}"
        );
    }
    assert_eq!(expected.len(), actual.len(), "history {seed}");
}
