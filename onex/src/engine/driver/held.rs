//! Effects and the circuits of what they act on: a permit for each attempt, and a place in line for who gets none.

use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Driver;
use super::attempt::Dispatch;
use crate::engine::circuit::{Permit, Verdict};
use crate::journal::Journal;
use crate::run::{Input, StepId};

type Entering = Pin<Box<dyn Future<Output = Permit> + Send>>;

/// What the effects of one run have of their circuits: few at a time, so lists.
#[derive(Default)]
pub(super) struct Circuits {
    /// Steps that wait for a permit.
    entering: Vec<(StepId, Entering)>,
    /// Steps that have got one and do not know it yet.
    entered: Vec<(StepId, Permit)>,
    /// Attempts that are in flight or about to begin.
    permits: Vec<(StepId, Permit)>,
}

impl Circuits {
    /// Nobody waits for a permit or has one.
    pub(super) fn is_idle(&self) -> bool {
        self.entering.is_empty() && self.entered.is_empty() && self.permits.is_empty()
    }

    /// Looks who has got a permit. True if somebody has.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        let entered = &mut self.entered;
        self.entering.retain_mut(|(step, entering)| match entering.as_mut().poll(cx) {
            Poll::Ready(permit) => {
                entered.push((*step, permit));
                false
            }
            Poll::Pending => true,
        });
        !self.entered.is_empty()
    }

    /// An attempt is over.
    pub(super) fn settle(&mut self, step: StepId, verdict: Verdict) {
        if let Some(position) = self.permits.iter().position(|(of, _)| *of == step) {
            let (_, permit) = self.permits.swap_remove(position);
            permit.settle(verdict);
        }
    }

    /// Nobody waits any more: the run stops.
    pub(super) fn leave(&mut self) {
        self.entering.clear();
        self.entered.clear();
    }

    /// Whether a step that has not begun may; a permit that has been overtaken is given back.
    fn has_permit(&mut self, step: StepId) -> bool {
        self.permits.retain(|(of, permit)| *of != step || permit.is_current());
        self.permits.iter().any(|(of, _)| *of == step)
    }
}

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Asks for a permit for each effect that is to begin, and puts back what gets none: semantics 13.
    pub(super) fn ask_circuits(&mut self) {
        let mut next = 0;
        while let Some(&Dispatch { step, attempt, compensating }) = self.effects.get(next) {
            next += 1;
            let row = self.row(step);
            let Some(circuit) = &self.workflow.step(row).circuit else { continue };
            if compensating || self.circuits.has_permit(step) {
                continue;
            }
            if let Some(permit) = circuit.try_enter(self.now) {
                self.circuits.permits.push((step, permit));
                continue;
            }
            self.circuits.entering.push((step, Box::pin(circuit.enter())));
            next -= 1;
            self.effects.remove(next);
            // Another step may take its slot; it is behind those that have been asked for.
            self.feed(Input::Held { step, attempt });
        }
    }

    /// Tells the kernel of the steps that have got a permit. One that is not dispatched all the same, because the run
    /// is paused or has no slot, gives it back and asks again in its turn.
    pub(super) fn take_permits(&mut self) {
        if self.circuits.entered.is_empty() {
            return;
        }
        for (step, permit) in mem::take(&mut self.circuits.entered) {
            self.circuits.permits.push((step, permit));
            self.feed(Input::Released { step });
            if !self.effects.iter().any(|dispatch| dispatch.step == step) {
                self.circuits.permits.retain(|(of, _)| *of != step);
            }
        }
    }

    /// What is in flight is given up: nobody will say how it ended.
    pub(super) fn drop_permits(&mut self) {
        self.circuits.permits.clear();
    }
}
