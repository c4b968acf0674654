//! The four kinds as types, and what makes a struct a node.

use crate::plan::NodeTable;

/// Pure transformation: always gives back a value.
#[derive(Debug)]
pub enum Compute {}

/// Talks to the outside.
#[derive(Debug)]
pub enum Effect {}

/// Folds events into state.
#[derive(Debug)]
pub enum Reducer {}

/// Coordinates: events and intents, never a result.
#[derive(Debug)]
pub enum Orchestrator {}

/// A struct that a contract describes. Written by `#[orchestrator]` and its siblings.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a node",
    label = "no contract describes it",
    note = "put `#[onex::orchestrator(contract = \"contract.yaml\")]` or `#[onex::effect(..)]` on an empty struct"
)]
pub trait Node: Sized + 'static {
    /// Its kind: [`Compute`], [`Effect`], [`Reducer`] or [`Orchestrator`].
    type Kind;
    /// What its contract says.
    const TABLE: &'static NodeTable;
}

/// A node whose contract has no fault. A faulty one leaves a skeleton, about which nothing more is to be said.
pub trait Contracted: Node {}

/// A node whose contract has a workflow. Written by its macro.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no workflow that could be started",
    label = "its contract has no `workflow_coordination`, or faults that come first"
)]
pub trait Workflow: Node {
    /// What a run starts with: the event of the entry step, or the contract's `input_model`, or nothing.
    type Input;
}
