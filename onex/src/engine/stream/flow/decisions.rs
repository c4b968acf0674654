//! What the kernel of an item is told, and what follows: commands that are obeyed, conditions that are asked.

use std::cmp::Reverse;
use std::mem;
use std::sync::Arc;

use super::{Flow, tell_of_each};
use crate::engine::contain::{Panicked, contained};
use crate::engine::driver::how_it_ended;
use crate::engine::stream::calls::Attempt;
use crate::node::condition::Known;
use crate::run::{Command, Failure, Input, RunState, StepId, StepKind, Strategy};

impl<C, J> Flow<C, J> {
    /// Tells the kernel of an item what has happened to it, and notes what follows. True if anything does.
    pub(super) fn feed(&mut self, number: u64, input: Input) -> bool {
        let mut decision = mem::take(&mut self.decision);
        let Some(item) = self.item(number) else {
            self.decision = decision;
            return false;
        };
        item.run.handle(input, &mut decision);
        let state = item.run.state();
        let follows = !decision.is_empty();
        for command in decision.commands.drain(..) {
            self.obey(number, command);
        }
        self.decision = decision;
        if follows {
            self.evaluate_conditions(number);
        }
        if state.is_final() && self.stops_the_stream(state) {
            self.decisive = Some(self.decisive.map_or(number, |earlier| earlier.min(number)));
        }
        follows
    }

    /// An item that stops ends in a way that its strategy does not tolerate.
    pub(in crate::engine::stream) fn stops_the_stream(&self, state: RunState) -> bool {
        match state {
            RunState::Failed => true,
            RunState::TimedOut => self.workflow.plan.policy().strategy != Strategy::ContinueOnError,
            _ => false,
        }
    }

    fn obey(&mut self, number: u64, command: Command) {
        match command {
            Command::Dispatch { step, attempt } => {
                let of = Attempt { item: number, step, attempt };
                match self.workflow.step(step).kind {
                    StepKind::Effect => self.ready.push(Reverse(of)),
                    StepKind::Entry | StepKind::Gate | StepKind::Compute | StepKind::Reducer => {
                        self.inline.push_back(of);
                    }
                }
            }
            Command::RetryAfter { step, attempt, after, .. } => {
                self.alarms.retry_after(self.now, after, Attempt { item: number, step, attempt });
            }
            Command::SignalCancel => self.tell_attempts_to_stop(number),
            // A contract whose stream is undone or waits for events is faulty, and whether an item is over is asked of its run.
            Command::Compensate { .. } | Command::Await { .. } | Command::Finish => {}
        }
    }

    fn tell_attempts_to_stop(&mut self, number: u64) {
        let grace = self.workflow.grace().unwrap_or(self.engine.settings.grace);
        self.alarms.grace(self.now, grace, number);
        if let Some(signal) = self.item(number).and_then(|item| item.signal.as_ref()) {
            signal.send();
        }
        let mut not_begun = self.calls.take_back(number);
        self.ready.retain(|Reverse(of)| {
            let is_its = of.item == number;
            if is_its {
                not_begun.push(*of);
            }
            !is_its
        });
        for Attempt { step, attempt, .. } in not_begun {
            self.feed(number, Input::Held { step, attempt });
        }
    }

    /// Tells the kernel of each condition that it asks for whether it holds.
    fn evaluate_conditions(&mut self, number: u64) {
        while let Some((step, decided)) = self.condition(number) {
            let input = match decided {
                Ok(holds) => Input::Evaluated { step, holds },
                Err(panicked) => {
                    let message = format!("its condition panicked: {}", panicked.message);
                    if let Some(item) = self.item(number) {
                        item.messages.note(step.0, false, message.into());
                    }
                    Input::Undecidable { step, failure: Failure::PANICKED }
                }
            };
            self.feed(number, input);
        }
    }

    fn condition(&mut self, number: u64) -> Option<(StepId, Result<bool, Panicked>)> {
        let workflow = Arc::clone(&self.workflow);
        let item = self.item(number)?;
        let step = item.run.undecided()?;
        let def = workflow.step(step);
        tell_of_each(&workflow, item, &def.decided_by);
        let ended = |step| how_it_ended(item.run.step(StepId(step)));
        let known = Known::new(&item.outputs, &ended);
        Some((step, contained(|| def.condition.is_none_or(|condition| condition(&known)))))
    }

    pub(super) fn end_what_took_too_long(&mut self) {
        for index in 0..self.items.len() {
            let Some(deadline) = self.items[index].deadline else { continue };
            if deadline > self.now {
                return;
            }
            self.items[index].deadline = None;
            self.feed(self.first + index as u64, Input::RunTimedOut);
        }
    }

    pub(super) fn retry(&mut self) {
        while let Some(retry) = self.alarms.due_retry(self.now) {
            let failed = retry.failed;
            if !retry.has_turn
                && let Some(turn) = self.engine.retry_turns.take(self.now)
            {
                self.engine.tally.retries_held.add(1);
                self.alarms.retry_at(turn, failed);
                continue;
            }
            self.feed(failed.item, Input::RetryDue { step: failed.step, attempt: failed.attempt });
        }
    }
}
