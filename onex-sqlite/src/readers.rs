//! Who reads: threads that have a connection each that cannot write, or, of a journal in memory, the writer. They see what was
//! acknowledged before they were asked.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use onex::journal::StorageError;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::error::{Failure, OpenError};
use crate::open;
use crate::writer::Asked;

/// Few: what is read often is small, and what is large is read by people.
const THREADS: usize = 2;

pub(crate) type Job = Box<dyn FnOnce(&mut Connection) + Send>;

pub(crate) struct Readers {
    /// Taken when the journal is closed.
    jobs: Option<Jobs>,
    threads: Vec<JoinHandle<()>>,
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
        let mut readers =
            Readers { jobs: Some(Jobs::ForThreads(jobs)), threads: Vec::with_capacity(THREADS) };
        for _ in 0..THREADS {
            let (connection, queue) = (open::reader(path, vfs)?, Arc::clone(&queue));
            let thread = thread::Builder::new().name("onex-sqlite-read".to_owned());
            readers.threads.push(thread.spawn(move || serve(connection, &queue)).map_err(OpenError::Thread)?);
        }
        Ok(readers)
    }

    /// What the writer alone can read.
    pub(crate) fn of_writer(queue: Sender<Asked>) -> Self {
        Readers { jobs: Some(Jobs::ForTheWriter(queue)), threads: Vec::new() }
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
        let sent = self.jobs.as_ref().is_some_and(|jobs| jobs.send(job));
        if !sent {
            return Err(Failure::Gone.storage());
        }
        answer.await.unwrap_or(Err(Failure::Gone)).map_err(Failure::storage)
    }

    /// Waits for what is being read.
    pub(crate) fn close(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A thread that panicked has told so.
            drop(thread.join());
        }
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
