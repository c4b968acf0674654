//! What can be told of a run: while it is alive, when it has ended, and from its journal, always by the same code.

mod cause;
mod of_run;
mod step;

use std::sync::Arc;
use std::time::Duration;

use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::action::ActionRow;
use super::batch::Returned;
use super::stream::StreamReport;
use crate::journal::{Lease, RunKey};
use crate::message::{RunId, StepValue};
use crate::run::{CompensationState, RunState, StepId, StepState};

pub(super) use cause::too_few;
pub use cause::{OutputError, RunCause};
pub(super) use of_run::error_of;
pub use step::{InstanceReport, StepReport};

/// A run, as far as it has come.
#[derive(Debug, Clone, Serialize)]
pub struct RunReport {
    /// The run.
    pub run: RunId,
    /// The contract name of the node.
    pub node: &'static str,
    /// `workflow_name`.
    pub workflow: &'static str,
    /// `workflow_version`: major, minor, patch.
    pub version: (u32, u32, u32),
    /// What sets it apart from the other runs of the workflow.
    #[serde(serialize_with = "as_text")]
    pub key: RunKey,
    /// For tracing only.
    pub correlation_id: Uuid,
    /// The envelope that started it; the run's own id where a program did.
    pub envelope_id: Uuid,
    /// The run that it is a step of, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<RunId>,
    /// Whose it is: who drives it now, or has the right to.
    pub lease: Lease,
    /// Where it is, or how it ended.
    pub state: RunState,
    /// Whether what it did is undone: the worst of its steps.
    pub compensation: CompensationState,
    /// Why it is paused, in the words of whoever asked for it; only while it is.
    pub paused: Option<String>,
    /// Why it stopped before every step had its turn: the first cause that was committed.
    pub cause: Option<RunCause>,
    /// What would have stopped it as well: see [`Run::later_causes`](crate::run::Run::later_causes).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub later_causes: Vec<RunCause>,
    /// In declaration order.
    pub steps: Vec<StepReport>,
    /// Milliseconds since the Unix epoch.
    pub started_unix_ms: u64,
    /// From the start to the end, or so far.
    #[serde(rename = "duration_us", serialize_with = "as_microseconds")]
    pub duration: Duration,
    /// How often steps of it were in flight together: see [`Run::parallel_executions`](crate::run::Run::parallel_executions).
    pub parallel_executions: u32,
    /// Of a batch: how many calls were given to workers, of steps that take groups one for each group, of other effects one for
    /// each item. Those that another process made are not counted, and the journal does not know of them. Of any other run 0.
    pub load_balanced_operations: u64,
    /// Of a stream: what has become of its items. Its `steps` are each there once, with the worst that they came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<StreamReport>>,
    #[serde(skip)]
    pub(super) outputs: Returned,
    #[serde(skip)]
    pub(super) action_rows: Arc<[ActionRow]>,
}

impl RunReport {
    /// A step, by its `node_id`.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&StepReport> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// What a step returned, by its `node_id`, where it is not known while the program is compiled. [`get`](Self::get) and
    /// [`last`](Self::last) ask by name. For a batch, see [`BatchItem::output`](super::BatchItem::output).
    ///
    /// # Errors
    /// There is no such step, it has not completed, or it returned another type.
    pub fn output<T: StepValue>(&self, id: &str) -> Result<Arc<T>, OutputError> {
        self.output_of(id, None)
    }

    pub(super) fn output_of<T: StepValue>(&self, id: &str, item: Option<u32>) -> Result<Arc<T>, OutputError> {
        let found = (self.steps.iter().zip(0..))
            .find(|(step, _)| step.id == id && (item.is_none() || step.item.is_none() || step.item == item));
        let Some((&StepReport { id: step, state, .. }, index)) = found else {
            return Err(OutputError::NoSuchStep { workflow: self.workflow, step: id.to_owned() });
        };
        let index = StepId(index);
        let output = self.outputs.of(index).get(self.outputs.row(index).0);
        output
            .ok_or(OutputError::NoOutput { step, state })?
            .get()
            .map_err(|source| OutputError::OtherType { step, source })
    }

    pub(super) fn outputs(&self) -> &Returned {
        &self.outputs
    }

    /// Attempts of steps that were not the first.
    #[must_use]
    pub fn retries(&self) -> u32 {
        let of_steps = |step: &StepReport| step.attempts.saturating_sub(1);
        match &self.items {
            Some(of) => of
                .steps
                .iter()
                .map(|step| u32::try_from(step.retries).unwrap_or(u32::MAX))
                .fold(0, u32::saturating_add),
            None => self.steps.iter().map(of_steps).sum(),
        }
    }

    /// What a dead letter says of a run that did not complete: the step that decided it, if one did, and why.
    pub(crate) fn failure(&self) -> (Option<&'static str>, String) {
        let not_undone = self.steps.iter().find(|step| step.compensation == CompensationState::Failed);
        if let Some(step) = not_undone {
            let of_instances = step.instances.iter().find_map(|instance| instance.compensation_error.clone());
            let message = step.compensation_error.clone().or(of_instances).unwrap_or_default();
            return (Some(step.id), format!("the step could not be undone: {message}"));
        }
        if self.state == RunState::Parked {
            let crashed = self.steps.iter().filter(|step| step.state == StepState::Scheduled);
            let Some(step) = crashed.max_by_key(|step| step.crashes) else { return (None, String::new()) };
            return (Some(step.id), step.error.clone().unwrap_or_default());
        }
        match &self.cause {
            Some(RunCause::StepFailed { step, message }) => (Some(*step), message.clone()),
            Some(RunCause::TimedOut { after_ms }) => (None, format!("the run timed out after {after_ms} ms")),
            Some(RunCause::Cancelled { reason }) => (None, format!("the run was cancelled: {reason}")),
            Some(RunCause::Killed { reason }) => (None, format!("the run was killed: {reason}")),
            Some(RunCause::SourceFailed { message }) => (None, format!("the source failed: {message}")),
            Some(RunCause::TooFewCompleted { completed, of, required_percent }) => {
                (None, too_few(*completed, *of, *required_percent))
            }
            None => (None, String::new()),
        }
    }
}

fn as_text<S: Serializer>(key: &RunKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(key)
}

fn as_microseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}
