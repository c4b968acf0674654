//! Runs that are steps of other runs: begun once for each dispatch of the step, waited for, told to stop with it.
//!
//! Such a run is one like any other: its id follows from the dispatch, so that whichever process drives the parent finds it,
//! begun, going on or over, and does not begin it twice.

mod begin;
mod end;
mod first;
#[cfg(test)]
mod tests;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

pub(crate) use self::waiting::SubRuns;

use self::waiting::Ended;
use super::core::Engine;
use super::driver::attempt::Failed;
use super::sync::{AtomicBool, Mutex};
use super::workflow::Workflow;
use crate::journal::{Journal, RunRecord};
use crate::message::{Payload, RunId, TraceParent, action_id, sub_run_id};
use crate::node::Cancellation;
use crate::node::mount::ReadFn;
use crate::run::{Failure, FailureCause, FailureClass, Run, StepId};

/// Which run a step waits for, once that has begun.
pub(crate) type AwaitedRun = Arc<Mutex<Option<RunId>>>;

/// What a run starts with that is a step, made of what the step takes. The function is the user's.
pub(crate) type Asked<C> = Box<dyn FnOnce(&C) -> Result<Payload, Failed> + Send>;

/// One dispatch of a step that is a workflow.
pub(crate) struct SubRun<C, J> {
    pub(crate) engine: Arc<Engine<C, J>>,
    pub(crate) workflow: Arc<Workflow<C>>,
    /// The step of it whose output is that of a run.
    pub(crate) last: StepId,
    pub(crate) run: RunId,
    pub(crate) parent: RunId,
    pub(crate) awaited: AwaitedRun,
    pub(crate) correlation_id: uuid::Uuid,
    pub(crate) traceparent: Option<TraceParent>,
    /// Of the parent's attempts.
    pub(crate) cancellation: Cancellation,
    /// How the output is read if it comes from a journal.
    pub(crate) read: Option<ReadFn>,
    /// Of the step, if its contract says so; the run has one of its own.
    pub(crate) timeout: Option<Duration>,
    /// How long the run may take to stop when that time is over.
    pub(crate) grace: Duration,
}

/// The run that a dispatch waits for.
struct Awaited {
    run: RunId,
    ended: oneshot::Receiver<Ended>,
    /// It was begun for this step, and not for somebody else.
    is_own: bool,
    /// It was told to stop, perhaps before it could hear it.
    told: Arc<AtomicBool>,
}

impl<C, J> SubRun<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// From the dispatch to the output of the run, or to why there is none. `input` is asked if the run is not begun yet.
    pub(crate) async fn go(self, input: Asked<C>) -> Result<Payload, Failed> {
        let due = self.timeout.and_then(|time| Instant::now().checked_add(time));
        let own = self.run;
        // Before the journal is asked: an end in between is not missed.
        let ended = self.engine.sub_runs.wait(own, self.parent);
        match self.record(own).await? {
            Some(record) if record.ended_unix_ms.is_some() => self.over(&record),
            Some(_) => {
                let awaited = Awaited { run: own, ended, is_own: true, told: Arc::default() };
                self.wait(due, awaited).await
            }
            None => {
                let awaited = self.begin(due, ended, input).await?;
                self.wait(due, awaited).await
            }
        }
    }

    async fn record(&self, run: RunId) -> Result<Option<RunRecord>, Failed> {
        let record = self.engine.journal.run(run).await;
        record.map_err(|error| unknown(format!("the journal cannot be read: {error}")))
    }

    /// A run that certainly did nothing.
    fn not_begun(&self, because: &str) -> Failed {
        let failure = Failure { class: FailureClass::Permanent, cause: FailureCause::Error };
        let message = format!("no run of `{}` begins: {because}", self.workflow.row.name);
        Failed { failure, message: Some(message.into()) }
    }
}

/// The run that the latest dispatch of a step of `parent` began, or is to begin.
pub(crate) fn id_of(parent: RunId, id: &str, run: &Run, step: StepId) -> RunId {
    sub_run_id(action_id(parent, id, false, 0), run.dispatch_of(step))
}

/// What is said to a run whose parent stops, or gives it up.
pub(crate) const STOPPED: &str = "the step that it is was told to stop";

/// Nobody here knows what became of the run, so it is not begun again either.
fn unknown(message: String) -> Failed {
    let failure = Failure { class: FailureClass::Permanent, cause: FailureCause::Unknown };
    Failed { failure, message: Some(message.into()) }
}
