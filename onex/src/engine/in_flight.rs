//! How much is going on, so that a program can wait until nothing is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counts envelopes and runs that are being worked on, and runs that are asleep.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    count: AtomicUsize,
    /// How many of them are asleep.
    asleep: AtomicUsize,
    /// Nothing is going on, or nothing that is awake.
    idle: Notify,
}

/// One of them. What it causes is counted before it is dropped, so the count is 0 only when all is settled.
#[derive(Debug)]
pub(crate) struct InFlightGuard(Arc<InFlight>);

/// One of them that is asleep.
#[derive(Debug)]
pub(crate) struct AsleepGuard(InFlightGuard);

impl InFlight {
    pub(crate) fn enter(self: &Arc<Self>) -> InFlightGuard {
        self.count.fetch_add(1, Ordering::Relaxed);
        InFlightGuard(Arc::clone(self))
    }

    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// How many are not asleep.
    pub(crate) fn awake(&self) -> usize {
        // Read first: what goes to sleep in between counts as awake once more, never the other way round.
        let asleep = self.asleep.load(Ordering::SeqCst);
        self.count().saturating_sub(asleep)
    }

    /// Waits until nothing is going on, asleep or not.
    pub(crate) async fn settled(&self) {
        self.until(|in_flight| in_flight.count() == 0).await;
    }

    /// Waits until everything that is going on is asleep, and `sleeps_on` says that it stays so.
    pub(crate) async fn all_asleep(&self, sleeps_on: impl Fn() -> bool) {
        self.until(|in_flight| in_flight.awake() == 0 && sleeps_on()).await;
    }

    async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        loop {
            let idle = self.idle.notified();
            // Created before the counts are read: a guard dropped in between is not missed.
            if is_so(self) {
                return;
            }
            idle.await;
        }
    }

    /// One is over, or has gone to sleep. Of two at once, the later sees both.
    fn fewer(&self) {
        if self.awake() == 0 {
            self.idle.notify_waiters();
        }
    }
}

impl InFlightGuard {
    pub(crate) fn fall_asleep(self) -> AsleepGuard {
        self.0.asleep.fetch_add(1, Ordering::SeqCst);
        self.0.fewer();
        AsleepGuard(self)
    }
}

impl AsleepGuard {
    /// Counted as awake before it is not counted as asleep any more.
    pub(crate) fn wake(self) -> InFlightGuard {
        self.0.0.enter()
    }
}

impl Drop for AsleepGuard {
    fn drop(&mut self) {
        self.0.0.asleep.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::SeqCst);
        self.0.fewer();
    }
}
