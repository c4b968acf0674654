//! What a run is told from outside while it is driven: by whoever knows its id, to its driver.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Waker};

use tokio::sync::{oneshot, watch};
use uuid::Uuid;

use super::arrivals::Arrival;
use super::live::LiveGuard;
use super::sync::{AtomicBool, Mutex, MutexGuard};
use super::watch::RunProgress;
use crate::message::RunId;
use crate::node::IntentEnd;
use crate::run::RunState;

/// What a driver is told.
#[derive(Debug)]
pub(crate) enum Order {
    Cancel {
        reason: Arc<str>,
    },
    Kill {
        reason: Arc<str>,
    },
    Pause {
        reason: Arc<str>,
        reply: Reply,
    },
    Resume {
        reply: Reply,
    },
    Take(Arrival),
    /// An intent that the run has sent.
    Executed {
        envelope: Uuid,
        end: IntentEnd,
    },
    Watch {
        watcher: Watcher,
    },
    /// Nothing but to look again what there is to do.
    Look,
    Leave(Leave),
}

/// Where a driver gives its run away, if nothing of it is in flight; else it drops it.
pub(crate) type Leave = oneshot::Sender<(LiveGuard, Arc<Control>)>;

/// Where a driver says that an order is carried out and committed, or in which state of the run it cannot be.
pub(crate) type Reply = oneshot::Sender<Result<(), RunState>>;

/// Where a driver shows the run.
pub(crate) type Shown = watch::Sender<RunProgress>;

/// Where a driver says where it is shown.
pub(crate) type Watcher = oneshot::Sender<watch::Receiver<RunProgress>>;

/// The orders that a driver has not taken yet. Shared by the driver and the list of live runs.
#[derive(Debug, Default)]
pub(crate) struct Control {
    pending: Mutex<Pending>,
    /// There may be orders: spares the lock where nobody waits for one.
    ordered: AtomicBool,
    /// The run is paused, as far as its driver has come.
    paused: AtomicBool,
    /// Nothing of the run is under way but waiting.
    resting: AtomicBool,
}

#[derive(Debug, Default)]
struct Pending {
    orders: Vec<Order>,
    cancelled: bool,
    killed: bool,
    driver: Option<Waker>,
}

impl Control {
    /// Asks for the run to stop. True for the first who does.
    pub(crate) fn cancel(&self, reason: Arc<str>) -> bool {
        let first = !std::mem::replace(&mut self.lock().cancelled, true);
        if first {
            self.give(Order::Cancel { reason });
        }
        first
    }

    /// Asks for the run to stop, and that nothing be undone. True for the first who does.
    pub(crate) fn kill(&self, reason: Arc<str>) -> bool {
        let first = {
            let mut pending = self.lock();
            // Whoever only cancels it comes too late now.
            pending.cancelled = true;
            !std::mem::replace(&mut pending.killed, true)
        };
        if first {
            self.give(Order::Kill { reason });
        }
        first
    }

    pub(crate) fn give(&self, order: Order) {
        let driver = {
            let mut pending = self.lock();
            pending.orders.push(order);
            self.ordered.store(true, Ordering::Release);
            pending.driver.take()
        };
        if let Some(driver) = driver {
            driver.wake();
        }
    }

    /// Moves what has been ordered to `orders`; if that is nothing, wakes the caller when something is.
    pub(crate) fn poll(&self, cx: &mut Context<'_>, orders: &mut Vec<Order>) {
        let mut pending = self.lock();
        if !pending.orders.is_empty() {
            orders.append(&mut pending.orders);
            self.ordered.store(false, Ordering::Release);
        } else if !pending.driver.as_ref().is_some_and(|driver| driver.will_wake(cx.waker())) {
            pending.driver = Some(cx.waker().clone());
        }
    }

    /// Whether an order may be there by now. One that is given at this moment is there the next time.
    pub(crate) fn may_have_orders(&self) -> bool {
        self.ordered.load(Ordering::Acquire)
    }

    pub(crate) fn has_orders(&self) -> bool {
        !self.lock().orders.is_empty()
    }

    pub(crate) fn note_paused(&self, paused: bool) {
        if self.paused.load(Ordering::Relaxed) != paused {
            self.paused.store(paused, Ordering::Relaxed);
        }
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    pub(crate) fn note_resting(&self, resting: bool) {
        self.resting.store(resting, Ordering::Relaxed);
    }

    pub(crate) fn is_resting(&self) -> bool {
        self.resting.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a run cannot be paused or resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// It is not driven here: it is over or parked, or it is not known.
    #[error("run {run} is not alive in this runtime")]
    NotLive {
        /// The run.
        run: RunId,
    },
    /// It is on its way to its end, and what stops is not held.
    #[error("run {run} cannot be paused or resumed any more: it is {state:?}")]
    Stopping {
        /// The run.
        run: RunId,
        /// Where it is: stopping, compensating, or just at its end.
        state: RunState,
    },
}

#[cfg(test)]
mod tests;
