//! Why a run stops: the first cause decides how it ends, later ones are noted. Whoever kills a run wants nothing undone.

use super::exchange::Decision;
use super::fact::{Fact, StopCause};
use super::plan::StepId;
use super::state::Run;
use super::status::{RunState, StepState, StepStatus};

impl Run {
    /// Why it stops or stopped; the first cause that was committed.
    #[must_use]
    pub fn stop_cause(&self) -> Option<StopCause> {
        self.stop
    }

    /// What would have stopped it as well: first the other steps that failed, in declaration order, then what was asked for
    /// while it stopped, in the order in which it was. It changes nothing, but that a run that was killed undoes nothing.
    ///
    /// A step that was given up because the run stops is no cause of it.
    pub fn later_causes(&self) -> impl Iterator<Item = StopCause> {
        let fails = |(step, status): &(StepId, StepStatus)| {
            self.stop.is_some() && status.state == StepState::Failed && !self.tolerates(*step)
        };
        let failed = self.steps().filter(fails).map(|(step, _)| StopCause::StepFailed { step });
        failed.filter(|cause| self.stop != Some(*cause)).chain(self.later.iter().copied())
    }

    /// Stops the run because somebody asked for it; the first cause of a paused run may be there already.
    pub(super) fn stop_as_asked(&mut self, asked: StopCause, decision: &mut Decision) {
        let failed = self.decisive.map(|step| StopCause::StepFailed { step });
        self.stop(failed.unwrap_or(asked), decision);
        if failed.is_some() {
            self.note_cause(asked, decision);
        }
        self.advance(decision);
    }

    pub(super) fn note_cause(&mut self, cause: StopCause, decision: &mut Decision) {
        if self.may_note(cause) {
            self.decide(Fact::CauseNoted { cause }, decision);
        }
    }

    /// Nothing of the run is undone from now on.
    pub(super) fn kill(&mut self, decision: &mut Decision) {
        if self.goes_on() {
            return self.stop_as_asked(StopCause::Killed, decision);
        }
        self.note_cause(StopCause::Killed, decision);
        if self.state == RunState::Compensating {
            self.compensate_next(decision);
        }
    }

    /// The first who asks for it is heard, and who kills a run that was cancelled.
    pub(super) fn may_note(&self, cause: StopCause) -> bool {
        let stops = matches!(self.state, RunState::Stopping | RunState::Compensating);
        stops
            && !self.is_killed()
            && match cause {
                StopCause::Cancelled => !self.has_cause(StopCause::Cancelled),
                StopCause::Killed => true,
                StopCause::StepFailed { .. } | StopCause::RunTimedOut | StopCause::TooFewCompleted => false,
            }
    }

    pub(super) fn is_killed(&self) -> bool {
        self.has_cause(StopCause::Killed)
    }

    fn has_cause(&self, cause: StopCause) -> bool {
        self.stop == Some(cause) || self.later.contains(&cause)
    }
}
