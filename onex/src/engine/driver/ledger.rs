//! What a run has decided and not committed yet. Its buffers are reused from commit to commit.

use std::sync::Arc;

use uuid::Uuid;

use crate::journal::{Append, Commit, Detail, DetailBody, InboxMark, Timer, TimerKey};
use crate::message::{Envelope, RunId};
use crate::run::Fact;

/// The part of a run that is ahead of its journal. Semantics 15: compute may be, effects wait until nothing is.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// How many facts of the run are committed.
    seq: u64,
    facts: Vec<Fact>,
    details: Vec<Detail>,
    pub(super) outbox: Vec<Arc<Envelope>>,
    pub(super) delivered: Vec<Uuid>,
    /// The event that has completed a gate.
    pub(super) inbox: Option<InboxMark>,
    /// Of one key, at most one is in one of these.
    timers: Vec<Timer>,
    fired: Vec<TimerKey>,
}

impl Ledger {
    /// That of a run of which so many facts are committed.
    pub(super) fn after(seq: u64) -> Self {
        Ledger { seq, ..Ledger::default() }
    }

    /// The position that the next fact takes.
    #[inline]
    pub(super) fn next_seq(&self) -> u64 {
        self.seq + self.facts.len() as u64
    }

    pub(super) fn record(&mut self, facts: &[Fact]) {
        self.facts.extend_from_slice(facts);
    }

    pub(super) fn detail(&mut self, seq: u64, body: DetailBody) {
        // Most come in order.
        if self.details.last().is_none_or(|last| last.seq <= seq) {
            return self.details.push(Detail { seq, body });
        }
        let place = self.details.partition_point(|detail| detail.seq <= seq);
        self.details.insert(place, Detail { seq, body });
    }

    pub(super) fn set_timer(&mut self, timer: Timer) {
        self.fired.retain(|key| *key != timer.key);
        self.timers.push(timer);
    }

    /// The timer went off, or is not needed any more.
    pub(super) fn clear_timer(&mut self, key: TimerKey) {
        self.timers.retain(|timer| timer.key != key);
        self.fired.push(key);
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.outbox.is_empty() && self.timers.is_empty() && self.fired.is_empty()
    }

    #[inline]
    pub(super) fn commit(&self, run: RunId, active_ms: u64, ended_unix_ms: Option<u64>) -> Commit<'_> {
        Commit {
            inbox: self.inbox.as_ref(),
            append: Some(Append {
                run,
                expected_seq: self.seq,
                facts: &self.facts,
                details: &self.details,
                active_ms,
                ended_unix_ms,
            }),
            outbox: &self.outbox,
            delivered: &self.delivered,
            timers: &self.timers,
            fired: &self.fired,
            ..Commit::default()
        }
    }

    /// The commit was applied. The outbox stays, to be sent.
    pub(super) fn committed(&mut self) {
        self.seq = self.next_seq();
        self.facts.clear();
        self.details.clear();
        self.delivered.clear();
        self.inbox = None;
        self.timers.clear();
        self.fired.clear();
    }
}
