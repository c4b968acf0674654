//! How a run stands, as types: one that completed has no place for a failure, one that failed has at least one.

use std::borrow::Cow;

use super::error_type::ErrorType;
use crate::engine::report::{RunCause, RunReport, StepReport, too_few};
use crate::run::{CompensationState, FailureCause, FailureClass, RunState, StepState};

/// How a run stands. The ten states of a run are told in five: see [`status`](Standing::status).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It goes on, or undoes what it did; what has failed so far.
    Running(Vec<RunError>),
    /// It is held, or parked until a person decides; what has failed so far.
    Paused(Vec<RunError>),
    /// Every step ended, and nothing failed.
    Completed,
    /// Something failed, though perhaps nothing that stopped it, or its time ran out.
    Failed(Failures),
    /// Somebody stopped it; what had failed before, or could not be undone.
    Cancelled(Vec<RunError>),
}

/// At least one error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failures {
    /// The first.
    pub first: RunError,
    /// All others.
    pub others: Vec<RunError>,
}

/// Something that went wrong in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunError {
    /// Where.
    pub at: ErrorPlace,
    /// What sort of thing.
    pub error_type: ErrorType,
    /// In a batch, the item that it is of, unless its step is done once for all.
    pub item: Option<u32>,
    /// What is known of it, or may be told.
    pub message: Cow<'static, str>,
}

/// What an error is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorPlace {
    /// A step that failed, or whose outcome is unknown: one of `failed_steps`.
    Step(&'static str),
    /// A step that could not be undone, or that ended its process.
    AboutStep(&'static str),
    /// The run as a whole.
    Run,
}

impl ErrorPlace {
    /// `step_id`; of the run as a whole it is `workflow`.
    #[must_use]
    pub fn step_id(self) -> &'static str {
        match self {
            ErrorPlace::Step(step) | ErrorPlace::AboutStep(step) => step,
            ErrorPlace::Run => "workflow",
        }
    }
}

impl Standing {
    pub(super) fn of(report: &RunReport, messages: bool) -> Self {
        let errors = errors(report, messages);
        match report.state {
            RunState::Running | RunState::Stopping | RunState::Compensating => Standing::Running(errors),
            RunState::Paused | RunState::Parked => Standing::Paused(errors),
            RunState::Completed => {
                debug_assert!(errors.is_empty(), "a run that completed has errors: {errors:?}");
                Standing::Completed
            }
            RunState::CompletedWithErrors | RunState::Failed | RunState::TimedOut => {
                let mut errors = errors.into_iter();
                // The kernel ends no run so without a cause; should a journal say otherwise, that is the error.
                let first =
                    errors.next().unwrap_or_else(|| RunError::of_run(ErrorType::Error, "the run failed"));
                Standing::Failed(Failures { first, others: errors.collect() })
            }
            RunState::Cancelled => Standing::Cancelled(errors),
        }
    }

    /// `execution_status`: `running`, `paused`, `completed`, `failed` or `cancelled`. A run that completed with errors or
    /// timed out reads `failed`, one that is parked `paused`. None is `pending`: a run exists from the commit on that
    /// starts it.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self {
            Standing::Running(_) => "running",
            Standing::Paused(_) => "paused",
            Standing::Completed => "completed",
            Standing::Failed(_) => "failed",
            Standing::Cancelled(_) => "cancelled",
        }
    }

    /// Everything that went wrong: first what is of the run as a whole, then in declaration order of the steps.
    pub fn errors(&self) -> impl Iterator<Item = &RunError> {
        let (first, others): (_, &[RunError]) = match self {
            Standing::Completed => (None, &[]),
            Standing::Failed(failures) => (Some(&failures.first), &failures.others),
            Standing::Running(errors) | Standing::Paused(errors) | Standing::Cancelled(errors) => {
                (None, errors)
            }
        };
        first.into_iter().chain(others)
    }

    /// The steps that failed for good or whose outcome is unknown, in declaration order. One that failed for several items of a
    /// batch is there once.
    pub fn failed_steps(&self) -> impl Iterator<Item = &'static str> {
        let mut last = None;
        let failed = self.errors().filter_map(|error| match error.at {
            ErrorPlace::Step(step) => Some(step),
            ErrorPlace::AboutStep(_) | ErrorPlace::Run => None,
        });
        failed.filter(move |step| last.replace(*step) != Some(*step))
    }
}

impl RunError {
    fn of_run(error_type: ErrorType, message: impl Into<Cow<'static, str>>) -> Self {
        RunError { at: ErrorPlace::Run, error_type, item: None, message: message.into() }
    }
}

