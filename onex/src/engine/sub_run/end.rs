//! How a run ends that is a step, and what that means to the step: its output, or a failure.

use std::future::pending;
use std::pin::pin;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use tokio::time::{Instant, timeout};

use super::first::{First, Stop, first, stop};
use super::waiting::Ended;
use super::{Awaited, STOPPED, SubRun, unknown};
use crate::engine::completed::without_output;
use crate::engine::contain::contained;
use crate::engine::driver::attempt::Failed;
use crate::engine::report::{OutputError, RunCause, RunReport, StepReport};
use crate::engine::run_handle::{LostCause, RunLost};
use crate::engine::status;
use crate::journal::{CommitError, Journal, RunRecord};
use crate::message::{Payload, RunId};
use crate::plan::{Kind, OnDuplicate};
use crate::run::{CompensationState, Failure, FailureCause, FailureClass, RunState, StepState};

impl<C, J> SubRun<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(super) async fn wait(&self, due: Option<Instant>, awaited: Awaited) -> Result<Payload, Failed> {
        let Awaited { run, ended, is_own, told } = awaited;
        *self.awaited.lock().unwrap_or_else(PoisonError::into_inner) = Some(run);
        let mut ended = pin!(async move {
            match ended.await {
                Ok(ended) => ended,
                // Its task was dropped: this engine ends.
                Err(_) => pending().await,
            }
        });
        let because = match first(ended.as_mut(), stop(self.cancellation.clone(), due)).await {
            First::One(ended) => match self.overtaken_by(&ended) {
                Some(other) => {
                    let awaited = self.join(other).await?;
                    return Box::pin(self.wait(due, awaited)).await;
                }
                None => return self.ended(ended),
            },
            First::Other(because) => because,
        };
        if is_own {
            told.store(true, Ordering::Release);
            self.engine.live.cancel(run, STOPPED.into());
        }
        match because {
            // The parent gives up waiting when its own grace is over.
            Stop::Parent => {
                let ended = ended.await;
                self.ended(ended)
            }
            Stop::Time => {
                let (grace, most) = (self.grace, self.timeout.unwrap_or_default().as_millis());
                match timeout(grace, ended).await {
                    Ok(ended) => self.ended(ended).map_err(|failed| Failed {
                        failure: Failure::TIMED_OUT,
                        message: failed.message.map(|why| format!("timed out after {most} ms; {why}").into()),
                    }),
                    Err(_) => Err(unknown(format!(
                        "timed out after {most} ms, and run {run} of `{}` has not stopped {} ms later",
                        self.workflow.row.name,
                        grace.as_millis()
                    ))),
                }
            }
        }
    }

    /// The run that somebody else began with the same key at the same moment, if it may be joined.
    fn overtaken_by(&self, ended: &Ended) -> Option<RunId> {
        match ended {
            Err(RunLost { cause: LostCause::Journal(CommitError::DuplicateRun { run, .. }), .. }) => {
                (self.workflow.on_duplicate() == OnDuplicate::Join).then_some(*run)
            }
            _ => None,
        }
    }

    fn ended(&self, ended: Ended) -> Result<Payload, Failed> {
        match ended {
            Ok(report) => self.output(&report),
            Err(RunLost { cause: LostCause::Journal(CommitError::DuplicateRun { run, key }), .. }) => {
                Err(self.not_begun(&format!("run {run} has its key, `{key}`")))
            }
            Err(lost) => Err(unknown(lost.to_string())),
        }
    }

    /// Of a run that was over before it was waited for.
    pub(super) fn over(&self, record: &RunRecord) -> Result<Payload, Failed> {
        match status::report(&self.engine, record, self.engine.lease.clone()) {
            Some(report) => self.output(&report),
            None => Err(unknown(format!(
                "run {} of `{}` is over, and this program cannot read it",
                record.start.run, record.start.identity.workflow
            ))),
        }
    }

    fn output(&self, report: &RunReport) -> Result<Payload, Failed> {
        let row = &self.workflow.row.steps[self.last.index()];
        let output = report.outputs().of(self.last).get(self.last.0);
        let completed = matches!(report.state, RunState::Completed | RunState::CompletedWithErrors);
        match output.filter(|_| completed && report.workflow == self.workflow.row.name) {
            Some(output) => match self.read {
                Some(read) => contained(|| read(output))
                    .map_err(|panicked| unknown(panicked.message))?
                    .map_err(|error| {
                        unknown(format!("what run {} returned is of another type: {error}", report.run))
                    }),
                None => Ok(output.clone()),
            },
            None => {
                let state = report.step(row.id).map_or(StepState::NotRun, |step| step.state);
                let missing = OutputError::NoOutput { step: row.id, state };
                Err(Failed {
                    failure: failure(report),
                    message: Some(without_output(report, &missing).into()),
                })
            }
        }
    }
}

/// What the end of a run without an output means to the step that it is.
fn failure(report: &RunReport) -> Failure {
    let of_step = |id: &str| report.step(id).and_then(|step| step.failure);
    let class = match &report.cause {
        Some(RunCause::TimedOut { .. }) => return Failure::TIMED_OUT,
        Some(RunCause::StepFailed { step, .. }) => of_step(step).map(|failure| failure.class),
        Some(
            RunCause::Cancelled { .. }
            | RunCause::Killed { .. }
            | RunCause::SourceFailed { .. }
            | RunCause::TooFewCompleted { .. },
        )
        | None => None,
    };
    let cause = if report.steps.iter().any(stands) { FailureCause::PartlyDone } else { FailureCause::Error };
    Failure { class: class.unwrap_or(FailureClass::Permanent), cause }
}

/// It did something outside, or may have, and that is not undone.
fn stands(step: &StepReport) -> bool {
    let acted = |state, attempts, compensation| {
        // Of one that crashed, and was stopped before it was made again, no attempt counts.
        (attempts > 0 || state == StepState::Indeterminate)
            && !matches!(
                state,
                StepState::Failed | StepState::NotRun | StepState::Cancelled | StepState::Skipped
            )
            && compensation != CompensationState::Done
    };
    matches!(step.kind, Kind::Effect | Kind::Orchestrator)
        && (acted(step.state, step.attempts, step.compensation)
            || step.instances.iter().any(|of| acted(of.state, of.attempts, of.compensation)))
}
