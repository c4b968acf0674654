//! What can be told of a run: while it is alive, when it has ended, and from its journal, always by the same code.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::action::ActionRow;
use super::batch::Returned;
use super::contain::contained;
use super::map::map_of;
use super::messages::Messages;
use super::outcome::skip_cause;
use super::stream::StreamReport;
use super::sub_run::id_of;
use super::workflow::Workflow;
use crate::journal::{Lease, RunKey, RunStart};
use crate::message::{DecodeError, RunId, StepValue};
use crate::node::SkipCause;
use crate::plan::Kind;
use crate::run::{
    ActionStatus, CompensationState, Failure, FailureCause, Run, RunState, StepId, StepState, StepStatus,
    StopCause,
};

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
    /// What would have stopped it as well: see [`Run::later_causes`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub later_causes: Vec<RunCause>,
    /// In declaration order.
    pub steps: Vec<StepReport>,
    /// Milliseconds since the Unix epoch.
    pub started_unix_ms: u64,
    /// From the start to the end, or so far.
    #[serde(rename = "duration_us", serialize_with = "as_microseconds")]
    pub duration: Duration,
    /// How often steps of it were in flight together: see [`Run::parallel_executions`].
    pub parallel_executions: u32,
    /// Of a stream: what has become of its items. Its `steps` are each there once, with the worst that they came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<StreamReport>>,
    /// See [`BatchReport`](super::BatchReport).
    #[serde(skip)]
    pub(crate) operations: u64,
    #[serde(skip)]
    pub(super) outputs: Returned,
    #[serde(skip)]
    pub(super) action_rows: Arc<[ActionRow]>,
}

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepReport {
    /// `node_id`.
    pub id: &'static str,
    /// `node_type`.
    pub kind: Kind,
    /// In a batch, the item that it is for, unless it is done once for all: the steps are listed one after the other, each by
    /// its items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// Where it is, or how it ended.
    pub state: StepState,
    /// How many attempts were dispatched.
    pub attempts: u32,
    /// How often a process ended while one of them was in flight; such an attempt is dispatched again.
    pub crashes: u32,
    /// Of a step that is a workflow: the run that its latest attempt is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_run: Option<RunId>,
    /// Whether it is undone.
    pub compensation: CompensationState,
    /// Why it did not complete; while it waits for a retry, why the last attempt failed.
    pub error: Option<String>,
    /// The same as the engine knows it, without anybody's words.
    pub failure: Option<Failure>,
    /// No other step depends on it.
    #[serde(skip)]
    pub is_last: bool,
    /// How often something has happened to it.
    #[serde(skip)]
    pub revision: u64,
    /// What undoes it, once that is decided.
    #[serde(skip)]
    pub undoing: Option<ActionStatus>,
    /// The target that is left alone for a while and that it waits for, while it is held.
    pub waits_for: Option<Arc<str>>,
    /// Why it is skipped, if it is.
    pub skipped_because: Option<SkipCause>,
    /// Why the last attempt to undo it failed, unless it is undone.
    pub compensation_error: Option<String>,
    /// Of a step that is done once for each entry of a list: how it stands with each, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<InstanceReport>,
}

/// One instance of a step that is done once for each entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstanceReport {
    /// Where it is, or how it ended.
    pub state: StepState,
    /// How many attempts were dispatched.
    pub attempts: u32,
    /// How often a process ended while one of them was in flight; such an attempt is dispatched again.
    pub crashes: u32,
    /// Whether it is undone.
    pub compensation: CompensationState,
    /// Why it did not complete; while it waits for a retry, why the last attempt failed.
    pub error: Option<String>,
    /// Why the last attempt to undo it failed, unless it is undone.
    pub compensation_error: Option<String>,
    /// How often something has happened to it.
    #[serde(skip)]
    pub revision: u64,
    /// What undoes it, once that is decided.
    #[serde(skip)]
    pub undoing: Option<ActionStatus>,
}

