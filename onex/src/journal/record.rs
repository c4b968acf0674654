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
    /// The place of the first fact that is about the plan that the run is on: 0, unless it was moved.
    #[must_use]
    pub fn since(&self) -> usize {
        self.facts.iter().rposition(|fact| matches!(fact, Fact::RunMigrated { .. })).unwrap_or(0)
    }

    /// The details of the facts that are about the plan that the run is on, in their order, each with its fact.
    pub fn told(&self) -> impl DoubleEndedIterator<Item = (&Fact, &Detail)> {
        let since = self.since();
        self.details.iter().filter_map(move |detail| {
            let place = usize::try_from(detail.seq).ok().filter(|place| *place >= since)?;
            Some((self.facts.get(place)?, detail))
        })
    }

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
