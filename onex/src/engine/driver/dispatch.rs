//! Calling the functions of steps and compensations.

use std::mem;

use tokio::time::Instant;

use super::Driver;
use super::attempt::{Dispatch, Finished, ended, timed_out};
use super::slots::Work;
use crate::engine::contain::{CatchPanic, contained};
use crate::engine::outcome::without_output;
use crate::failpoint::{Place, cross};
use crate::journal::Journal;
use crate::node::mount::StepCall;
use crate::node::step::Outputs;
use crate::node::{Cancellation, Ctx, StepCtx};
use crate::plan::Mode;
use crate::run::{StepId, StepKind};

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Begins every effect that was waiting for its schedule to be committed; of a batch, what there are workers for.
    pub(super) fn begin_effects(&mut self) {
        if self.workflow.row.mode == Mode::Batch {
            return self.give_to_workers();
        }
        let mut effects = mem::take(&mut self.effects);
        effects.drain(..).for_each(|dispatch| {
            cross(Place::DispatchBefore);
            self.begin_attempt(dispatch);
            cross(Place::DispatchAfter);
        });
        self.effects = effects;
    }

    /// Begins an attempt: one that returns at once is finished, another is in flight.
    pub(super) fn begin_attempt(&mut self, dispatch: Dispatch) {
        self.attempts += 1;
        self.turn.steps += 1;
        self.retries += u64::from(dispatch.attempt > 1);
        if dispatch.attempt == 1 {
            self.engine.meters.action(self.workflow.row.steps[self.row(dispatch.step).index()].kind);
        }
        let ctx = self.ctx(dispatch);
        self.tell_of_ends(dispatch);
        let Dispatch { step, compensating, .. } = dispatch;
        let row = self.row(step);
        let def = self.workflow.step(row);
        let span = self.spans.attempt((step.0, def.id), &ctx, compensating);
        let outputs = self.fans.view(step, def, self.outputs.of(step));
        let container = &self.engine.container;
        if dispatch.compensating {
            let Some(compensate) = def.compensate else { return };
            let work = match span.within(|| contained(|| compensate(&outputs, ctx, container))) {
                Ok(future) => Work::Compensation(CatchPanic::new(future)),
                Err(panicked) => {
                    let outcome = ended(def.kind, Err(panicked));
                    return self.finished.push(Finished { dispatch, outcome });
                }
            };
            return self.slots.push(dispatch, def.kind, def.compensation_timeout, span, work);
        }
        if let Some((callee, timeout)) = def.calls {
            return self.begin_call(dispatch, (callee, timeout), outputs, ctx, span);
        }
        let Some(run) = def.run else { return };
        let returned = match span.within(|| contained(|| run(&outputs, ctx, container))) {
            Ok(StepCall::Running(future)) => {
                let work = Work::Step(CatchPanic::new(future));
                return self.slots.push(dispatch, def.kind, def.timeout, span, work);
            }
            Ok(StepCall::Done(result)) => Ok(result.map(Some)),
            Err(panicked) => Err(panicked),
        };
        let began = mem::replace(&mut self.now, Instant::now());
        // Semantics 12: a synchronous step cannot be stopped; its timeout is recorded when it returns.
        let outcome = if self.now.duration_since(began) > def.timeout {
            Err(timed_out(def.timeout))
        } else {
            ended(def.kind, returned)
        };
        self.finished.push(Finished { dispatch, outcome });
    }

    /// How the steps ended that the function is told of. They are final, so that it is told the same each time.
    pub(super) fn tell_of_ends(&self, dispatch: Dispatch) {
        let def = self.def(dispatch.step);
        self.tell_of_each(dispatch.step, if dispatch.compensating { &def.undo_told } else { &def.told });
    }

    /// Tells what is about `step` how these of the workflow ended.
    pub(super) fn tell_of_each(&self, step: StepId, rows: &[u32]) {
        for row in rows {
            self.tell_how_it_ended(*row, self.outputs.beside(step, *row), self.outputs.of(step));
        }
    }

    /// Tells whoever takes these outputs how a step ended: `row` of the workflow, `step` of the run.
    pub(super) fn tell_how_it_ended(&self, row: u32, step: Option<StepId>, told: &Outputs) {
        let id = |step| self.workflow.step(self.outputs.row(step)).id;
        if let Some(step) = step
            && let Some(ended) = without_output(step, &self.run, &self.messages, id)
        {
            told.end(row, ended);
        }
    }

    pub(super) fn ctx(&mut self, dispatch: Dispatch) -> Ctx {
        let (row, item) = (self.row(dispatch.step), self.item(dispatch.step));
        let def = self.workflow.step(row);
        // What undoes a step goes on after the run was told to stop, and what is synchronous could not listen.
        let cancellation = if def.kind == StepKind::Effect && !dispatch.compensating {
            self.signal.get_or_insert_default().cancellation()
        } else {
            Cancellation::never()
        };
        Ctx {
            envelope_id: self.start.envelope_id,
            correlation_id: self.start.correlation_id,
            traceparent: self.start.traceparent(),
            step: Some(StepCtx {
                run: self.start.run,
                step: def.id,
                item,
                compensating: dispatch.compensating,
                generation: 0,
            }),
            attempt: dispatch.attempt,
            cancellation,
        }
    }
}
