//! What a run asks nodes for: its actions, by the ids that make them idempotent, with the lease of who may say what becomes
//! of them. Made of a [`RunReport`](super::RunReport) alone.

mod of_run;
mod payload;
mod table;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use self::payload::ActionPayload;
pub(super) use self::table::{ActionRow, table};
use crate::plan::Kind;
use crate::run::StepState;

/// What a run asks a node for: to do a step, or to undo it. All attempts of it are one action.
///
/// It serialises to the action of the output model, and reads back. What the step was given is in that only if it was
/// asked for: see [`Disclose::outputs`](super::Disclose::outputs).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// The idempotency key: [`action_id`](crate::message::action_id). The same on every attempt, in every process.
    pub action_id: Uuid,
    /// What sort of work it is.
    pub action_type: ActionType,
    /// The contract name of the node whose function does it. Which function is in the payload.
    pub target_node: Cow<'static, str>,
    /// What it is about.
    pub payload: ActionPayload,
    /// The actions that it waits for: of the same run, and before it in [`RunReport::actions`](super::RunReport::actions).
    /// What undoes a step waits for that step.
    pub dependencies: Vec<Uuid>,
    /// Of the actions that may begin, the one with the lower priority goes first.
    pub priority: u32,
    /// Of one attempt.
    pub timeout_ms: u64,
    /// How many attempts there may be beside the first.
    pub retry_count: u32,
    /// How many attempts were dispatched.
    pub attempts: u32,
    /// Where it is, or how it ended.
    pub state: StepState,
    /// How often something has happened to it: dispatched, failed, put off, crashed, completed and so on. Of two that are
    /// known of one action, the one with the higher revision is later. 0: nothing yet.
    pub revision: u64,
    /// The lease under which its run is driven: whoever has another is refused.
    pub lease_id: Uuid,
    /// Of that lease; from 1. It rises when somebody else becomes the owner, and only then.
    pub epoch: u64,
    /// When its run began, and it with it: milliseconds since the Unix epoch.
    pub created_unix_ms: u64,
}

/// What sort of work an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionType {
    /// Pure transformation.
    Compute,
    /// Talks to the outside.
    Effect,
    /// Folds what it is given into one value.
    Reduce,
    /// Coordinates.
    Orchestrate,
}

impl From<Kind> for ActionType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Compute => ActionType::Compute,
            Kind::Effect => ActionType::Effect,
            Kind::Reducer => ActionType::Reduce,
            Kind::Orchestrator => ActionType::Orchestrate,
        }
    }
}

impl ActionType {
    /// `compute`, `effect`, `reduce` or `orchestrate`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ActionType::Compute => "compute",
            ActionType::Effect => "effect",
            ActionType::Reduce => "reduce",
            ActionType::Orchestrate => "orchestrate",
        }
    }
}
