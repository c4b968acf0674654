//! What can be told of a stream.

use std::time::Duration;

use serde::Serialize;

use super::item::ItemReport;
use crate::journal::CommitError;
use crate::message::RunId;
use crate::node::SkipCause;
use crate::plan::{Kind, WorkflowRow};
use crate::run::{Failure, RunState, StepState};

/// A stream, as far as it has come.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct StreamReport {
    /// The run that the stream is.
    pub run: RunId,
    /// The contract name of the node.
    pub node: &'static str,
    /// `workflow_name`.
    pub workflow: &'static str,
    /// Where it is, or how it ended. [`RunState::CompletedWithErrors`] if the source is at its end and an item failed.
    pub state: RunState,
    /// Why it is paused, in the words of whoever asked for it; only while it is.
    pub paused: Option<String>,
    /// Why it stopped before its source was at its end.
    pub cause: Option<StreamCause>,
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
    /// What the steps did for the items that have come out, in declaration order.
    pub steps: Vec<StreamStep>,
    /// What went wrong with the first items of which something did.
    pub errors: Vec<ItemError>,
    /// Of how many more items something went wrong.
    pub more_errors: u64,
    /// Items that have been taken and have not come out.
    pub in_flight: usize,
    /// Where the first item begins that is not done: all before it came out and will not run again.
    pub watermark: u64,
    /// Milliseconds since the Unix epoch.
    pub started_unix_ms: u64,
    /// Since it was opened here, or from there to its end.
    pub duration: Duration,
}

/// How a step of a stream ended for the items that have come out: each is counted once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StreamStep {
    /// `node_id`.
    pub id: &'static str,
    /// `node_type`.
    pub kind: Kind,
    /// It completed.
    pub completed: u64,
    /// It failed for good, or its outcome is unknown.
    pub failed: u64,
    /// It was not to run.
    pub skipped: u64,
    /// It was given up, or did not have its turn, because the item stopped.
    pub stopped: u64,
    /// How many attempts were dispatched.
    pub attempts: u64,
    /// How many of them were not the first for their item.
    pub retries: u64,
    /// Why it failed for the first item that it failed for.
    pub error: Option<String>,
    /// The same as the engine knows it, without anybody's words.
    pub failure: Option<Failure>,
    /// Why it was skipped for the first item that it was skipped for.
    pub skipped_because: Option<SkipCause>,
}

/// What went wrong with an item of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ItemError {
    /// Where it began in the source.
    pub position: u64,
    /// The step that failed; `None` where the item's time ran out.
    pub step: Option<&'static str>,
    /// Why.
    pub message: String,
}

/// Of so many items a report says what went wrong. A stream has no end, and its report has to have one.
const MOST_ERRORS: usize = 32;

impl StreamReport {
    pub(super) fn new(run: RunId, node: &'static str, row: &WorkflowRow, watermark: u64, at: u64) -> Self {
        let steps = row.steps.iter().map(|step| StreamStep {
            id: step.id,
            kind: step.kind,
            completed: 0,
            failed: 0,
            skipped: 0,
            stopped: 0,
            attempts: 0,
            retries: 0,
            error: None,
            failure: None,
            skipped_because: None,
        });
        StreamReport {
            run,
            node,
            workflow: row.name,
            state: RunState::Running,
            paused: None,
            cause: None,
            taken: 0,
            completed: 0,
            completed_with_errors: 0,
            failed: 0,
            timed_out: 0,
            cancelled: 0,
            steps: steps.collect(),
            errors: Vec::new(),
            more_errors: 0,
            in_flight: 0,
            watermark,
            started_unix_ms: at,
            duration: Duration::ZERO,
        }
    }

    /// Counts an item that comes out.
    pub(super) fn count(&mut self, item: &ItemReport) {
        *match item.state() {
            RunState::Completed => &mut self.completed,
            RunState::CompletedWithErrors => &mut self.completed_with_errors,
            RunState::TimedOut => &mut self.timed_out,
            RunState::Cancelled => &mut self.cancelled,
            _ => &mut self.failed,
        } += 1;
        for (step, (status, message)) in self.steps.iter_mut().zip(item.steps()) {
            step.attempts += u64::from(status.attempt);
            step.retries += u64::from(status.attempt.saturating_sub(1));
            *match status.state {
                StepState::Completed => &mut step.completed,
                StepState::Failed | StepState::Indeterminate => &mut step.failed,
                StepState::Skipped => &mut step.skipped,
                _ => &mut step.stopped,
            } += 1;
            if matches!(status.state, StepState::Failed | StepState::Indeterminate) && step.failure.is_none()
            {
                step.failure = status.failure;
                step.error = message.map(str::to_owned);
            }
            if step.skipped_because.is_none() && status.state == StepState::Skipped {
                step.skipped_because = item.skipped_because(status);
            }
        }
        if !matches!(item.state(), RunState::Completed | RunState::Cancelled) {
            self.note(item);
        }
    }

    fn note(&mut self, item: &ItemReport) {
        if self.errors.len() == MOST_ERRORS {
            self.more_errors += 1;
            return;
        }
        let (step, message) = item.what_went_wrong();
        self.errors.push(ItemError { position: item.position(), step, message });
    }

    /// How many items have come out.
    #[must_use]
    pub fn out(&self) -> u64 {
        self.completed + self.completed_with_errors + self.failed + self.timed_out + self.cancelled
    }
}

/// Why a stream stopped before its source was at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamCause {
    /// An item did not complete, and the strategy does not go on without it.
    ItemFailed {
        /// Where it began in the source.
        position: u64,
        /// The step that failed; `None` where the item's time ran out.
        step: Option<&'static str>,
        /// Why.
        message: String,
    },
    /// The source failed.
    SourceFailed {
        /// The error's text.
        message: String,
    },
    /// Somebody asked for it.
    Cancelled {
        /// Their words.
        reason: String,
    },
}

/// A stream that this engine has stopped driving, as the journal refused a commit. A durable one goes on from its watermark when
/// it is opened again.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the stream {run} is not driven any more: {cause}")]
pub struct StreamLost {
    /// The run that the stream is.
    pub run: RunId,
    /// Why.
    #[source]
    pub cause: CommitError,
}
