//! Why a commit was refused. Whatever the reason, nothing of it was acknowledged.

use std::error::Error;
use std::sync::Arc;

use uuid::Uuid;

use super::RunKey;
use crate::message::RunId;

/// Why a commit was refused.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// Somebody else owns the partition now. Whoever gets this stops: it can commit nothing any more.
    #[error(
        "the lease of epoch {your_epoch} is fenced: `{held_by}` has owned the partition since epoch {epoch}; \
         this engine can commit nothing any more"
    )]
    Fenced {
        /// The owner now.
        held_by: Arc<str>,
        /// Its epoch.
        epoch: u64,
        /// The epoch of the refused lease.
        your_epoch: u64,
    },
    /// The run is not where its writer believes it to be.
    #[error("run {run} is at position {actual}, not at {expected}: somebody else has written to it")]
    WrongSeq {
        /// The run.
        run: RunId,
        /// What the append expected.
        expected: u64,
        /// How many facts the run has; 0 if it is unknown.
        actual: u64,
    },
    /// The end of the run is committed: nothing follows it.
    #[error("run {run} has ended: nothing can be added to it")]
    RunEnded {
        /// The run.
        run: RunId,
    },
    /// A run with this identity exists and is retained.
    #[error("run {run} already has the key `{key}`")]
    DuplicateRun {
        /// The run that exists.
        run: RunId,
        /// Their common key.
        key: RunKey,
    },
    /// The subscriber has handled the envelope before.
    #[error("`{subscriber}` has already handled envelope {envelope_id}")]
    AlreadyHandled {
        /// The subscriber.
        subscriber: Arc<str>,
        /// The envelope.
        envelope_id: Uuid,
    },
    /// The entity has changed since its state was read: what was folded must be folded again.
    #[error("`{key}` of `{node}` is at version {actual}, not at {expected}: it has changed meanwhile")]
    StaleEntity {
        /// The reducer.
        node: Arc<str>,
        /// The entity's key.
        key: Arc<str>,
        /// What the change was made from.
        expected: u64,
        /// How often the entity has changed.
        actual: u64,
    },
    /// A journal that needs text asked a payload for it. [`Memory`](super::Memory) needs none.
    #[error("{what} cannot be written to the journal: {why}")]
    Unserialisable {
        /// Which payload.
        what: Arc<str>,
        /// What its own `Serialize` says.
        why: Arc<str>,
    },
    /// There is no room. The journal goes on as soon as there is: the same can be asked again.
    #[error("the journal is full: {why}; it can be asked again when there is room")]
    Full {
        /// What the storage says.
        why: Arc<str>,
    },
    /// The storage failed. Nobody can say yet whether the commit will be there after a restart: whoever reads the journal
    /// then goes by what it holds.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The storage below a journal failed. [`Memory`](super::Memory) has none and never says so.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the journal's storage failed: {0}")]
pub struct StorageError(#[source] pub Arc<dyn Error + Send + Sync>);
