//! One run over many items: the mode `batch`.
//!
//! A batch is a run like any other, over a plan that has each step once for each item ([`layout`]), so the kernel decides
//! about items as it decides about steps, and what a journal keeps of a run is enough to go on with one. The driver only
//! adds that calls are made by a number of workers, and that a step that takes groups is called for many items at once.

mod input;
mod layout;
mod report;
mod returned;

pub(crate) use input::BatchInput;
pub(crate) use layout::{Layout, once};
pub(super) use report::items_of;
pub use report::{BatchItem, BatchReport};
pub(crate) use returned::Returned;
