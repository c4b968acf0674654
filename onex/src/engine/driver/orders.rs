//! What somebody wants of the run: told to the kernel, with their words, and answered once it is committed.

use std::mem;
use std::sync::Arc;

use super::Driver;
use crate::engine::control::{Order, Reply};
use crate::journal::{DetailBody, Journal};
use crate::run::{Input, RunState, StopCause};

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(super) fn take_orders(&mut self) {
        for order in mem::take(&mut self.orders) {
            self.take_order(order);
        }
    }

    fn take_order(&mut self, order: Order) {
        match order {
            Order::Take(arrival) => self.gates.arrivals.push(arrival),
            Order::Executed { envelope, end } => self.intent_ended(envelope, end),
            Order::Cancel { reason } => self.stop_as_asked(Input::Cancel, StopCause::Cancelled, reason),
            Order::Kill { reason } => {
                self.kill_sub_runs(&reason);
                self.stop_as_asked(Input::Kill, StopCause::Killed, reason);
                if self.is_over {
                    self.give_up_undoing();
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
            Order::Watch { watcher } => self.audience.coming.push(watcher),
            // It has woken for this.
            Order::Look => {}
            Order::Resume { reply } => {
                let seq = self.feed(Input::Resume);
                self.answer_order(reply, seq.is_some());
            }
        }
    }

    /// The reason is kept with the fact that bears the cause, which need not be the first: the run may have failed before.
    fn stop_as_asked(&mut self, input: Input, cause: StopCause, reason: Arc<str>) {
        let Some(seq) = self.feed(input) else { return };
        let noted = self.decision.facts.iter().zip(seq..).find(|(fact, _)| fact.cause() == Some(cause));
        if let Some((_, seq)) = noted {
            self.messages.asked(cause, Arc::clone(&reason));
            self.ledger.detail(seq, DetailBody::Reason(reason));
        }
    }

    /// What was ordered is so now, or was so before, or it cannot be.
    fn answer_order(&mut self, reply: Reply, carried_out: bool) {
        let state = self.run.state();
        let goes_on = matches!(state, RunState::Running | RunState::Paused);
        self.replies.push((reply, if carried_out || goes_on { Ok(()) } else { Err(state) }));
    }

    /// Tells whoever has given an order that it is carried out, and shows the run to whoever watches it, now that the journal
    /// knows.
    pub(super) fn reply(&mut self) {
        self.gates.reply();
        self.control.note_paused(self.run.state() == RunState::Paused);
        self.show_progress();
        for (reply, answer) in self.replies.drain(..) {
            // Whoever does not wait any more does not care.
            let _ = reply.send(answer);
        }
    }
}
