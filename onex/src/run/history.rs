//! What has happened to each action of a run: to a step, and to the undoing of one. Decides nothing.

use super::fact::Fact;
use super::plan::StepId;
use super::record::UndoPhase;
use super::state::Run;
use super::status::{CompensationState, StepState};

/// All that is known of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionStatus {
    /// Where it is, or how it ended.
    pub state: StepState,
    /// The latest attempt, from 1; 0 when there was none.
    pub attempt: u32,
    /// How many facts are about it: it rises with each thing that happens to it, and never falls.
    pub revision: u64,
}

impl Run {
    pub(super) fn count(&mut self, fact: Fact) {
        let Some(record) = fact.step().and_then(|step| self.steps.get_mut(step.index())) else { return };
        match fact {
            // About the run, and only naming the step.
            Fact::RunParked { .. } | Fact::RunReopened { .. } => {}
            Fact::CompensationScheduled { attempt, .. } => {
                record.undo_attempt = attempt;
                record.undo_revision += 1;
            }
            Fact::CompensationDelayed { .. }
            | Fact::CompensationAttemptFailed { .. }
            | Fact::CompensationCrashed { .. }
            | Fact::CompensationCompleted { .. }
            | Fact::CompensationFailed { .. } => record.undo_revision += 1,
            _ => record.revision += 1,
        }
    }

    /// How often something has happened to a step: to it, not to what undoes it.
    ///
    /// # Panics
    /// When `step` is not of this run's plan ([`Plan::contains`](super::Plan::contains)).
    #[must_use]
    #[inline]
    pub fn revision(&self, step: StepId) -> u64 {
        self.record(step).revision
    }

    /// What undoes a step, once that is decided.
    ///
    /// # Panics
    /// When `step` is not of this run's plan ([`Plan::contains`](super::Plan::contains)).
    #[must_use]
    pub fn undoing(&self, step: StepId) -> Option<ActionStatus> {
        let record = self.record(step);
        let state = match record.status.compensation {
            CompensationState::None => return None,
            CompensationState::Done => StepState::Completed,
            CompensationState::Failed => StepState::Failed,
            CompensationState::Pending => match self.undo.of(step).map(|one| one.phase) {
                None => StepState::Waiting,
                Some(UndoPhase::Waiting { .. }) => StepState::RetryWaiting,
                Some(UndoPhase::InFlight) => StepState::Scheduled,
            },
        };
        Some(ActionStatus { state, attempt: record.undo_attempt, revision: record.undo_revision })
    }
}
