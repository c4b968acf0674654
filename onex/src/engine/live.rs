//! The runs that are being driven: how to stop one, and who waits for it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::report::RunReport;
use super::run_handle::RunLost;
use crate::message::RunId;

/// What waits for a run.
pub(crate) type Waiter = oneshot::Sender<Result<RunReport, RunLost>>;

/// The runs that are being driven.
#[derive(Debug, Default)]
pub(crate) struct LiveRuns {
    runs: Mutex<HashMap<RunId, LiveRun>>,
}

#[derive(Debug)]
struct LiveRun {
    /// Taken by the first who cancels.
    stop: Option<oneshot::Sender<()>>,
    waiters: Vec<Waiter>,
}

/// A driver's entry. Dropping it removes the run, whose waiters then learn that it is lost.
#[derive(Debug)]
pub(crate) struct LiveGuard {
    live: Arc<LiveRuns>,
    run: RunId,
}

impl LiveRuns {
    /// Enters a run; the receiver hears of its cancellation.
    pub(crate) fn enter(self: &Arc<Self>, run: RunId) -> (LiveGuard, oneshot::Receiver<()>) {
        let (stop, stopped) = oneshot::channel();
        self.lock().insert(run, LiveRun { stop: Some(stop), waiters: Vec::new() });
        (LiveGuard { live: Arc::clone(self), run }, stopped)
    }

    /// Asks a run to stop. True if it is live and was not asked before.
    pub(crate) fn cancel(&self, run: RunId) -> bool {
        let stop = self.lock().get_mut(&run).and_then(|live| live.stop.take());
        stop.is_some_and(|stop| stop.send(()).is_ok())
    }

    /// Asks every run to stop; gives back how many there are to hear it.
    pub(crate) fn cancel_all(&self) -> usize {
        let mut runs = self.lock();
        runs.values_mut()
            .filter_map(|live| live.stop.take())
            .map(|stop| stop.send(()))
            .filter(Result::is_ok)
            .count()
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

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, LiveRun>> {
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
