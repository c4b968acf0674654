//! What a contract declares, before anybody looked whether it fits together.

use super::{Given, WorkflowDeclaration};
use crate::contract::{HandlerRef, IntentTarget, NodeKind, TypeRef, Version};
use crate::diagnostic::Reported;
use crate::intent_type::IntentType;
use crate::source::{Span, Spanned};
use crate::topic::Topic;

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
    pub(crate) routing: Given<Option<Routing>>,
    pub(crate) consumed: List<EventDeclaration>,
    pub(crate) published: List<EventDeclaration>,
    pub(crate) intents: Given<Option<IntentTable>>,
    pub(crate) workflow: Given<Option<WorkflowDeclaration>>,
}

/// The entries of a list that could be read.
#[derive(Debug)]
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
    /// Where it stands, if it does.
    pub(crate) span: Option<Span>,
    /// Some entries, or all, could not be read: what is not in the list may be one of those.
    pub(crate) broken: Option<Reported>,
}

/// An entry of `consumed_events` or `published_events`.
#[derive(Debug)]
pub(crate) struct EventDeclaration {
    pub(crate) topic: Given<Spanned<Topic>>,
    pub(crate) event_type: Given<Spanned<String>>,
    pub(crate) external: Given<bool>,
    pub(crate) description: Given<Option<String>>,
    pub(crate) span: Span,
}

/// `handler_routing`.
#[derive(Debug)]
pub(crate) struct Routing {
    pub(crate) key: Span,
    pub(crate) handlers: List<RouteDeclaration>,
}

/// An entry of `handler_routing.handlers`.
#[derive(Debug)]
pub(crate) struct RouteDeclaration {
    pub(crate) brings: Given<BringsDeclaration>,
    pub(crate) handler: Given<HandlerRef>,
    pub(crate) outputs: List<Spanned<String>>,
    pub(crate) span: Span,
}

/// What a route brings.
#[derive(Debug)]
pub(crate) enum BringsDeclaration {
    Event(TypeRef),
    Intent { model: TypeRef, intent_type: Given<Spanned<IntentType>> },
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
