//! The runs that wait for a person: nobody drives them, and the journal keeps them until somebody lets them go on.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::message::RunId;

/// Those that this engine knows of: what it has parked itself, and what it found parked.
#[derive(Debug, Default)]
pub(crate) struct ParkedRuns(Mutex<BTreeSet<RunId>>);

impl ParkedRuns {
    /// It waits for a person from now on.
    pub(crate) fn add(&self, run: RunId) {
        self.lock().insert(run);
    }

    /// It goes on, or is held.
    pub(crate) fn remove(&self, run: RunId) {
        self.lock().remove(&run);
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    pub(crate) fn ids(&self) -> Vec<RunId> {
        self.lock().iter().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<RunId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
