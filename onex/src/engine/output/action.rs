//! What a run has dispatched: its actions, by the ids that make them idempotent.

use uuid::Uuid;

use crate::engine::report::RunReport;
use crate::message::action_id;
use crate::plan::Kind;
use crate::run::{CompensationState, StepState};

/// What a run asked a node for. All attempts of a step are one action: they have its id as their idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// The idempotency key: [`action_id`].
    pub action_id: Uuid,
    /// What sort of step it is.
    pub kind: Kind,
    /// The contract name of the node whose function it is.
    pub target_node: &'static str,
    /// `node_id`.
    pub step: &'static str,
    /// It undoes the step.
    pub compensating: bool,
}

impl Action {
    /// `action_type`: `compute`, `effect`, `reduce` or `orchestrate`.
    #[must_use]
    pub fn action_type(&self) -> &'static str {
        action_type(self.kind)
    }
}

pub(crate) fn action_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Compute => "compute",
        Kind::Effect => "effect",
        Kind::Reducer => "reduce",
        Kind::Orchestrator => "orchestrate",
    }
}

pub(super) fn emitted(report: &RunReport) -> Vec<Action> {
    let mut actions = Vec::new();
    for step in &report.steps {
        let action = |compensating| Action {
            action_id: action_id(report.run, step.id, compensating, 0),
            kind: step.kind,
            target_node: report.node,
            step: step.id,
            compensating,
        };
        if step.attempts > 0 && step.state != StepState::Held {
            actions.push(action(false));
        }
        let undone = matches!(step.compensation, CompensationState::Done | CompensationState::Failed);
        if undone || step.compensation_error.is_some() {
            actions.push(action(true));
        }
    }
    actions
}
