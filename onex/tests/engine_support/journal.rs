//! A journal that remembers each commit, can be slow, and can be watched from a step.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::Envelope;
use onex::journal::*;
use onex::message::RunId;
use onex::run::Fact;

/// [`Memory`], observed.
#[derive(Debug, Default)]
pub struct Recording {
    pub memory: Memory,
    commits: Mutex<Vec<Vec<Fact>>>,
    delay_ms: AtomicU64,
}

impl Recording {
    pub fn new() -> Arc<Self> {
        Arc::new(Recording::default())
    }

    /// Every commit takes this long from now on.
    pub fn slow(&self, delay: Duration) {
        self.delay_ms.store(delay.as_millis() as u64, Ordering::Relaxed);
    }

    /// The facts of each commit that had any, applied or refused.
    pub fn commits(&self) -> Vec<Vec<Fact>> {
        self.commits.lock().unwrap().clone()
    }
}

impl Journal for Recording {
    async fn acquire(&self, owner: &str) -> Result<Lease, StorageError> {
        self.memory.acquire(owner).await
    }

    async fn commit(&self, lease: &Lease, commit: Commit<'_>) -> Result<Committed, CommitError> {
        let delay = self.delay_ms.load(Ordering::Relaxed);
        if delay > 0 {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        if let Some(append) = &commit.append {
            self.commits.lock().unwrap().push(append.facts.to_vec());
        }
        self.memory.commit(lease, commit).await
    }

    async fn handled(&self, mark: &InboxMark) -> Result<bool, StorageError> {
        self.memory.handled(mark).await
    }

    async fn run(&self, run: RunId) -> Result<Option<RunRecord>, StorageError> {
        self.memory.run(run).await
    }

    async fn find(&self, identity: &RunIdentity) -> Result<Option<RunId>, StorageError> {
        self.memory.find(identity).await
    }

    async fn runs(&self) -> Result<Vec<RunSummary>, StorageError> {
        self.memory.runs().await
    }

    async fn unfinished(&self) -> Result<Vec<RunSummary>, StorageError> {
        self.memory.unfinished().await
    }

    async fn outbox(&self) -> Result<Vec<Envelope>, StorageError> {
        self.memory.outbox().await
    }

    async fn timers(&self) -> Result<Vec<Timer>, StorageError> {
        self.memory.timers().await
    }

    async fn dead_letters(&self) -> Result<Vec<Arc<DeadLetter>>, StorageError> {
        self.memory.dead_letters().await
    }
}
