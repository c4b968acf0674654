//! What a run waits for besides its steps: retries, its own deadline, the end of the grace period. One timer for all,
//! made when a run really waits.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep, sleep_until};

use super::attempt::Dispatch;

/// Moments at which a driver must wake.
#[derive(Debug, Default)]
pub(super) struct Alarms {
    pub(super) run: Option<Instant>,
    pub(super) grace: Option<Instant>,
    retries: Vec<(Instant, Dispatch)>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Alarms {
    /// A retry; `failed` is the attempt that failed.
    pub(super) fn retry_at(&mut self, due: Instant, failed: Dispatch) {
        self.retries.push((due, failed));
    }

    /// A retry that is due.
    pub(super) fn due_retry(&mut self, now: Instant) -> Option<Dispatch> {
        let position = self.retries.iter().position(|(due, _)| *due <= now)?;
        Some(self.retries.remove(position).1)
    }

    /// Forgets the retries of steps: their run stops.
    pub(super) fn forget_retries(&mut self) -> impl Iterator<Item = Dispatch> {
        self.retries.extract_if(.., |(_, failed)| !failed.compensating).map(|(_, failed)| failed)
    }

    /// Waits for the earliest alarm, or for `deadline` if that is earlier.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, deadline: Option<Instant>) -> Poll<()> {
        let retries = self.retries.iter().map(|(due, _)| *due);
        let Some(next) = retries.chain(self.run).chain(self.grace).chain(deadline).min() else {
            return Poll::Pending;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(next)));
        if timer.deadline() != next {
            timer.as_mut().reset(next);
        }
        timer.as_mut().poll(cx)
    }
}
