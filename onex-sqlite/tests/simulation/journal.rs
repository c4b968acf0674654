//! The journal in its file, driven so that the same seed does the same. While its threads work, whoever asked blocks, and no time
//! passes; before a transaction begins, as much passes as the disk takes, and what is asked for meanwhile shares the next one.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use onex::Envelope;
use onex::journal::{
    BegunCalls, Commit, CommitError, Committed, DeadLetter, EntityId, EntityRecord, InboxMark, Journal,
    Lease, RunIdentity, RunRecord, RunSummary, StorageError, Timer,
};
use onex::message::RunId;
use onex_sqlite::{Health, Sqlite};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

use crate::ledger::{Change, Ledger};
use crate::program::Program;

pub struct Watched {
    inner: Sqlite,
    program: Arc<Program>,
    ledger: Arc<Ledger>,
    batches: Mutex<Batches>,
    /// Told when the program has ended, or its journal has stopped.
    ended: Arc<Notify>,
    /// Whoever commits does so under the lease of the owner: as if no journal checked it.
    forges: bool,
}

struct Batches {
    random: fastrand::Rng,
    /// How long a transaction takes to begin, in milliseconds, at most.
    latency_ms: u64,
    /// The batch that stands at the gate, or the last that did.
    current: u64,
    is_at_gate: bool,
    due: Instant,
    /// Somebody has asked since, and is in the next one.
    is_next_begun: bool,
    /// How many of each wait for their answer.
    waiting: BTreeMap<u64, usize>,
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    future.poll(&mut Context::from_waker(&waker))
}

/// A thread may end between the question and the answer, so nobody sleeps for long.
fn rest() {
    thread::park_timeout(Duration::from_millis(1));
}

impl Watched {
    /// `latency_ms`: 0, and every commit is a transaction of its own, at once.
    pub fn new(
        inner: Sqlite,
        program: &Arc<Program>,
        ledger: &Arc<Ledger>,
        latency_ms: u64,
        seed: u64,
    ) -> Self {
        if latency_ms > 0 {
            program.gate.close(thread::current());
        }
        let batches = Batches {
            random: fastrand::Rng::with_seed(seed),
            latency_ms,
            current: 0,
            is_at_gate: false,
            due: Instant::now(),
            is_next_begun: false,
            waiting: BTreeMap::new(),
        };
        Watched {
            inner,
            program: Arc::clone(program),
            ledger: Arc::clone(ledger),
            batches: Mutex::new(batches),
            ended: Arc::default(),
            forges: false,
        }
    }

    pub fn telling(mut self, ended: &Arc<Notify>) -> Self {
        self.ended = Arc::clone(ended);
        self
    }

    pub fn forging(mut self, forges: bool) -> Self {
        self.forges = forges;
        self
    }

    fn health(&self) -> Health {
        self.inner.health()
    }

    fn batches(&self) -> MutexGuard<'_, Batches> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a program that is dead is told: nothing, ever.
    async fn unless_dead<T>(&self, told: T) -> T {
        if !self.program.is_alive() {
            self.ended.notify_one();
            std::future::pending::<()>().await;
        }
        if matches!(self.health(), Health::Stopped(_)) {
            self.ledger.count("stopped journals", 1);
            self.ended.notify_one();
        }
        told
    }

    async fn read<T>(&self, asked: impl Future<Output = T>) -> T {
        let mut asked = pin!(asked);
        let told = loop {
            if let Poll::Ready(told) = poll(asked.as_mut()) {
                break told;
            }
            rest();
        };
        self.unless_dead(told).await
    }

    /// Asks, and waits for the turn of the transaction that it becomes part of.
    async fn write<T>(&self, asked: impl Future<Output = T>) -> T {
        let mut asked = pin!(asked);
        let written = self.program.written();
        let told = match poll(asked.as_mut()) {
            Poll::Ready(told) => told,
            Poll::Pending => self.in_turn(asked, written).await,
        };
        self.unless_dead(told).await
    }

    async fn in_turn<F: Future>(&self, mut asked: Pin<&mut F>, written: u64) -> F::Output {
        if self.program.gate.is_open() {
            let told = self.answer(asked);
            self.wait_for_writer(written);
            return told;
        }
        let mine = if self.batches().is_at_gate {
            let mut batches = self.batches();
            // Whoever came before is in it, too.
            self.ledger.count("shared transactions", u64::from(batches.is_next_begun));
            batches.is_next_begun = true;
            batches.current + 1
        } else {
            while !self.program.gate.is_somebody_waiting() {
                if let Poll::Ready(told) = poll(asked.as_mut()) {
                    return told;
                }
                rest();
            }
            self.begin()
        };
        *self.batches().waiting.entry(mine).or_default() += 1;
        let told = self.with_batch(mine, asked).await;
        if let Some(waiting) = self.batches().waiting.get_mut(&mine) {
            *waiting -= 1;
        }
        told
    }

    async fn with_batch<F: Future>(&self, mine: u64, mut asked: Pin<&mut F>) -> F::Output {
        loop {
            let (current, is_at_gate, due) = {
                let batches = self.batches();
                (batches.current, batches.is_at_gate, batches.due)
            };
            if current > mine || (current == mine && !is_at_gate) {
                break;
            }
            if Instant::now() < due {
                sleep_until(due).await;
                continue;
            }
            if let Some(told) = self.let_in(mine == current, asked.as_mut()) {
                return told;
            }
        }
        self.answer(asked.as_mut())
    }

