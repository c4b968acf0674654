//! The journal in memory: one mutex, bounded retention, gone with the process.

mod inbox;
mod letters;
mod sieve;
mod state;

use std::future::{Future, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use self::state::{Forgotten, State};
use super::{
    BegunCalls, Commit, CommitError, Committed, DeadLetter, Durability, EntityId, EntityRecord, InboxMark,
    Journal, Lease, RunIdentity, RunRecord, RunSummary, StorageError, Timer,
};
use crate::message::{Envelope, RunId};

/// How much a [`Memory`] keeps of what is over. What is oldest goes first.
///
/// What is not over has no bound: runs that are alive or parked, what is to be delivered, timers, and the states of reducers, of
/// which there is one for each key that was ever folded into, the latest. They are state and not history: one that was
/// forgotten would begin anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Ended runs. A run's key is taken for as long as it is kept. Parked runs are kept until a person has decided,
    /// and do not count.
    pub runs: usize,
    /// Inbox marks: how many handled envelopes are recognised when they are delivered again.
    pub inbox_marks: usize,
    /// Dead letters. Those whose message is parked are kept until it is handled or given up, and do not count.
    pub dead_letters: usize,
}

impl Default for Retention {
    /// 100,000 of each.
    fn default() -> Self {
        Retention { runs: 100_000, inbox_marks: 100_000, dead_letters: 100_000 }
    }
}

/// A journal in memory.
///
/// Payloads are kept as they are, not serialised.
#[derive(Debug)]
pub struct Memory {
    state: Mutex<State>,
}

impl Memory {
    /// An empty journal that nobody owns.
    #[must_use]
    pub fn new(retention: Retention) -> Self {
        Memory { state: Mutex::new(State::new(retention)) }
    }

    /// As [`Journal::acquire`], which for memory has nothing to wait for and cannot fail.
    pub fn acquire_now(&self, owner: &str) -> Lease {
        self.lock().acquire(owner)
    }

    fn commit_now(&self, lease: &Lease, commit: &Commit<'_>) -> Result<Committed, CommitError> {
        // What falls out of retention is dropped after the lock is released: payloads are the user's types.
        let mut forgotten = Forgotten::default();
        let mut state = self.lock();
        state.check(lease, commit)?;
        Ok(state.apply(commit, &mut forgotten))
    }

    /// A panic cannot leave half a commit behind: everything is checked before anything is applied.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Memory {
    fn default() -> Self {
        Memory::new(Retention::default())
    }
}

impl Journal for Memory {
    fn durability(&self) -> Durability {
        Durability::Memory
    }

    async fn acquire(&self, owner: &str) -> Result<Lease, StorageError> {
        Ok(self.acquire_now(owner))
    }

    async fn owner(&self) -> Result<Option<Lease>, StorageError> {
        Ok(self.lock().owner().cloned())
    }

    /// Done when it is called: a future that did it when it is polled would take the whole commit along, several times.
    fn commit(
        &self,
        lease: &Lease,
        commit: Commit<'_>,
    ) -> impl Future<Output = Result<Committed, CommitError>> + Send {
        ready(self.commit_now(lease, &commit))
    }

    fn rests(&self, run: RunId) {
        self.lock().shrink(run);
    }

    async fn handled(&self, mark: &InboxMark) -> Result<bool, StorageError> {
        Ok(self.lock().is_handled(mark))
    }

    async fn run(&self, run: RunId) -> Result<Option<RunRecord>, StorageError> {
        Ok(self.lock().run(run).cloned())
    }

    async fn find(&self, identity: &RunIdentity) -> Result<Option<RunId>, StorageError> {
        Ok(self.lock().find(identity))
    }

    async fn runs(&self) -> Result<Vec<RunSummary>, StorageError> {
        let mut runs: Vec<RunSummary> = self.lock().summaries().collect();
        runs.sort_unstable_by_key(|summary| summary.run);
        Ok(runs)
    }

    async fn unfinished(&self) -> Result<Vec<RunSummary>, StorageError> {
        let mut runs = self.runs().await?;
        runs.retain(|summary| summary.ended_unix_ms.is_none());
        Ok(runs)
    }

    async fn entity(&self, id: &EntityId) -> Result<Option<EntityRecord>, StorageError> {
        Ok(self.lock().entity(id).cloned())
    }

    async fn outbox(&self) -> Result<Vec<Envelope>, StorageError> {
        let mut pending: Vec<(u64, Arc<Envelope>)> = self.lock().outbox().collect();
        pending.sort_unstable_by_key(|(position, _)| *position);
        Ok(pending.into_iter().map(|(_, envelope)| Envelope::clone(&envelope)).collect())
    }

    async fn begun(&self) -> Result<Vec<BegunCalls>, StorageError> {
        Ok(self.lock().begun().collect())
    }

    async fn timers(&self) -> Result<Vec<Timer>, StorageError> {
        Ok(self.lock().timers().collect())
    }

    async fn dead_letters(&self) -> Result<Vec<Arc<DeadLetter>>, StorageError> {
        Ok(self.lock().dead_letters().cloned().collect())
    }

    async fn parked(&self) -> Result<Vec<Arc<DeadLetter>>, StorageError> {
        Ok(self.lock().parked().cloned().collect())
    }
}

/// The id of a lease: random, so that two owners never share one.
fn fresh_lease_id() -> Uuid {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_ne_bytes()).into_uuid()
}

#[cfg(test)]
mod tests;
