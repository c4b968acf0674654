//! What a run waits for besides its steps: retries, its own deadline, the end of the grace period. One timer for all,
//! made when a run really waits.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::attempt::Dispatch;

/// Moments at which a driver must wake.
///
/// The run's deadline and its retries are in active time, which can be frozen: they then wait as long as before.
#[derive(Debug, Default)]
pub(super) struct Alarms {
    pub(super) run: Option<Instant>,
    pub(super) grace: Option<Instant>,
    retries: Vec<(Instant, Dispatch)>,
    /// Since when no active time passes.
    frozen: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Alarms {
    /// A retry; `failed` is the attempt that failed. A delay beyond what the clock can say never ends.
    pub(super) fn retry_after(&mut self, now: Instant, after: Duration, failed: Dispatch) {
        if let Some(due) = self.frozen.unwrap_or(now).checked_add(after) {
            self.retries.push((due, failed));
        }
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.frozen.is_some()
    }

    /// From now on no active time passes. Gives back the retries that wait.
    pub(super) fn freeze(&mut self, now: Instant) -> impl Iterator<Item = Dispatch> {
        self.frozen = Some(now);
        self.retries.iter().map(|(_, failed)| *failed)
    }

    /// Active time passes again. Gives back the retries that wait and how long each still has to.
    pub(super) fn thaw(&mut self, now: Instant) -> impl Iterator<Item = (Dispatch, Duration)> {
        if let Some(since) = self.frozen.take() {
            let stood_still = now - since;
            self.run = self.run.and_then(|due| due.checked_add(stood_still));
            self.retries.retain_mut(|(due, _)| match due.checked_add(stood_still) {
                Some(later) => {
                    *due = later;
                    true
                }
                None => false,
            });
        }
        self.retries.iter().map(move |(due, failed)| (*failed, due.saturating_duration_since(now)))
    }

    /// Whether the run's deadline is over; it is so once.
    pub(super) fn run_is_due(&mut self, now: Instant) -> bool {
        !self.is_frozen() && self.run.take_if(|due| *due <= now).is_some()
    }

    /// A retry that is due.
    pub(super) fn due_retry(&mut self, now: Instant) -> Option<Dispatch> {
        if self.is_frozen() {
            return None;
        }
        let position = self.retries.iter().position(|(due, _)| *due <= now)?;
        Some(self.retries.remove(position).1)
    }

    /// Forgets the retries of steps: their run stops.
    pub(super) fn forget_retries(&mut self) -> impl Iterator<Item = Dispatch> {
        self.retries.extract_if(.., |(_, failed)| !failed.compensating).map(|(_, failed)| failed)
    }

    /// Waits for the earliest alarm, or for `deadline` if that is earlier.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, deadline: Option<Instant>) -> Poll<()> {
        let active = self.retries.iter().map(|(due, _)| *due).chain(self.run);
        let active = active.filter(|_| self.frozen.is_none());
        let Some(next) = active.chain(self.grace).chain(deadline).min() else {
            return Poll::Pending;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(next)));
        if timer.deadline() != next {
            timer.as_mut().reset(next);
        }
        timer.as_mut().poll(cx)
    }
}
