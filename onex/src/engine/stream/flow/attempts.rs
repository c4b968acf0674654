//! Attempts: what has its turn and a place begins, and what it comes to is told.

use std::cmp::Reverse;
use std::sync::Arc;

use tokio::time::Instant;

use super::{Flow, tell_of_each};
use crate::engine::contain::{CatchPanic, contained};
use crate::engine::driver::attempt::{ended, timed_out};
use crate::engine::stream::calls::{Attempt, Over};
use crate::node::mount::StepCall;
use crate::node::{Cancellation, Ctx, StepCtx};
use crate::run::{Failure, Input, Jitter, RunState, StepKind, StepState};

impl<C, J> Flow<C, J> {
    /// Runs what can be run at once, and begins what has a place.
    pub(super) fn work(&mut self) {
        loop {
            while let Some(of) = self.inline.pop_front() {
                self.compute(of);
            }
            if let Some(Reverse(of)) = self.folds.peek().copied()
                && of.item <= self.first
            {
                self.folds.pop();
                self.compute(of);
                continue;
            }
            if self.calls.running() >= self.places() {
                return;
            }
            let Some(Reverse(of)) = self.ready.pop() else { return };
            self.begin(of);
        }
    }

    /// Runs a step that returns at once.
    fn compute(&mut self, of: Attempt) {
        let Attempt { step, attempt, .. } = of;
        let workflow = Arc::clone(&self.workflow);
        let def = workflow.step(step);
        if def.fold.is_some() && of.item > self.first {
            return self.folds.push(Reverse(of));
        }
        let (Some(run), Some(ctx)) = (def.run, self.ctx(of)) else { return };
        let span = self.span.attempt(&ctx);
        let engine = Arc::clone(&self.engine);
        let before = self.folded.get(def.id).cloned();
        let Some(item) = self.item(of.item) else { return };
        if item.run.state() == RunState::Stopping {
            let (failure, jitter) = (Failure::ABANDONED, Jitter(0));
            self.feed(of.item, Input::Failed { step, attempt, failure, jitter });
            return;
        }
        let began = Instant::now();
        let call = || match def.fold {
            Some(fold) => StepCall::Done((fold.one)(before.as_ref(), &item.outputs, ctx)),
            None => run(&item.outputs, ctx, &engine.container),
        };
        let returned = match span.within(|| contained(call)) {
            Ok(StepCall::Done(result)) => Ok(result),
            Ok(StepCall::Running(future)) => {
                return self.calls.begin((of, span), def.timeout, CatchPanic::new(future), None);
            }
            Err(panicked) => Err(panicked),
        };
        self.now = Instant::now();
        // Semantics 12: a synchronous step cannot be stopped; its timeout is recorded when it returns.
        let outcome = if self.now.duration_since(began) > def.timeout {
            Err(timed_out(def.timeout))
        } else {
            ended(def.kind, returned)
        };
        if let (true, Ok(folded)) = (def.fold.is_some(), &outcome) {
            Arc::make_mut(&mut self.folded).insert(def.id, folded.clone());
        }
        self.answer(Over { of, outcome });
    }

    /// Begins an effect, or lets it wait for what it acts on.
    fn begin(&mut self, of: Attempt) {
        let workflow = Arc::clone(&self.workflow);
        let def = workflow.step(of.step);
        let (Some(run), Some(ctx)) = (def.run, self.ctx(of)) else { return };
        let span = self.span.attempt(&ctx);
        let engine = Arc::clone(&self.engine);
        let Some(item) = self.item(of.item) else { return };
        let work = match span.within(|| contained(|| run(&item.outputs, ctx, &engine.container))) {
            Ok(StepCall::Running(future)) => CatchPanic::new(future),
            Ok(StepCall::Done(result)) => {
                return self.over.push(Over { of, outcome: ended(def.kind, Ok(result)) });
            }
            Err(panicked) => return self.over.push(Over { of, outcome: ended(def.kind, Err(panicked)) }),
        };
        match &def.circuit {
            None => self.calls.begin((of, span), def.timeout, work, None),
            Some(circuit) => match circuit.try_enter(self.now) {
                Some(permit) => self.calls.begin((of, span), def.timeout, work, Some(permit)),
                None => self.calls.wait((of, span), def.timeout, work, circuit.enter()),
            },
        }
    }

    fn ctx(&mut self, of: Attempt) -> Option<Ctx> {
        let workflow = Arc::clone(&self.workflow);
        let (run, def) = (self.run, workflow.step(of.step));
        if of.attempt == 1 {
            self.engine.meters.action(workflow.row.steps[of.step.index()].kind);
        }
        self.engine.tally.attempts.add(1);
        self.engine.tally.retries.add(u64::from(of.attempt > 1));
        let item = self.item(of.item)?;
        tell_of_each(&workflow, item, &def.told);
        // What is synchronous could not listen.
        let cancellation = if def.kind == StepKind::Effect {
            item.signal.get_or_insert_default().cancellation()
        } else {
            Cancellation::never()
        };
        Some(Ctx {
            envelope_id: run.0,
            correlation_id: run.0,
            step: Some(StepCtx {
                run,
                step: def.id,
                item: Some(item.position),
                compensating: false,
                generation: 0,
            }),
            attempt: of.attempt,
            traceparent: None,
            cancellation,
        })
    }

    /// Tells the kernel of an attempt's end, and keeps what it returned.
    pub(super) fn answer(&mut self, Over { of: Attempt { item: number, step, attempt }, outcome }: Over) {
        // What is folded goes from item to item, and is kept once in a while.
        let is_folded = self.workflow.step(step).fold.is_some();
        let take = |output| if is_folded { Ok(output) } else { self.engine.settings.take_output(output) };
        match outcome.and_then(take) {
            Ok(output) => {
                let Some(item) = self.item(number) else { return };
                let is_its = item.run.step(step).state == StepState::Scheduled
                    && item.run.step(step).attempt == attempt;
                if is_its {
                    // Before the kernel knows: conditions that look at it are evaluated with its answer.
                    item.outputs.set(step.0, output);
                    self.feed(number, Input::Completed { step, attempt });
                }
            }
            Err(failed) => {
                let (failure, jitter) = (failed.failure, Jitter(fastrand::u16(..)));
                if let (Some(item), Some(message)) = (self.item(number), failed.message) {
                    item.messages.note(step.0, false, message);
                }
                self.feed(number, Input::Failed { step, attempt, failure, jitter });
            }
        }
    }
}
