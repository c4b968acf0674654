//! What happened, in order: the one place where the engine's state becomes lasting.
//!
//! A [`Commit`] is atomic: the inbox mark of what was handled, the facts of the run it concerns, the messages that
//! follow from it and the timers that it sets are written together or not at all. Each commit proves ownership with
//! a [`Lease`]; one whose epoch is no longer the latest is refused with the name of whoever owns the partition now.
//!
//! This module knows the kernel's facts and what travels. It must not know handlers, tokio or how a run is driven.

mod commit;
mod dead_letter;
mod entity;
mod error;
mod identity;
mod memory;
mod record;

use std::future::Future;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use commit::{Append, Commit, Committed, Detail, DetailBody, InboxMark, RunStart, Timer, TimerKey};
pub use dead_letter::{DeadLetter, DeadLetterCause, StoredEnvelope};
pub use entity::{EntityChange, EntityId, EntityRecord};
pub use error::{CommitError, StorageError};
pub use identity::{RunIdentity, RunKey};
pub use memory::{Memory, Retention};
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

/// Where facts are kept. Implementations: [`Memory`].
///
/// Dispatch is static: an engine is built for one journal.
pub trait Journal: Send + Sync + 'static {
    /// Becomes the owner. The epoch rises, so every earlier lease is fenced from now on.
    ///
    /// # Errors
    /// The storage refused.
    fn acquire(&self, owner: &str) -> impl Future<Output = Result<Lease, StorageError>> + Send;

    /// Writes all of `commit`, or none of it.
    ///
    /// # Errors
    /// See [`CommitError`]; whatever the error, nothing has been applied.
    fn commit(
        &self,
        lease: &Lease,
        commit: Commit<'_>,
    ) -> impl Future<Output = Result<Committed, CommitError>> + Send;

    /// Whether this subscriber has handled this envelope. Advisory: the commit decides.
    fn handled(&self, mark: &InboxMark) -> impl Future<Output = bool> + Send;

    /// All that is known of a run, if it is still retained.
    fn run(&self, run: RunId) -> impl Future<Output = Option<RunRecord>> + Send;

    /// The latest run with this identity, if it is still retained.
    fn find(&self, identity: &RunIdentity) -> impl Future<Output = Option<RunId>> + Send;

    /// The retained runs, in the order of their ids: that of their starts, to the millisecond.
    fn runs(&self) -> impl Future<Output = Vec<RunSummary>> + Send;

    /// The state of a reducer's entity, if anything was folded into it.
    fn entity(&self, id: &EntityId) -> impl Future<Output = Option<EntityRecord>> + Send;

    /// What was committed for publication and is not delivered to every subscriber yet, oldest first.
    fn outbox(&self) -> impl Future<Output = Vec<Envelope>> + Send;

    /// The timers that are set.
    fn timers(&self) -> impl Future<Output = Vec<Timer>> + Send;

    /// The retained dead letters, oldest first.
    fn dead_letters(&self) -> impl Future<Output = Vec<Arc<DeadLetter>>> + Send;
}

/// One journal, shared by several who may want to own it.
impl<J: Journal> Journal for Arc<J> {
    fn acquire(&self, owner: &str) -> impl Future<Output = Result<Lease, StorageError>> + Send {
        J::acquire(self, owner)
    }

    fn commit(
        &self,
        lease: &Lease,
        commit: Commit<'_>,
    ) -> impl Future<Output = Result<Committed, CommitError>> + Send {
        J::commit(self, lease, commit)
    }

    fn handled(&self, mark: &InboxMark) -> impl Future<Output = bool> + Send {
        J::handled(self, mark)
    }

    fn run(&self, run: RunId) -> impl Future<Output = Option<RunRecord>> + Send {
        J::run(self, run)
    }

    fn find(&self, identity: &RunIdentity) -> impl Future<Output = Option<RunId>> + Send {
        J::find(self, identity)
    }

    fn runs(&self) -> impl Future<Output = Vec<RunSummary>> + Send {
        J::runs(self)
    }

    fn entity(&self, id: &EntityId) -> impl Future<Output = Option<EntityRecord>> + Send {
        J::entity(self, id)
    }

    fn outbox(&self) -> impl Future<Output = Vec<Envelope>> + Send {
        J::outbox(self)
    }

    fn timers(&self) -> impl Future<Output = Vec<Timer>> + Send {
        J::timers(self)
    }

    fn dead_letters(&self) -> impl Future<Output = Vec<Arc<DeadLetter>>> + Send {
        J::dead_letters(self)
    }
}
