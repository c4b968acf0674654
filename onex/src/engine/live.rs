//! The runs that are being driven: how to stop one, and who waits for it.

use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::arrivals::Arrival;
use super::control::{Control, ControlError, Order, Reply};
use super::report::RunReport;
use super::run_handle::RunLost;
use super::watch::Watch;
use crate::hashing::IdMap;
use crate::message::RunId;

/// What waits for a run.
pub(crate) type Waiter = oneshot::Sender<Result<RunReport, RunLost>>;

/// The runs that are being driven.
#[derive(Debug, Default)]
pub(crate) struct LiveRuns {
    runs: Mutex<IdMap<RunId, LiveRun>>,
}

#[derive(Debug)]
struct LiveRun {
    control: Arc<Control>,
    waiters: Vec<Waiter>,
}

/// A driver's entry. Dropping it removes the run, whose waiters then learn that it is lost.
#[derive(Debug)]
pub(crate) struct LiveGuard {
    live: Arc<LiveRuns>,
    run: RunId,
}

impl LiveRuns {
    /// Enters a run, whose driver hears what `control` is given.
    pub(crate) fn enter(self: &Arc<Self>, run: RunId, control: Arc<Control>) -> LiveGuard {
        self.lock().insert(run, LiveRun { control, waiters: Vec::new() });
        LiveGuard { live: Arc::clone(self), run }
    }

    /// The same, if the run is not live already.
    pub(crate) fn try_enter(self: &Arc<Self>, run: RunId, control: Arc<Control>) -> Option<LiveGuard> {
        let mut runs = self.lock();
        let Entry::Vacant(entry) = runs.entry(run) else { return None };
        entry.insert(LiveRun { control, waiters: Vec::new() });
        Some(LiveGuard { live: Arc::clone(self), run })
    }

    /// Asks a run to stop. True if it is live and was not asked before.
    pub(crate) fn cancel(&self, run: RunId, reason: Arc<str>) -> bool {
        self.control(run).is_some_and(|control| control.cancel(reason))
    }

    /// Asks a run to stop and not to be undone. True if it is live and was not asked for that before.
    pub(crate) fn kill(&self, run: RunId, reason: Arc<str>) -> bool {
        self.control(run).is_some_and(|control| control.kill(reason))
    }

    /// Asks every run to stop; gives back how many were not asked before.
    pub(crate) fn cancel_all(&self, reason: &Arc<str>) -> usize {
        let runs = self.lock();
        runs.values().filter(|live| live.control.cancel(Arc::clone(reason))).count()
    }

    /// Gives a driver an order and waits until it is carried out and committed.
    pub(crate) async fn order(
        &self,
        run: RunId,
        order: impl FnOnce(Reply) -> Order,
    ) -> Result<(), ControlError> {
        let control = self.control(run).ok_or(ControlError::NotLive { run })?;
        let (reply, answer) = oneshot::channel();
        control.give(order(reply));
        // Not kept: with the driver's own, the last of it goes, and who waits learns that there is no answer.
        drop(control);
        match answer.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(state)) => Err(ControlError::Stopping { run, state }),
            Err(_) => Err(ControlError::NotLive { run }),
        }
    }

    /// Brings an event to a driver; gives it back if the run is not live.
    pub(crate) fn bring(&self, run: RunId, arrival: Arrival) -> Result<(), Arrival> {
        match self.control(run) {
            Some(control) => {
                control.give(Order::Take(arrival));
                Ok(())
            }
            None => Err(arrival),
        }
    }

    /// Takes a run from its driver. None: it is not at rest, or over.
    pub(crate) async fn leave(&self, run: RunId) -> Option<(LiveGuard, Arc<Control>)> {
        let (wanted, left) = oneshot::channel();
        let control = self.control(run)?;
        control.give(Order::Leave(wanted));
        // As for any order: with the driver's own, the last of it goes.
        drop(control);
        left.await.ok()
    }

    /// Watches a run, from what is committed of it on.
    pub(crate) async fn watch(&self, run: RunId) -> Result<Watch, ControlError> {
        let control = self.control(run).ok_or(ControlError::NotLive { run })?;
        let (watcher, shown) = oneshot::channel();
        control.give(Order::Watch { watcher });
        // As for any order: with the driver's own, the last of it goes.
        drop(control);
        shown.await.map(|shown| Watch::new(run, shown)).map_err(|_| ControlError::NotLive { run })
    }

    /// How many runs are paused.
    pub(crate) fn paused(&self) -> usize {
        self.lock().values().filter(|live| live.control.is_paused()).count()
    }

    fn control(&self, run: RunId) -> Option<Arc<Control>> {
        self.lock().get(&run).map(|live| Arc::clone(&live.control))
    }

    /// Waits for a run. `None`: it is not live.
    pub(crate) fn wait(&self, run: RunId) -> Option<oneshot::Receiver<Result<RunReport, RunLost>>> {
        let mut runs = self.lock();
        let live = runs.get_mut(&run)?;
        let (waiter, report) = oneshot::channel();
        live.waiters.push(waiter);
        Some(report)
    }

    pub(crate) fn ids(&self) -> Vec<RunId> {
        let mut ids: Vec<RunId> = self.lock().keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    fn lock(&self) -> MutexGuard<'_, IdMap<RunId, LiveRun>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LiveGuard {
    /// The run is over: tells whoever waits.
    pub(crate) fn finish(self, outcome: &Result<RunReport, RunLost>) {
        let live = self.live.lock().remove(&self.run);
        for waiter in live.into_iter().flat_map(|live| live.waiters) {
            // Whoever does not wait any more does not care.
            let _ = waiter.send(outcome.clone());
        }
    }
}

impl Drop for LiveGuard {
    fn drop(&mut self) {
        self.live.lock().remove(&self.run);
    }
}
