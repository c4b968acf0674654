//! The actions of one run: what every run of its workflow has in common, and where its facts have brought it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use uuid::Uuid;

use super::table::Awaited;
use super::{Action, ActionPayload, ActionRow};
use crate::engine::fans::entries;
use crate::engine::report::{RunReport, StepReport};
use crate::message::{Payload, item_action_id, list_action_id};
use crate::run::ActionStatus;

type Given = BTreeMap<Cow<'static, str>, Payload>;

/// What there is to do about a step: all of it, or one entry of its list.
struct Task<'a> {
    step: &'a StepReport,
    row: &'a ActionRow,
    item: Option<u32>,
    status: ActionStatus,
    crashes: u32,
    undoing: Option<ActionStatus>,
    given: Given,
}

impl RunReport {
    /// Everything that the run asks nodes for, whether it has begun or not: an action for each step that has a function, and
    /// one for each that is to be undone, or was. None comes before one that it waits for; else they are in declaration
    /// order.
    ///
    /// A step that is done once for each entry of a list has an action for each, once they are counted, and one for the whole
    /// step, which waits for them and is dispatched to nobody.
    #[must_use]
    pub fn actions(&self) -> Vec<Action> {
        self.actions_that(|_| true)
    }

    /// Those of [`actions`](Self::actions) of which an attempt was dispatched.
    pub(in crate::engine) fn actions_emitted(&self) -> Vec<Action> {
        self.actions_that(|was_dispatched| was_dispatched)
    }

    fn actions_that(&self, are_told: impl Fn(bool) -> bool) -> Vec<Action> {
        let mut actions = Vec::new();
        for row in self.action_rows.iter() {
            let step = &self.steps[row.step];
            for task in self.instances(row, step) {
                self.add(task, &are_told, &mut actions);
            }
            let whole = Task {
                step,
                row,
                item: None,
                status: ActionStatus { state: step.state, attempt: step.attempts, revision: step.revision },
                crashes: step.crashes,
                undoing: step.undoing,
                given: self.given(row),
            };
            self.add(whole, &are_told, &mut actions);
        }
        actions
    }

    /// Of the entries of a list, none before they are counted.
    fn instances<'a>(&'a self, row: &'a ActionRow, step: &'a StepReport) -> impl Iterator<Item = Task<'a>> {
        let each = row.each.filter(|_| !step.instances.is_empty());
        // What is in them is the user's to copy. Without it they are still told.
        let entries = each.and_then(|each| entries(&each, &self.outputs).ok()).unwrap_or_default();
        step.instances.iter().zip(0..).map(move |(instance, item)| Task {
            step,
            row,
            item: Some(item),
            status: ActionStatus {
                state: instance.state,
                attempt: instance.attempts,
                revision: instance.revision,
            },
            crashes: instance.crashes,
            undoing: instance.undoing,
            given: entries
                .get(item as usize)
                .map(|entry| ("item".into(), entry.clone()))
                .into_iter()
                .collect(),
        })
    }

    fn add(&self, task: Task<'_>, are_told: impl Fn(bool) -> bool, actions: &mut Vec<Action>) {
        let Task { step, row, item, status, crashes, undoing, given } = task;
        // The number of an attempt that crashed in a paused run is used again.
        let forward_is_told = are_told(status.attempt > 0 || crashes > 0);
        let undoing = undoing.filter(|undoing| are_told(undoing.attempt > 0));
        let id = |compensating| match item {
            None if row.each.is_some() => list_action_id(self.run, step.id),
            _ => item_action_id(self.run, step.id, item.unwrap_or_default(), compensating, 0),
        };
        let action = |compensating: bool, status: ActionStatus, given, dependencies| Action {
            action_id: id(compensating),
            action_type: step.kind.into(),
            target_node: self.node.into(),
            payload: ActionPayload::new(step.id, item, compensating, given),
            dependencies,
            priority: row.priority,
            timeout_ms: if compensating { row.undo_timeout_ms } else { row.timeout_ms },
            retry_count: if compensating { row.undo_retries } else { row.retries },
            attempts: status.attempt,
            state: status.state,
            revision: status.revision,
            lease_id: self.lease.lease_id,
            epoch: self.lease.epoch,
            created_unix_ms: self.started_unix_ms,
        };
        let undo_given = || {
            let own = self.output_of(row.step).filter(|_| item.is_none());
            given.clone().into_iter().chain(own).collect()
        };
        let undo = undoing.map(|undoing| action(true, undoing, undo_given(), vec![id(false)]));
        if forward_is_told {
            let dependencies = self.dependencies(row, step, item);
            actions.push(action(false, status, given, dependencies));
        }
        actions.extend(undo);
    }

    /// The whole of a step that goes over a list waits for its entries, and through them for what they wait for.
    fn dependencies(&self, row: &ActionRow, step: &StepReport, item: Option<u32>) -> Vec<Uuid> {
        if item.is_none() && !step.instances.is_empty() {
            let items = 0..step.instances.len() as u32;
            return items.map(|item| item_action_id(self.run, step.id, item, false, 0)).collect();
        }
        let id = |awaited: &Awaited| {
            let step = self.steps[awaited.step].id;
            if awaited.is_list {
                list_action_id(self.run, step)
            } else {
                item_action_id(self.run, step, 0, false, 0)
            }
        };
        row.after.iter().map(id).collect()
    }

    fn given(&self, row: &ActionRow) -> Given {
        if row.is_first {
            // The run's input comes after the outputs of all steps.
            let input = self.outputs.get(self.steps.len() as u32);
            return input.map(|input| ("input".into(), input.clone())).into_iter().collect();
        }
        row.given.iter().filter_map(|step| self.output_of(*step)).collect()
    }

    fn output_of(&self, step: usize) -> Option<(Cow<'static, str>, Payload)> {
        Some((self.steps[step].id.into(), self.outputs.get(step as u32)?.clone()))
    }
}
