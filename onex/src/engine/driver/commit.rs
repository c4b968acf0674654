//! Committing what a run has decided, while its attempts in flight go on.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;

use tokio::time::Instant;

use super::Driver;
use crate::engine::core::WhenFull;
use crate::journal::{BegunCalls, Commit, CommitError, DeadLetter, InboxMark, Journal};

/// What the first and the last commit of a run hold beside what it decided.
#[derive(Debug, Default)]
pub(super) struct Beside<'a> {
    pub(super) is_start: bool,
    pub(super) inbox: Option<&'a InboxMark>,
    pub(super) calls: &'a [BegunCalls],
    pub(super) ended_unix_ms: Option<u64>,
    pub(super) dead_letters: &'a [Arc<DeadLetter>],
}

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Commits what is not committed yet, if anything, and publishes what was to be published with it.
    pub(super) async fn commit(&mut self) -> Result<(), CommitError> {
        if self.ledger.is_empty() {
            self.reply();
            return Ok(());
        }
        self.commit_with(Beside::default()).await
    }

    pub(super) async fn commit_with(&mut self, beside: Beside<'_>) -> Result<(), CommitError> {
        if !self.ledger.outbox.is_empty() {
            self.note_undeliverable();
        }
        let active_ms = self.active_ms();
        let mut took_time = false;
        {
            let Driver { engine, ledger, slots, finished, start, .. } = self;
            let decided = ledger.commit(start.run, active_ms, beside.ended_unix_ms);
            let commit = Commit {
                inbox: beside.inbox.or(decided.inbox),
                start: beside.is_start.then_some(&*start),
                dead_letters: beside.dead_letters,
                calls: beside.calls,
                ..decided
            };
            // Who starts a run is told that there is no room; what has begun waits for it.
            let is_asked_for = beside.is_start && beside.inbox.is_none() && start.parent().is_none();
            let when_full = if is_asked_for { WhenFull::Refuse } else { WhenFull::Wait };
            let mut committed = pin!(engine.commit_and(when_full, &commit));
            poll_fn(|cx| {
                let polled = committed.as_mut().poll(cx);
                if polled.is_pending() {
                    took_time = true;
                    slots.poll(cx, finished);
                }
                polled
            })
            .await?;
        }
        self.ledger.committed();
        if !self.ledger.outbox.is_empty() {
            self.engine.spread(self.ledger.outbox.drain(..));
        }
        if took_time {
            self.now = Instant::now();
        }
        self.reply();
        Ok(())
    }

    /// For how long the run has been driven.
    pub(super) fn active_ms(&self) -> u64 {
        let active = self.active_before + self.alarms.active(self.started, self.now);
        u64::try_from(active.as_millis()).unwrap_or(u64::MAX)
    }

    /// What no node subscribes to is delivered to all its subscribers as it is published.
    fn note_undeliverable(&mut self) {
        let routing = &self.engine.registry.routing;
        let undeliverable = self.ledger.outbox.iter().filter(|envelope| routing.targets(envelope).is_empty());
        self.ledger.delivered.extend(undeliverable.map(|envelope| envelope.envelope_id));
    }
}
