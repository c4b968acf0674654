//! What can be said about a run and its steps from outside. Knows nothing of how it came about.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fact::Failure;
use super::plan::StepId;
use super::skip::SkipReason;

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Steps are dispatched; also before the start.
    Running,
    /// Nothing is dispatched until it is resumed; steps in flight go on, and what they report counts.
    Paused,
    /// Nothing is dispatched; steps in flight may still report.
    Stopping,
    /// Effects are undone.
    Compensating,
    /// Every step ended, none failed or is indeterminate.
    Completed,
    /// Every step ended, some failed or are indeterminate, which was allowed.
    CompletedWithErrors,
    /// A step's failure stopped it.
    Failed,
    /// It was cancelled.
    Cancelled,
    /// Its time ran out.
    TimedOut,
    /// A compensation failed for good: a person must decide. Not final, but no input of this module leaves it.
    Parked,
}

impl RunState {
    /// True for the five states in which a run is over.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Running | Self::Paused | Self::Stopping | Self::Compensating | Self::Parked => false,
            Self::Completed | Self::CompletedWithErrors | Self::Failed | Self::Cancelled | Self::TimedOut => {
                true
            }
        }
    }
}

/// Where a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// It waits for its dependencies or for its turn.
    Waiting,
    /// An attempt is in flight.
    Scheduled,
    /// It is not to be dispatched for now: what it acts on is left alone for a while. It takes no attempt and no slot.
    Held,
    /// An attempt failed, and the delay before the next one runs.
    RetryWaiting,
    /// It is a gate that is open: it waits for its event. It takes no attempt and no slot.
    Awaiting,
    /// It is done once for each entry of a list: its instances wait for their turns, or are under way.
    FannedOut,
    /// That delay is over, or its process ended while the run was paused, and it waits for its turn.
    RetryDue,
    /// Final: it has its output.
    Completed,
    /// Final: it failed and certainly has no effect outside.
    Failed,
    /// Final: an effect that did not complete and may have taken place all the same.
    Indeterminate,
    /// Final: it was started, and given up because the run stopped.
    Cancelled,
    /// Final: it was not to run, for the reason that [`StepStatus::skipped_because`] gives.
    Skipped,
    /// Final: the run stopped before its turn came.
    NotRun,
}

impl StepState {
    /// True for the six states in which a step ends.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Waiting
            | Self::Scheduled
            | Self::Held
            | Self::RetryWaiting
            | Self::Awaiting
            | Self::FannedOut
            | Self::RetryDue => false,
            Self::Completed
            | Self::Failed
            | Self::Indeterminate
            | Self::Cancelled
            | Self::Skipped
            | Self::NotRun => true,
        }
    }
}

/// Whether a step is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompensationState {
    /// There is nothing to undo.
    None,
    /// It is to be undone; of a run that was killed, it was to be.
    Pending,
    /// It is undone.
    Done,
    /// It cannot be undone.
    Failed,
}

/// All that is known of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepStatus {
    /// Where it is.
    pub state: StepState,
    /// The latest attempt, from 1; 0 when there was none. One that was held, or that crashed in a paused run, does not
    /// count until it is scheduled again.
    pub attempt: u32,
    /// The failure that ended it or, before its end, that of the latest failed attempt.
    pub failure: Option<Failure>,
    /// How often the process ended while an attempt of it was in flight.
    pub crashes: u32,
    /// Why it is skipped, if it is.
    pub skipped_because: Option<SkipReason>,
    /// The whole delay before its next attempt, in milliseconds, while it waits for that.
    pub retry_after_ms: Option<u64>,
    /// Whether it is undone.
    pub compensation: CompensationState,
}

/// A compensation that is in progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compensating {
    /// The step to undo.
    pub step: StepId,
    /// The compensation's latest attempt, from 1; 0 before there was one.
    pub attempt: u32,
    /// None while that attempt is in flight; else it failed, if there was one, and this is the whole delay before the next.
    pub retry_after: Option<Duration>,
}
