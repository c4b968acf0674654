//! What can be read back of a run.

use std::sync::Arc;

use super::{Detail, RunIdentity, RunStart};
use crate::message::RunId;
use crate::run::Fact;

/// All that is known of a run: enough to replay it.
#[derive(Debug, Clone)]
pub struct RunRecord {
    /// What it started with.
    pub start: Arc<RunStart>,
    /// What happened, in order.
    pub facts: Vec<Fact>,
    /// What its steps returned, in the order of the facts they belong to.
    pub details: Vec<Detail>,
    /// Milliseconds for which it was driven, as of its last fact.
    pub active_ms: u64,
    /// Milliseconds since the Unix epoch; `None` while it is alive, and while it is parked.
    pub ended_unix_ms: Option<u64>,
}

impl RunRecord {
    /// What the next append expects.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.facts.len() as u64
    }
}

/// A line in a list of runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSummary {
    /// The run.
    pub run: RunId,
    /// Its identity.
    pub identity: RunIdentity,
    /// How many facts it has.
    pub seq: u64,
    /// Milliseconds since the Unix epoch.
    pub started_unix_ms: u64,
    /// Milliseconds since the Unix epoch; `None` while it is alive, and while it is parked.
    pub ended_unix_ms: Option<u64>,
}
