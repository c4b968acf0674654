//! Batches: one run over many items, of which each ends as it would have alone.
#![allow(missing_docs, reason = "a test's own types")]
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod configured;
mod failures;
mod fair;
mod folds;
mod groups;
mod orders;
mod reference;
mod restart;
#[path = "../tasks.rs"]
mod tasks;
