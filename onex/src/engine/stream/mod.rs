//! One run over an endless stream of items, each of which goes through all steps: the mode `streaming`.
//!
//! Each item is a run of the [kernel](crate::run) of its own (`flow`); what a stream adds is what lies between them. A
//! window bounds how many are in flight, so a slow step slows the `source`. They come out in the order of the source,
//! so one that is tried again holds those behind it in the window. Nothing is journalled of an item but, in a durable
//! stream, that it and all before it are done (`checkpoint`).
//!
//! It is driven by whoever takes what comes out (`items`), in their task.

mod alarms;
mod calls;
mod checkpoint;
mod flow;
mod item;
mod items;
mod open;
mod report;
mod source;

pub use item::ItemReport;
pub use items::ItemStream;
pub use open::StreamBuilder;
pub use report::{StreamCause, StreamLost, StreamReport};
pub use source::{Iter, SeekSource, Source, SourceError};
