//! Why a journal cannot be opened, and why it stopped.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use onex::journal::StorageError;
use rusqlite::ErrorCode;
use serde::{Deserialize, Serialize};

/// Why a journal file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It is to be on a disk, and nobody says where.
    #[cfg(feature = "config")]
    #[error(
        "`journal.durability` is {durability}, which needs a file, and `journal.path` is not given; give it, or say `memory`"
    )]
    NoPath {
        /// What was said.
        durability: onex::journal::Durability,
    },
    /// Another process, or another part of this one, owns the file.
    #[error("the journal `{}` is held by {}; one process at a time can own it", path.display(), Known(holder.as_ref()))]
    Held {
        /// The journal.
        path: PathBuf,
        /// Who does, as far as it can be told.
        holder: Option<Holder>,
    },
    /// The lock file beside the journal cannot be used.
    #[error("the lock file `{}` cannot be used: {source}", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// SQLite's log beside the journal cannot be written.
    #[error("the log `{}` cannot be written: {source}", path.display())]
    Log {
        /// The log.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is something else.
    #[error("`{}` is no journal of onex; nothing in it was changed", path.display())]
    NotAJournal {
        /// The file.
        path: PathBuf,
    },
    /// Another release wrote the file.
    #[error("the journal `{}` has format {found}, and this release reads format {known}", path.display())]
    OtherFormat {
        /// The journal.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The one that this release reads and writes.
        known: i64,
    },
    /// What it holds is not what was written.
    #[error(
        "the journal `{}` is damaged: {what}. It is opened by nobody as it is; put a backup in its place. \
         Nothing in it was changed",
        path.display()
    )]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// What was found first.
        what: String,
    },
    /// It ends before what was acknowledged.
    #[error(
        "the journal `{}` ends after {found} transactions, and {synced} were synced: its `-wal` file is damaged or \
         missing, or an older copy was put in its place. Nothing was changed. To go on with what is there, and without \
         what was acknowledged after it, remove `{}`",
        path.display(), mark.display()
    )]
    Shortened {
        /// The journal.
        path: PathBuf,
        /// The file that says how far it had come.
        mark: PathBuf,
        /// How many transactions it has; 0: it is empty.
        found: u64,
        /// How many it had.
        synced: u64,
    },
    /// The SQLite that is linked has known faults in its write-ahead log.
    #[error("the SQLite that is linked is {found}, and {needed} is the oldest that may write a journal")]
    OldSqlite {
        /// Its version.
        found: &'static str,
        /// The oldest that is taken.
        needed: &'static str,
    },
    /// The file system does not give what durability needs.
    #[error("SQLite does not take `{pragma}` for `{}`: it answers `{found}`", path.display())]
    Refused {
        /// The journal.
        path: PathBuf,
        /// What was asked for.
        pragma: &'static str,
        /// What it is instead.
        found: String,
    },
    /// A thread cannot be started.
    #[error("a thread for the journal cannot be started: {0}")]
    Thread(#[source] io::Error),
    /// SQLite cannot read or write the file.
    #[error("the journal `{}` cannot be opened: {source}", path.display())]
    Sqlite {
        /// The journal.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

/// Which process owns a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Its id, in the process namespace in which it runs.
    pub pid: u32,
    /// The name of its program.
    pub program: String,
    /// Since when: milliseconds since the Unix epoch.
    pub since_unix_ms: u64,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} (`{}`)", self.pid, self.program)
    }
}

struct Known<'a>(Option<&'a Holder>);

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(holder) => holder.fmt(f),
            None => f.write_str("a process that does not say which"),
        }
    }
}

/// Whether a journal takes commits.
#[derive(Debug, Clone)]
pub enum Health {
    /// It does.
    Writing,
    /// There is no room: commits are refused until there is, and then taken.
    Full,
    /// The storage failed. Nothing is written any more: after a failed sync nobody can say what is on the disk, so the
    /// only way on is a restart, which reads it. What was acknowledged is readable all the while.
    Stopped(StorageError),
    /// Its owner has closed it: nothing is written or read any more.
    Closed,
}

/// What goes wrong behind a journal that is open.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the journal takes no more commits until it is opened again, since it could not be written: {0}")]
    Write(#[source] rusqlite::Error),
    #[error("the journal is full: {why}")]
    Full { why: String },
    #[error("the journal cannot be read: {0}")]
    Read(#[source] rusqlite::Error),
    #[error("what the journal holds cannot be understood: {what}: {why}")]
    Meaning { what: &'static str, why: String },
    #[error("the journal is damaged: {what} is not what was written")]
    Damaged { what: String },
    #[error("the journal's thread is gone")]
    Gone,
    #[error("the journal is closed")]
    Closed,
}

/// Told before anything is synced, so that what is on the disk is known: the log ends before what was refused.
pub(crate) fn is_full(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DiskFull)
}

impl Failure {
    pub(crate) fn storage(self) -> StorageError {
        StorageError(Arc::new(self))
    }
}
