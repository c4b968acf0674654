//! What has happened, told to the kernel; and what the kernel answers, noted to be done.

use std::mem;
use std::sync::Arc;

use super::Driver;
use super::attempt::{Dispatch, Finished, abandoned};
use crate::engine::circuit::Verdict;
use crate::engine::contain::contained;
use crate::failpoint::{Place, cross};
use crate::journal::{DetailBody, Journal};
use crate::message::{Envelope, Payload, action_id, emitted_id, item_action_id};
use crate::node::condition::{Ended, Known};
use crate::plan::Mode;
use crate::run::{
    Command, Fact, Failure, FailureCause, Input, Jitter, RunState, StepId, StepKind, StepState, StepStatus,
};

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Tells the kernel all that has happened: what stops the run before what lets it go on, so that of things that
    /// happened together none is dispatched in vain.
    pub(super) fn take_inputs(&mut self) {
        self.take_orders();
        if self.alarms.run_is_due(self.now) {
            self.feed(Input::RunTimedOut);
        }
        self.slots.expire(self.now, &mut self.finished);
        while !self.finished.is_empty() || !self.void.is_empty() {
            self.take_back();
            // Nearly always one attempt has ended, and there is nothing to put in order.
            if self.finished.len() == 1
                && let Some(finished) = self.finished.pop()
            {
                self.answer(finished);
                continue;
            }
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
        self.end_undoing_in_time();
        self.take_retries();
        self.take_gates_due();
        self.evaluate_conditions();
        while self.take_arrivals() || self.count_a_list() {
            self.evaluate_conditions();
        }
    }

    /// Tells the kernel of each condition that it asks for whether it holds.
    fn evaluate_conditions(&mut self) {
        while let Some(step) = self.run.undecided() {
            let def = self.workflow.step(self.outputs.row(step));
            self.tell_of_each(step, &def.decided_by);
            let ended = |row| ended(self.run.step(self.outputs.beside(step, row)?));
            let known = Known::new(self.outputs.of(step), &ended);
            // A comparison may be the user's code, too.
            let has_something_to_do = || {
                let sends = def.sends.as_ref();
                sends.is_none_or(|sends| !sends.asked(self.outputs.of(step)).is_empty())
            };
            // The fold itself asks it of each item.
            if def.fold.is_some() && self.workflow.row.mode == Mode::Batch {
                self.feed(Input::Evaluated { step, holds: true });
                continue;
            }
            let holds = || def.condition.is_none_or(|condition| condition(&known)) && has_something_to_do();
            match contained(holds) {
                Ok(holds) => {
                    self.feed(Input::Evaluated { step, holds });
                }
                Err(panicked) => {
                    let message = format!("its condition panicked: {}", panicked.message);
                    self.fails_untried(
                        step,
                        Input::Undecidable { step, failure: Failure::PANICKED },
                        message,
                    );
                }
            }
        }
    }

    /// Tells the kernel that a step failed before its first attempt, and why.
    pub(super) fn fails_untried(&mut self, step: StepId, input: Input, message: String) {
        if let Some(seq) = self.feed(input) {
            let message: Arc<str> = message.into();
            self.messages.note(step.0, false, Arc::clone(&message));
            self.ledger.detail(seq, DetailBody::Error(message));
        }
    }

    /// Tells the kernel of the effects that were to begin when the run was stopped: they certainly did nothing.
    fn take_back(&mut self) {
        if self.void.is_empty() {
            return;
        }
        for Dispatch { step, attempt, .. } in mem::take(&mut self.void) {
            self.circuits.settle(step, Verdict::Nothing);
            self.feed(Input::Held { step, attempt });
        }
    }

    /// Tells the kernel of an attempt's end, and keeps what it returned.
    fn answer(&mut self, finished: Finished) {
        let step = finished.dispatch.step;
        self.tell_of_end(finished);
        let state = self.run.step(step).state;
        if state.is_final() {
            self.spans.step_ended(step.0, state);
        }
    }

    fn tell_of_end(&mut self, Finished { dispatch, outcome }: Finished) {
        let Dispatch { step, attempt, compensating } = dispatch;
        cross(Place::EffectAfter);
        if !compensating {
            let verdict = outcome.as_ref().err().map_or(Verdict::Success, |failed| failed.failure.into());
            self.circuits.settle(step, verdict);
        }
        let taken = outcome
            .and_then(|output| output.map(|output| self.engine.settings.take_output(output)).transpose());
        match taken {
            Ok(output) => {
                let is_instance = output.as_ref().is_some_and(|output| self.fans.set(step, output));
                let input = if compensating {
                    Input::Compensated { step, attempt }
                } else {
                    Input::Completed { step, attempt }
                };
                if let (Some(seq), Some(output)) = (self.feed(input), output) {
                    if !is_instance {
                        self.publish(step, &output);
                        self.outputs.set(step, output.clone());
                    }
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
        let def = self.workflow.step(self.outputs.row(step));
        let Some(destination) = &def.publishes else { return };
        let action = match self.outputs.item(step) {
            Some(item) => item_action_id(self.start.run, def.id, u64::from(item), false, 0),
            None => action_id(self.start.run, def.id, false, 0),
        };
        self.ledger.outbox.push(Arc::new(Envelope {
            envelope_id: emitted_id(action, self.workflow.node, def.id, &destination.wire_type, 0),
            correlation_id: self.start.correlation_id,
            causation_id: Some(action),
            traceparent: self.start.traceparent(),
            topic: destination.topic.clone(),
            wire_type: Arc::clone(&destination.wire_type),
            payload: output.clone(),
        }));
    }

    /// The position of the first fact that follows from `input`; `None` if the kernel ignored it.
    pub(super) fn feed(&mut self, input: Input) -> Option<u64> {
        let seq = self.ledger.next_seq();
        self.run.handle(input, &mut self.decision);
        if self.decision.is_empty() {
            return None;
        }
        self.ledger.record(&self.decision.facts);
        self.gather();
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
        if state == RunState::Compensating {
            let begins = self.decision.facts.iter().position(|fact| matches!(fact, Fact::RunCompensating));
            if let Some(place) = begins {
                self.note_undoing(seq + place as u64);
            }
            self.bound_undoing();
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
                match self.def(step).kind {
                    StepKind::Effect => self.effects.push(dispatch),
                    StepKind::Entry | StepKind::Gate | StepKind::Compute | StepKind::Reducer => {
                        self.inline.push_back(dispatch);
                    }
                }
            }
            Command::Await { step } => self.open_gate(step),
            Command::Compensate { step, attempt } => {
                self.effects.push(Dispatch { step, attempt, compensating: true });
            }
            Command::RetryAfter { step, attempt, after, compensation } => {
                self.retry_after(Dispatch { step, attempt, compensating: compensation }, after);
            }
            Command::SignalCancel => self.tell_attempts_to_stop(),
            Command::Finish => self.is_over = true,
        }
    }

    fn tell_attempts_to_stop(&mut self) {
        if let Some(signal) = &self.signal {
            signal.send();
        }
        let grace = self.engine.registry.time_to_stop(&self.workflow, self.engine.settings.grace);
        self.alarms.grace = self.now.checked_add(grace);
        self.finished.extend(self.inline.drain(..).map(abandoned));
        self.void.append(&mut self.effects);
    }
}

/// How a step ended, as a condition asks.
pub(in crate::engine) fn ended(status: StepStatus) -> Option<Ended> {
    match (status.state, status.failure.map(|failure| failure.cause)) {
        (StepState::Completed, _) => Some(Ended::Completed),
        (StepState::Failed | StepState::Indeterminate, Some(FailureCause::TimedOut)) => Some(Ended::TimedOut),
        (StepState::Failed | StepState::Indeterminate, _) => Some(Ended::Failed),
        _ => None,
    }
}