/// Why a run stopped before every step had its turn, or failed when all had it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum RunCause {
    /// A step failed, or its outcome is unknown.
    StepFailed {
        /// `node_id`.
        step: &'static str,
        /// Its error.
        message: String,
    },
    /// The run's `timeout_ms` was used up.
    TimedOut {
        /// The budget, in milliseconds.
        after_ms: u64,
    },
    /// Somebody asked for it.
    Cancelled {
        /// Why, in the words of whoever did.
        reason: String,
    },
    /// Somebody asked for it, and that nothing be undone.
    Killed {
        /// Why, in the words of whoever did.
        reason: String,
    },
    /// The source of a stream failed.
    SourceFailed {
        /// The error's text.
        message: String,
    },
    /// Failures were tolerated, and there were too many: every step had its turn, and fewer completed than
    /// `min_required_steps_completion_percent` asks for. See [`Run::completed_of`].
    TooFewCompleted {
        /// How many completed.
        completed: usize,
        /// Of how many that were to.
        of: usize,
        /// The share that must, in percent.
        required_percent: f64,
    },
}

/// Why a step's output cannot be had from a report.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The workflow has no such step.
    #[error("the workflow `{workflow}` has no step `{step}`")]
    NoSuchStep {
        /// The workflow.
        workflow: &'static str,
        /// What was asked for.
        step: String,
    },
    /// The run is of another node.
    #[error("`{step}` is a step of `{of}`, and this is a run of `{node}`")]
    OtherNode {
        /// What was asked for.
        step: &'static str,
        /// The contract name of its node.
        of: &'static str,
        /// That of the run's node.
        node: &'static str,
    },
    /// The step has not completed.
    #[error("step `{step}` has no output: it is `{state:?}`")]
    NoOutput {
        /// The step.
        step: &'static str,
        /// Where it is.
        state: StepState,
    },
    /// The output is of another type.
    #[error("step `{step}` returned something else: {source}")]
    OtherType {
        /// The step.
        step: &'static str,
        /// What does not fit.
        source: DecodeError,
    },
}

impl RunReport {
    pub(crate) fn new<C>(
        workflow: &Workflow<C>,
        start: &RunStart,
        run: &Run,
        messages: &Messages,
        outputs: Returned,
        duration: Duration,
        lease: Lease,
    ) -> Self {
        let Workflow { node, row: workflow, steps: defs, action_rows, .. } = workflow;
        let steps: Vec<StepReport> = (run.steps())
            .map(|(step, status)| (step, outputs.row(step).index(), status))
            .map(|(step, row, status)| StepReport {
                id: workflow.steps[row].id,
                kind: workflow.steps[row].kind,
                item: outputs.item(step),
                state: status.state,
                attempts: status.attempt,
                crashes: status.crashes,
                sub_run: (defs[row].calls.filter(|_| status.attempt > 0))
                    .map(|_| id_of(start.run, defs[row].id, run, step)),
                compensation: worst(
                    run.instances(step).map(|(_, of)| of.compensation).chain([status.compensation]),
                ),
                error: error_of(step.0, run, messages),
                failure: status.failure.filter(|_| status.state != StepState::Completed),
                is_last: run.plan().dependents(step).is_empty(),
                revision: run.revision(step),
                undoing: run.undoing(step),
                waits_for: (defs[row].circuit.as_ref())
                    .filter(|_| status.state == StepState::Held)
                    .map(|circuit| Arc::clone(&circuit.target)),
                skipped_because: (status.skipped_because)
                    .map(|reason| skip_cause(reason, |step| workflow.steps[outputs.row(step).index()].id)),
                compensation_error: unfinished_undo(step.0, status, messages),
                instances: (run.instances(step))
                    .map(|(instance, status)| InstanceReport {
                        state: status.state,
                        attempts: status.attempt,
                        crashes: status.crashes,
                        compensation: status.compensation,
                        error: step_error(instance.0, status, messages),
                        compensation_error: unfinished_undo(instance.0, status, messages),
                        revision: run.revision(instance),
                        undoing: run.undoing(instance),
                    })
                    .collect(),
            })
            .collect();
        let told = |cause| match cause {
            StopCause::StepFailed { step } => RunCause::StepFailed {
                step: steps[step.index()].id,
                message: steps[step.index()].error.clone().unwrap_or_default(),
            },
            StopCause::RunTimedOut => RunCause::TimedOut { after_ms: after_ms(run) },
            StopCause::Cancelled => RunCause::Cancelled { reason: messages.reason(cause) },
            StopCause::Killed => RunCause::Killed { reason: messages.reason(cause) },
            StopCause::TooFewCompleted => {
                let ((completed, of), policy) = (run.completed_of(), run.plan().policy());
                RunCause::TooFewCompleted {
                    completed,
                    of,
                    required_percent: policy.min_completed_percent.unwrap_or_default(),
                }
            }
        };
        let (cause, later_causes) = (run.stop_cause().map(&told), run.later_causes().map(&told).collect());
        RunReport {
            run: start.run,
            node,
            workflow: workflow.name,
            version: start.version,
            key: start.identity.key.clone(),
            correlation_id: start.correlation_id,
            envelope_id: start.envelope_id,
            parent: start.parent(),
            lease,
            state: run.state(),
            paused: (messages.paused.as_deref())
                .filter(|_| run.state() == RunState::Paused)
                .map(str::to_owned),
            compensation: worst(steps.iter().map(|step| step.compensation)),
            cause,
            later_causes,
            steps,
            started_unix_ms: start.started_unix_ms,
            duration,
            items: None,
            operations: 0,
            parallel_executions: run.parallel_executions(),
            outputs,
            action_rows: Arc::clone(action_rows),
        }
    }

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

