//! How much is going on, so that a program can wait until nothing is.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::sync::{AtomicU64, Notify};

/// Counts envelopes and runs that are being worked on, and runs that are asleep.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    /// How many are awake and how many are asleep, in one number: read one after the other they would be of two moments, at
    /// none of which they need have been so together.
    counts: AtomicU64,
    /// Nothing is going on, or nothing that is awake.
    idle: Notify,
}

/// One that is awake, in the counts.
const AWAKE: u64 = 1;
/// One that is asleep.
const ASLEEP: u64 = 1 << 32;

/// How many there are at one moment.
#[derive(Debug, Clone, Copy)]
struct Counts {
    awake: u64,
    asleep: u64,
}

/// One of them that is awake. What it causes is counted before it is dropped, so the count is 0 only when all is settled.
#[derive(Debug)]
pub(crate) struct InFlightGuard(Arc<InFlight>);

/// One of them that is asleep.
#[derive(Debug)]
pub(crate) struct AsleepGuard(Arc<InFlight>);

impl InFlight {
    pub(crate) fn enter(self: &Arc<Self>) -> InFlightGuard {
        self.counts.fetch_add(AWAKE, Ordering::SeqCst);
        InFlightGuard(Arc::clone(self))
    }

    /// How many there are, asleep or not.
    pub(crate) fn count(&self) -> usize {
        let Counts { awake, asleep } = self.counts();
        usize::try_from(awake + asleep).unwrap_or(usize::MAX)
    }

    /// Waits until nothing is going on, asleep or not.
    pub(crate) async fn settled(&self) {
        self.until(|counts| counts.awake + counts.asleep == 0).await;
    }

    /// Waits until everything that is going on is asleep, and `sleeps_on` says that it stays so.
    pub(crate) async fn all_asleep(&self, sleeps_on: impl Fn() -> bool) {
        self.until(|counts| counts.awake == 0 && sleeps_on()).await;
    }

    async fn until(&self, is_so: impl Fn(Counts) -> bool) {
        loop {
            let idle = self.idle.notified();
            // Created before the counts are read: a guard dropped in between is not missed.
            if is_so(self.counts()) {
                return;
            }
            idle.await;
        }
    }

    fn counts(&self) -> Counts {
        Counts::of(self.counts.load(Ordering::SeqCst))
    }

    /// One is over, or has gone to sleep: whoever waits for that looks at the counts.
    fn fewer(&self, change: u64) {
        let before = self.counts.fetch_sub(change, Ordering::SeqCst);
        if Counts::of(before - change).awake == 0 {
            self.idle.notify_waiters();
        }
    }
}

impl Counts {
    fn of(counts: u64) -> Self {
        Counts { awake: counts % ASLEEP, asleep: counts / ASLEEP }
    }
}

impl InFlightGuard {
    /// Counted as asleep before it is not counted as awake any more.
    pub(crate) fn fall_asleep(self) -> AsleepGuard {
        self.0.counts.fetch_add(ASLEEP, Ordering::SeqCst);
        AsleepGuard(Arc::clone(&self.0))
    }
}

impl AsleepGuard {
    /// Counted as awake before it is not counted as asleep any more.
    pub(crate) fn wake(self) -> InFlightGuard {
        self.0.enter()
    }
}

impl Drop for AsleepGuard {
    fn drop(&mut self) {
        self.0.fewer(ASLEEP);
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.fewer(AWAKE);
    }
}

#[cfg(test)]
mod tests;
