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
    /// When the time for undoing the run is over.
    pub(super) undoing: Option<Instant>,
    retries: Vec<Retry>,
    /// Since when no active time passes.
    frozen: Option<Instant>,
    /// For how long none has passed before.
    stood_still: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

/// An attempt that is made again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Retry {
    due: Instant,
    /// The attempt that failed.
    pub(super) failed: Dispatch,
    /// It is due because its turn in the budget of retries has come.
    pub(super) has_turn: bool,
}

impl Alarms {
    /// A retry; `failed` is the attempt that failed. A delay beyond what the clock can say never ends.
    pub(super) fn retry_after(&mut self, now: Instant, after: Duration, failed: Dispatch) {
        if let Some(due) = self.frozen.unwrap_or(now).checked_add(after) {
            self.retries.push(Retry { due, failed, has_turn: false });
        }
    }

    /// A retry that was due and has its turn later.
    pub(super) fn retry_at(&mut self, turn: Instant, failed: Dispatch) {
        self.retries.push(Retry { due: turn, failed, has_turn: true });
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.frozen.is_some()
    }

    /// How much active time has passed since `started`.
    pub(super) fn active(&self, started: Instant, now: Instant) -> Duration {
        self.frozen.unwrap_or(now).duration_since(started).saturating_sub(self.stood_still)
    }

    /// From now on no active time passes. Gives back the retries that wait.
    pub(super) fn freeze(&mut self, now: Instant) -> impl Iterator<Item = Dispatch> {
        self.frozen = Some(now);
        self.retries.iter().map(|retry| retry.failed)
    }

    /// Active time passes again. Gives back the retries that wait and how long each still has to.
    pub(super) fn thaw(&mut self, now: Instant) -> impl Iterator<Item = (Dispatch, Duration)> {
        if let Some(since) = self.frozen.take() {
            let stood_still = now - since;
            self.stood_still += stood_still;
            self.run = self.run.and_then(|due| due.checked_add(stood_still));
            self.retries.retain_mut(|retry| {
                // Its turn, if it had one, was in the time that stood still.
                retry.has_turn = false;
                retry.due.checked_add(stood_still).map(|later| retry.due = later).is_some()
            });
        }
        self.retries.iter().map(move |retry| (retry.failed, retry.due.saturating_duration_since(now)))
    }

    /// Whether the run's deadline is over; it is so once.
    pub(super) fn run_is_due(&mut self, now: Instant) -> bool {
        !self.is_frozen() && self.run.take_if(|due| *due <= now).is_some()
    }

    /// A retry that is due.
    pub(super) fn due_retry(&mut self, now: Instant) -> Option<Retry> {
        if self.is_frozen() {
            return None;
        }
        let position = self.retries.iter().position(|retry| retry.due <= now)?;
        Some(self.retries.remove(position))
    }

    /// Forgets the retries of steps: their run stops.
    pub(super) fn forget_retries(&mut self) -> impl Iterator<Item = Dispatch> {
        self.retries.extract_if(.., |retry| !retry.failed.compensating).map(|retry| retry.failed)
    }

    /// Forgets those of compensations, too: nothing is undone any more.
    pub(super) fn forget_all_retries(&mut self) -> impl Iterator<Item = Dispatch> {
        self.retries.drain(..).map(|retry| retry.failed)
    }

    /// Waits for the earliest alarm, or for `deadline` if that is earlier.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, deadline: Option<Instant>) -> Poll<()> {
        let active = self.retries.iter().map(|retry| retry.due).chain(self.run);
        let active = active.filter(|_| self.frozen.is_none());
        let Some(next) = active.chain(self.grace).chain(self.undoing).chain(deadline).min() else {
            return Poll::Pending;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(next)));
        if timer.deadline() != next {
            timer.as_mut().reset(next);
        }
        timer.as_mut().poll(cx)
    }
}