    /// What each completed step returned, as JSON. What does not serialise is not there: its journal would not have it either.
    pub(super) fn outputs_as_json(&self) -> BTreeMap<&'static str, Box<RawValue>> {
        let outputs = self.steps.iter().enumerate().filter_map(|(index, step)| {
            let step_id = StepId(index as u32);
            // Those of the items of a batch are asked for item by item.
            let output =
                self.outputs.of(step_id).get(self.outputs.row(step_id).0).filter(|_| step.item.is_none())?;
            // The value's `Serialize` is the user's, and may panic.
            let json = contained(|| output.to_json()).ok()?.ok()?;
            Some((step.id, json))
        });
        map_of(outputs)
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

/// Why a step failed whose instances did: the first error among theirs.
/// Why a step did not complete; of one that goes over a list, why the first entry that did not.
pub(super) fn error_of(step: u32, run: &Run, messages: &Messages) -> Option<String> {
    first_error(step, run, messages).or_else(|| step_error(step, run.step(StepId(step)), messages))
}

fn first_error(step: u32, run: &Run, messages: &Messages) -> Option<String> {
    let step = StepId(step);
    matches!(run.step(step).state, StepState::Failed | StepState::Indeterminate).then(|| {
        run.instances(step).find_map(|(instance, status)| step_error(instance.0, status, messages))
    })?
}

fn unfinished_undo(step: u32, status: StepStatus, messages: &Messages) -> Option<String> {
    match status.compensation {
        CompensationState::Pending | CompensationState::Failed => undo_error(step, status, messages),
        CompensationState::None | CompensationState::Done => None,
    }
}

fn undo_error(step: u32, status: StepStatus, messages: &Messages) -> Option<String> {
    match messages.of(step, true) {
        None if status.compensation == CompensationState::Failed => {
            Some("its process ended too often".to_owned())
        }
        message => message.map(str::to_owned),
    }
}

fn step_error(step: u32, status: StepStatus, messages: &Messages) -> Option<String> {
    if status.state == StepState::Scheduled && status.crashes > 0 {
        return Some(match status.crashes {
            1 => "its process ended while it ran".to_owned(),
            crashes => format!("its process ended while it ran, {crashes} times"),
        });
    }
    let failure = status.failure?;
    if status.state == StepState::Completed {
        return None;
    }
    Some(match (messages.of(step, false), failure.cause) {
        (Some(message), FailureCause::Abandoned) if status.crashes > 0 => {
            format!("{message}; its process had ended while it ran, so it may have taken effect before")
        }
        (_, FailureCause::Abandoned) => {
            "abandoned: it had not stopped when the grace period was over, or when its process ended"
                .to_owned()
        }
        (Some(message), _) => message.to_owned(),
        (None, cause) => format!("{cause:?}"),
    })
}

pub(super) fn too_few(completed: usize, of: usize, required_percent: f64) -> String {
    format!("{completed} of {of} steps completed, and {required_percent} % must")
}

fn after_ms(run: &Run) -> u64 {
    u64::try_from(run.plan().policy().timeout.as_millis()).unwrap_or(u64::MAX)
}

fn worst(of: impl Iterator<Item = CompensationState>) -> CompensationState {
    let badness = |state: &CompensationState| match state {
        CompensationState::None => 0,
        CompensationState::Done => 1,
        CompensationState::Pending => 2,
        CompensationState::Failed => 3,
    };
    of.max_by_key(badness).unwrap_or(CompensationState::None)
}

fn as_text<S: Serializer>(key: &RunKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(key)
}

fn as_microseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}
