//! A workflow in a file of its own.

use super::{Metadata, warnings};
use crate::contract::Workflow;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span, Spanned};

/// A workflow that no contract of a node is around: its steps, and nothing of events.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WorkflowDefinition {
    /// The text that every span points into.
    pub source: Source,
    /// `metadata`.
    pub metadata: Metadata,
    /// `workflow_metadata`, `execution_graph` and `coordination_rules`.
    pub workflow: Workflow,
    /// Where `execution_mode` stands, if it is given.
    pub mode_span: Option<Span>,
    /// Where `failure_recovery_strategy` stands, if it is given.
    pub strategy_span: Option<Span>,
    /// `coordination_rules.circuit_breaker_enabled`.
    pub circuit_breaker: Option<Spanned<bool>>,
    pub(crate) unexecuted: Vec<Diagnostic>,
}

impl WorkflowDefinition {
    /// What the file says and this version does not execute, as warnings in the order of the file, if it says such.
    pub fn unexecuted(&self) -> Option<Diagnostics> {
        warnings(&self.source, &self.unexecuted)
    }
}
