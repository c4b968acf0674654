//! Who reads: threads that have a connection each that cannot write, or, of a journal in memory, the writer. They see what was
//! acknowledged before they were asked.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use onex::journal::StorageError;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::error::{Failure, OpenError};
use crate::open;
use crate::threads::Threads;
use crate::writer::Asked;

/// Few: what is read often is small, and what is large is read by people.
const THREADS: usize = 2;

pub(crate) type Job = Box<dyn FnOnce(&mut Connection) + Send>;

pub(crate) struct Readers {
    /// Taken when the journal is closed.
    jobs: RwLock<Option<Jobs>>,
    threads: Threads,
}

enum Jobs {
    ForThreads(Sender<Job>),
    ForTheWriter(Sender<Asked>),
}

impl Jobs {
    /// `false`: nobody reads any more.
    fn send(&self, job: Job) -> bool {
        match self {
            Jobs::ForThreads(jobs) => jobs.send(job).is_ok(),
            Jobs::ForTheWriter(queue) => queue.send(Asked::Read(job)).is_ok(),
        }
    }
}

impl Readers {
    pub(crate) fn start(path: &Path, vfs: Option<&str>) -> Result<Self, OpenError> {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let mut threads = Threads::none();
        for _ in 0..THREADS {
            let (connection, queue) = (open::reader(path, vfs)?, Arc::clone(&queue));
            let started = threads.start("onex-sqlite-read", move || serve(connection, &queue));
            started.map_err(OpenError::Thread)?;
        }
        Ok(Readers { jobs: RwLock::new(Some(Jobs::ForThreads(jobs))), threads })
    }

    /// What the writer alone can read.
    pub(crate) fn of_writer(queue: Sender<Asked>) -> Self {
        Readers { jobs: RwLock::new(Some(Jobs::ForTheWriter(queue))), threads: Threads::none() }
    }

    /// Reads in one transaction, so that all of it is of one moment.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        what: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StorageError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let outcome =
                connection.transaction().map_err(Failure::Read).and_then(|transaction| what(&transaction));
            // Whoever asked may not wait any more.
            drop(reply.send(outcome));
        });
        self.send(job).map_err(Failure::storage)?;
        answer.await.unwrap_or(Err(Failure::Gone)).map_err(Failure::storage)
    }

    fn send(&self, job: Job) -> Result<(), Failure> {
        match &*self.jobs.read().unwrap_or_else(PoisonError::into_inner) {
            Some(jobs) if jobs.send(job) => Ok(()),
            Some(_) => Err(Failure::Gone),
            None => Err(Failure::Closed),
        }
    }

    /// Takes no more, and waits for what is being read.
    pub(crate) async fn close(&self) {
        self.take_no_more();
        self.threads.ended().await;
    }

    /// The same, for whoever may block.
    pub(crate) fn end(&mut self) {
        self.take_no_more();
        self.threads.join();
    }

    fn take_no_more(&self) {
        *self.jobs.write().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn serve(mut connection: Connection, queue: &Mutex<Receiver<Job>>) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(&mut connection),
            Err(_closed) => return,
        }
    }
}
