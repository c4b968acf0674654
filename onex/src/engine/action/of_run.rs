//! The actions of one run: what every run of its workflow has in common, and where its facts have brought it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Action, ActionPayload, ActionRow};
use crate::engine::report::{RunReport, StepReport};
use crate::message::{Payload, action_id};

impl RunReport {
    /// Everything that the run asks nodes for, whether it has begun or not: an action for each step that has a function, and
    /// one for each that is to be undone, or was. None comes before one that it waits for; else they are in declaration
    /// order.
    #[must_use]
    pub fn actions(&self) -> Vec<Action> {
        self.action_rows()
            .flat_map(|(row, step)| [Some(self.forward(row, step)), self.undo(row, step)])
            .flatten()
            .collect()
    }

    /// Those of [`actions`](Self::actions) of which an attempt was dispatched.
    pub(in crate::engine) fn actions_emitted(&self) -> Vec<Action> {
        let of_step = |(row, step): (&ActionRow, &StepReport)| {
            // The number of an attempt that crashed in a paused run is used again.
            let forward = (step.attempts > 0 || step.crashes > 0).then(|| self.forward(row, step));
            [forward, self.undo(row, step).filter(|undo| undo.attempts > 0)]
        };
        self.action_rows().flat_map(of_step).flatten().collect()
    }

    fn action_rows(&self) -> impl Iterator<Item = (&ActionRow, &StepReport)> {
        self.action_rows.iter().map(|row| (row, &self.steps[row.step]))
    }

    fn forward(&self, row: &ActionRow, step: &StepReport) -> Action {
        Action {
            action_id: self.action_id(row.step, false),
            action_type: step.kind.into(),
            target_node: self.node.into(),
            payload: ActionPayload::new(step.id, false, self.given(row)),
            dependencies: row.after.iter().map(|step| self.action_id(*step, false)).collect(),
            priority: row.priority,
            timeout_ms: row.timeout_ms,
            retry_count: row.retries,
            attempts: step.attempts,
            state: step.state,
            revision: step.revision,
            lease_id: self.lease.lease_id,
            epoch: self.lease.epoch,
            created_unix_ms: self.started_unix_ms,
        }
    }

    fn undo(&self, row: &ActionRow, step: &StepReport) -> Option<Action> {
        let undoing = step.undoing?;
        let mut given = self.given(row);
        given.extend(self.output_of(row.step));
        Some(Action {
            action_id: self.action_id(row.step, true),
            payload: ActionPayload::new(step.id, true, given),
            dependencies: vec![self.action_id(row.step, false)],
            timeout_ms: row.undo_timeout_ms,
            retry_count: row.undo_retries,
            attempts: undoing.attempt,
            state: undoing.state,
            revision: undoing.revision,
            ..self.forward(row, step)
        })
    }

    fn action_id(&self, step: usize, compensating: bool) -> Uuid {
        action_id(self.run, self.steps[step].id, compensating, 0)
    }

    fn given(&self, row: &ActionRow) -> BTreeMap<Cow<'static, str>, Payload> {
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
