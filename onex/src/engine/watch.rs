//! A run's progress, for whoever watches it: the latest only, so that nobody who is slow holds up the run or fills memory.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;

use crate::message::RunId;
use crate::plan::Kind;
use crate::run::{CompensationState, RunState, StepState};

/// How far a run has come, as its journal has it. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunProgress {
    /// The run.
    pub run: RunId,
    /// The contract name of the node.
    pub node: &'static str,
    /// `workflow_name`.
    pub workflow: &'static str,
    /// Where it is.
    pub state: RunState,
    /// How many facts it has, or how often a stream was seen to come further: of two, the one with more is later.
    pub seq: u64,
    /// In declaration order. Of a stream: the worst that each came to, of all items that have come out.
    pub steps: Arc<[StepProgress]>,
    /// Of a stream: how far its items have come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<ItemsProgress>,
}

/// How far the items of a stream have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ItemsProgress {
    /// Items that were taken from the source.
    pub taken: u64,
    /// Items that completed.
    pub completed: u64,
    /// Items that completed although steps failed.
    pub completed_with_errors: u64,
    /// Items that a step's failure stopped.
    pub failed: u64,
    /// Items whose time ran out.
    pub timed_out: u64,
    /// Items that were given up because the stream stopped.
    pub cancelled: u64,
    /// Items that have been taken and have not come out.
    pub in_flight: usize,
    /// Where the first item begins that is not done.
    pub watermark: u64,
}

/// How far a step has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepProgress {
    /// `node_id`.
    pub id: &'static str,
    /// `node_type`.
    pub kind: Kind,
    /// Where it is.
    pub state: StepState,
    /// How many attempts were dispatched.
    pub attempts: u32,
    /// Whether it is undone.
    pub compensation: CompensationState,
}

impl RunProgress {
    /// How many steps have ended, however they did.
    #[must_use]
    pub fn ended(&self) -> usize {
        self.steps.iter().filter(|step| step.state.is_final()).count()
    }

    /// The steps that are at work, in declaration order.
    pub fn at_work(&self) -> impl Iterator<Item = &StepProgress> {
        self.steps.iter().filter(|step| step.state == StepState::Scheduled)
    }
}

/// The progress of one run, from now on. See [`Runtime::watch`](super::Runtime::watch).
///
/// It holds one [`RunProgress`]. Who receives slower than the run goes on sees fewer of them and always the latest; the run
/// never waits for who watches. Dropping it ends the watching.
pub struct Watch {
    run: RunId,
    progress: watch::Receiver<RunProgress>,
}

impl Watch {
    pub(crate) fn new(run: RunId, mut progress: watch::Receiver<RunProgress>) -> Self {
        // The first is where it is now.
        progress.mark_changed();
        Watch { run, progress }
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> RunId {
        self.run
    }

    /// Waits until the run has come further than what was seen last; at first, where it is. `None` once its end has been seen,
    /// or it is not driven here any more.
    ///
    /// Cancel safe: what is not returned is returned the next time, or what has come after it.
    pub async fn next(&mut self) -> Option<RunProgress> {
        self.progress.changed().await.ok()?;
        Some(self.progress.borrow_and_update().clone())
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("run", &self.run).finish_non_exhaustive()
    }
}
