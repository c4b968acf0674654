//! That a contract asks for runs that survive the process.

use super::At;

/// What a contract says that asks for runs that survive the process, which they do not where the journal is in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastingRow {
    /// Its words, such as `checkpoint_enabled: true`.
    pub says: &'static str,
    /// Where it says so.
    pub at: At,
}
