//! How a stopped run undoes its effects: in the order of its plan, until done or parked.

use std::time::Duration;

use super::decide::allows_another;
use super::exchange::{Command, Decision};
use super::fact::{Fact, Failure};
use super::plan::StepId;
use super::policy::Jitter;
use super::state::Run;

impl Run {
    /// Starts the compensations whose turn it is. When none is under way any more, or if the run was killed, it ends; it is
    /// parked if one of them failed for good.
    pub(super) fn compensate_next(&mut self, decision: &mut Decision) {
        while let Some(step) = self.next_to_undo() {
            match self.undo_delay_ms(step) {
                0 => self.compensate(step, 1, decision),
                after_ms => {
                    self.decide(Fact::CompensationDelayed { step, after_ms }, decision);
                    let after = Duration::from_millis(after_ms);
                    decision.commands.push(Command::RetryAfter {
                        step,
                        attempt: 0,
                        after,
                        compensation: true,
                    });
                }
            }
        }
        if let Some(state) = self.end() {
            self.conclude(Fact::RunEnded { state }, decision);
        } else if self.undo.under_way.is_empty()
            && let Some(step) = self.undo.failed
        {
            self.conclude(Fact::RunParked { step }, decision);
        }
    }

    pub(super) fn compensate(&mut self, step: StepId, attempt: u32, decision: &mut Decision) {
        self.decide(Fact::CompensationScheduled { step, attempt }, decision);
        decision.commands.push(Command::Compensate { step, attempt });
    }

    pub(super) fn compensated(&mut self, step: StepId, attempt: u32, decision: &mut Decision) {
        self.decide(Fact::CompensationCompleted { step, attempt }, decision);
        self.compensate_next(decision);
    }

    /// What is under way is given up, and nobody knows what it did: what is done about it, a person decides.
    pub(super) fn undoing_timed_out(&mut self, decision: &mut Decision) {
        while let Some(step) = self.undo.under_way.first().map(|one| one.step) {
            self.decide(Fact::CompensationFailed { step, failure: Failure::TIMED_OUT }, decision);
        }
        if let Some(step) = self.undo.failed {
            self.conclude(Fact::RunParked { step }, decision);
        }
    }

    pub(super) fn compensation_failed(
        &mut self,
        step: StepId,
        attempt: u32,
        failure: Failure,
        jitter: Jitter,
        decision: &mut Decision,
    ) {
        let policy = *self.plan.policy();
        let retries = self.spec(step).compensation_retries.unwrap_or(policy.compensation_retries);
        let retry_after_ms = (failure.is_retryable_compensation() && allows_another(attempt, retries))
            .then(|| policy.backoff.delay_ms(attempt, jitter));
        self.decide(Fact::CompensationAttemptFailed { step, attempt, failure, retry_after_ms }, decision);
        if let Some(after_ms) = retry_after_ms {
            let after = Duration::from_millis(after_ms);
            decision.commands.push(Command::RetryAfter { step, attempt, after, compensation: true });
        } else {
            self.decide(Fact::CompensationFailed { step, failure }, decision);
            self.compensate_next(decision);
        }
    }
}
