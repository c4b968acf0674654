//! What a contract declares, before anybody looked whether it fits together.

use super::event_bus::BusDeclaration;
use super::events::EventDeclaration;
use super::handler::OnlyHandler;
use super::routing::RoutingDeclaration;
use super::{Given, WorkflowDeclaration};
use crate::contract::{
    Capability, Dependency, Emission, ErrorPolicy, EventPattern, IntentTarget, IoOperation, NodeKind,
    TypeRef, Version,
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

impl NeedsDeclaration {
    fn absent() -> Self {
        Self {
            dependencies: List::absent(),
            capabilities: List::absent(),
            operations: List::absent(),
            state_model: Ok(None),
        }
    }
}

impl Declarations {
    /// What a contract would declare that has nothing but a workflow.
    pub(crate) fn with_workflow(
        header: Given<(Spanned<String>, Spanned<NodeKind>, Version)>,
        workflow: WorkflowDeclaration,
    ) -> Self {
        Self {
            name: header.clone().map(|(name, ..)| name),
            kind: header.as_ref().map(|(_, kind, _)| *kind).map_err(|reported| *reported),
            contract_version: header.map(|(.., version)| version),
            node_version: Ok(None),
            description: Ok(None),
            input_model: Ok(None),
            output_model: Ok(None),
            routing: Ok(None),
            only_handler: Ok(None),
            bus: BusDeclaration::absent(),
            consumed: List::absent(),
            patterns: Vec::new(),
            published: List::absent(),
            intents: Ok(None),
            workflow: Ok(Some(workflow)),
            machine: Ok(None),
            errors: Ok(None),
            needs: NeedsDeclaration::absent(),
            emission: Ok(None),
            described_kind: Ok(None),
            other_names: Vec::new(),
        }
    }
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
