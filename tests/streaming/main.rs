//! Streams: each item as a run of its own, in order, no more in flight than the window holds.
#![allow(missing_docs, reason = "a test's own types")]
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod control;
mod durable;
mod folds;
mod meter;
mod order;
mod reference;
mod shown;
#[path = "../tasks.rs"]
mod tasks;
