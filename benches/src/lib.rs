//! What the benchmarks measure: nodes whose handlers do next to nothing, each beside the same calls written by hand.
//!
//! The bench targets next to this package's manifest ask one question each; `docs/performance.md` has the answers.
#![allow(missing_docs, reason = "programs to be measured, not an interface")]

pub mod chain;
pub mod counting;
pub mod diamond;
pub mod dispatch;
pub mod kernel;
pub mod money;
pub mod parked;
pub mod sampled;
pub mod sequential;
pub mod stream;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The output of a future that has nothing to wait for: one poll, no runtime.
///
/// # Panics
/// When the future has something to wait for.
#[inline]
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future has something to wait for"),
    }
}

/// A tokio runtime on the calling thread.
///
/// # Panics
/// When the system has no resources left for one.
pub fn on_this_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime without I/O needs no resource of the system")
}
