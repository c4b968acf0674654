//! Which facts may follow which state. A journal is believed only as far as a run could have written it.

use std::error::Error;
use std::fmt;

use super::fact::{Fact, Failure, StopCause};
use super::plan::{StepId, StepKind};
use super::state::Run;
use super::status::{RunState, StepState};

impl Run {
    /// # Errors
    /// When no run in this state could have decided `fact`.
    pub(super) fn check(&self, fact: &Fact) -> Result<(), FactError> {
        if let Some(step) = fact.step()
            && step.index() >= self.steps.len()
        {
            return Err(FactError::UnknownStep { fact: *fact, steps: self.plan.len() });
        }
        let goes_on = match *fact {
            Fact::RunReopened { from } => self.may_reopen(from),
            _ => !self.is_ended() && self.fits(fact),
        };
        if goes_on {
            return Ok(());
        }
        let step = fact.step().map(|step| self.step(step).state);
        Err(FactError::OutOfPlace { fact: *fact, run: self.state, step })
    }

    fn fits(&self, fact: &Fact) -> bool {
        if let Some(step) = fact.step()
            && self.record(step).status.state == StepState::FannedOut
        {
            return self.end_of_fan(step) == Some(*fact);
        }
        match *fact {
            Fact::RunStarted | Fact::RunMigrated { .. } => !self.started,
            Fact::StepCarried { .. } | Fact::SkipCarried { .. } => self.may_carry(fact),
            Fact::StepScheduled { step, attempt } => {
                self.may_begin(step, false) && follows(attempt, self.record(step).status.attempt)
            }
            Fact::StepFannedOut { step, items } => {
                let most = u32::MAX as usize - self.steps.len();
                self.uncounted() == Some(step) && items as usize <= most
            }
            Fact::GateOpened { step } => self.may_begin(step, true),
            Fact::StepHeld { step, attempt } => self.may_hold(step, attempt),
            Fact::StepReleased { step } => self.may_release(step),
            Fact::StepCompleted { step, attempt } => match self.spec(step).kind {
                StepKind::Entry => {
                    self.is_running() && self.is_at(step, StepState::Waiting, 0) && attempt == 0
                }
                StepKind::Gate => self.goes_on() && self.is_at(step, StepState::Awaiting, 0) && attempt == 0,
                StepKind::Compute | StepKind::Effect | StepKind::Reducer => {
                    self.is_at(step, StepState::Scheduled, attempt)
                }
            },
            Fact::AttemptFailed { step, attempt, retry_after_ms, .. } => {
                self.is_at(step, StepState::Scheduled, attempt)
                    && (retry_after_ms.is_none() || self.goes_on())
            }
            Fact::AttemptCrashed { step, attempt } => {
                self.goes_on() && self.is_at(step, StepState::Scheduled, attempt)
            }
            Fact::RetryDue { step, attempt } => {
                self.goes_on() && self.is_at(step, StepState::RetryWaiting, attempt)
            }
            Fact::StepFailed { step, failure } => match self.record(step).status.state {
                StepState::Scheduled => self.unknown_effect(step).is_none(),
                StepState::Awaiting => self.is_running() && failure == Failure::TIMED_OUT,
                _ => self.uncounted() == Some(step) || self.is_undecided(step),
            },
            Fact::StepIndeterminate { step, .. } => self.acts(step) && self.is_under_way(step),
            Fact::ConditionEvaluated { step, .. } => self.is_undecided(step),
            Fact::StepSkipped { step, because } => self.decides() && self.skip_reason(step) == Some(because),
            Fact::StepCancelled { step } => {
                self.state == RunState::Stopping
                    && self.is_under_way(step)
                    && self.unknown_effect(step).is_none()
            }
            Fact::StepNotRun { step } => self.state == RunState::Stopping && self.record(step).is_untried(),
            Fact::RunPaused => self.is_running(),
            Fact::RunResumed => self.state == RunState::Paused,
            Fact::RunStopping { cause } => self.goes_on() && self.is_cause(cause),
            Fact::CauseNoted { cause } => self.may_note(cause),
            Fact::RunCompensating => {
                self.state == RunState::Stopping && self.open == 0 && self.needs_compensation()
            }
            Fact::CompensationDelayed { step, .. } => self.next_to_undo() == Some(step),
            Fact::CompensationScheduled { step, attempt } => match attempt.checked_sub(1) {
                None => false,
                Some(0) if self.next_to_undo() == Some(step) => true,
                Some(before) => self.undo.waits_after(step, before),
            },
            Fact::CompensationAttemptFailed { step, attempt, .. }
            | Fact::CompensationCrashed { step, attempt }
            | Fact::CompensationCompleted { step, attempt } => self.undo.is_in_flight(step, attempt),
            Fact::CompensationFailed { step, failure } => self.undo.of(step).is_some_and(|one| {
                self.undo.is_in_flight(step, one.attempt) || failure == Failure::TIMED_OUT
            }),
            Fact::RunParked { step } => {
                let status = self.record(step).status;
                match self.state {
                    RunState::Compensating => {
                        self.undo.failed == Some(step) && self.undo.under_way.is_empty() && !self.is_killed()
                    }
                    RunState::Running if self.carrying => {
                        status.state == StepState::RetryDue && status.crashes > 0
                    }
                    RunState::Running => status.state == StepState::Scheduled && status.crashes > 0,
                    RunState::Paused => {
                        status.state == StepState::RetryDue && status.crashes > 0 && self.decisive.is_none()
                    }
                    _ => false,
                }
            }
            Fact::RunReopened { from } => self.may_reopen(from),
            Fact::RunEnded { state } => self.end() == Some(state),
        }
    }

    fn is_under_way(&self, step: StepId) -> bool {
        let record = self.record(step);
        matches!(record.status.state, StepState::Scheduled | StepState::Awaiting)
            || record.is_between_attempts()
    }

    fn is_cause(&self, cause: StopCause) -> bool {
        match cause {
            StopCause::StepFailed { step } => self.decisive == Some(step),
            StopCause::TooFewCompleted => self.is_running() && self.has_completed_too_few(),
            StopCause::RunTimedOut => self.is_running() && self.decisive.is_none(),
            StopCause::Cancelled | StopCause::Killed => self.decisive.is_none(),
        }
    }
}

fn follows(attempt: u32, previous: u32) -> bool {
    attempt.checked_sub(1) == Some(previous)
}

/// Why a fact does not belong to a run: the journal is damaged, or it was written for another plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactError {
    /// It is about a step that the plan does not have.
    UnknownStep {
        /// The fact.
        fact: Fact,
        /// The number of steps in the plan.
        steps: usize,
    },
    /// It cannot follow the facts before it.
    OutOfPlace {
        /// The fact.
        fact: Fact,
        /// Where the run is.
        run: RunState,
        /// Where the step is that the fact is about, if it is about one.
        step: Option<StepState>,
    },
}

impl fmt::Display for FactError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownStep { fact, steps } => write!(
                f,
                "the fact `{fact:?}` is about a step that the plan does not have: its {steps} steps are numbered \
                 from 0; replay the run with the plan it was started with"
            ),
            Self::OutOfPlace { fact, run, step } => {
                write!(f, "the fact `{fact:?}` cannot follow: the run is `{run:?}`")?;
                if let Some(step) = step {
                    write!(f, " and the step is `{step:?}`")?;
                }
                f.write_str("; facts are missing or out of order, or the run was started with another plan")
            }
        }
    }
}

impl Error for FactError {}
