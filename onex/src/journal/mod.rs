//! What happened, in order: the one place where the engine's state becomes lasting.
//!
//! A [`Commit`] is atomic: the inbox mark of what was handled, the facts of the run it concerns, the messages that
//! follow from it and the timers that it sets are written together or not at all. Each commit proves ownership with
//! a [`Lease`]; one whose epoch is no longer the latest is refused with the name of whoever owns the partition now.
//!
//! This module knows the kernel's facts and what travels. It must not know handlers, tokio or how a run is driven.

mod begun;
mod commit;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod dead_letter;
mod durability;
mod entity;
mod error;
mod identity;
mod memory;
mod pinned;
mod record;

use std::future::{Future, ready};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use begun::BegunCalls;
pub use commit::{Append, Commit, Committed, Detail, DetailBody, InboxMark, RunStart, Timer, TimerKey};
pub use dead_letter::{DeadLetter, DeadLetterCause, EventRefusal, Parked, StoredEnvelope};
pub use durability::Durability;
pub use entity::{EntityChange, EntityId, EntityRecord};
pub use error::{CommitError, StorageError};
pub use identity::{RunIdentity, RunKey};
pub use memory::{Memory, Retention};
pub use pinned::PinnedPlan;
pub use record::{RunRecord, RunSummary};

use crate::message::{Envelope, RunId};

/// Proof of who owns a partition. There is one partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Unique to this acquisition.
    pub lease_id: Uuid,
    /// Counts acquisitions, from 1. Only the latest may commit.
    pub epoch: u64,
    /// Who acquired it, in words for people.
    pub owner: Arc<str>,
}

/// Where facts are kept: [`Memory`] here, a file in `onex-sqlite`. What every implementation must do is a test suite, the
/// module `conformance` behind the feature of that name.
///
/// Dispatch is static: an engine is built for one journal.
pub trait Journal: Send + Sync + 'static {
    /// What it promises of what it acknowledges. One that does not say promises nothing.
    fn durability(&self) -> Durability {
        Durability::Memory
    }

    /// Becomes the owner. The epoch rises, so every earlier lease is fenced from now on.
    ///
    /// # Errors
    /// The storage refused.
    fn acquire(&self, owner: &str) -> impl Future<Output = Result<Lease, StorageError>> + Send;

    /// Whose lease it is now: that of the latest acquisition. `None`: nobody has acquired it.
    ///
    /// # Errors
    /// The storage cannot be read.
    fn owner(&self) -> impl Future<Output = Result<Option<Lease>, StorageError>> + Send;

    /// Writes all of `commit`, or none of it.
    ///
    /// # Errors
    /// See [`CommitError`]. Whatever the error, nothing can be read of it; after [`CommitError::Storage`], until a restart.
    fn commit(
        &self,
        lease: &Lease,
        commit: Commit<'_>,
    ) -> impl Future<Output = Result<Committed, CommitError>> + Send;

    /// Tells that nothing will be appended to a run for a while: it waits. What is kept in memory may be made smaller.
    fn rests(&self, run: RunId) {
        let _ = run;
    }

    /// Whether this subscriber has handled this envelope. Advisory: the commit decides.
    ///
    /// # Errors
    /// The storage cannot be read. So for all that follow.
    fn handled(&self, mark: &InboxMark) -> impl Future<Output = Result<bool, StorageError>> + Send;

    /// All that is known of a run, if it is still retained.
    fn run(&self, run: RunId) -> impl Future<Output = Result<Option<RunRecord>, StorageError>> + Send;

    /// The latest run with this identity, if it is still retained.
    fn find(
        &self,
        identity: &RunIdentity,
    ) -> impl Future<Output = Result<Option<RunId>, StorageError>> + Send;

    /// The retained runs, in the order of their ids: that of their starts, to the millisecond.
    fn runs(&self) -> impl Future<Output = Result<Vec<RunSummary>, StorageError>> + Send;

    /// Those of them whose end is not committed: alive or parked, in the same order.
    fn unfinished(&self) -> impl Future<Output = Result<Vec<RunSummary>, StorageError>> + Send;

    /// The state of a reducer's entity, if anything was folded into it.
    fn entity(
        &self,
        id: &EntityId,
    ) -> impl Future<Output = Result<Option<EntityRecord>, StorageError>> + Send;

    /// What was committed for publication and is not delivered to every subscriber yet, oldest first.
    fn outbox(&self) -> impl Future<Output = Result<Vec<Envelope>, StorageError>> + Send;

    /// The calls of handlers that are [counted](Commit::calls), by envelope and subscriber.
    fn begun(&self) -> impl Future<Output = Result<Vec<BegunCalls>, StorageError>> + Send;

    /// The timers that are set.
    fn timers(&self) -> impl Future<Output = Result<Vec<Timer>, StorageError>> + Send;

    /// The retained dead letters, oldest first.
    fn dead_letters(&self) -> impl Future<Output = Result<Vec<Arc<DeadLetter>>, StorageError>> + Send;

    /// Those of them whose message [is parked](DeadLetter::is_parked) still: it is in the outbox, and its subscriber has not
    /// handled it. Of one message the latest, oldest first. They are retained for as long.
    fn parked(&self) -> impl Future<Output = Result<Vec<Arc<DeadLetter>>, StorageError>> + Send;

    /// Lets go of what others may want to open, such as a file, and returns when they can. What was asked before is done; nothing
    /// can be written or read from now on. One that holds nothing has nothing to do.
    fn close(&self) -> impl Future<Output = ()> + Send {
        ready(())
    }
}

