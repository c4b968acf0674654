//! What somebody wants of the run: told to the kernel, with their words, and answered once it is committed.

use std::mem;
use std::sync::Arc;

use super::Driver;
use crate::engine::control::{Leave, Order, Reply};
use crate::engine::run_handle::RunHandle;
use crate::journal::{DetailBody, Journal};
use crate::run::{Input, RunState, StopCause};

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(super) fn take_orders(&mut self) {
        if !self.orders.is_empty() {
            mem::take(&mut self.orders).into_iter().for_each(|order| self.take_order(order));
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
            Order::Leave(wanted) => self.wanted = Some(wanted),
            Order::Watch { watcher } => self.audience.coming.push(watcher),
            // It has woken for this.
            Order::Look => {}
            Order::Resume { reply } => {
                let seq = self.feed(Input::Resume);
                self.answer_order(reply, seq.is_some());
            }
        }
    }

    /// Nothing of the run is in flight, and nothing is about to be.
    pub(super) fn may_be_left(&self) -> bool {
        matches!(self.run.state(), RunState::Running | RunState::Paused)
            && self.run.in_flight() == 0
            && self.slots.len() == 0
            && self.effects.is_empty()
            && self.inline.is_empty()
            && self.finished.is_empty()
    }

    /// Gives the run away, with all who wait for it. None: nobody wants it any more.
    pub(super) fn leave(&mut self, wanted: Leave) -> Option<RunHandle> {
        let handle = self.handle();
        match wanted.send((self.live.take()?, Arc::clone(&self.control))) {
            Ok(()) => Some(handle),
            Err((live, _)) => {
                self.live = Some(live);
                None
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
