//! What happened in a run: the journal's vocabulary. Its serialised names are a format that outlives releases.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::plan::StepId;
use super::skip::SkipReason;
use super::status::{RunState, StepState};

/// One change of a run's state.
///
/// Attempts count from 1. The facts of one decision are committed together or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// The run began.
    RunStarted,
    /// An attempt is to be dispatched. It is committed before the dispatch.
    StepScheduled {
        /// The step.
        step: StepId,
        /// The attempt.
        attempt: u32,
    },
    /// The attempt was not dispatched: what it acts on is left alone for a while, or the run stops. It does not count.
    StepHeld {
        /// The step.
        step: StepId,
        /// The attempt that was scheduled; the next one has its number again.
        attempt: u32,
    },
    /// The step is held no longer; it waits for its turn.
    StepReleased {
        /// The step.
        step: StepId,
    },
    /// The step is done once for each entry of a list. Its instances have the numbers behind those that there were.
    StepFannedOut {
        /// The step.
        step: StepId,
        /// How many entries there are.
        items: u32,
    },
    /// The gate waits for its event from now on.
    GateOpened {
        /// The step.
        step: StepId,
    },
    /// The step has its output.
    StepCompleted {
        /// The step.
        step: StepId,
        /// The attempt that succeeded; 0 for an entry, a gate and a step with instances, which take none.
        attempt: u32,
    },
    /// An attempt failed.
    AttemptFailed {
        /// The step.
        step: StepId,
        /// The attempt.
        attempt: u32,
        /// Why.
        failure: Failure,
        /// Milliseconds until the next attempt. None: it was the last, and the step's end follows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
    },
    /// The process that ran the attempt ended. It runs again, under the same number and the same key: at once, or
    /// scheduled anew when the run is not paused any more.
    AttemptCrashed {
        /// The step.
        step: StepId,
        /// The attempt.
        attempt: u32,
    },
    /// The delay before a retry is over; the step waits for its turn.
    RetryDue {
        /// The step.
        step: StepId,
        /// The attempt that failed.
        attempt: u32,
    },
    /// The step failed for good, and certainly has no effect outside.
    StepFailed {
        /// The step.
        step: StepId,
        /// The failure of its last attempt.
        failure: Failure,
    },
    /// The effect did not complete, and may have taken place all the same.
    StepIndeterminate {
        /// The step.
        step: StepId,
        /// The latest failure that leaves the outcome unknown.
        failure: Failure,
    },
    /// The condition of a step was evaluated.
    ConditionEvaluated {
        /// The step.
        step: StepId,
        /// Whether it holds.
        holds: bool,
    },
    /// The step is not to run.
    StepSkipped {
        /// The step.
        step: StepId,
        /// Why.
        because: SkipReason,
    },
    /// The step was started, and given up because the run stops.
    StepCancelled {
        /// The step.
        step: StepId,
    },
    /// The run stopped before the step's turn came.
    StepNotRun {
        /// The step.
        step: StepId,
    },
    /// No step is dispatched until the run is resumed.
    RunPaused,
    /// Steps are dispatched again.
    RunResumed,
    /// No step is dispatched any more.
    RunStopping {
        /// The first cause to be committed; it decides how the run ends.
        cause: StopCause,
    },
    /// Something else would have stopped the run, which stops already.
    CauseNoted {
        /// What somebody asked for: failed steps are known by their own facts.
        cause: StopCause,
    },
    /// Every compensable effect that completed or is indeterminate is to be undone.
    RunCompensating,
    /// The step is undone after a delay, and not at once.
    CompensationDelayed {
        /// The step to undo.
        step: StepId,
        /// Milliseconds until the first attempt.
        after_ms: u64,
    },
    /// An attempt of a compensation is to be dispatched.
    CompensationScheduled {
        /// The step to undo.
        step: StepId,
        /// The compensation's attempt.
        attempt: u32,
    },
    /// An attempt of a compensation failed.
    CompensationAttemptFailed {
        /// The step to undo.
        step: StepId,
        /// The compensation's attempt.
        attempt: u32,
        /// Why.
        failure: Failure,
        /// Milliseconds until the next attempt. None: it was the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
    },
    /// The process that ran an attempt of a compensation ended. It runs again, under the same number and the same key.
    CompensationCrashed {
        /// The step to undo.
        step: StepId,
        /// The compensation's attempt.
        attempt: u32,
    },
    /// The step is undone.
    CompensationCompleted {
        /// The step.
        step: StepId,
        /// The compensation's attempt that succeeded.
        attempt: u32,
    },
    /// The step cannot be undone.
    CompensationFailed {
        /// The step.
        step: StepId,
        /// The failure of the compensation's last attempt, or that the time for undoing the run is over.
        failure: Failure,
    },
    /// The run waits for a person.
    RunParked {
        /// The step that cannot be undone, or whose process ended too often.
        step: StepId,
    },
    /// The run was over, or parked, and goes on: a step, what follows it, and what did not come to an end that may stand, are
    /// done again.
    RunReopened {
        /// The step.
        from: StepId,
    },
    /// The run goes on on another plan. What was before is about the steps of the old one, and is passed over by whoever reads
    /// the run; where those were that are carried over is said by the facts that follow.
    RunMigrated {
        /// The fingerprint of the plan. To the kernel it is a name.
        to: Uuid,
        /// The `workflow_version` of the plan.
        version: (u32, u32, u32),
    },
    /// Where a step was on the plan before, and what is remembered of it.
    StepCarried {
        /// The step, as the plan numbers it now.
        step: StepId,
        /// Where it was: completed, failed or indeterminate, an open gate, or between two attempts; scheduled, if it is a run that
        /// goes on; waiting, if there is something to remember of it all the same.
        state: StepState,
        /// The latest attempt.
        attempt: u32,
        /// How often its process has ended while it was in flight.
        crashes: u32,
        /// How often something has happened to it.
        revision: u32,
        /// The place of its latest attempt in the order of all dispatches.
        dispatch: u32,
        /// Its latest failure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<Failure>,
        /// The latest failure that leaves unknown what it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unknown: Option<Failure>,
        /// Milliseconds from its latest failure to its next attempt, if it waits for one; else 0.
        #[serde(default, skip_serializing_if = "is_zero")]
        retry_after_ms: u32,
    },
    /// The step was skipped on the plan before.
    SkipCarried {
        /// The step, as the plan numbers it now.
        step: StepId,
        /// Why.
        because: SkipReason,
        /// How often something has happened to it.
        revision: u32,
    },
    /// The run is over.
    RunEnded {
        /// How: one of the states that [`RunState::is_final`] names.
        state: RunState,
    },
}

