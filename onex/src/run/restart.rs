//! How a run goes on in another process: what was in flight is dispatched again, with the same keys, unless it has ended
//! its process too often; at once, or when the run is resumed.

use super::exchange::{Command, Decision};
use super::fact::{Fact, Failure};
use super::plan::StepId;
use super::record::{UnderWay, UndoPhase};
use super::state::Run;
use super::status::{RunState, StepState};

impl Run {
    /// Retries that are waited for are the driver's to know: their delay began in the other process.
    pub(super) fn restart(&mut self, crash_limit: u32, decision: &mut Decision) {
        match self.state {
            RunState::Running | RunState::Paused => {
                self.note_crashes(crash_limit, decision);
                self.release_held(decision);
                self.advance(decision);
            }
            RunState::Stopping => {
                // They were told to stop, and their process has ended.
                self.give_up_in_flight(decision);
                self.advance(decision);
            }
            RunState::Compensating => self.compensate_again(crash_limit, decision),
            _ => {}
        }
    }

    fn note_crashes(&mut self, crash_limit: u32, decision: &mut Decision) {
        let mut worst: Option<(u32, StepId)> = None;
        for step in self.all() {
            let status = self.record(step).status;
            if status.state != StepState::Scheduled {
                continue;
            }
            if self.spec(step).outlives_process {
                // Also of a paused run: it is under way, and not dispatched anew.
                decision.commands.push(Command::Dispatch { step, attempt: status.attempt });
                continue;
            }
            self.decide(Fact::AttemptCrashed { step, attempt: status.attempt }, decision);
            if self.is_running() {
                decision.commands.push(Command::Dispatch { step, attempt: status.attempt });
            }
            let crashes = status.crashes + 1;
            if crashes >= crash_limit && worst.is_none_or(|(most, _)| crashes > most) {
                worst = Some((crashes, step));
            }
        }
        // A run that is going to stop never tries them again.
        if let Some((_, step)) = worst
            && self.decisive.is_none()
        {
            decision.commands.clear();
            self.conclude(Fact::RunParked { step }, decision);
        }
    }

    /// Semantics 13: a circuit dies with its process. Each step asks the new one in its turn.
    fn release_held(&mut self, decision: &mut Decision) {
        for step in self.all() {
            if self.may_release(step) {
                self.decide(Fact::StepReleased { step }, decision);
            }
        }
    }

    fn compensate_again(&mut self, crash_limit: u32, decision: &mut Decision) {
        let in_flight = |one: &UnderWay| one.phase == UndoPhase::InFlight;
        let crashed: Vec<UnderWay> = self.undo.under_way.iter().copied().filter(in_flight).collect();
        for UnderWay { step, attempt, crashes, .. } in crashed {
            self.decide(Fact::CompensationCrashed { step, attempt }, decision);
            if crashes + 1 >= crash_limit {
                self.decide(Fact::CompensationFailed { step, failure: Failure::ABANDONED }, decision);
            } else {
                decision.commands.push(Command::Compensate { step, attempt });
            }
        }
        self.compensate_next(decision);
    }
}
