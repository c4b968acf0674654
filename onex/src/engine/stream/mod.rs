//! One run over an endless stream of items, each of which goes through all steps: the mode `streaming`.
//!
//! Each item is a run of the [kernel](crate::run) of its own (`flow`); what a stream adds is what lies between them. A
//! window bounds how many are in flight, so a slow step slows the `source`. They come out in the order of the source,
//! so one that is tried again holds those behind it in the window. Nothing is journalled of an item but, in a durable
//! stream, that it and all before it are done (`checkpoint`).
//!
//! It is driven by whoever takes what comes out (`items`), in their task. To others it is a run: it can be watched, and its
//! report is among those of runs (`shown`).
//!
//! ```
//! use onex::stream::Iter;
//! use onex::{Runtime, handler, orchestrator};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Reading { raw: u32 }
//! #[derive(Clone, Default, Serialize, Deserialize)]
//! struct Mean { of: u32, sum: u32 }
//!
//! #[orchestrator(contract = "doc/readings.yaml")]
//! struct Readings;
//!
//! #[handler(step = readings::calibrate)]
//! fn calibrate(input: &Reading) -> u32 {
//!     input.raw * 2
//! }
//! #[handler(step = readings::store)]
//! async fn store(calibrate: &u32) -> Result<u32, String> {
//!     if *calibrate == 0 { Err("the meter is off".to_owned()) } else { Ok(*calibrate) }
//! }
//! // A reducer folds what comes out, one item after the other.
//! #[handler(fold = readings::mean)]
//! fn mean(mean: &mut Mean, store: &u32) {
//!     *mean = Mean { of: mean.of + 1, sum: mean.sum + store };
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = Runtime::builder(()).mount::<Readings>().build()?;
//! let source = Iter::new([4, 0, 6].map(|raw| Reading { raw }));
//! let mut items = runtime.stream::<Readings>(source).open().await?;
//! while let Some(item) = items.next().await? {
//!     println!("{}: {:?} {:?}", item.position(), item.state(), item.error());
//! }
//! assert_eq!(items.report().completed, 2);
//! assert_eq!(items.folded::<Mean>("mean").map(|mean| mean.sum / mean.of), Some(10));
//! # Ok(())
//! # }
//! ```

mod alarms;
mod calls;
mod checkpoint;
mod flow;
mod item;
mod items;
mod open;
mod report;
mod shown;
mod source;

pub use item::ItemReport;
pub use items::ItemStream;
pub use open::StreamBuilder;
pub use report::{ItemError, StreamCause, StreamLost, StreamReport, StreamStep};
pub use source::{Iter, SeekSource, Source, SourceError};
