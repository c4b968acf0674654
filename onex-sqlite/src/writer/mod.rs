//! The thread that writes: all commits that wait become one transaction, one sync, and then their acknowledgements.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use onex::failpoint::{Place, cross};
use onex::journal::{CommitError, Committed, Durability, Lease, StorageError};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::apply::{Batch, Claim, acquire, apply, fenced, owner};
use crate::error::{Failure, is_full};
use crate::ids::unsigned;
use crate::known::KnownRuns;
use crate::lock::{OwnerLock, unix_ms};
use crate::mark::Mark;
use crate::options::Options;
use crate::prepared::Prepared;
use crate::readers::Job;
use crate::requests::answer;
use crate::retain::Sweeper;
use crate::sum::Unfinished;

/// Bounds what one transaction holds, and with it how long the first of a batch waits for its acknowledgement.
const BATCH: usize = 1024;

/// What is asked of the writer's thread.
pub(crate) enum Asked {
    Write(Request),
    /// Of a journal in memory, which has no other connection.
    Read(Job),
}

/// What is to be written.
pub(crate) enum Request {
    Acquire {
        owner: String,
        reply: oneshot::Sender<Result<Lease, StorageError>>,
    },
    Commit {
        claim: Claim,
        /// Freed by whoever made it, since that is where memory of its kind is asked for again: given back before the answer is.
        commit: Arc<Prepared>,
        reply: Reply,
    },
    /// What came of a request, as JSON.
    Answer {
        claim: Claim,
        asked: u64,
        outcome: String,
        reply: Reply,
    },
}

/// Whoever waits for a commit.
pub(crate) type Reply = oneshot::Sender<Result<Committed, CommitError>>;

/// Set once, when the writer stops.
pub(crate) type Stopped = Arc<OnceLock<StorageError>>;

pub(crate) struct Writer {
    connection: Connection,
    stopped: Stopped,
    /// The last that was tried found no room.
    full: Arc<AtomicBool>,
    log_pages: Arc<AtomicI32>,
    options: Options,
    /// How far the journal has come.
    mark: Mark,
    /// What is acknowledged is on the disk.
    is_strict: bool,
    sweeper: Option<Sweeper>,
    known: KnownRuns,
    ring: Ring,
    /// Dropped last: until then nobody else opens the file. `None`: there is no file.
    lock: Option<OwnerLock>,
}

/// Notices that somebody else has written: whoever asks something of the owner.
struct Ring {
    /// Rung at first, for what was asked while nobody was there.
    bell: mpsc::Sender<()>,
    /// What SQLite says of the file; it changes when another connection has committed.
    version: Option<i64>,
    looked: Instant,
}

impl Ring {
    const EVERY: Duration = Duration::from_millis(100);

    fn new(bell: mpsc::Sender<()>) -> Self {
        Ring { bell, version: None, looked: Instant::now() }
    }

    fn due_in(&self) -> Duration {
        Self::EVERY.saturating_sub(self.looked.elapsed())
    }

    fn look(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.version.is_some() && !self.due_in().is_zero() {
            return Ok(());
        }
        self.looked = Instant::now();
        let version = connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        if self.version.replace(version) != Some(version) {
            // One that is rung already is heard.
            let _ = self.bell.try_send(());
        }
        Ok(())
    }
}

/// What is said after the sync.
enum Outcome {
    Acquired(Lease),
    Committed(Result<Committed, CommitError>),
}

