//! How many runs are driven at once, of a workflow and of all: further ones wait for their turn, first come first served.
//! What has begun and goes on is before what has not begun, but for the one whose turn is next.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

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
    /// Whose turn it is, among those who look for two places at once.
    turn: Mutex<()>,
}

/// The places that one run takes while it is driven.
#[derive(Debug)]
pub(crate) struct Admitted {
    _of_workflow: Option<OwnedSemaphorePermit>,
    _of_engine: Option<OwnedSemaphorePermit>,
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
            turn: Mutex::new(()),
        }
    }

    /// Waits for a place for a run that begins. `None`: no run starts any more.
    pub(crate) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        if self.waiting() == 0
            && let Some(place) = self.try_enter()
        {
            // Nobody is at the door, and whoever waits behind it is before who tries.
            return Some(place);
        }
        let _waiting = Waiting::new(&self.waiting);
        let _first = self.door.acquire().await.ok()?;
        self.enter_again().await
    }

    /// Waits for a place for a run that goes on. `None`: the engine stops.
    async fn enter_again(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// A place, if there is one at once.
    fn try_enter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
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
            Some(admission) if workflow.is_called => return self.admit_beside_sub_runs(admission).await,
            Some(admission) => Some(admission.enter().await?),
            None => None,
        };
        Some(Admitted { _of_workflow: of_workflow, _of_engine: Some(self.admission.enter().await?) })
    }

    /// Waits for a place among the runs of the workflow alone: a run that is a step has that of its parent among all. Its
    /// workflow is deeper than that of its parent, so nobody waits for each other in a circle.
    pub(crate) async fn admit_sub_run(&self, workflow: &Workflow<C>) -> Option<Admitted> {
        if self.admission.places.is_closed() {
            return None;
        }
        let of_workflow = match &workflow.admission {
            Some(admission) => Some(admission.enter().await?),
            None => None,
        };
        Some(Admitted { _of_workflow: of_workflow, _of_engine: None })
    }

    /// For a run of a workflow of which others may be steps of runs. Those who have the places among all may wait for such a
    /// step, so nobody keeps a place of the workflow while waiting for one of these.
    async fn admit_beside_sub_runs(&self, admission: &Admission) -> Option<Admitted> {
        let _waiting = Waiting::new(&admission.waiting);
        let _turn = admission.turn.lock().await;
        loop {
            let of_workflow = Arc::clone(&admission.places).acquire_owned().await.ok()?;
            if let Some(of_engine) = self.admission.try_enter() {
                return Some(Admitted { _of_workflow: Some(of_workflow), _of_engine: Some(of_engine) });
            }
            drop(of_workflow);
            let of_engine = self.admission.enter().await?;
            if let Some(of_workflow) = admission.try_enter() {
                return Some(Admitted { _of_workflow: Some(of_workflow), _of_engine: Some(of_engine) });
            }
        }
    }

    /// The same for a run that has begun before and has no place. `is_sub_run`: it is a step of another one, whose place it
    /// has among all.
    pub(crate) async fn admit_again(&self, workflow: &Workflow<C>, is_sub_run: bool) -> Option<Admitted> {
        let of_workflow = match &workflow.admission {
            Some(admission) if workflow.is_called && !is_sub_run => {
                return self.admit_beside_sub_runs(admission).await;
            }
            Some(admission) => Some(admission.enter_again().await?),
            None => None,
        };
        let of_engine = if is_sub_run { None } else { Some(self.admission.enter_again().await?) };
        Some(Admitted { _of_workflow: of_workflow, _of_engine: of_engine })
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
