//! The delays of retries and the run's own budget: in active time, which stands still while the run is paused.

use std::sync::Arc;
use std::time::Duration;

use super::Driver;
use super::alarms::Retry;
use super::attempt::Dispatch;
use crate::engine::clock;
use crate::journal::{DetailBody, Journal, Timer, TimerKey};
use crate::message::{Payload, RunId};
use crate::run::{Fact, Input};

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// A retry, once `after` has passed in active time.
    pub(super) fn retry_after(&mut self, failed: Dispatch, after: Duration) {
        if !self.alarms.is_frozen() {
            self.ledger.set_timer(timer(self.start.run, failed, after));
        }
        self.alarms.retry_after(self.now, after, failed);
    }

    /// Tells the kernel of the retries that are due.
    pub(super) fn take_retries(&mut self) {
        while let Some(Retry { failed, has_turn, .. }) = self.alarms.due_retry(self.now) {
            // What was only put off is no retry.
            if !has_turn && failed.attempt > 0 && self.waits_for_its_turn(failed) {
                continue;
            }
            self.ledger.clear_timer(timer_key(self.start.run, failed));
            let Dispatch { step, attempt, compensating } = failed;
            self.feed(if compensating {
                Input::CompensationRetryDue { step, attempt }
            } else {
                Input::RetryDue { step, attempt }
            });
        }
    }

    /// Takes a turn in the engine's budget of retries. True if that is not now.
    fn waits_for_its_turn(&mut self, failed: Dispatch) -> bool {
        let Some(turn) = self.engine.retry_turns.take(self.now) else { return false };
        self.engine.tally.retries_held.add(1);
        self.ledger.set_timer(timer(self.start.run, failed, turn - self.now));
        self.alarms.retry_at(turn, failed);
        true
    }

    /// Semantics 21: while a run is paused no active time passes, so none of its timers is set.
    pub(super) fn freeze_the_clock(&mut self) {
        if !self.alarms.is_frozen() {
            let run = self.start.run;
            let waiting = self.alarms.freeze(self.now);
            waiting.for_each(|failed| self.ledger.clear_timer(timer_key(run, failed)));
        }
    }

    /// Semantics 20: each delay goes on with what remained of it.
    pub(super) fn start_the_clock(&mut self) {
        if self.alarms.is_frozen() {
            let run = self.start.run;
            let waiting = self.alarms.thaw(self.now);
            waiting.for_each(|(failed, after)| self.ledger.set_timer(timer(run, failed, after)));
        }
    }

    /// The budget of a run that is being undone begins, or goes on with what another process has left of it.
    pub(super) fn bound_undoing(&mut self) {
        if self.alarms.undoing.is_none() {
            let timeout = self.run.plan().policy().undoing.timeout;
            let left = timeout.map(|timeout| timeout.saturating_sub(self.undone_before));
            self.alarms.undoing = left.and_then(|left| self.now.checked_add(left));
        }
    }

    /// Beside the fact that says that a run is being undone: for how long it had been driven until then. Whoever goes on with it
    /// knows from that, and from how long it has been driven since, what is left of its budget.
    pub(super) fn note_undoing(&mut self, seq: u64) {
        if self.run.plan().policy().undoing.timeout.is_some() {
            self.ledger.detail(seq, DetailBody::Output(Payload::new(self.active_ms())));
        }
    }

    /// Tells the kernel when that budget is used up.
    pub(super) fn end_undoing_in_time(&mut self) {
        if self.alarms.undoing.take_if(|due| *due <= self.now).is_none() {
            return;
        }
        let timeout = self.run.plan().policy().undoing.timeout.unwrap_or_default();
        let Some(seq) = self.feed(Input::UndoingTimedOut) else { return };
        let message: Arc<str> = format!("undoing the run took longer than {} ms", timeout.as_millis()).into();
        for (fact, seq) in self.decision.facts.iter().zip(seq..) {
            if let Fact::CompensationFailed { step, .. } = fact {
                self.messages.note(step.0, true, Arc::clone(&message));
                self.ledger.detail(seq, DetailBody::Error(Arc::clone(&message)));
            }
        }
        self.give_up_undoing();
    }

    /// The run is over although something of it is not undone: neither tried now nor later.
    pub(super) fn give_up_undoing(&mut self) {
        self.slots.abandon();
        let run = self.start.run;
        let forgotten = self.alarms.forget_all_retries();
        forgotten.for_each(|failed| self.ledger.clear_timer(timer_key(run, failed)));
    }

    /// A run that stops has no deadline any more, and none of its steps is tried again. Semantics 19: compensation
    /// has a budget of its own.
    pub(super) fn stop_the_clock(&mut self) {
        self.alarms.run = None;
        self.circuits.leave();
        self.close_gates();
        let run = self.start.run;
        let forgotten = self.alarms.forget_retries();
        forgotten.for_each(|failed| self.ledger.clear_timer(timer_key(run, failed)));
        // What undoes its steps is not held.
        self.start_the_clock();
    }
}

fn timer_key(run: RunId, failed: Dispatch) -> TimerKey {
    TimerKey { run, step: failed.step, compensation: failed.compensating }
}

fn timer(run: RunId, failed: Dispatch, after: Duration) -> Timer {
    let delay_ms = u64::try_from(after.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
    let due_unix_ms = clock::unix_ms().saturating_add(delay_ms);
    Timer { key: timer_key(run, failed), attempt: failed.attempt, due_unix_ms }
}
