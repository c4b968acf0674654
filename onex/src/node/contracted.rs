//! What makes a struct a node. Its kind is in its table; what the kind allows is in the impls that its macro writes.

use crate::plan::NodeTable;
use crate::system::Said;

/// A struct that a contract describes. Written by `#[orchestrator]` and its siblings.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a node",
    label = "no contract describes it",
    note = "put `#[onex::orchestrator(contract = \"contract.yaml\")]` or `#[onex::effect(..)]` on an empty struct"
)]
pub trait Node: Sized + 'static {
    /// What its contract says.
    const TABLE: &'static NodeTable;

    /// What it says to other nodes, for the proof of a closed application. `None` for a node that is written by hand.
    #[doc(hidden)]
    const SAID: Option<&'static Said> = None;
}

/// A node whose contract has no fault. A faulty one leaves a skeleton, about which nothing more is to be said.
pub trait Contracted: Node {}

/// A node whose contract has a workflow with one input. Written by its macro.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no workflow that could be started",
    label = "its contract has no `workflow_coordination`, or one over many items, or faults that come first",
    note = "a workflow in the mode `batch` is started with `Runtime::batch`, one in the mode `streaming` opened with `Runtime::stream`"
)]
pub trait Workflow: Node {
    /// What a run starts with: the event of the entry step, or the contract's `input_model`, or nothing.
    type Input;
}

/// A node whose contract has a workflow over a stream of items. Written by its macro.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no workflow over a stream",
    label = "its contract has no `execution_mode: streaming`, or faults that come first",
    note = "a workflow with one input is started with `Runtime::start` or `Runtime::run`"
)]
pub trait StreamWorkflow: Node {
    /// What each item is: the contract's `input_model`, or nothing.
    type Input;
}

/// A node whose contract has a workflow over a batch of items. Written by its macro.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no workflow over a batch",
    label = "its contract has no `execution_mode: batch`, or faults that come first",
    note = "a workflow with one input is started with `Runtime::start` or `Runtime::run`"
)]
pub trait BatchWorkflow: Node {
    /// What each item is: the contract's `input_model`, or nothing.
    type Input;
}
