//! What a program tells runs that there are, and dead letters.

use std::sync::Arc;

use uuid::Uuid;

use super::super::again::{AgainError, RedriveError};
use super::super::control::{ControlError, Order};
use super::super::migration::{MigrateError, Migrated, Migration};
use super::super::parked::GiveUpError;
use super::super::run_handle::RunHandle;
use super::Runtime;
use crate::journal::{DeadLetter, Journal};
use crate::message::RunId;

impl<C, J> Runtime<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Asks a run to stop: see [`RunHandle::cancel`]. False if it is not live, or was asked before.
    pub fn cancel(&self, run: RunId, reason: impl Into<Arc<str>>) -> bool {
        self.engine.live.cancel(run, reason.into())
    }

    /// Asks a run to stop, and that nothing be undone: see [`RunHandle::kill`]. False if it is not live, or was killed before.
    pub fn kill(&self, run: RunId, reason: impl Into<Arc<str>>) -> bool {
        self.engine.live.kill(run, reason.into())
    }

    /// Holds a run until it is [resumed](Self::resume): nothing of it is dispatched or tried again, and neither its
    /// timeout nor the delays of its retries pass. What is in flight goes on and counts; a step that fails for good
    /// stops the run when it is resumed. Returns when the pause is committed; the report says `reason`.
    ///
    /// A run that is paused already stays so, for its first reason. A paused run can be cancelled, is in flight
    /// ([`settled`](Self::settled) waits for it) and is left as it is by a [`shutdown`](Self::shutdown), if nothing of it is under way.
    ///
    /// # Errors
    /// It is not live, or it is stopping already.
    pub async fn pause(&self, run: RunId, reason: impl Into<Arc<str>>) -> Result<(), ControlError> {
        let reason = reason.into();
        self.engine.live.order(run, |reply| Order::Pause { reason, reply }).await
    }

    /// Lets a paused run go on, with what remained of its timeout and of the delays of its retries. Returns when that
    /// is committed. A run that is not paused goes on anyway.
    ///
    /// # Errors
    /// As [`pause`](Self::pause).
    pub async fn resume(&self, run: RunId) -> Result<(), ControlError> {
        self.engine.live.order(run, |reply| Order::Resume { reply }).await
    }

    /// Lets a run that failed, was cancelled, timed out or is parked go on from a step: that step, what follows it and what did
    /// not come to its end are done again, under the idempotency keys that they had; all else keeps its output. It has its
    /// whole timeout anew. Returns when that is committed.
    ///
    /// # Errors
    /// See [`AgainError`]. What is undone is not retried: [`fork_from`](Self::fork_from) is for that.
    pub async fn retry_from(&self, run: RunId, step: &str) -> Result<RunHandle, AgainError> {
        self.engine.retry_from(run, step).await
    }

    /// Makes a new run of one that is over or parked: with its input, with the outputs of the steps that do not follow `step`,
    /// and with keys of its own. The old run stays as it is; of those of its key, the new one is found from now on. Returns
    /// when that is committed.
    ///
    /// # Errors
    /// See [`AgainError`].
    pub async fn fork_from(&self, run: RunId, step: &str) -> Result<RunHandle, AgainError> {
        self.engine.fork_from(run, step, None).await
    }

    /// As [`fork_from`](Self::fork_from) under an id of the caller's: asked for twice, it begins once.
    ///
    /// # Errors
    /// As [`fork_from`](Self::fork_from).
    pub async fn fork_as(&self, fork: RunId, run: RunId, step: &str) -> Result<RunHandle, AgainError> {
        self.engine.fork_from(run, step, Some(fork)).await
    }

    /// Moves a run that is alive, held or parked for crashes to the plan that this program has of its workflow: what had completed
    /// keeps its output, what is new is pending, and it goes on from there. Returns when that is committed. A run of which an
    /// attempt is in flight is not moved: [pause](Self::pause) it first. Whoever [watches](Self::watch) it sees no more of it.
    ///
    /// # Errors
    /// All that stands against it; see [`MigrateError`].
    pub async fn migrate(&self, run: RunId, map: &Migration) -> Result<Migrated, MigrateError> {
        self.engine.migrate(run, map).await
    }

    /// What [`migrate`](Self::migrate) would come to, as far as the journal can tell. Writes nothing.
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate).
    pub async fn try_migration(&self, run: RunId, map: &Migration) -> Result<Migrated, MigrateError> {
        self.engine.try_migration(run, map).await
    }

    /// Delivers what nobody could handle again, under a new id, to the node that could not handle it and to nobody else: to
    /// the handler that this program has for it now. Gives back that id; asked for twice, it is delivered once. The letter
    /// stays.
    ///
    /// A message that [is parked](DeadLetter::is_parked) was never handled: it keeps its id, is called for again with all its
    /// attempts, and what waits behind it goes on when it is handled. If it is not, it is parked again, with a letter that
    /// says why.
    ///
    /// # Errors
    /// See [`RedriveError`].
    pub async fn redrive(&self, letter: &DeadLetter) -> Result<Uuid, RedriveError> {
        self.engine.redrive(letter).await
    }

    /// Gives up a parked message: it is a dead letter for good, with `reason`, and what waits behind it goes on. Returns when
    /// that is committed.
    ///
    /// # Errors
    /// See [`GiveUpError`].
    pub async fn give_up(&self, letter: &DeadLetter, reason: impl Into<String>) -> Result<(), GiveUpError> {
        self.engine.give_up(letter, reason.into()).await
    }
}
