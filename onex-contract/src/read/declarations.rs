//! What a contract declares, before anybody looked whether it fits together.

use super::event_bus::BusDeclaration;
use super::events::EventDeclaration;
use super::handler::OnlyHandler;
use super::routing::RoutingDeclaration;
use super::{Given, WorkflowDeclaration};
use crate::contract::{EventPattern, IntentTarget, NodeKind, TypeRef, Version};
use crate::diagnostic::Reported;
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
}

impl<T> List<T> {
    pub(crate) fn absent() -> Self {
        Self { items: Vec::new(), span: None, broken: None }
    }

    pub(crate) fn unreadable(reported: Reported) -> Self {
        Self { items: Vec::new(), span: None, broken: Some(reported) }
    }
}
