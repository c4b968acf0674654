//! A report of where a run's facts have brought it.

use std::sync::Arc;
use std::time::Duration;

use super::{InstanceReport, RunCause, RunReport, StepReport};
use crate::engine::batch::Returned;
use crate::engine::messages::Messages;
use crate::engine::outcome::skip_cause;
use crate::engine::sub_run::id_of;
use crate::engine::workflow::Workflow;
use crate::journal::{Lease, RunStart};
use crate::run::{CompensationState, FailureCause, Run, RunState, StepId, StepState, StepStatus, StopCause};

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
                error: (status.state != StepState::Completed)
                    .then(|| error_of(step.0, run, messages))
                    .flatten(),
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
            parallel_executions: run.parallel_executions(),
            load_balanced_operations: 0,
            outputs,
            action_rows: Arc::clone(action_rows),
        }
    }
}

/// Why a step did not complete; of one that goes over a list, why the first entry that did not.
pub(in crate::engine) fn error_of(step: u32, run: &Run, messages: &Messages) -> Option<String> {
    first_error(step, run, messages).or_else(|| step_error(step, run.step(StepId(step)), messages))
}

fn first_error(step: u32, run: &Run, messages: &Messages) -> Option<String> {
    let step = StepId(step);
    matches!(run.step(step).state, StepState::Failed | StepState::Indeterminate).then(|| {
        run.instances(step).find_map(|(instance, status)| step_error(instance.0, status, messages))
    })?
}

#[inline]
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
