//! The fold: how each fact changes a run. Decides nothing.

use std::sync::Arc;

use super::fact::{Fact, Failure, StopCause};
use super::fits::FactError;
use super::plan::{Need, StepId, StepKind};
use super::record::{StepRecord, UndoPhase};
use super::skip::SkipReason;
use super::state::Run;
use super::status::{CompensationState, RunState, StepState};

impl Run {
    /// Folds one fact into the run: the only way a run changes.
    ///
    /// A driver calls it to replay a journal; [`Run::handle`] has already applied the facts it decides.
    ///
    /// # Errors
    /// When no run in this state could have decided `fact`; the run is unchanged.
    pub fn apply(&mut self, fact: &Fact) -> Result<(), FactError> {
        self.check(fact)?;
        self.fold(*fact);
        Ok(())
    }

    fn fold(&mut self, fact: Fact) {
        self.count(fact);
        self.carrying &= matches!(fact, Fact::StepCarried { .. } | Fact::SkipCarried { .. });
        match fact {
            Fact::RunStarted => self.begin(),
            Fact::RunMigrated { .. } => {
                self.begin();
                self.carrying = true;
            }
            Fact::StepCarried { step, state, .. } => {
                if let Some(like) = StepRecord::carried(&fact) {
                    self.carry(step, state, &like);
                }
            }
            Fact::SkipCarried { step, because, revision } => self.carry_skip(step, because, revision),
            Fact::StepScheduled { step, attempt } => self.send(step, attempt),
            Fact::StepHeld { step, .. } => self.hold(step),
            Fact::StepReleased { step } => self.release(step),
            Fact::StepFannedOut { step, items } => self.fan_out(step, items),
            Fact::GateOpened { step } => self.open(step),
            Fact::StepCompleted { step, .. } => self.finish(step, StepState::Completed),
            Fact::AttemptFailed { step, failure, retry_after_ms, .. } => {
                self.note_failure(step, failure);
                if let Some(after_ms) = retry_after_ms {
                    self.put_off(step, after_ms);
                }
            }
            Fact::AttemptCrashed { step, .. } => self.note_crash(step),
            Fact::RetryDue { step, .. } => {
                self.set_aside -= 1;
                self.make_ready(step);
                let status = &mut self.steps[step.index()].status;
                status.state = StepState::RetryDue;
                status.retry_after_ms = None;
            }
            Fact::StepFailed { step, failure } => self.finish_badly(step, StepState::Failed, failure),
            Fact::StepIndeterminate { step, failure } => {
                self.finish_badly(step, StepState::Indeterminate, failure);
            }
            Fact::ConditionEvaluated { step, holds } => self.evaluate(step, holds),
            Fact::StepSkipped { step, because } => {
                self.steps[step.index()].status.skipped_because = Some(because);
                self.finish(step, StepState::Skipped);
            }
            Fact::StepCancelled { step } => self.finish(step, StepState::Cancelled),
            Fact::StepNotRun { step } => self.finish(step, StepState::NotRun),
            Fact::RunPaused => self.state = RunState::Paused,
            Fact::RunResumed => self.state = RunState::Running,
            Fact::RunStopping { cause } => {
                self.state = RunState::Stopping;
                self.stop = Some(cause);
            }
            Fact::CauseNoted { cause } => {
                self.later.push(cause);
                if cause == StopCause::Killed {
                    self.undo.under_way.clear();
                }
            }
            Fact::RunCompensating => self.plan_compensations(),
            Fact::CompensationDelayed { step, after_ms } => {
                self.undo.enter(step, 0, UndoPhase::Waiting { after_ms });
            }
            Fact::CompensationScheduled { step, attempt } => {
                self.undo.is_begun = true;
                self.undo.enter(step, attempt, UndoPhase::InFlight);
            }
            Fact::CompensationAttemptFailed { step, attempt, retry_after_ms, .. } => {
                if let Some(after_ms) = retry_after_ms {
                    self.undo.enter(step, attempt, UndoPhase::Waiting { after_ms });
                }
            }
            Fact::CompensationCrashed { step, .. } => {
                if let Some(one) = self.undo.of_mut(step) {
                    one.crashes += 1;
                }
            }
            Fact::CompensationCompleted { step, .. } => self.end_compensation(step, CompensationState::Done),
            Fact::CompensationFailed { step, .. } => {
                self.undo.failed = self.undo.failed.or(Some(step));
                self.end_compensation(step, CompensationState::Failed);
            }
            Fact::RunParked { step } => {
                self.state = RunState::Parked;
                self.parked_for = Some(step);
            }
            Fact::RunReopened { from } => self.reopen(from),
            Fact::RunEnded { state } => self.state = state,
        }
    }

    fn begin(&mut self) {
        self.started = true;
        let plan = Arc::clone(&self.plan);
        for (step, spec) in plan.steps() {
            if spec.kind != StepKind::Entry {
                self.place(step);
            }
        }
    }

    pub(super) fn evaluate(&mut self, step: StepId, holds: bool) {
        self.steps[step.index()].condition = Some(holds);
        self.place(step);
        if !holds {
            return;
        }
        // This branch runs: the others need not wait for its end.
        let plan = Arc::clone(&self.plan);
        for &(other, need) in plan.dependents(step) {
            if need == Need::Else {
                self.rule_out(other, step);
            }
        }
    }

    /// `step` does not run, as the branch `runs` does.
    fn rule_out(&mut self, step: StepId, runs: StepId) {
        let record = &mut self.steps[step.index()];
        record.instead = record.instead.or(Some(runs));
        self.place(step);
    }