impl Writer {
    pub(crate) fn new(
        (mut connection, mark): (Connection, Mark),
        options: Options,
        ring: mpsc::Sender<()>,
        (stopped, full): (Stopped, Arc<AtomicBool>),
        mut lock: Option<OwnerLock>,
    ) -> rusqlite::Result<Self> {
        let is_strict = options.durability == Durability::Strict;
        if !is_strict && let Some(lock) = &mut lock {
            // What a power failure may take is not missed.
            Self::ignore(lock.note(None));
        }
        let log_pages = Arc::new(AtomicI32::new(0));
        let counted = Arc::clone(&log_pages);
        connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages| {
            counted.store(pages, Ordering::Relaxed);
            Ok(())
        }))?;
        let sweeper = Sweeper::new(options.keep);
        let ring = Ring::new(ring);
        let known = KnownRuns::default();
        Ok(Writer {
            connection,
            stopped,
            full,
            log_pages,
            options,
            mark,
            is_strict,
            sweeper,
            known,
            ring,
            lock,
        })
    }

    /// A mark that is not written makes the next opening less strict, and nothing else.
    fn ignore(noted: std::io::Result<()>) {
        drop(noted);
    }

    /// Until nobody can ask for anything any more.
    pub(crate) fn serve(mut self, queue: &Receiver<Asked>) {
        loop {
            let sweeps_in = self.sweeper.as_ref().map(Sweeper::due_in);
            let due_in = self.ring.due_in().min(sweeps_in.unwrap_or(Duration::MAX));
            let first = match queue.recv_timeout(due_in) {
                Ok(first) => first,
                Err(RecvTimeoutError::Timeout) => {
                    self.look_after();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let (mut batch, mut reads) = (Vec::new(), Vec::new());
            for asked in std::iter::once(first).chain(queue.try_iter().take(BATCH - 1)) {
                match asked {
                    Asked::Write(request) => batch.push(request),
                    Asked::Read(job) => reads.push(job),
                }
            }
            if let Some(error) = self.stopped.get() {
                batch.into_iter().for_each(|request| request.refuse(error));
            } else if !batch.is_empty() {
                if let Err(error) = self.write(batch) {
                    self.fail(error);
                }
                self.options.after_writing.iter().for_each(|told| told());
            }
            reads.into_iter().for_each(|job| job(&mut self.connection));
            if self.stopped.get().is_none() {
                self.look_after();
            }
        }
    }

    /// What is due between commits, also when they never cease.
    fn look_after(&mut self) {
        if let Err(error) = self.ring.look(&self.connection) {
            self.stop(error);
        }
        if self.sweeper.as_ref().is_some_and(|sweeper| sweeper.due_in().is_zero()) {
            self.sweep();
        }
    }

    /// Forgets a little of what is over.
    fn sweep(&mut self) {
        let Some(mut sweeper) = self.sweeper.take() else { return };
        if self.stopped.get().is_some() {
            return;
        }
        match self.swept(&mut sweeper) {
            Ok(()) => self.sweeper = Some(sweeper),
            Err(error) => {
                self.fail(error);
                sweeper.rest();
                self.sweeper = Some(sweeper);
            }
        }
    }

    fn swept(&mut self, sweeper: &mut Sweeper) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if sweeper.step(&transaction, unix_ms())? {
            let transactions = finish(transaction, Unfinished::default())?;
            self.committed(transactions);
            return self.checkpoint_if_long();
        }
        transaction.rollback()
    }

    /// One transaction. The answers are given when it is on the disk, or refused all together.
    fn write(&mut self, batch: Vec<Request>) -> rusqlite::Result<()> {
        let written = transact(&mut self.connection, &mut self.known, &batch);
        if written.is_err() {
            self.known.forget();
        }
        match written {
            Ok((outcomes, transactions)) => {
                self.full.store(false, Ordering::Relaxed);
                // Before anybody is told, so that what anybody was told is never missed unnoticed.
                self.committed(transactions);
                cross(Place::AcknowledgeBefore);
                for (request, outcome) in batch.into_iter().zip(outcomes) {
                    request.answer(outcome);
                }
                cross(Place::AcknowledgeAfter);
            }
            Err(error) if is_full(&error) => {
                self.full.store(true, Ordering::Relaxed);
                batch.into_iter().for_each(|request| request.put_off(&error));
                return Ok(());
            }
            Err(error) => {
                let error = self.stop(error);
                batch.into_iter().for_each(|request| request.refuse(&error));
                return Ok(());
            }
        }
        self.checkpoint_if_long()
    }

    /// Notes how far the journal has come.
    fn committed(&mut self, transactions: u64) {
        self.mark.transactions = transactions;
        if self.is_strict
            && let Some(lock) = &mut self.lock
        {
            Self::ignore(lock.note(Some(self.mark)));
        }
    }

    fn checkpoint_if_long(&self) -> rusqlite::Result<()> {
        if self.log_pages.load(Ordering::Relaxed) >= self.options.log_pages {
            self.checkpoint()
        } else {
            Ok(())
        }
    }

    /// Copies the log into the file. Readers that are in its way are not waited for: there is a next time.
    fn checkpoint(&self) -> rusqlite::Result<()> {
        self.log_pages.store(0, Ordering::Relaxed);
        cross(Place::CheckpointBefore);
        self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        cross(Place::CheckpointAfter);
        Ok(())
    }

    /// Something that nobody waits for went wrong. Without room it is done another time.
    fn fail(&self, error: rusqlite::Error) {
        if is_full(&error) {
            self.full.store(true, Ordering::Relaxed);
        } else {
            self.stop(error);
        }
    }

    /// For good: after a failed sync, what is on the disk is not known, and trying again would not tell.
    fn stop(&self, error: rusqlite::Error) -> StorageError {
        // Nor is a log copied of which nobody knows what is on the disk: whoever opens the journal next writes it anew before.
        drop(self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true));
        self.stopped.get_or_init(|| Failure::Write(error).storage()).clone()
    }
}