/// One journal, shared by several who may want to own it: none of them closes it for the others, so it lets go of what it holds
/// when the last of them drops it.
impl<J: Journal> Journal for Arc<J> {
    fn durability(&self) -> Durability {
        J::durability(self)
    }

    fn acquire(&self, owner: &str) -> impl Future<Output = Result<Lease, StorageError>> + Send {
        J::acquire(self, owner)
    }

    fn owner(&self) -> impl Future<Output = Result<Option<Lease>, StorageError>> + Send {
        J::owner(self)
    }

    fn commit(
        &self,
        lease: &Lease,
        commit: Commit<'_>,
    ) -> impl Future<Output = Result<Committed, CommitError>> + Send {
        J::commit(self, lease, commit)
    }

    fn rests(&self, run: RunId) {
        J::rests(self, run);
    }

    fn handled(&self, mark: &InboxMark) -> impl Future<Output = Result<bool, StorageError>> + Send {
        J::handled(self, mark)
    }

    fn run(&self, run: RunId) -> impl Future<Output = Result<Option<RunRecord>, StorageError>> + Send {
        J::run(self, run)
    }

    fn find(
        &self,
        identity: &RunIdentity,
    ) -> impl Future<Output = Result<Option<RunId>, StorageError>> + Send {
        J::find(self, identity)
    }

    fn runs(&self) -> impl Future<Output = Result<Vec<RunSummary>, StorageError>> + Send {
        J::runs(self)
    }

    fn unfinished(&self) -> impl Future<Output = Result<Vec<RunSummary>, StorageError>> + Send {
        J::unfinished(self)
    }

    fn entity(
        &self,
        id: &EntityId,
    ) -> impl Future<Output = Result<Option<EntityRecord>, StorageError>> + Send {
        J::entity(self, id)
    }

    fn outbox(&self) -> impl Future<Output = Result<Vec<Envelope>, StorageError>> + Send {
        J::outbox(self)
    }

    fn begun(&self) -> impl Future<Output = Result<Vec<BegunCalls>, StorageError>> + Send {
        J::begun(self)
    }

    fn timers(&self) -> impl Future<Output = Result<Vec<Timer>, StorageError>> + Send {
        J::timers(self)
    }

    fn dead_letters(&self) -> impl Future<Output = Result<Vec<Arc<DeadLetter>>, StorageError>> + Send {
        J::dead_letters(self)
    }

    fn parked(&self) -> impl Future<Output = Result<Vec<Arc<DeadLetter>>, StorageError>> + Send {
        J::parked(self)
    }
}
