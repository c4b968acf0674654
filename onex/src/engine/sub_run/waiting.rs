//! Who waits for runs that are steps of theirs. Knows nothing of how such a run begins, and of what its end means.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;

use crate::engine::report::RunReport;
use crate::engine::run_handle::RunLost;
use crate::engine::sync::{AtomicBool, Mutex, MutexGuard};
use crate::message::RunId;

/// How a run ended, or that it is not driven to its end.
pub(super) type Ended = Result<RunReport, RunLost>;

/// Who waits for runs that are steps of theirs. A run that is parked has not ended: a person may let it go on.
#[derive(Debug, Default)]
pub(crate) struct SubRuns {
    waiting: Mutex<HashMap<RunId, Vec<Waits>>>,
    /// Somebody has ever waited: spares the lock where no run is a step. Whoever waits says so before the journal is asked, so
    /// whoever comes from the commit of a run's end sees it.
    any: AtomicBool,
}

/// One of them.
#[derive(Debug)]
struct Waits {
    parent: RunId,
    is_told: oneshot::Sender<Ended>,
}

impl SubRuns {
    pub(super) fn wait(&self, run: RunId, parent: RunId) -> oneshot::Receiver<Ended> {
        let (is_told, ended) = oneshot::channel();
        let mut waiting = self.lock();
        let waiters = waiting.entry(run).or_default();
        waiters.retain(|waiter| !waiter.is_told.is_closed());
        waiters.push(Waits { parent, is_told });
        self.any.store(true, Ordering::Release);
        ended
    }

    /// Tells whoever waits for a run what became of it.
    pub(crate) fn ended(&self, run: RunId, outcome: &Ended) {
        if !self.any.load(Ordering::Acquire) || outcome.as_ref().is_ok_and(|report| !report.state.is_final())
        {
            return;
        }
        let waiters = self.lock().remove(&run);
        for waiter in waiters.into_iter().flatten() {
            // Whoever does not wait any more does not care.
            let _ = waiter.is_told.send(outcome.clone());
        }
    }

    /// Those of which a step waits for a run, or did when they fell asleep.
    pub(crate) fn parents(&self, run: RunId) -> Vec<RunId> {
        self.lock().get(&run).into_iter().flatten().map(|waiter| waiter.parent).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Vec<Waits>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
