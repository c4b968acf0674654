//! How a run stops: no dispatch, signal, grace, mark.

use super::exchange::{Command, Decision};
use super::fact::{Fact, Failure, StopCause};
use super::plan::{StepId, StepKind};
use super::state::Run;
use super::status::StepState;

impl Run {
    /// The caller goes on with [`Run::settle`] when nothing is in flight.
    pub(super) fn stop(&mut self, cause: StopCause, decision: &mut Decision) {
        self.decide(Fact::RunStopping { cause }, decision);
        for step in self.all() {
            self.end_what_waits(step, decision);
        }
        if self.in_flight > 0 {
            decision.commands.push(Command::SignalCancel);
        }
    }

    /// Ends a step that waits to be tried again, is held, or is an open gate.
    pub(super) fn end_what_waits(&mut self, step: StepId, decision: &mut Decision) {
        let record = self.record(step);
        let state = record.status.state;
        if record.is_between_attempts() || state == StepState::Awaiting {
            self.give_up(step, decision);
        } else if state == StepState::Held {
            self.decide(Fact::StepNotRun { step }, decision);
        }
    }

    /// Ends a step that has no attempt whose answer is awaited.
    pub(super) fn give_up(&mut self, step: StepId, decision: &mut Decision) {
        let end = match self.unknown_effect(step) {
            Some(failure) => Fact::StepIndeterminate { step, failure },
            None => Fact::StepCancelled { step },
        };
        self.decide(end, decision);
    }

    pub(super) fn give_up_in_flight(&mut self, decision: &mut Decision) {
        for step in self.all() {
            if self.record(step).status.state != StepState::Scheduled {
                continue;
            }
            let end = match self.spec(step).kind {
                StepKind::Effect => Fact::StepIndeterminate { step, failure: Failure::ABANDONED },
                StepKind::Entry | StepKind::Gate | StepKind::Compute | StepKind::Reducer => {
                    Fact::StepCancelled { step }
                }
            };
            self.decide(end, decision);
        }
    }

    /// Nothing is in flight: marks what never started, then undoes or ends.
    pub(super) fn settle(&mut self, decision: &mut Decision) {
        for step in self.all() {
            if self.record(step).status.state == StepState::Waiting {
                self.decide(Fact::StepNotRun { step }, decision);
            }
        }
        self.close_fans(decision);
        if self.needs_compensation() {
            self.decide(Fact::RunCompensating, decision);
        }
        self.compensate_next(decision);
    }
}
