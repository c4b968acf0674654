//! What a contract declares, before anybody looked whether it fits together.

use super::Given;
use super::event_bus::BusDeclaration;
use super::events::EventDeclaration;
use super::handler::OnlyHandler;
use super::routing::RoutingDeclaration;
use crate::contract::{
    Capability, Compensation, Dependency, Emission, ErrorPolicy, EventPattern, IntentTarget, IoOperation,
    Mode, NodeKind, OnDuplicate, Strategy, TypeRef, Version,
};
use crate::diagnostic::Reported;
use crate::intent_type::IntentType;
use crate::source::{Span, Spanned};

/// The whole contract.
#[derive(Debug)]
pub(crate) struct Declarations {
    pub(crate) name: Given<Spanned<String>>,
    pub(crate) kind: Given<Spanned<NodeKind>>,
    pub(crate) contract_version: Given<Version>,
    pub(crate) node_version: Given<Option<Version>>,
    pub(crate) description: Given<Option<String>>,
    pub(crate) input_model: Given<Option<TypeRef>>,
    pub(crate) output_model: Given<Option<TypeRef>>,
    pub(crate) routing: Given<Option<RoutingDeclaration>>,
    pub(crate) only_handler: Given<Option<OnlyHandler>>,
    pub(crate) bus: BusDeclaration,
    pub(crate) consumed: List<EventDeclaration>,
    pub(crate) patterns: Vec<EventPattern>,
    pub(crate) published: List<EventDeclaration>,
    pub(crate) intents: Given<Option<IntentTable>>,
    pub(crate) workflow: Given<Option<WorkflowDeclaration>>,
    pub(crate) machine: Given<Option<super::MachineDeclaration>>,
    pub(crate) errors: Given<Option<ErrorPolicy>>,
    pub(crate) needs: NeedsDeclaration,
    /// With `enabled`, where it is given.
    pub(crate) emission: Given<Option<(Option<Spanned<bool>>, Emission)>>,
    /// `descriptor.node_archetype`.
    pub(crate) described_kind: Given<Option<Spanned<NodeKind>>>,
    /// `contract_name`, `node_name`, `node_id`: other spellings of `name`.
    pub(crate) other_names: Vec<Spanned<String>>,
}

/// `dependencies`, `capabilities`, `io_operations`, `state_model`.
#[derive(Debug)]
pub(crate) struct NeedsDeclaration {
    pub(crate) dependencies: List<Dependency>,
    pub(crate) capabilities: List<Capability>,
    pub(crate) operations: List<IoOperation>,
    pub(crate) state_model: Given<Option<TypeRef>>,
}

/// The entries of a list that could be read.
#[derive(Debug, Clone)]
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
    /// Where it stands, if it does.
    pub(crate) span: Option<Span>,
    /// Some entries, or all, could not be read: what is not in the list may be one of those.
    pub(crate) broken: Option<Reported>,
}

/// `intent_consumption`.
#[derive(Debug)]
pub(crate) struct IntentTable {
    pub(crate) key: Span,
    pub(crate) targets: Vec<Given<IntentTarget>>,
    /// `subscribed_intents`.
    pub(crate) subscribed: List<Spanned<IntentType>>,
    /// Where `intent_routing_table` stands, if it does.
    pub(crate) table: Option<Span>,
}

/// `workflow_coordination.workflow_definition`.
#[derive(Debug)]
pub(crate) struct WorkflowDeclaration {
    pub(crate) key: Span,
    pub(crate) metadata: Given<Metadata>,
    pub(crate) steps: Given<Steps>,
    pub(crate) rules: Given<Rules>,
}

/// `workflow_metadata`.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) name: Given<Spanned<String>>,
    pub(crate) version: Given<Version>,
    pub(crate) description: Given<Option<String>>,
    pub(crate) mode: Given<Option<Spanned<Mode>>>,
    pub(crate) timeout_ms: Given<Option<Spanned<u64>>>,
}

/// `execution_graph.nodes`.
#[derive(Debug)]
pub(crate) struct Steps {
    pub(crate) list: List<StepDeclaration>,
    pub(crate) span: Span,
}

/// An entry of `execution_graph.nodes`.
#[derive(Debug)]
pub(crate) struct StepDeclaration {
    pub(crate) id: Given<StepId>,
    pub(crate) kind: Given<Spanned<NodeKind>>,
    pub(crate) description: Given<Option<String>>,
    pub(crate) depends_on: List<Spanned<String>>,
    pub(crate) timeout_ms: Given<Option<Spanned<u64>>>,
    pub(crate) retry_count: Given<Option<Spanned<u32>>>,
    pub(crate) continue_on_error: Given<Option<Spanned<bool>>>,
    pub(crate) compensation: Given<Option<Compensation>>,
    pub(crate) event_pattern: Given<Option<Spanned<String>>>,
    pub(crate) key: Given<Option<Spanned<String>>>,
    pub(crate) on_duplicate: Given<Option<Spanned<OnDuplicate>>>,
    pub(crate) output: Given<Option<Spanned<String>>>,
    pub(crate) span: Span,
}

/// `node_id`, as written and as a Rust identifier.
#[derive(Debug, Clone)]
pub(crate) struct StepId {
    pub(crate) written: Spanned<String>,
    pub(crate) ident: String,
}

/// `coordination_rules`; what is not given has its default later.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) mode: Given<Option<Spanned<Mode>>>,
    pub(crate) parallel_allowed: Given<Option<Spanned<bool>>>,
    pub(crate) strategy: Given<Option<Spanned<Strategy>>>,
    pub(crate) max_retries: Given<Option<Spanned<u32>>>,
    pub(crate) timeout_ms: Given<Option<Spanned<u64>>>,
    pub(crate) max_parallel_steps: Given<Option<Spanned<u32>>>,
    pub(crate) max_parallel_branches: Given<Option<Spanned<u32>>>,
    pub(crate) retry_delay_ms: Given<Option<Spanned<u64>>>,
    pub(crate) backoff_multiplier: Given<Option<Spanned<f64>>>,
    pub(crate) max_retry_delay_ms: Given<Option<Spanned<u64>>>,
    pub(crate) dead_letter: Given<Option<Spanned<bool>>>,
}

impl Rules {
    /// The rules of a workflow that gives none.
    pub(crate) fn absent() -> Self {
        Self {
            mode: Ok(None),
            parallel_allowed: Ok(None),
            strategy: Ok(None),
            max_retries: Ok(None),
            timeout_ms: Ok(None),
            max_parallel_steps: Ok(None),
            max_parallel_branches: Ok(None),
            retry_delay_ms: Ok(None),
            backoff_multiplier: Ok(None),
            max_retry_delay_ms: Ok(None),
            dead_letter: Ok(None),
        }
    }
}

impl<T> List<T> {
    pub(crate) fn absent() -> Self {
        Self { items: Vec::new(), span: None, broken: None }
    }

    /// All entries, if all could be read.
    pub(crate) fn all(self) -> Given<Vec<T>> {
        self.broken.map_or(Ok(self.items), Err)
    }

    pub(crate) fn unreadable(reported: Reported) -> Self {
        Self { items: Vec::new(), span: None, broken: Some(reported) }
    }

    /// The list, if it is given and is one.
    pub(crate) fn of(given: Given<Option<Self>>) -> Self {
        match given {
            Ok(list) => list.unwrap_or_else(Self::absent),
            Err(reported) => Self::unreadable(reported),
        }
    }
}