pub(super) fn status_of(state: RunState) -> &'static str {
    match state {
        RunState::Running | RunState::Stopping | RunState::Compensating => "running",
        RunState::Paused | RunState::Parked => "paused",
        RunState::Completed => "completed",
        RunState::CompletedWithErrors | RunState::Failed | RunState::TimedOut => "failed",
        RunState::Cancelled => "cancelled",
    }
}

fn errors(report: &RunReport, messages: bool) -> Vec<RunError> {
    let of_run = match &report.cause {
        Some(RunCause::TimedOut { after_ms }) => Some(RunError::of_run(
            ErrorType::Timeout,
            format!("the run exceeded its timeout of {after_ms} ms"),
        )),
        Some(RunCause::Cancelled { reason }) if messages && !reason.is_empty() => {
            Some(RunError::of_run(ErrorType::Cancelled, format!("the run was cancelled: {reason}")))
        }
        Some(RunCause::Cancelled { .. }) => {
            Some(RunError::of_run(ErrorType::Cancelled, "the run was cancelled"))
        }
        Some(RunCause::Killed { reason }) if messages && !reason.is_empty() => {
            Some(RunError::of_run(ErrorType::Cancelled, format!("the run was killed: {reason}")))
        }
        Some(RunCause::Killed { .. }) => Some(RunError::of_run(ErrorType::Cancelled, "the run was killed")),
        Some(RunCause::SourceFailed { message }) if messages => {
            Some(RunError::of_run(ErrorType::Error, format!("the source failed: {message}")))
        }
        Some(RunCause::SourceFailed { .. }) => Some(RunError::of_run(ErrorType::Error, "the source failed")),
        Some(RunCause::TooFewCompleted { completed, of, required_percent }) => {
            Some(RunError::of_run(ErrorType::Error, too_few(*completed, *of, *required_percent)))
        }
        Some(RunCause::StepFailed { .. }) | None => None,
    };
    let of_items = (report.items.iter()).filter(|of| of.timed_out > 0 && of_run.is_none()).map(|of| {
        RunError::of_run(ErrorType::Timeout, format!("{} of its items exceeded their timeout", of.timed_out))
    });
    let of_steps = report.steps.iter().flat_map(|step| {
        [failed(step, messages), not_undone(step, messages), crashed(report, step)].into_iter().flatten()
    });
    of_run.iter().cloned().chain(of_items).chain(of_steps).collect()
}

fn failed(step: &StepReport, messages: bool) -> Option<RunError> {
    if !matches!(step.state, StepState::Failed | StepState::Indeterminate) {
        return None;
    }
    let (error_type, known) = match step.failure.map(|failure| (failure.cause, failure.class)) {
        Some((FailureCause::TimedOut, _)) => (ErrorType::Timeout, "an attempt exceeded the step's timeout"),
        Some((FailureCause::Panicked, _)) => (ErrorType::Panic, "the handler panicked"),
        Some((FailureCause::Abandoned, _)) => {
            (ErrorType::Abandoned, "an attempt was given up; its outcome is unknown")
        }
        Some((FailureCause::OutputRefused, _)) => {
            (ErrorType::Error, "what the handler returned is too large")
        }
        Some((FailureCause::Unknown, _)) => {
            (ErrorType::Abandoned, "what became of the run that is this step is not known")
        }
        Some((FailureCause::PartlyDone, _)) => (
            ErrorType::PartlyDone,
            "the run that is this step did not complete, and something that it did stands",
        ),
        Some((FailureCause::Error, FailureClass::Refused)) => {
            (ErrorType::Refused, "the target refused the request")
        }
        Some((FailureCause::Error, _)) | None => (ErrorType::Error, "the handler returned an error"),
    };
    Some(RunError {
        at: ErrorPlace::Step(step.id),
        error_type,
        item: step.item,
        message: told(known, step.error.as_deref(), messages),
    })
}

fn not_undone(step: &StepReport, messages: bool) -> Option<RunError> {
    (step.compensation == CompensationState::Failed).then(|| RunError {
        at: ErrorPlace::AboutStep(step.id),
        error_type: ErrorType::CompensationFailed,
        item: step.item,
        message: told("the step could not be undone", step.compensation_error.as_deref(), messages),
    })
}

/// A step that has ended its process so often that its run is parked.
fn crashed(report: &RunReport, step: &StepReport) -> Option<RunError> {
    let parked_by =
        report.state == RunState::Parked && step.state == StepState::Scheduled && step.crashes > 0;
    parked_by.then(|| RunError {
        at: ErrorPlace::AboutStep(step.id),
        error_type: ErrorType::Crashed,
        item: step.item,
        message: format!("its process ended while it ran, {} times", step.crashes).into(),
    })
}

fn told(known: &'static str, said: Option<&str>, messages: bool) -> Cow<'static, str> {
    match said {
        Some(said) if messages => said.to_owned().into(),
        Some(_) | None => known.into(),
    }
}
