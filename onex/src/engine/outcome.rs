//! How a step ended, in words and with the names of the steps that it is about: what follows from the facts of its run.

use super::messages::Messages;
use super::report::error_of;
use crate::message::Payload;
use crate::node::{Outcome, SkipCause};
use crate::run::{Run, SkipReason, StepId, StepState};

/// How a step without an output ended; `None`: it completed, or has not ended.
pub(super) fn without_output(
    step: StepId,
    run: &Run,
    messages: &Messages,
    id: impl Fn(StepId) -> &'static str,
) -> Option<Outcome<Payload>> {
    let status = run.step(step);
    let error = || error_of(step.0, run, messages).unwrap_or_default().into();
    Some(match status.state {
        StepState::Failed => Outcome::Failed(error()),
        StepState::Indeterminate => Outcome::Indeterminate(error()),
        StepState::Skipped => Outcome::Skipped(skip_cause(status.skipped_because?, id)),
        StepState::Cancelled => Outcome::Cancelled,
        StepState::NotRun => Outcome::NotRun,
        StepState::Completed
        | StepState::Waiting
        | StepState::Scheduled
        | StepState::Held
        | StepState::Awaiting
        | StepState::FannedOut
        | StepState::RetryWaiting
        | StepState::RetryDue => return None,
    })
}

/// The reason with names.
pub(super) fn skip_cause(reason: SkipReason, id: impl Fn(StepId) -> &'static str) -> SkipCause {
    match reason {
        SkipReason::Disabled => SkipCause::Disabled,
        SkipReason::NoOutput { of } => SkipCause::NoOutput { of: id(of) },
        SkipReason::OtherBranch { runs } => SkipCause::OtherBranch { runs: id(runs) },
        SkipReason::AfterFailure { of } => SkipCause::AfterFailure { of: id(of) },
        SkipReason::ConditionFalse => SkipCause::ConditionFalse,
    }
}
