//! What a run makes of its inputs while it runs: order, retries, skips. Every decision is a fact, applied at once.

use std::sync::Arc;
use std::time::Duration;

use super::exchange::{Command, Decision, Input};
use super::fact::{Fact, Failure, FailureCause, StopCause};
use super::plan::{StepId, StepKind};
use super::policy::Jitter;
use super::state::Run;
use super::status::{RunState, StepState};

impl Run {
    /// Decides what follows from `input`. `decision` is cleared first; it stays empty when the input is ignored.
    ///
    /// The facts are applied already: commit them, then execute the commands. When they cannot be committed,
    /// this run is ahead of its journal and must be dropped.
    ///
    /// A call costs time in proportion to the dependents of the steps that become final, and to the instances of a list that
    /// is counted or comes to its end; stopping and reopening cost once more in proportion to all steps. Nothing is allocated
    /// but room in `decision`, the instances of a list, once the compensations' order, and what a reopened run begins with.
    pub fn handle(&mut self, input: Input, decision: &mut Decision) {
        decision.clear();
        if self.is_ended() {
            // One that was parked may have steps that are not.
            if let Input::Reopen { from } = input
                && self.may_reopen(from)
            {
                self.decide(Fact::RunReopened { from }, decision);
                self.advance(decision);
            }
            return;
        }
        match input {
            Input::Start if !self.started => self.start(decision),
            Input::Restarted { crash_limit } if self.started => self.restart(crash_limit, decision),
            Input::Held { step, attempt } if self.may_hold(step, attempt) => {
                self.decide(Fact::StepHeld { step, attempt }, decision);
                if !self.goes_on() {
                    self.end_what_waits(step, decision);
                }
                self.advance(decision);
            }
            Input::Released { step } if self.may_release(step) => {
                self.decide(Fact::StepReleased { step }, decision);
                self.advance(decision);
            }
            Input::Evaluated { step, holds } if self.is_undecided(step) => {
                self.decide(Fact::ConditionEvaluated { step, holds }, decision);
                self.advance(decision);
            }
            Input::Undecidable { step, failure } if self.is_undecided(step) => {
                self.decide(Fact::StepFailed { step, failure }, decision);
                self.advance(decision);
            }
            Input::Counted { step, items } if self.check(&Fact::StepFannedOut { step, items }).is_ok() => {
                self.decide(Fact::StepFannedOut { step, items }, decision);
                self.advance(decision);
            }
            Input::Uncountable { step, failure } if self.uncounted() == Some(step) => {
                self.decide(Fact::StepFailed { step, failure }, decision);
                self.advance(decision);
            }
            Input::Arrived { step } if self.goes_on() && self.is_at(step, StepState::Awaiting, 0) => {
                self.decide(Fact::StepCompleted { step, attempt: 0 }, decision);
                self.advance(decision);
            }
            Input::GateTimedOut { step } if self.is_running() && self.is_at(step, StepState::Awaiting, 0) => {
                self.decide(Fact::StepFailed { step, failure: Failure::TIMED_OUT }, decision);
                self.advance(decision);
            }
            Input::Completed { step, attempt } if self.is_at(step, StepState::Scheduled, attempt) => {
                self.decide(Fact::StepCompleted { step, attempt }, decision);
                self.advance(decision);
            }
            Input::Failed { step, attempt, failure, jitter }
                if self.is_at(step, StepState::Scheduled, attempt) =>
            {
                self.attempt_failed(step, attempt, failure, jitter, decision);
                self.advance(decision);
            }
            Input::RetryDue { step, attempt } if self.is_at(step, StepState::RetryWaiting, attempt) => {
                self.decide(Fact::RetryDue { step, attempt }, decision);
                self.advance(decision);
            }
            Input::Pause if self.is_running() => self.decide(Fact::RunPaused, decision),
            Input::Resume if self.state == RunState::Paused => {
                self.decide(Fact::RunResumed, decision);
                self.advance(decision);
            }
            Input::RunTimedOut if self.is_running() => {
                self.stop(StopCause::RunTimedOut, decision);
                self.advance(decision);
            }
            Input::Cancel if self.goes_on() => self.stop_as_asked(StopCause::Cancelled, decision),
            Input::Cancel => self.note_cause(StopCause::Cancelled, decision),
            Input::Kill => self.kill(decision),
            Input::GraceOver if self.state == RunState::Stopping => {
                self.give_up_in_flight(decision);
                self.advance(decision);
            }
            Input::Compensated { step, attempt } if self.undo.is_in_flight(step, attempt) => {
                self.compensated(step, attempt, decision);
            }
            Input::CompensationFailed { step, attempt, failure, jitter }
                if self.undo.is_in_flight(step, attempt) =>
            {
                self.compensation_failed(step, attempt, failure, jitter, decision);
            }
            Input::CompensationRetryDue { step, attempt } if self.undo.waits_after(step, attempt) => {
                self.compensate(step, attempt + 1, decision);
            }
            Input::UndoingTimedOut if self.state == RunState::Compensating => {
                self.undoing_timed_out(decision);
            }
            _late_or_foreign => {}
        }
    }

