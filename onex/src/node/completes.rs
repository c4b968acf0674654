//! Workflows with one last step: what it returns is what the run is for. Must not know how a run is driven.

use super::Workflow;
use super::step::Step;

/// A workflow in which one step comes last, on which no other depends: its output is that of the run. Written by the
/// node's macro.
///
/// `X` is a dummy, so that of a workflow with several last steps it can be said where they are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no workflow that could be completed",
    label = "its contract has no `workflow_coordination`, or one over many items, or faults that come first"
)]
pub trait Completes<X = ()>: Workflow {
    /// That step.
    type Last: Step;
}
