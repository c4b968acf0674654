//! How many runs are driven at once, of a workflow and of all: further ones wait for their turn, first come first served.
//! What has begun and goes on is before what has not begun, but for the one whose turn is next.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::{Mutex, OwnedSemaphorePermit};

use super::core::Engine;
use super::sync::{AtomicUsize, Semaphore};
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
    /// Who of them is the next to begin: only that one is in line with those who go on. No door, since runs that are steps go
    /// through that, for which those wait who have the other places.
    next: Mutex<()>,
}

/// The places that one run takes while it is driven.
#[derive(Debug)]
pub(crate) struct Admitted {
    _of_workflow: Option<OwnedSemaphorePermit>,
    _of_engine: Option<OwnedSemaphorePermit>,
}

/// Who looks for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// A run that has not begun: it waits behind the door.
    Begins,
    /// One that has begun before and has no place.
    GoesOn,
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
            next: Mutex::new(()),
        }
    }

    /// Waits for a place. `None`: no run starts any more.
    async fn enter(&self, who: Who) -> Option<OwnedSemaphorePermit> {
        if self.waiting() == 0
            && let Some(place) = self.try_enter()
        {
            // Nobody is at the door, and whoever waits behind it is before who tries.
            return Some(place);
        }
        let _waiting = self.count(who);
        let _first = match who {
            Who::Begins => Some(self.door.acquire().await.ok()?),
            Who::GoesOn => None,
        };
        self.place().await
    }

    async fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.ok()
    }

    /// Only those are counted that have not begun.
    fn count(&self, who: Who) -> Option<Waiting<'_>> {
        (who == Who::Begins).then(|| Waiting::new(&self.waiting))
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

impl Admission {
    /// Waits for a place among the runs of the workflow, then for one among all: what waits for its own takes nobody
    /// else's.
    async fn alone(&self, of_workflow: Option<&Admission>, who: Who) -> Option<Admitted> {
        let of_workflow = match of_workflow {
            Some(admission) => Some(admission.enter(who).await?),
            None => None,
        };
        Some(Admitted { _of_workflow: of_workflow, _of_engine: Some(self.enter(who).await?) })
    }

    /// For a run of a workflow of which others may be steps of runs. Those who have the places among all may wait for such a
    /// step, so nobody keeps a place of the workflow while waiting for one of these.
    async fn beside_sub_runs(&self, of_workflow: &Admission, who: Who) -> Option<Admitted> {
        let _waiting = of_workflow.count(who);
        let _next = match who {
            Who::Begins => Some(of_workflow.next.lock().await),
            Who::GoesOn => None,
        };
        loop {
            let turn = of_workflow.turn.lock().await;
            let place = of_workflow.place().await?;
            if let Some(of_engine) = self.try_enter() {
                return Some(Admitted { _of_workflow: Some(place), _of_engine: Some(of_engine) });
            }
            drop(place);
            // Who begins is to hold up nobody who goes on while it waits behind the other door.
            let _turn = Some(turn).filter(|_| who == Who::GoesOn);
            let of_engine = self.enter(who).await?;
            if let Some(place) = of_workflow.try_enter() {
                return Some(Admitted { _of_workflow: Some(place), _of_engine: Some(of_engine) });
            }
        }
    }
}

/// Waits for a place among the runs of the workflow alone: a run that is a step has that of its parent among all. Its
/// workflow is deeper than that of its parent, so nobody waits for each other in a circle.
async fn as_step(of_workflow: Option<&Admission>, who: Who) -> Option<Admitted> {
    let of_workflow = match of_workflow {
        Some(admission) => Some(admission.enter(who).await?),
        None => None,
    };
    Some(Admitted { _of_workflow: of_workflow, _of_engine: None })
}

impl<C, J> Engine<C, J> {
    /// For a run that begins. `None`: no run starts any more.
    pub(crate) async fn admit(&self, workflow: &Workflow<C>) -> Option<Admitted> {
        self.admit_alone(workflow, Who::Begins).await
    }

    /// For a run that begins as a step of another one.
    pub(crate) async fn admit_sub_run(&self, workflow: &Workflow<C>) -> Option<Admitted> {
        if self.admission.places.is_closed() {
            return None;
        }
        self.admit_as_step(workflow, Who::Begins).await
    }

    /// For a run that has begun before and has no place. `is_sub_run`: it is a step of another one.
    pub(crate) async fn admit_again(&self, workflow: &Workflow<C>, is_sub_run: bool) -> Option<Admitted> {
        match is_sub_run {
            true => self.admit_as_step(workflow, Who::GoesOn).await,
            false => self.admit_alone(workflow, Who::GoesOn).await,
        }
    }

    async fn admit_alone(&self, workflow: &Workflow<C>, who: Who) -> Option<Admitted> {
        match &workflow.admission {
            Some(of_workflow) if workflow.is_called => self.admission.beside_sub_runs(of_workflow, who).await,
            of_workflow => self.admission.alone(of_workflow.as_ref(), who).await,
        }
    }

    async fn admit_as_step(&self, workflow: &Workflow<C>, who: Who) -> Option<Admitted> {
        as_step(workflow.admission.as_ref(), who).await
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

#[cfg(test)]
mod tests;