    pub(super) fn decide(&mut self, fact: Fact, decision: &mut Decision) {
        self.apply(&fact).expect("a fact is decided only where it fits");
        decision.facts.push(fact);
    }

    pub(super) fn conclude(&mut self, fact: Fact, decision: &mut Decision) {
        self.decide(fact, decision);
        decision.commands.push(Command::Finish);
    }

    fn start(&mut self, decision: &mut Decision) {
        self.decide(Fact::RunStarted, decision);
        let plan = Arc::clone(&self.plan);
        for (step, _) in plan.steps().filter(|(_, spec)| spec.kind == StepKind::Entry) {
            self.decide(Fact::StepCompleted { step, attempt: 0 }, decision);
        }
        self.advance(decision);
    }

    /// Goes as far as the state allows until something must come from outside.
    pub(super) fn advance(&mut self, decision: &mut Decision) {
        if self.is_running()
            && let Some(step) = self.decisive
        {
            self.stop(StopCause::StepFailed { step }, decision);
        }
        match self.state {
            RunState::Running | RunState::Paused => {
                self.close_fans(decision);
                self.skip_what_is_doomed(decision);
                self.fill_slots(decision);
                if self.is_running() && self.has_completed_too_few() {
                    self.stop(StopCause::TooFewCompleted, decision);
                    self.settle(decision);
                } else if let Some(state) = self.end() {
                    self.conclude(Fact::RunEnded { state }, decision);
                }
            }
            RunState::Stopping if self.in_flight == 0 => self.settle(decision),
            _ => {}
        }
    }

    fn fill_slots(&mut self, decision: &mut Decision) {
        // A step whose condition is not known yet may be the one whose turn it is.
        while self.uncounted().is_none()
            && let Some(step) = self.next_to_begin()
        {
            if self.spec(step).kind == StepKind::Gate {
                self.decide(Fact::GateOpened { step }, decision);
                decision.commands.push(Command::Await { step });
                continue;
            }
            let attempt = self.record(step).status.attempt + 1;
            self.decide(Fact::StepScheduled { step, attempt }, decision);
            decision.commands.push(Command::Dispatch { step, attempt });
        }
    }

    fn attempt_failed(
        &mut self,
        step: StepId,
        attempt: u32,
        failure: Failure,
        jitter: Jitter,
        decision: &mut Decision,
    ) {
        let plan = Arc::clone(&self.plan);
        let policy = plan.policy();
        let may_retry = failure.is_retryable() && allows_another(attempt, self.spec(step).retries);
        if may_retry && self.goes_on() {
            let after_ms = policy.backoff.delay_ms(attempt, jitter);
            self.decide(
                Fact::AttemptFailed { step, attempt, failure, retry_after_ms: Some(after_ms) },
                decision,
            );
            let after = Duration::from_millis(after_ms);
            decision.commands.push(Command::RetryAfter { step, attempt, after, compensation: false });
            return;
        }
        self.decide(Fact::AttemptFailed { step, attempt, failure, retry_after_ms: None }, decision);
        if !self.goes_on() && (may_retry || failure.cause == FailureCause::Abandoned) {
            self.give_up(step, decision);
            return;
        }
        let end = match self.unknown_effect(step) {
            Some(failure) => Fact::StepIndeterminate { step, failure },
            None => Fact::StepFailed { step, failure },
        };
        self.decide(end, decision);
    }

    /// The failure that makes it unknown whether the step took effect outside; none if it certainly did not.
    pub(super) fn unknown_effect(&self, step: StepId) -> Option<Failure> {
        match self.spec(step).kind {
            StepKind::Effect => self.record(step).unknown_outcome,
            StepKind::Entry | StepKind::Gate | StepKind::Compute | StepKind::Reducer => None,
        }
    }
}

/// True when `retries` additional attempts leave one after `attempt`; its number is then below `u32::MAX`.
pub(super) fn allows_another(attempt: u32, retries: u32) -> bool {
    attempt < retries.saturating_add(1)
}
