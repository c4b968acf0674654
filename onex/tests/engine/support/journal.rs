//! A journal that remembers each commit, can be slow, and can be watched from a step.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
    commits: Mutex<Vec<(RunId, Vec<Fact>)>>,
    delay_ms: AtomicU64,
    /// How many more commits are taken; 0: as many as come.
    left: AtomicU64,
    full: AtomicBool,
    unreadable: AtomicBool,
}

impl Recording {
    pub fn new() -> Arc<Self> {
        Arc::new(Recording::default())
    }

    /// Every commit takes this long from now on.
    pub fn slow(&self, delay: Duration) {
        self.delay_ms.store(delay.as_millis() as u64, Ordering::Relaxed);
    }

    /// Takes so many more commits, at least one, and then none, as if the process had ended there.
    pub fn die_after(&self, commits: u64) {
        self.left.store(commits + 1, Ordering::Relaxed);
    }

    /// The next process.
    pub fn revive(&self) {
        self.left.store(0, Ordering::Relaxed);
    }

    /// Takes no commit as long as there is no room.
    pub fn fill(&self, full: bool) {
        self.full.store(full, Ordering::Relaxed);
    }

    /// Does not tell what it was asked about what is handled.
    pub fn blind(&self, unreadable: bool) {
        self.unreadable.store(unreadable, Ordering::Relaxed);
    }

    /// The facts of each commit that had any, applied or refused.
    pub fn commits(&self) -> Vec<Vec<Fact>> {
        self.commits.lock().unwrap().iter().map(|(_, facts)| facts.clone()).collect()
    }

    /// All facts of a run, commit by commit.
    pub fn facts_of(&self, run: RunId) -> Vec<Fact> {
        let commits = self.commits.lock().unwrap();
        commits.iter().filter(|(of, _)| *of == run).flat_map(|(_, facts)| facts).copied().collect()
    }
}

impl Journal for Recording {
    async fn acquire(&self, owner: &str) -> Result<Lease, StorageError> {
        self.memory.acquire(owner).await
    }

    async fn owner(&self) -> Result<Option<Lease>, StorageError> {
        self.memory.owner().await
    }

    async fn commit(&self, lease: &Lease, commit: Commit<'_>) -> Result<Committed, CommitError> {
        let delay = self.delay_ms.load(Ordering::Relaxed);
        if delay > 0 {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        if self.full.load(Ordering::Relaxed) {
            return Err(CommitError::Full { why: "no room".into() });
        }
        match self.left.load(Ordering::Relaxed) {
            0 => {}
            1 => return Err(StorageError(Arc::new(std::io::Error::other("the process has ended"))).into()),
            left => self.left.store(left - 1, Ordering::Relaxed),
        }
        if let Some(append) = &commit.append {
            self.commits.lock().unwrap().push((append.run, append.facts.to_vec()));
        }
        self.memory.commit(lease, commit).await
    }

    async fn handled(&self, mark: &InboxMark) -> Result<bool, StorageError> {
        if self.unreadable.load(Ordering::Relaxed) {
            return Err(StorageError(Arc::new(std::io::Error::other("it cannot be read"))));
        }
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

    async fn entity(&self, id: &EntityId) -> Result<Option<EntityRecord>, StorageError> {
        self.memory.entity(id).await
    }

    async fn outbox(&self) -> Result<Vec<Envelope>, StorageError> {
        self.memory.outbox().await
    }

    async fn begun(&self) -> Result<Vec<BegunCalls>, StorageError> {
        self.memory.begun().await
    }

    async fn timers(&self) -> Result<Vec<Timer>, StorageError> {
        self.memory.timers().await
    }

    async fn dead_letters(&self) -> Result<Vec<Arc<DeadLetter>>, StorageError> {
        self.memory.dead_letters().await
    }

    async fn parked(&self) -> Result<Vec<Arc<DeadLetter>>, StorageError> {
        self.memory.parked().await
    }
}