    fn send(&mut self, step: StepId, attempt: u32) {
        self.enter_flight(step);
        self.overlaps += u32::from(self.in_flight == 2);
        self.dispatches += 1;
        let record = &mut self.steps[step.index()];
        record.status.state = StepState::Scheduled;
        record.status.attempt = attempt;
        record.earlier_dispatch = record.dispatch;
        record.dispatch = self.dispatches;
    }

    fn open(&mut self, step: StepId) {
        let place = self.plan.turns().place(step);
        self.ready.remove(place);
        self.gates.remove(place);
        self.set_aside += 1;
        self.steps[step.index()].status.state = StepState::Awaiting;
    }

    fn hold(&mut self, step: StepId) {
        self.leave_flight(step);
        self.set_aside += 1;
        let record = &mut self.steps[step.index()];
        record.status.state = StepState::Held;
        record.status.attempt -= 1;
        record.dispatch = record.earlier_dispatch;
    }

    fn release(&mut self, step: StepId) {
        self.set_aside -= 1;
        let record = &mut self.steps[step.index()];
        if record.was_tried() {
            record.status.state = StepState::RetryDue;
            self.make_ready(step);
        } else {
            record.status.state = StepState::Waiting;
            self.place(step);
        }
    }

    fn note_failure(&mut self, step: StepId, failure: Failure) {
        let record = &mut self.steps[step.index()];
        record.status.failure = Some(failure);
        if failure.leaves_outcome_unknown() {
            record.unknown_outcome = Some(failure);
        }
    }

    /// What the attempt did, nobody can tell any more. It goes on in another process; that of a paused run, which is not
    /// dispatched there, waits for its turn to be scheduled under its number again.
    fn note_crash(&mut self, step: StepId) {
        let waits = self.state == RunState::Paused;
        let record = &mut self.steps[step.index()];
        record.status.crashes += 1;
        record.unknown_outcome = Some(Failure::ABANDONED);
        // It did begin: it keeps its place among the dispatches even if the next one is held.
        record.earlier_dispatch = record.dispatch;
        if waits {
            record.status.state = StepState::RetryDue;
            record.status.attempt -= 1;
            self.leave_flight(step);
            self.make_ready(step);
        } else {
            self.dispatches += 1;
            record.dispatch = self.dispatches;
        }
    }

    fn put_off(&mut self, step: StepId, after_ms: u64) {
        self.leave_flight(step);
        self.set_aside += 1;
        let status = &mut self.steps[step.index()].status;
        status.state = StepState::RetryWaiting;
        status.retry_after_ms = Some(after_ms);
    }

    pub(super) fn finish_badly(&mut self, step: StepId, state: StepState, failure: Failure) {
        let of = self.step_of(step);
        if self.goes_on() && self.decisive.is_none() && !self.tolerates(step) {
            self.decisive = Some(of);
        }
        self.steps[step.index()].status.failure = Some(failure);
        self.finish(step, state);
        self.note_error(of);
    }

    /// The first step that comes to nothing has others skipped.
    pub(super) fn note_error(&mut self, of: StepId) {
        if self.first_error.is_none() {
            self.first_error = Some(of);
            let plan = Arc::clone(&self.plan);
            for (other, spec) in plan.steps() {
                if spec.skip_on_failure {
                    self.place(other);
                }
            }
        }
    }

    pub(super) fn finish(&mut self, step: StepId, state: StepState) {
        let is_instance = self.is_instance(step);
        match self.record(step).status.state {
            StepState::Scheduled => self.leave_flight(step),
            StepState::RetryWaiting | StepState::Held | StepState::Awaiting => self.set_aside -= 1,
            StepState::FannedOut => self.close_fan(step),
            _ if is_instance => {}
            _ => {
                let place = self.plan.turns().place(step);
                for set in [&mut self.ready, &mut self.gates, &mut self.undecided, &mut self.doomed] {
                    set.remove(place);
                }
            }
        }
        let status = &mut self.steps[step.index()].status;
        status.state = state;
        status.retry_after_ms = None;
        self.open -= 1;
        if is_instance {
            self.finish_instance(step);
        } else {
            self.tell_dependents(step, state);
        }
    }

    fn tell_dependents(&mut self, step: StepId, state: StepState) {
        let has_output = state == StepState::Completed;
        // Of a step that is skipped for another branch, the branches behind it are, too.
        let runs = match self.record(step).status.skipped_because {
            Some(SkipReason::OtherBranch { runs }) => Some(runs),
            Some(_) => None,
            None => Some(step),
        };
        // By their places: to hold the plan meanwhile would cost as much as all the rest.
        for place in 0..self.plan.dependents(step).len() {
            let (dependent, need) = self.plan.dependents(step)[place];
            let record = &mut self.steps[dependent.index()];
            record.blockers -= 1;
            match need {
                Need::Required | Need::Optional if has_output => record.outputs += 1,
                Need::Required => record.lacks = record.lacks.or(Some(step)),
                Need::Optional => record.misses = Some(step),
                Need::Order => {}
                Need::Else => record.instead = record.instead.or(runs),
            }
            self.place(dependent);
        }
    }

    fn plan_compensations(&mut self) {
        self.state = RunState::Compensating;
        for step in self.all() {
            if self.is_to_be_undone(step) {
                self.steps[step.index()].status.compensation = CompensationState::Pending;
                self.undo.stack.push(step);
            }
        }
        self.order_undoing();
    }

    fn end_compensation(&mut self, step: StepId, state: CompensationState) {
        self.undo.under_way.retain(|one| one.step != step);
        self.steps[step.index()].status.compensation = state;
    }
}
