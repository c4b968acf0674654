//! The calls of a batch: who waits for a worker, and which items are taken together.

use std::mem;
use std::sync::Arc;

use tokio::time::Instant;

use super::attempt::{Dispatch, Finished, each, ended, timed_out};
use super::slots::Work;
use super::{Driver, how_it_ended};
use crate::engine::contain::{CatchPanic, contained};
use crate::engine::workflow::StepDef;
use crate::journal::Journal;
use crate::node::Ctx;
use crate::node::condition::Known;
use crate::node::mount::{FoldStepFns, GroupCall, GroupFn};
use crate::node::step::Outputs;
use crate::plan::Mode;

impl<C, J> Driver<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Whether something waits that can begin once what is decided is committed.
    pub(super) fn has_effects_to_begin(&self) -> bool {
        !self.effects.is_empty()
            && (self.workflow.row.mode != Mode::Batch
                || (self.slots.len() < self.workers() && (self.is_at_rest() || self.has_full_group())))
    }

    /// Gives what waits to the workers that are free, first come first served. Steps that take groups are called for as many
    /// items as wait for the same step; while others may join them, only for full groups.
    pub(super) fn give_to_workers(&mut self) {
        let only_full = !self.is_at_rest();
        let mut groups: Vec<(u32, Vec<Dispatch>)> = Vec::new();
        let size = self.batch_size();
        for dispatch in mem::take(&mut self.effects) {
            let row = self.outputs.row(dispatch.step);
            let in_groups = !dispatch.compensating && self.workflow.step(row).group.is_some();
            let open =
                groups.iter_mut().rev().find(|(of, group)| in_groups && *of == row.0 && group.len() < size);
            match open {
                Some((_, group)) if !group[0].compensating => group.push(dispatch),
                _ => groups.push((row.0, vec![dispatch])),
            }
        }
        for (_, group) in groups {
            let in_groups = self.group_fn(group[0]).is_some();
            let waits = in_groups && only_full && group.len() < size;
            if waits || self.slots.len() >= self.workers() {
                self.effects.extend(group);
                continue;
            }
            self.operations += 1;
            match self.group_fn(group[0]) {
                Some(run) => self.begin_group(run, group),
                None => group.into_iter().for_each(|dispatch| self.begin_attempt(dispatch)),
            }
        }
    }

    /// Runs a step that returns at once: of a batch, for all items of a group that wait for it.
    pub(super) fn compute(&mut self, first: Dispatch) {
        if let Some(fold) = self.def(first.step).fold {
            return self.fold(first, fold);
        }
        let Some(run) = self.group_fn(first) else { return self.begin_attempt(first) };
        let size = self.batch_size();
        let row = self.outputs.row(first.step);
        let mut group = vec![first];
        let outputs = &self.outputs;
        self.inline.retain(|dispatch| {
            let joins = group.len() < size && outputs.row(dispatch.step) == row;
            if joins {
                group.push(*dispatch);
            }
            !joins
        });
        self.operations += 1;
        self.begin_group(run, group);
    }

    /// Runs a reducer of a batch: over all items, now that all have come so far.
    fn fold(&mut self, dispatch: Dispatch, fold: FoldStepFns) {
        self.attempts += 1;
        self.retries += u64::from(dispatch.attempt > 1);
        let def = self.workflow.step(self.outputs.row(dispatch.step));
        for row in def.told.iter().chain(&def.decided_by) {
            for (item, outputs) in self.outputs.items().iter().enumerate() {
                self.tell_how_it_ended(*row, self.outputs.step(*row, item as u32), outputs);
            }
        }
        let ctx = self.ctx(dispatch);
        let def = self.workflow.step(self.outputs.row(dispatch.step));
        let span = self.spans.attempt((dispatch.step.0, def.id), &ctx, false);
        let returned = span.within(|| contained(|| (fold.all)(&self.items_to_fold(def), &ctx)));
        let began = mem::replace(&mut self.now, Instant::now());
        let outcome = if self.now.duration_since(began) > def.timeout {
            Err(timed_out(def.timeout))
        } else {
            ended(def.kind, returned.map(|result| result.map(Some)))
        };
        self.finished.push(Finished { dispatch, outcome });
    }

    /// The items of which the condition of a reducer holds: of each, since what it looks at is what that item has.
    fn items_to_fold(&self, def: &StepDef<C>) -> Vec<Arc<Outputs>> {
        let items = self.outputs.items().iter().enumerate();
        let holds = |item: usize, outputs: &Outputs| {
            let ended = |row| how_it_ended(self.run.step(self.outputs.step(row, item as u32)?));
            def.condition.is_none_or(|condition| condition(&Known::new(outputs, &ended)))
        };
        items
            .filter(|(item, outputs)| holds(*item, outputs))
            .map(|(_, outputs)| Arc::clone(outputs))
            .collect()
    }

    fn group_fn(&self, dispatch: Dispatch) -> Option<GroupFn<C>> {
        let is_batch = self.workflow.row.mode == Mode::Batch && !dispatch.compensating;
        if is_batch { self.workflow.step(self.outputs.row(dispatch.step)).group } else { None }
    }

    /// Begins an attempt for each of a group, in one call.
    fn begin_group(&mut self, run: GroupFn<C>, group: Vec<Dispatch>) {
        self.attempts += group.len() as u64;
        self.turn.steps += 1;
        let kind = self.workflow.row.steps[self.outputs.row(group[0].step).index()].kind;
        (group.iter().filter(|dispatch| dispatch.attempt == 1)).for_each(|_| self.engine.meters.action(kind));
        self.retries += group.iter().filter(|dispatch| dispatch.attempt > 1).count() as u64;
        group.iter().for_each(|dispatch| self.tell_of_ends(*dispatch));
        let ctx: Vec<Ctx> = group.iter().map(|dispatch| self.ctx(*dispatch)).collect();
        let step = group[0].step;
        let def = self.workflow.step(self.outputs.row(step));
        let span = self.spans.attempt((step.0, def.id), &ctx[0], false);
        let outputs = group.iter().map(|dispatch| self.outputs.of(dispatch.step).clone()).collect();
        let container = &self.engine.container;
        let returned = match span.within(|| contained(|| run(outputs, ctx, container))) {
            Ok(GroupCall::Running(future)) => {
                let first = group[0];
                let work = Work::Group(group, CatchPanic::new(future));
                return self.slots.push(first, def.kind, def.timeout, span, work);
            }
            Ok(GroupCall::Done(returned)) => Ok(returned),
            Err(panicked) => Err(panicked),
        };
        let began = mem::replace(&mut self.now, Instant::now());
        let took_too_long = self.now.duration_since(began) > def.timeout;
        let finished = each(def.kind, &group, returned).into_iter().map(|mut finished| {
            if took_too_long {
                finished.outcome = Err(timed_out(def.timeout));
            }
            finished
        });
        self.finished.extend(finished);
    }

    fn batch_size(&self) -> usize {
        self.workflow.batch_size.get() as usize
    }

    fn workers(&self) -> usize {
        self.workflow.at_once.get() as usize
    }

    /// Nothing that is about to happen by itself lets another item join those that wait.
    fn is_at_rest(&self) -> bool {
        self.inline.is_empty() && self.finished.is_empty()
    }

    fn has_full_group(&self) -> bool {
        self.effects.len() >= self.batch_size()
    }
}
