//! Circuit breakers: a target that keeps failing is left alone for a while, by everyone in this process.
//!
//! The rules are in [`breaker`]; here are time, those who wait, and who is guarded by which.

mod breaker;
mod declared;
mod guards;

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, sleep_until};

pub(crate) use self::breaker::Verdict;
use self::breaker::{Breaker, Grant, Refusal};
pub use self::breaker::{CircuitPolicy, CircuitState, CircuitWindow};
pub use self::guards::CircuitProblem;
pub(crate) use self::guards::{Circuits, Guards};
use super::sync::{Mutex, MutexGuard, Notify};
use crate::run::{Failure, FailureCause};

/// What is known of a target: see [`Runtime::circuits`](super::Runtime::circuits).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CircuitReport {
    /// Its name.
    pub target: Arc<str>,
    /// Whether it is called.
    pub state: CircuitState,
    /// Failures in a row, or in its window, while it is closed.
    pub failures: u32,
    /// How long until a probe is let through, while it is open; zero if only somebody to make it is missing.
    #[serde(rename = "open_for_ms", serialize_with = "as_milliseconds")]
    pub open_for: Option<Duration>,
    /// Steps and calls of routes that wait for it.
    pub waiting: usize,
    /// How often it has opened since the runtime was built.
    pub opened: u64,
}

/// One target's breaker, and who waits for it.
#[derive(Debug)]
pub(crate) struct Circuit {
    pub(crate) target: Arc<str>,
    since: Instant,
    breaker: Mutex<Breaker>,
    /// Only the first of those who wait looks at the breaker, so that each probe wakes one of them and not all.
    queue: tokio::sync::Mutex<()>,
    changed: Notify,
    waiting: AtomicUsize,
}

/// The right to one attempt at a target. Dropped unsettled it tells nothing.
#[derive(Debug)]
pub(crate) struct Permit {
    circuit: Arc<Circuit>,
    grant: Option<Grant>,
}

/// Counts one who waits, also if it gives up.
struct Waiting(Arc<Circuit>);

impl Circuit {
    fn new(target: Arc<str>, policy: CircuitPolicy) -> Arc<Self> {
        Arc::new(Circuit {
            target,
            since: Instant::now(),
            breaker: Mutex::new(Breaker::new(policy)),
            queue: tokio::sync::Mutex::default(),
            changed: Notify::default(),
            waiting: AtomicUsize::new(0),
        })
    }

    /// A permit, if there is one now and nobody waits for it.
    pub(crate) fn try_enter(self: &Arc<Self>, now: Instant) -> Option<Permit> {
        let closed = self.lock().state() == CircuitState::Closed;
        if !closed && self.waiting.load(Ordering::Relaxed) > 0 {
            return None;
        }
        self.admit(now).ok()
    }

    /// Waits for a permit, first come first served. It counts as waiting from now on.
    pub(crate) fn enter(self: &Arc<Self>) -> impl Future<Output = Permit> + Send + use<> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Waiting(Arc::clone(self));
        async move {
            let circuit = Arc::clone(&waiting.0);
            let _first = circuit.queue.lock().await;
            loop {
                // Made before it looks: what changes in between is not missed.
                let mut changed = pin!(circuit.changed.notified());
                changed.as_mut().enable();
                match circuit.admit(Instant::now()) {
                    Ok(permit) => return permit,
                    Err(Refusal::OpenUntil(until)) => sleep_until(circuit.since + until).await,
                    Err(Refusal::Probing) => changed.await,
                }
            }
        }
    }

    pub(crate) fn report(&self) -> CircuitReport {
        let breaker = self.lock();
        CircuitReport {
            target: Arc::clone(&self.target),
            state: breaker.state(),
            failures: breaker.failures(self.since.elapsed()),
            open_for: breaker.open_until().map(|until| until.saturating_sub(self.since.elapsed())),
            waiting: self.waiting.load(Ordering::Relaxed),
            opened: breaker.opened(),
        }
    }

    fn admit(self: &Arc<Self>, now: Instant) -> Result<Permit, Refusal> {
        let grant = self.lock().admit(now.saturating_duration_since(self.since))?;
        Ok(Permit { circuit: Arc::clone(self), grant: Some(grant) })
    }

    fn lock(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// False if the circuit has changed since: the attempt, if it has not begun, is to ask again.
    pub(crate) fn is_current(&self) -> bool {
        self.grant.as_ref().is_some_and(|grant| self.circuit.lock().is_current(grant))
    }

    pub(crate) fn settle(mut self, verdict: Verdict) {
        self.end(verdict);
    }

    fn end(&mut self, verdict: Verdict) {
        if let Some(grant) = self.grant.take() {
            let now = self.circuit.since.elapsed();
            self.circuit.lock().settle(grant, verdict, now);
            self.circuit.changed.notify_waiters();
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.end(Verdict::Nothing);
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Semantics 13: only retryable errors and timeouts count.
impl From<Failure> for Verdict {
    fn from(failure: Failure) -> Self {
        match failure.cause {
            FailureCause::TimedOut => Verdict::Failure,
            FailureCause::Error if failure.is_retryable() => Verdict::Failure,
            FailureCause::Error
            | FailureCause::Panicked
            | FailureCause::Abandoned
            | FailureCause::OutputRefused
            | FailureCause::PartlyDone
            | FailureCause::Unknown => Verdict::Nothing,
        }
    }
}

fn as_milliseconds<S: serde::Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    duration.map(|duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)).serialize(serializer)
}

#[cfg(test)]
mod tests;
