//! The thread that writes: all commits that wait become one transaction, one sync, and then their acknowledgements.

mod asked;
mod ring;
mod transaction;

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use onex::failpoint::{Place, cross};
use onex::journal::{Durability, StorageError};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::mpsc;

pub(crate) use self::asked::{Asked, Request};
use self::ring::Ring;
use self::transaction::{finish, transact};
use crate::error::{Failure, is_full};
use crate::known::KnownRuns;
use crate::lock::{OwnerLock, unix_ms};
use crate::mark::Mark;
use crate::options::Options;
use crate::retain::Sweeper;
use crate::sum::Unfinished;

/// Bounds what one transaction holds, and with it how long the first of a batch waits for its acknowledgement.
const BATCH: usize = 1024;

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