/// What came of each, and how many transactions the journal has with this one.
fn transact(
    connection: &mut Connection,
    known: &mut KnownRuns,
    batch: &[Request],
) -> rusqlite::Result<(Vec<Outcome>, u64)> {
    cross(Place::TransactionBefore);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut current = owner(&transaction)?;
    let now = unix_ms();
    let mut applied = Batch::new(&transaction, known, now)?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for request in batch {
        outcomes.push(match request {
            Request::Acquire { owner, .. } => {
                let epoch = current.as_ref().map_or(0, |lease| lease.epoch) + 1;
                let lease = Lease { lease_id: fresh_lease_id(), epoch, owner: owner.as_str().into() };
                acquire(&transaction, &lease, now)?;
                current = Some(lease.clone());
                // Another may have owned it in between, and written.
                applied.forget();
                Outcome::Acquired(lease)
            }
            Request::Commit { claim, commit, .. } => {
                Outcome::Committed(match fenced(current.as_ref(), *claim) {
                    Some(fenced) => {
                        applied.forget();
                        Err(fenced)
                    }
                    None => apply(&mut applied, commit)?,
                })
            }
            Request::Answer { claim, asked, outcome, .. } => {
                Outcome::Committed(match fenced(current.as_ref(), *claim) {
                    Some(fenced) => Err(fenced),
                    None => {
                        answer(&transaction, *asked, outcome, now)?;
                        Ok(Committed { seq: 0 })
                    }
                })
            }
        });
    }
    let unfinished = applied.unfinished;
    drop(applied);
    let transactions = finish(transaction, unfinished)?;
    Ok((outcomes, transactions))
}

/// Commits, and says in the journal how many transactions it has: one more than it says, since who has lost it to another does not
/// know how far that one has come. So with how far its runs have come: `unfinished` is what has changed.
fn finish(transaction: Transaction<'_>, unfinished: Unfinished) -> rusqlite::Result<u64> {
    let sql = "SELECT transactions + 1, unfinished FROM journal";
    let (transactions, before): (i64, i64) =
        transaction.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    // Two statements: what returns rows keeps them in a table of its own, which costs more than the second.
    let sql = "UPDATE journal SET transactions = ?1, unfinished = ?2, sum = onex_sum(id, ?1, ?2)";
    transaction.prepare_cached(sql)?.execute((transactions, before ^ unfinished.0))?;
    cross(Place::CommitBefore);
    transaction.commit()?;
    cross(Place::CommitAfter);
    Ok(unsigned(transactions))
}

impl Request {
    /// Expects the outcome of this very request. Whoever asked may not wait any more: what was written stands.
    fn answer(self, outcome: Outcome) {
        match (self, outcome) {
            (Request::Acquire { reply, .. }, Outcome::Acquired(lease)) => drop(reply.send(Ok(lease))),
            (Request::Commit { commit, reply, .. }, Outcome::Committed(outcome)) => {
                drop(commit);
                drop(reply.send(outcome));
            }
            (Request::Answer { reply, .. }, Outcome::Committed(outcome)) => drop(reply.send(outcome)),
            (Request::Acquire { .. }, Outcome::Committed(_))
            | (Request::Commit { .. } | Request::Answer { .. }, Outcome::Acquired(_)) => {}
        }
    }

    /// There is no room for it now.
    fn put_off(self, error: &rusqlite::Error) {
        let why = || Arc::from(error.to_string());
        match self {
            Request::Acquire { reply, .. } => {
                let failure = Failure::Full { why: error.to_string() };
                drop(reply.send(Err(failure.storage())));
            }
            Request::Commit { reply, .. } | Request::Answer { reply, .. } => {
                drop(reply.send(Err(CommitError::Full { why: why() })));
            }
        }
    }

    fn refuse(self, error: &StorageError) {
        match self {
            Request::Acquire { reply, .. } => drop(reply.send(Err(error.clone()))),
            Request::Commit { reply, .. } | Request::Answer { reply, .. } => {
                drop(reply.send(Err(error.clone().into())));
            }
        }
    }
}

/// Random, so that two owners never share one.
fn fresh_lease_id() -> Uuid {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_ne_bytes()).into_uuid()
}