impl Fact {
    /// The step that has its output with this fact: it completed now, or on the plan before.
    #[must_use]
    pub fn completes(&self) -> Option<StepId> {
        match *self {
            Self::StepCompleted { step, .. }
            | Self::StepCarried { step, state: StepState::Completed, .. } => Some(step),
            _ => None,
        }
    }

    /// The step that the fact is about; none if it is about the run.
    #[must_use]
    pub fn step(&self) -> Option<StepId> {
        match *self {
            Self::RunStarted
            | Self::RunMigrated { .. }
            | Self::RunPaused
            | Self::RunResumed
            | Self::RunStopping { .. }
            | Self::CauseNoted { .. }
            | Self::RunCompensating
            | Self::RunEnded { .. } => None,
            Self::StepScheduled { step, .. }
            | Self::StepHeld { step, .. }
            | Self::StepReleased { step }
            | Self::StepFannedOut { step, .. }
            | Self::GateOpened { step }
            | Self::StepCompleted { step, .. }
            | Self::AttemptFailed { step, .. }
            | Self::AttemptCrashed { step, .. }
            | Self::RetryDue { step, .. }
            | Self::StepFailed { step, .. }
            | Self::StepIndeterminate { step, .. }
            | Self::ConditionEvaluated { step, .. }
            | Self::StepSkipped { step, .. }
            | Self::StepCancelled { step }
            | Self::StepNotRun { step }
            | Self::CompensationDelayed { step, .. }
            | Self::CompensationScheduled { step, .. }
            | Self::CompensationAttemptFailed { step, .. }
            | Self::CompensationCrashed { step, .. }
            | Self::CompensationCompleted { step, .. }
            | Self::CompensationFailed { step, .. }
            | Self::StepCarried { step, .. }
            | Self::SkipCarried { step, .. }
            | Self::RunParked { step }
            | Self::RunReopened { from: step } => Some(step),
        }
    }

    /// What stops the run, or would have: the one that the fact is about.
    #[must_use]
    pub fn cause(&self) -> Option<StopCause> {
        match *self {
            Self::RunStopping { cause } | Self::CauseNoted { cause } => Some(cause),
            _ => None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Whether trying again makes sense.
    pub class: FailureClass,
    /// How the attempt ended.
    pub cause: FailureCause,
}

impl Failure {
    /// Nobody reports on the attempt any more.
    pub const ABANDONED: Self = Self { class: FailureClass::Retryable, cause: FailureCause::Abandoned };
    /// The attempt took longer than the step's timeout.
    pub const TIMED_OUT: Self = Self { class: FailureClass::Retryable, cause: FailureCause::TimedOut };

    /// What was called panicked, and would again.
    pub const PANICKED: Self = Self { class: FailureClass::Permanent, cause: FailureCause::Panicked };

    /// True when a step is tried again: a retryable failure, and any timeout.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        self.class == FailureClass::Retryable || self.cause == FailureCause::TimedOut
    }

    /// True when a compensation is tried again: as for a step, and after any panic.
    #[must_use]
    pub fn is_retryable_compensation(self) -> bool {
        self.is_retryable() || self.cause == FailureCause::Panicked
    }

    /// True when an effect may have taken place although its attempt failed.
    #[must_use]
    pub fn leaves_outcome_unknown(self) -> bool {
        match self.cause {
            FailureCause::Error => false,
            FailureCause::TimedOut
            | FailureCause::Panicked
            | FailureCause::Abandoned
            | FailureCause::OutputRefused
            | FailureCause::PartlyDone
            | FailureCause::Unknown => true,
        }
    }
}

/// Whether trying again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// It may succeed another time.
    Retryable,
    /// It fails each time.
    Permanent,
    /// The target declined the request itself.
    Refused,
}

/// How a failed attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// The handler returned an error.
    Error,
    /// The step's timeout passed.
    TimedOut,
    /// The handler panicked.
    Panicked,
    /// The attempt was cancelled or its process died.
    Abandoned,
    /// The handler succeeded, and what it returned was not taken.
    OutputRefused,
    /// The run that the step is did not complete, and something that it did stands, or may.
    PartlyDone,
    /// What became of the run that the step is is not known to whoever drives the step: it may be going on, and it may have done
    /// all that it was to do.
    Unknown,
}

/// Why a run stops before every step had its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopCause {
    /// A step failed, or became indeterminate, for good.
    StepFailed {
        /// The step.
        step: StepId,
    },
    /// The run's active time is used up.
    RunTimedOut,
    /// Somebody asked for it.
    Cancelled,
    /// Somebody asked for it, and that nothing be undone.
    Killed,
    /// Every step has ended, and fewer completed than the plan requires.
    TooFewCompleted,
}
