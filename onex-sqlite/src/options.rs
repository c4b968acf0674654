//! What a program chooses about its journal.

use std::io;
use std::path::Path;
use std::time::Duration;

use onex::journal::Durability;

/// What a program chooses about its journal. `Options::default()` is what [`Sqlite::open`](crate::Sqlite::open) takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(unpredictable_function_pointer_comparisons, reason = "only tests give a function")]
#[non_exhaustive]
pub struct Options {
    /// When a commit is acknowledged: when it is on the disk (`synchronous=FULL`), when the operating system has it
    /// (`synchronous=NORMAL`), or, in memory, at once. Default: when it is on the disk.
    ///
    /// With [`Durability::Memory`] there is no file, whatever the path, and nothing of one is touched: the journal is gone with
    /// its value. It is the same in all else, tables, [`keep`](Self::keep) and all; one thread writes and reads it. Nobody
    /// else can look into it or ask something of its owner.
    pub durability: Durability,
    /// What is looked at before the journal is opened. Default: everything.
    pub check: Check,
    /// For how long what is over is kept. Default: for ever.
    pub keep: Keep,
    /// Through which VFS SQLite reaches the file, if there is one. Default: its own.
    pub vfs: Option<&'static str>,
    /// How SQLite's log is written anew when a journal is opened; for tests whose VFS keeps files elsewhere.
    #[doc(hidden)]
    pub write_anew: Option<fn(&Path) -> io::Result<()>>,
    /// How many pages, of 4 KiB, the log may have before it is copied into the file; for tests, whose journals are small.
    #[doc(hidden)]
    pub log_pages: i32,
    /// Called on the writer's thread when it has written and, if it was time to, copied the log; for tests that wait for it.
    #[doc(hidden)]
    pub after_writing: Option<fn()>,
}

const LOG_PAGES: i32 = 2000;

impl Default for Options {
    fn default() -> Self {
        Options {
            durability: Durability::Strict,
            check: Check::default(),
            keep: Keep::default(),
            vfs: None,
            write_anew: None,
            log_pages: LOG_PAGES,
            after_writing: None,
        }
    }
}

impl Options {
    /// The same with this durability.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// The same with this check.
    #[must_use]
    pub fn check(mut self, check: Check) -> Self {
        self.check = check;
        self
    }

    /// The same, keeping what is over for so long.
    #[must_use]
    pub fn keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
        self
    }

    /// The same, through a [VFS](https://www.sqlite.org/vfs.html) that is registered with SQLite under this name: one that encrypts,
    /// counts or fails. What the journal promises holds as far as that one syncs.
    ///
    /// The owner's lock and mark stay in the file system, beside the path. [`Inspect`](crate::Inspect),
    /// [`Requests`](crate::Requests) and [`restore`](crate::restore) use SQLite's own VFS.
    #[must_use]
    pub fn vfs(mut self, name: &'static str) -> Self {
        self.vfs = Some(name);
        self
    }
}

/// For how long a journal keeps what is over; each `None` for ever. It is forgotten a little at a time, between commits; the
/// file does not shrink, and what is free in it is used again. Runs that are alive or parked, what is to be delivered and the
/// states of reducers are kept in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keep {
    /// Runs that have ended, with all their facts. A run's key is taken for as long as it is kept.
    pub runs: Option<Duration>,
    /// Which envelopes were handled: one that is delivered again after that is handled again.
    pub inbox_marks: Option<Duration>,
    /// Dead letters.
    pub dead_letters: Option<Duration>,
    /// Requests from beside that were answered.
    pub requests: Option<Duration>,
}

/// What is looked at before a journal is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Check {
    /// Every page and every row, in a time that grows with the file.
    #[default]
    Everything,
    /// That it ends where it did, and then what is unfinished, since that is read. What is over is checked when it is read.
    Unfinished,
}
