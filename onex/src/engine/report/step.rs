//! What can be told of a step of a run.

use std::sync::Arc;

use serde::Serialize;

use crate::message::RunId;
use crate::node::SkipCause;
use crate::plan::Kind;
use crate::run::{ActionStatus, CompensationState, Failure, StepState};

/// A step of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepReport {
    /// `node_id`.
    pub id: &'static str,
    /// `node_type`.
    pub kind: Kind,
    /// In a batch, the item that it is for, unless it is done once for all: the steps are listed one after the other, each by
    /// its items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// Where it is, or how it ended.
    pub state: StepState,
    /// How many attempts were dispatched.
    pub attempts: u32,
    /// How often a process ended while one of them was in flight; such an attempt is dispatched again.
    pub crashes: u32,
    /// Of a step that is a workflow: the run that its latest attempt is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_run: Option<RunId>,
    /// Whether it is undone.
    pub compensation: CompensationState,
    /// Why it did not complete; while it waits for a retry, why the last attempt failed.
    pub error: Option<String>,
    /// The same as the engine knows it, without anybody's words.
    pub failure: Option<Failure>,
    /// No other step depends on it.
    #[serde(skip)]
    pub is_last: bool,
    /// How often something has happened to it.
    #[serde(skip)]
    pub revision: u64,
    /// What undoes it, once that is decided.
    #[serde(skip)]
    pub undoing: Option<ActionStatus>,
    /// The target that is left alone for a while and that it waits for, while it is held.
    pub waits_for: Option<Arc<str>>,
    /// Why it is skipped, if it is.
    pub skipped_because: Option<SkipCause>,
    /// Why the last attempt to undo it failed, unless it is undone.
    pub compensation_error: Option<String>,
    /// Of a step that is done once for each entry of a list: how it stands with each, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<InstanceReport>,
}

/// One instance of a step that is done once for each entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstanceReport {
    /// Where it is, or how it ended.
    pub state: StepState,
    /// How many attempts were dispatched.
    pub attempts: u32,
    /// How often a process ended while one of them was in flight; such an attempt is dispatched again.
    pub crashes: u32,
    /// Whether it is undone.
    pub compensation: CompensationState,
    /// Why it did not complete; while it waits for a retry, why the last attempt failed.
    pub error: Option<String>,
    /// Why the last attempt to undo it failed, unless it is undone.
    pub compensation_error: Option<String>,
    /// How often something has happened to it.
    #[serde(skip)]
    pub revision: u64,
    /// What undoes it, once that is decided.
    #[serde(skip)]
    pub undoing: Option<ActionStatus>,
}
