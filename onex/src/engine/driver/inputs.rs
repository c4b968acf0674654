//! What has happened, told to the kernel; and what the kernel answers, noted to be done.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use super::Driver;
use super::alarms::Retry;
use super::attempt::{Dispatch, Finished, abandoned};
use crate::engine::circuit::Verdict;
use crate::engine::clock;
use crate::engine::control::{Order, Reply};
use crate::journal::{DetailBody, Journal, Timer, TimerKey};
use crate::message::{Envelope, Payload, RunId, action_id, emitted_id};
use crate::run::{Command, Input, Jitter, RunState, StepId, StepKind};

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Tells the kernel all that has happened: what stops the run before what lets it go on, so that of things that
    /// happened together none is dispatched in vain.
    pub(super) fn take_inputs(&mut self) {
        while !self.orders.is_empty() {
            let orders = mem::take(&mut self.orders);
            orders.into_iter().for_each(|order| self.take_order(order));
        }
        if self.alarms.run_is_due(self.now) {
            self.feed(Input::RunTimedOut);
        }
        self.slots.expire(self.now, &mut self.finished);
        while !self.finished.is_empty() || !self.void.is_empty() {
            self.take_back();
            let mut finished = mem::take(&mut self.finished);
            finished.sort_by_key(|finished| finished.outcome.is_ok());
            finished.drain(..).for_each(|finished| self.answer(finished));
            if self.finished.is_empty() {
                self.finished = finished;
            }
        }
        self.take_permits();
        if self.alarms.grace.is_some_and(|due| due <= self.now) {
            self.alarms.grace = None;
            self.slots.abandon();
            self.drop_permits();
            self.feed(Input::GraceOver);
        }
        while let Some(Retry { failed, has_turn, .. }) = self.alarms.due_retry(self.now) {
            if !has_turn && self.waits_for_its_turn(failed) {
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

    /// Tells the kernel of the effects that were to begin when the run was stopped: they certainly did nothing.
    fn take_back(&mut self) {
        for Dispatch { step, attempt, .. } in mem::take(&mut self.void) {
            self.circuits.settle(step, Verdict::Nothing);
            self.feed(Input::Held { step, attempt });
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

    /// Tells the kernel what somebody wants, and keeps their words.
    fn take_order(&mut self, order: Order) {
        match order {
            Order::Cancel { reason } => {
                if let Some(seq) = self.feed(Input::Cancel) {
                    self.messages.cancelled = Some(Arc::clone(&reason));
                    self.ledger.detail(seq, DetailBody::Reason(reason));
                }
            }
            Order::Pause { reason, reply } => {
                let seq = self.feed(Input::Pause);
                if let Some(seq) = seq {
                    self.messages.paused = Some(Arc::clone(&reason));
                    self.ledger.detail(seq, DetailBody::Reason(reason));
                }
                self.answer_order(reply, seq.is_some());
            }
            Order::Resume { reply } => {
                let seq = self.feed(Input::Resume);
                self.answer_order(reply, seq.is_some());
            }
        }
    }

    /// What was ordered is so now, or was so before, or it cannot be.
    fn answer_order(&mut self, reply: Reply, carried_out: bool) {
        let state = self.run.state();
        let goes_on = matches!(state, RunState::Running | RunState::Paused);
        self.replies.push((reply, if carried_out || goes_on { Ok(()) } else { Err(state) }));
    }

    /// Tells the kernel of an attempt's end, and keeps what it returned.
    fn answer(&mut self, Finished { dispatch, outcome }: Finished) {
        let Dispatch { step, attempt, compensating } = dispatch;
        if !compensating {
            let verdict = outcome.as_ref().err().map_or(Verdict::Success, |failed| failed.failure.into());
            self.circuits.settle(step, verdict);
        }
        match outcome {
            Ok(output) => {
                let input = if compensating {
                    Input::Compensated { step, attempt }
                } else {
                    Input::Completed { step, attempt }
                };
                if let (Some(seq), Some(output)) = (self.feed(input), output) {
                    self.publish(step, &output);
                    self.outputs.set(step.0, output.clone());
                    self.ledger.detail(seq, DetailBody::Output(output));
                }
            }
            Err(failed) => {
                let (failure, jitter) = (failed.failure, Jitter(fastrand::u16(..)));
                let input = if compensating {
                    Input::CompensationFailed { step, attempt, failure, jitter }
                } else {
                    Input::Failed { step, attempt, failure, jitter }
                };
                if let (Some(seq), Some(message)) = (self.feed(input), failed.message) {
                    self.messages.note(step.0, compensating, Arc::clone(&message));
                    self.ledger.detail(seq, DetailBody::Error(message));
                }
            }
        }
    }

    /// A step whose output is an event is published with the commit that completes it.
    fn publish(&mut self, step: StepId, output: &Payload) {
        let def = self.workflow.step(step);
        let Some(destination) = &def.publishes else { return };
        let action = action_id(self.start.run, def.id, false, 0);
        self.ledger.outbox.push(Envelope {
            envelope_id: emitted_id(action, self.workflow.node, def.id, &destination.wire_type, 0),
            correlation_id: self.start.correlation_id,
            causation_id: Some(action),
            topic: destination.topic.clone(),
            wire_type: Arc::clone(&destination.wire_type),
            payload: output.clone(),
        });
    }

    /// The position of the first fact that follows from `input`; `None` if the kernel ignored it.
    pub(super) fn feed(&mut self, input: Input) -> Option<u64> {
        let seq = self.ledger.next_seq();
        self.run.handle(input, &mut self.decision);
        if self.decision.is_empty() {
            return None;
        }
        self.ledger.record(&self.decision.facts);
        let commands = mem::take(&mut self.decision.commands);
        for command in &commands {
            self.obey(*command);
        }
        self.decision.commands = commands;
        let state = self.run.state();
        match state {
            RunState::Running => self.start_the_clock(),
            RunState::Paused => self.freeze_the_clock(),
            _ => self.stop_the_clock(),
        }
        if state != RunState::Stopping {
            // All steps have stopped; what undoes them now is not to be given up with them.
            self.alarms.grace = None;
        }
        Some(seq)
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Dispatch { step, attempt } => {
                let dispatch = Dispatch { step, attempt, compensating: false };
                match self.workflow.step(step).kind {
                    StepKind::Effect => self.effects.push(dispatch),
                    StepKind::Entry | StepKind::Compute | StepKind::Reducer => {
                        self.inline.push_back(dispatch);
                    }
                }
            }
            Command::Compensate { step, attempt } => {
                self.effects.push(Dispatch { step, attempt, compensating: true });
            }
            Command::RetryAfter { step, attempt, after, compensation } => {
                let failed = Dispatch { step, attempt, compensating: compensation };
                if !self.alarms.is_frozen() {
                    self.ledger.set_timer(timer(self.start.run, failed, after));
                }
                self.alarms.retry_after(self.now, after, failed);
            }
            Command::SignalCancel => self.tell_attempts_to_stop(),
            Command::Finish => self.is_over = true,
        }
    }

    fn tell_attempts_to_stop(&mut self) {
        if let Some(signal) = &self.signal {
            signal.send();
        }
        self.alarms.grace = self.now.checked_add(self.engine.settings.grace);
        self.finished.extend(self.inline.drain(..).map(abandoned));
        self.void.append(&mut self.effects);
    }

    /// Semantics 21: while a run is paused no active time passes, so none of its timers is set.
    fn freeze_the_clock(&mut self) {
        if !self.alarms.is_frozen() {
            let run = self.start.run;
            let waiting = self.alarms.freeze(self.now);
            waiting.for_each(|failed| self.ledger.clear_timer(timer_key(run, failed)));
        }
    }

    /// Semantics 20: each delay goes on with what remained of it.
    fn start_the_clock(&mut self) {
        if self.alarms.is_frozen() {
            let run = self.start.run;
            let waiting = self.alarms.thaw(self.now);
            waiting.for_each(|(failed, after)| self.ledger.set_timer(timer(run, failed, after)));
        }
    }

    /// A run that stops has no deadline any more, and none of its steps is tried again. Semantics 19: compensation
    /// has a budget of its own.
    fn stop_the_clock(&mut self) {
        self.alarms.run = None;
        self.circuits.leave();
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
