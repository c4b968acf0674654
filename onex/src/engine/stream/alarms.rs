//! When a stream must do something without being told: retries, and the end of grace periods.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::calls::Attempt;

/// A retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Retry {
    due: Instant,
    /// The attempt that failed.
    pub(super) failed: Attempt,
    /// It is due because its turn in the budget of retries has come.
    pub(super) has_turn: bool,
}

/// The alarms of a stream. One that is not needed any more rings in vain: it names an item that has gone.
#[derive(Debug, Default)]
pub(super) struct Alarms {
    /// In active time, which stands still while the stream is paused.
    retries: BinaryHeap<Reverse<Retry>>,
    /// When what still runs for an item is given up.
    graces: BinaryHeap<Reverse<(Instant, u64)>>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Alarms {
    /// A delay beyond what the clock can say never ends.
    pub(super) fn retry_after(&mut self, now: Instant, after: Duration, failed: Attempt) {
        if let Some(due) = now.checked_add(after) {
            self.retries.push(Reverse(Retry { due, failed, has_turn: false }));
        }
    }

    /// A retry that was due and has its turn later.
    pub(super) fn retry_at(&mut self, turn: Instant, failed: Attempt) {
        self.retries.push(Reverse(Retry { due: turn, failed, has_turn: true }));
    }

    pub(super) fn grace(&mut self, now: Instant, grace: Duration, item: u64) {
        if let Some(due) = now.checked_add(grace) {
            self.graces.push(Reverse((due, item)));
        }
    }

    /// A retry that is due.
    pub(super) fn due_retry(&mut self, now: Instant) -> Option<Retry> {
        let Reverse(retry) = *self.retries.peek()?;
        if retry.due > now {
            return None;
        }
        self.retries.pop();
        Some(retry)
    }

    /// An item whose grace is over.
    pub(super) fn grace_over(&mut self, now: Instant) -> Option<u64> {
        let Reverse((due, item)) = *self.graces.peek()?;
        if due > now {
            return None;
        }
        self.graces.pop();
        Some(item)
    }

    /// No active time has passed for so long.
    pub(super) fn stood_still(&mut self, for_: Duration) {
        let retries = std::mem::take(&mut self.retries).into_vec();
        let later = retries.into_iter().filter_map(|Reverse(retry)| {
            // Its turn, if it had one, was in the time that stood still.
            Some(Reverse(Retry { due: retry.due.checked_add(for_)?, has_turn: false, ..retry }))
        });
        self.retries = later.collect();
    }

    /// Waits for the earliest alarm, or for `deadline` if that is earlier. `frozen`: no active time passes.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, frozen: bool, deadline: Option<Instant>) -> Poll<()> {
        let retry = self.retries.peek().map(|Reverse(retry)| retry.due).filter(|_| !frozen);
        let grace = self.graces.peek().map(|Reverse((due, _))| *due);
        let Some(next) = retry.into_iter().chain(grace).chain(deadline).min() else { return Poll::Pending };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(next)));
        if timer.deadline() != next {
            timer.as_mut().reset(next);
        }
        timer.as_mut().poll(cx)
    }
}
