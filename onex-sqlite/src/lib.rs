//! The journal of onex in one SQLite file: every commit is synced to the disk before it is acknowledged.
//!
//! ```no_run
//! # use onex::Runtime;
//! # async fn main_(app: ()) -> Result<(), Box<dyn std::error::Error>> {
//! use onex_sqlite::Durable as _;
//!
//! let runtime = Runtime::builder(app).durable("orders.db").await?;
//! # Ok(()) }
//! ```
//!
//! One thread writes. It takes all commits that wait, writes them in one transaction, syncs once and then acknowledges
//! each: the busier, the more commits share a sync, and nobody waits for company. A few other threads read. The first
//! error of the storage stops the writer for good; what is there stays readable ([`Sqlite::health`]).
//!
//! One process owns a file. Another is refused and told who does; once the owner is gone, however it went, the next takes
//! over, under a higher epoch. [`schema`] is what is in the file, for whoever reads it with another client.

mod apply;
mod backup;
mod durable;
mod error;
mod ids;
mod inspect;
mod known;
mod lock;
mod log;
mod mark;
mod open;
mod options;
mod prepared;
mod read;
mod readers;
mod requests;
mod retain;
mod sqlite;
mod stored;
mod sum;
mod threads;
mod verify;
mod writer;

pub use backup::{Backup, BackupError, restore};
pub use durable::Durable;
pub use error::{Health, Holder, OpenError};
pub use inspect::{
    AttemptLine, Inspect, JournalStatus, RequestLine, RunDetail, RunFilter, RunLine, StepLine, StoredLetter,
    TimerLine, run_id,
};
/// What [`Request::Migrate`] takes.
pub use onex::engine::{Migration, NotAMapping};
/// What [`Options::durability`] takes.
pub use onex::journal::Durability;
pub use options::{Check, Keep, Options};
pub use requests::{Outcome, Request, Requests};
pub use sqlite::Sqlite;

/// The tables and views of a journal file, as SQL.
#[must_use]
pub fn schema() -> String {
    [open::TABLES, open::ADDED, open::VIEWS].join("\n")
}
