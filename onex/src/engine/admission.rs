//! How many runs are driven at once, of a workflow and of all: further ones wait for their turn, first come first served.
//! What has begun and goes on is before what has not begun, but for the one whose turn is next.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::core::Engine;
use super::workflow::Workflow;

/// The places for runs.
#[derive(Debug)]
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    /// Who begins waits behind a door, before which there is one at a time: only that one is in line with those who go on.
    door: Semaphore,
    capacity: usize,
    waiting: AtomicUsize,
}

/// The places that one run takes while it is driven.
#[derive(Debug)]
pub(crate) struct Admitted {
    _of_workflow: Option<OwnedSemaphorePermit>,
    _of_engine: OwnedSemaphorePermit,
}

/// Counts one who waits, also if it gives up.
struct Waiting<'a>(&'a AtomicUsize);

impl Admission {
    pub(crate) fn new(capacity: usize) -> Self {
        Admission {
            places: Arc::new(Semaphore::new(capacity)),
            door: Semaphore::new(1),
            capacity,
            waiting: AtomicUsize::new(0),
        }
    }

    /// Waits for a place for a run that begins. `None`: no run starts any more.
    pub(crate) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        let _waiting = Waiting::new(&self.waiting);
        let _first = self.door.acquire().await.ok()?;
        self.enter_again().await
    }

    /// Waits for a place for a run that goes on. `None`: the engine stops.
    async fn enter_again(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// Nothing starts any more; who waits learns it. Gives back how many do.
    pub(crate) fn close(&self) -> usize {
        let waiting = self.waiting();
        self.door.close();
        self.places.close();
        waiting
    }

    pub(crate) fn taken(&self) -> usize {
        self.capacity - self.places.available_permits()
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

impl<C, J> Engine<C, J> {
    /// Waits for a place among the runs of the workflow, then for one among all: what waits for its own takes nobody
    /// else's. `None`: no run starts any more.
    pub(crate) async fn admit(&self, workflow: &Workflow<C>) -> Option<Admitted> {
        let of_workflow = match &workflow.admission {
            Some(admission) => Some(admission.enter().await?),
            None => None,
        };
        Some(Admitted { _of_workflow: of_workflow, _of_engine: self.admission.enter().await? })
    }

    /// The same for a run that has begun before and has no place.
    pub(crate) async fn admit_again(&self, workflow: &Workflow<C>) -> Option<Admitted> {
        let of_workflow = match &workflow.admission {
            Some(admission) => Some(admission.enter_again().await?),
            None => None,
        };
        Some(Admitted { _of_workflow: of_workflow, _of_engine: self.admission.enter_again().await? })
    }

    /// Closes them all. Gives back how many waited.
    pub(crate) fn close_admissions(&self) -> usize {
        self.admissions().map(Admission::close).sum()
    }

    pub(crate) fn waiting_runs(&self) -> usize {
        self.admissions().map(Admission::waiting).sum()
    }

    fn admissions(&self) -> impl Iterator<Item = &Admission> {
        let of_workflows = self.registry.workflows().filter_map(|workflow| workflow.admission.as_ref());
        of_workflows.chain([&self.admission])
    }
}

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