    /// From now on nobody waits for company; returns when nobody does. False: the program has ended before, and nobody knows
    /// what became of what it asked for.
    pub async fn hurry(&self) -> bool {
        self.batches().latency_ms = 0;
        loop {
            let is_calm = {
                let batches = self.batches();
                !batches.is_at_gate && batches.waiting.values().all(|waiting| *waiting == 0)
            };
            let is_alive = self.program.is_alive();
            if is_calm || !is_alive {
                self.program.gate.open();
                return is_alive;
            }
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// The writer has taken a batch, and stands at the gate with it.
    fn begin(&self) -> u64 {
        let mut batches = self.batches();
        let most = batches.latency_ms;
        let latency = batches.random.u64(..=most);
        batches.current += 1;
        (batches.is_at_gate, batches.is_next_begun) = (true, false);
        batches.due = Instant::now() + Duration::from_millis(latency);
        batches.current
    }

    /// Lets the batch at the gate in, and waits until the next one stands there, if there is one.
    fn let_in<F: Future>(&self, is_mine: bool, asked: Pin<&mut F>) -> Option<F::Output> {
        let written = self.program.written();
        self.program.gate.let_in();
        let is_next_begun = {
            let mut batches = self.batches();
            batches.is_at_gate = false;
            batches.is_next_begun
        };
        let told = is_mine.then(|| self.answer(asked));
        if is_next_begun {
            let stopped = || !self.program.is_alive() || matches!(self.health(), Health::Stopped(_));
            while !self.program.gate.is_somebody_waiting() && !stopped() {
                rest();
            }
            self.begin();
            self.batches().is_at_gate = !stopped();
        } else {
            self.wait_for_writer(written);
        }
        told
    }

    /// Until it is through with more transactions than so many, and may have copied the log: what it does follows from the seed only
    /// as long as nobody does anything beside it.
    fn wait_for_writer(&self, written: u64) {
        let has_stopped = || !self.program.is_alive() || matches!(self.health(), Health::Stopped(_));
        while self.program.written() == written && !has_stopped() {
            rest();
        }
    }

    fn answer<F: Future>(&self, mut asked: Pin<&mut F>) -> F::Output {
        loop {
            // Before the answer is looked for: it is given before the writer comes to the gate again.
            let waits = self.program.gate.is_somebody_waiting();
            if let Poll::Ready(told) = poll(asked.as_mut()) {
                return told;
            }
            if waits {
                // SQLite had to begin the transaction anew.
                self.program.gate.let_in();
            }
            rest();
        }
    }
}

impl Journal for Watched {
    async fn acquire(&self, owner: &str) -> Result<Lease, StorageError> {
        let ticket = self.ledger.ask(self.program.id, Change::acquisition(self.ledger.epoch() + 1));
        let acquired = self.write(self.inner.acquire(owner)).await;
        if let Ok(lease) = &acquired {
            self.ledger.acquire(ticket, lease, self).await;
        }
        acquired
    }

    async fn owner(&self) -> Result<Option<Lease>, StorageError> {
        self.read(self.inner.owner()).await
    }

    async fn commit(&self, lease: &Lease, commit: Commit<'_>) -> Result<Committed, CommitError> {
        let ticket = self.ledger.ask(self.program.id, Change::of(lease, &commit));
        let forged = if self.forges { self.owner().await.ok().flatten() } else { None };
        let told = self.write(self.inner.commit(forged.as_ref().unwrap_or(lease), commit)).await;
        match &told {
            Ok(_) => self.ledger.acknowledge(ticket),
            // Nobody knows what is on the disk.
            Err(CommitError::Storage(_)) => {}
            Err(CommitError::Full { .. }) => {
                self.ledger.count("full disks", 1);
                self.ledger.refuse(ticket);
            }
            Err(CommitError::Fenced { .. }) => {
                self.ledger.count("fenced commits", 1);
                self.ledger.refuse(ticket);
            }
            Err(_) => self.ledger.refuse(ticket),
        }
        told
    }

    async fn handled(&self, mark: &InboxMark) -> Result<bool, StorageError> {
        self.read(self.inner.handled(mark)).await
    }

    async fn run(&self, run: RunId) -> Result<Option<RunRecord>, StorageError> {
        self.read(self.inner.run(run)).await
    }

    async fn find(&self, identity: &RunIdentity) -> Result<Option<RunId>, StorageError> {
        self.read(self.inner.find(identity)).await
    }

    async fn runs(&self) -> Result<Vec<RunSummary>, StorageError> {
        self.read(self.inner.runs()).await
    }

    async fn unfinished(&self) -> Result<Vec<RunSummary>, StorageError> {
        self.read(self.inner.unfinished()).await
    }

    async fn entity(&self, id: &EntityId) -> Result<Option<EntityRecord>, StorageError> {
        self.read(self.inner.entity(id)).await
    }

    async fn outbox(&self) -> Result<Vec<Envelope>, StorageError> {
        self.read(self.inner.outbox()).await
    }

    async fn begun(&self) -> Result<Vec<BegunCalls>, StorageError> {
        self.read(self.inner.begun()).await
    }

    async fn timers(&self) -> Result<Vec<Timer>, StorageError> {
        self.read(self.inner.timers()).await
    }

    async fn dead_letters(&self) -> Result<Vec<Arc<DeadLetter>>, StorageError> {
        self.read(self.inner.dead_letters()).await
    }

    async fn parked(&self) -> Result<Vec<Arc<DeadLetter>>, StorageError> {
        self.read(self.inner.parked()).await
    }
}
