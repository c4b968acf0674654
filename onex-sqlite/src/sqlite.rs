//! The journal: who asks, what is asked of which thread, and how it is closed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use onex::Envelope;
use onex::journal::{
    BegunCalls, Commit, CommitError, Committed, DeadLetter, Durability, EntityId, EntityRecord, InboxMark,
    Journal, Lease, RunIdentity, RunRecord, RunSummary, StorageError, Timer,
};
use onex::message::RunId;
use tokio::sync::mpsc::Receiver;
use tokio::sync::oneshot;

use crate::apply;
use crate::error::{Failure, Health, OpenError};
use crate::lock::OwnerLock;
use crate::open;
use crate::options::Options;
use crate::prepared::Prepared;
use crate::read::{self, Which};
use crate::readers::Readers;
use crate::requests::{self, Outcome};
use crate::threads::Threads;
use crate::writer::{Asked, Request, Stopped, Writer};

/// A journal in one SQLite file, owned by this value until it is closed or dropped.
///
/// Beside the file are, while it is open, SQLite's `-wal` and `-shm`, which belong to it, and `-owner`, whose lock says
/// who owns it. Dropping waits for what is being written. With [`Durability::Memory`] there is no file at all.
pub struct Sqlite {
    path: PathBuf,
    durability: Durability,
    stopped: Stopped,
    full: Arc<AtomicBool>,
    readers: Readers,
    /// Rings when somebody else has written. Taken by whoever looks then.
    doorbell: Mutex<Option<Receiver<()>>>,
    /// Taken when the journal is closed.
    requests: RwLock<Option<Sender<Asked>>>,
    writer: Threads,
}

