//! The actions of one run: what every run of its workflow has in common, and where its facts have brought it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use uuid::Uuid;

use super::table::Awaited;
use super::{Action, ActionPayload, ActionRow};
use crate::engine::fans::entries;
use crate::engine::map::map_of;
use crate::engine::report::{RunReport, StepReport};
use crate::message::{Payload, item_action_id, list_action_id};
use crate::run::{ActionStatus, StepId};

type Given = BTreeMap<Cow<'static, str>, Payload>;

/// What there is to do about a step: all of it, or one entry of its list.
struct Task<'a> {
    row: &'a ActionRow,
    step: &'a StepReport,
    /// Which action it is among those of its step.
    place: Place,
    status: ActionStatus,
    crashes: u32,
    undoing: Option<ActionStatus>,
    given: Given,
    /// What the step returned, for what undoes it.
    output: Option<(Cow<'static, str>, Payload)>,
    dependencies: Vec<Uuid>,
}

#[derive(Clone, Copy)]
enum Place {
    /// Of its step, or of that for an item, it is the only one.
    Only(Option<u64>),
    Entry(u64),
    WholeList,
}

impl RunReport {
    /// Everything that the run asks nodes for, whether it has begun or not: an action for each step that has a function, and
    /// one for each that is to be undone, or was. None comes before one that it waits for; else they are in declaration
    /// order. Of a batch, each step is there once for each item.
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
        let mut by_row: Vec<Vec<StepId>> = Vec::new();
        for step in (0..self.steps.len() as u32).map(StepId) {
            let row = self.outputs.row(step).index();
            by_row.resize_with(by_row.len().max(row + 1), Vec::new);
            by_row[row].push(step);
        }
        let mut actions = Vec::new();
        for row in self.action_rows.iter() {
            for &step in by_row.get(row.step).into_iter().flatten() {
                self.instances(row, step, &by_row).for_each(|task| self.add(task, &are_told, &mut actions));
                self.add(self.whole(row, step, &by_row), &are_told, &mut actions);
            }
        }
        actions
    }

    fn whole<'a>(&'a self, row: &'a ActionRow, id: StepId, by_row: &[Vec<StepId>]) -> Task<'a> {
        let step = &self.steps[id.index()];
        let is_list = row.each.is_some();
        let entries = 0..step.instances.len() as u64;
        Task {
            row,
            step,
            place: if is_list { Place::WholeList } else { Place::Only(step.item.map(u64::from)) },
            status: ActionStatus { state: step.state, attempt: step.attempts, revision: step.revision },
            crashes: step.crashes,
            undoing: step.undoing,
            given: self.given(row, id),
            output: self.output_at(id, row.step as u32).map(|output| (step.id.into(), output)),
            // The whole of a step that goes over a list waits for its entries, and through them for what they wait for.
            dependencies: if entries.is_empty() {
                self.awaited(row, step, by_row)
            } else {
                entries.map(|entry| self.id(step.id, Place::Entry(entry), false)).collect()
            },
        }
    }

    /// Of the entries of a list, none before they are counted.
    fn instances<'a>(
        &'a self,
        row: &'a ActionRow,
        id: StepId,
        by_row: &[Vec<StepId>],
    ) -> impl Iterator<Item = Task<'a>> {
        let step = &self.steps[id.index()];
        let each = row.each.filter(|_| !step.instances.is_empty());
        let dependencies = each.map(|_| self.awaited(row, step, by_row)).unwrap_or_default();
        // What is in them is the user's to copy. Without it they are still told.
        let entries = each.and_then(|each| entries(&each, self.outputs.of(id)).ok()).unwrap_or_default();
        step.instances.iter().enumerate().map(move |(entry, instance)| Task {
            row,
            step,
            place: Place::Entry(entry as u64),
            status: ActionStatus {
                state: instance.state,
                attempt: instance.attempts,
                revision: instance.revision,
            },
            crashes: instance.crashes,
            undoing: instance.undoing,
            given: map_of(entries.get(entry).map(|entry| ("item".into(), entry.clone()))),
            output: None,
            dependencies: dependencies.clone(),
        })
    }

    fn add(&self, task: Task<'_>, are_told: impl Fn(bool) -> bool, actions: &mut Vec<Action>) {
        let Task { row, step, place, status, crashes, undoing, given, output, dependencies } = task;
        let action = |compensating: bool, status: ActionStatus, given, dependencies| Action {
            action_id: self.id(step.id, place, compensating),
            action_type: step.kind.into(),
            target_node: self.node.into(),
            payload: ActionPayload::new(step.id, place.item(), compensating, given),
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
        let undoing = undoing.filter(|undoing| are_told(undoing.attempt > 0));
        let undo = undoing.map(|undoing| {
            let given = map_of(given.clone().into_iter().chain(output));
            action(true, undoing, given, vec![self.id(step.id, place, false)])
        });
        // The number of an attempt that crashed in a paused run is used again.
        if are_told(status.attempt > 0 || crashes > 0) {
            actions.push(action(false, status, given, dependencies));
        }
        actions.extend(undo);
    }

    /// In a batch, what is for an item waits for that item, and what is done once for all of them.
    fn awaited(&self, row: &ActionRow, step: &StepReport, by_row: &[Vec<StepId>]) -> Vec<Uuid> {
        let mut ids = Vec::new();
        for Awaited { step: awaited, id, is_list } in &row.after {
            if *is_list {
                ids.push(self.id(id, Place::WholeList, false));
                continue;
            }
            let steps = by_row.get(*awaited).map_or(&[][..], Vec::as_slice);
            let of_item = step.item.and_then(|item| steps.get(item as usize).or(steps.first()));
            let steps = of_item.map_or(steps, std::slice::from_ref);
            let items = steps.iter().map(|step| self.steps[step.index()].item.map(u64::from));
            ids.extend(items.map(|item| self.id(id, Place::Only(item), false)));
        }
        ids
    }

    fn id(&self, step: &str, place: Place, compensating: bool) -> Uuid {
        match place {
            Place::WholeList => list_action_id(self.run, step),
            Place::Only(_) | Place::Entry(_) => {
                item_action_id(self.run, step, place.item().unwrap_or_default(), compensating, 0)
            }
        }
    }

    fn given(&self, row: &ActionRow, step: StepId) -> Given {
        let input = row.input.map(|input| (input, "input"));
        let given = row.given.iter().copied().chain(input);
        map_of(given.filter_map(|(at, name)| Some((name.into(), self.output_at(step, at)?))))
    }

    /// What the step sees there.
    fn output_at(&self, step: StepId, at: u32) -> Option<Payload> {
        self.outputs.of(step).get(at).cloned()
    }
}

impl Place {
    fn item(self) -> Option<u64> {
        match self {
            Place::Only(item) => item,
            Place::Entry(entry) => Some(entry),
            Place::WholeList => None,
        }
    }
}