impl Sqlite {
    /// Opens the journal at `path`, or makes one where nothing is. Blocks while it does.
    ///
    /// What was committed when the last owner's process ended is there, whatever ended it; every page and every row is
    /// looked at, whether it is what was written.
    ///
    /// # Errors
    /// See [`OpenError`]. A file that is refused is not changed.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Sqlite::open_with(path, Options::default())
    }

    /// As [`open`](Self::open), with other choices.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, OpenError> {
        let path = path.as_ref().to_owned();
        let is_in_memory = options.durability == Durability::Memory;
        let (opened, lock) = if is_in_memory {
            (open::memory(&path, options)?, None)
        } else {
            let mut lock = OwnerLock::take(&path)?;
            (open::writer(&path, &mut lock, options)?, Some(lock))
        };
        let stopped = Stopped::new(OnceLock::new());
        let (ring, doorbell) = tokio::sync::mpsc::channel(1);
        let full = Arc::new(AtomicBool::new(false));
        let told = (Arc::clone(&stopped), Arc::clone(&full));
        let writer = Writer::new(opened, options, ring, told, lock)
            .map_err(|source| OpenError::Sqlite { path: path.clone(), source })?;
        let (requests, queue) = channel();
        let readers = if is_in_memory {
            Readers::of_writer(requests.clone())
        } else {
            Readers::start(&path, options.vfs)?
        };
        let mut thread = Threads::none();
        thread.start("onex-sqlite-write", move || writer.serve(&queue)).map_err(OpenError::Thread)?;
        Ok(Sqlite {
            path,
            durability: options.durability,
            stopped,
            full,
            readers,
            doorbell: Mutex::new(Some(doorbell)),
            requests: RwLock::new(Some(requests)),
            writer: thread,
        })
    }

    /// Where it is; with [`Durability::Memory`], the path that it was given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it takes commits.
    #[must_use]
    pub fn health(&self) -> Health {
        match self.stopped.get() {
            Some(error) => Health::Stopped(error.clone()),
            None if self.is_closed() => Health::Closed,
            None if self.full.load(Ordering::Relaxed) => Health::Full,
            None => Health::Writing,
        }
    }

    /// `None`: somebody has it.
    pub(crate) fn doorbell(&self) -> Option<Receiver<()>> {
        self.doorbell.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The requests that nobody has carried out yet.
    pub(crate) async fn unanswered(&self) -> Result<Vec<(u64, requests::Request)>, StorageError> {
        self.readers.read(requests::unanswered).await
    }

    pub(crate) async fn dead_letter(&self, position: u64) -> Result<Option<DeadLetter>, StorageError> {
        self.readers.read(move |connection| read::dead_letter(connection, position)).await
    }

    /// Commits what came of a request.
    pub(crate) async fn answer(
        &self,
        lease: &Lease,
        asked: u64,
        outcome: &Outcome,
    ) -> Result<(), StorageError> {
        let outcome = serde_json::to_string(outcome)
            .map_err(|error| Failure::Meaning { what: "outcome", why: error.to_string() }.storage())?;
        let claim = lease.into();
        let answered: Result<Committed, CommitError> =
            self.ask(|reply| Request::Answer { claim, asked, outcome, reply }).await;
        match answered {
            Ok(_) => Ok(()),
            Err(CommitError::Storage(error)) => Err(error),
            Err(refused) => Err(StorageError(Arc::new(refused))),
        }
    }

    /// Asks the writer; its answer comes after the sync.
    async fn ask<T, E: From<StorageError>>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, E>>) -> Request,
    ) -> Result<T, E> {
        let (reply, answer) = oneshot::channel();
        self.send(Asked::Write(request(reply))).map_err(Failure::storage)?;
        answer.await.unwrap_or_else(|_gone| Err(Failure::Gone.storage().into()))
    }

    fn send(&self, asked: Asked) -> Result<(), Failure> {
        match &*self.requests.read().unwrap_or_else(PoisonError::into_inner) {
            Some(requests) => requests.send(asked).map_err(|_| Failure::Gone),
            None => Err(Failure::Closed),
        }
    }

    fn is_closed(&self) -> bool {
        self.requests.read().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// What was asked before is still done.
    fn take_no_more(&self) {
        *self.requests.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Journal for Sqlite {
    fn durability(&self) -> Durability {
        self.durability
    }

    async fn acquire(&self, owner: &str) -> Result<Lease, StorageError> {
        let owner = owner.to_owned();
        self.ask(|reply| Request::Acquire { owner, reply }).await
    }

    async fn owner(&self) -> Result<Option<Lease>, StorageError> {
        self.readers.read(|connection| apply::owner(connection).map_err(Failure::Read)).await
    }

    async fn commit(&self, lease: &Lease, commit: Commit<'_>) -> Result<Committed, CommitError> {
        let prepared = Arc::new(Prepared::of(&commit)?);
        let (claim, commit) = (lease.into(), Arc::clone(&prepared));
        let answer = self.ask(|reply| Request::Commit { claim, commit, reply }).await;
        drop(prepared);
        answer
    }

    async fn handled(&self, mark: &InboxMark) -> Result<bool, StorageError> {
        let mark = mark.clone();
        self.readers.read(move |connection| apply::handled(connection, &mark).map_err(Failure::Read)).await
    }

    async fn run(&self, run: RunId) -> Result<Option<RunRecord>, StorageError> {
        self.readers.read(move |connection| read::run(connection, run)).await
    }

    async fn find(&self, identity: &RunIdentity) -> Result<Option<RunId>, StorageError> {
        let identity = identity.clone();
        self.readers.read(move |connection| apply::find(connection, &identity).map_err(Failure::Read)).await
    }

    async fn runs(&self) -> Result<Vec<RunSummary>, StorageError> {
        self.readers.read(|connection| read::runs(connection, Which::All)).await
    }

    async fn unfinished(&self) -> Result<Vec<RunSummary>, StorageError> {
        self.readers.read(|connection| read::runs(connection, Which::Unfinished)).await
    }

    async fn entity(&self, id: &EntityId) -> Result<Option<EntityRecord>, StorageError> {
        let id = id.clone();
        self.readers.read(move |connection| read::entity(connection, &id)).await
    }

    async fn outbox(&self) -> Result<Vec<Envelope>, StorageError> {
        self.readers.read(read::outbox).await
    }

    async fn begun(&self) -> Result<Vec<BegunCalls>, StorageError> {
        self.readers.read(read::begun).await
    }

    async fn timers(&self) -> Result<Vec<Timer>, StorageError> {
        self.readers.read(read::timers).await
    }

    async fn dead_letters(&self) -> Result<Vec<Arc<DeadLetter>>, StorageError> {
        self.readers.read(read::dead_letters).await
    }

    async fn parked(&self) -> Result<Vec<Arc<DeadLetter>>, StorageError> {
        self.readers.read(read::parked).await
    }

    /// The lock is free when this returns.
    async fn close(&self) {
        // Readers go first: whoever closes the file last empties the log into it.
        self.readers.close().await;
        self.take_no_more();
        self.writer.ended().await;
    }
}

impl Drop for Sqlite {
    /// The lock is free when this returns. In the order of [`close`](Journal::close).
    fn drop(&mut self) {
        self.readers.end();
        self.take_no_more();
        self.writer.join();
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sqlite")
            .field("path", &self.path)
            .field("health", &self.health())
            .finish_non_exhaustive()
    }
}
