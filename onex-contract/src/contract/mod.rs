//! The valid contract: what is left after every check has passed, with every reference resolved to an index.
//!
//! Only [`check`](crate::check) makes one, so nothing can be generated from a contract that was not checked.
//! It must not know YAML: spans are the only thing that is left of the file.

mod condition;
mod policy;
mod step;
mod workflow;

pub use condition::*;
pub use policy::*;
pub use step::*;
pub use workflow::*;

use crate::diagnostic::Diagnostic;
use crate::intent_type::IntentType;
use crate::language::words;
use crate::source::{Source, Span, Spanned};
use crate::topic::Topic;

/// A contract without a fault.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Contract {
    /// The text that every span points into.
    pub source: Source,
    /// `name`: how other contracts name this node.
    pub name: Spanned<String>,
    /// `node_type`.
    pub kind: NodeKind,
    /// Where `node_type` stands.
    pub kind_span: Span,
    /// `contract_version`.
    pub contract_version: Version,
    /// `node_version`, if given.
    pub node_version: Option<Version>,
    /// `description`.
    pub description: Option<String>,
    /// `input_model`: the type a program starts the workflow with, where no event does.
    pub input_model: Option<TypeRef>,
    /// `output_model`: documentation.
    pub output_model: Option<TypeRef>,
    /// Every event type that the contract names, once each, in order of first mention.
    pub events: Vec<Event>,
    /// `handler_routing.handlers`.
    pub routes: Vec<Route>,
    /// `intent_consumption.intent_routing_table`.
    pub intents: Vec<IntentTarget>,
    /// `workflow_coordination.workflow_definition`.
    pub workflow: Option<Workflow>,
    /// See [`Contract::unexecuted`].
    pub(crate) unexecuted: Vec<Diagnostic>,
}

impl Contract {
    /// A place as rustc shows it, for use inside a note; see [`Source::excerpt`].
    pub fn excerpt(&self, span: Span) -> String {
        self.source.excerpt(span)
    }

    /// Line and column of the start of a place, both from 1.
    pub fn at(&self, span: Span) -> (usize, usize) {
        self.source.line_col(span.start)
    }
}

words! {
    /// `node_type`: one of the four kinds, in any of the spellings in use (`EFFECT_GENERIC`, `effect`).
    pub enum NodeKind {
        /// Pure transformation: always gives back a value.
        Compute = "compute" | "compute_generic";
        /// Talks to the outside: gives back events as a node, a value as a step.
        Effect = "effect" | "effect_generic";
        /// Folds events into state.
        Reducer = "reducer" | "reducer_generic";
        /// Coordinates: gives back events and intents, never a result.
        Orchestrator = "orchestrator" | "orchestrator_generic";
    }
}

/// A semantic version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Breaking changes.
    pub major: u32,
    /// Additions.
    pub minor: u32,
    /// Repairs.
    pub patch: u32,
}

/// A Rust type as a contract names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeRef {
    /// A Rust identifier.
    pub name: Spanned<String>,
    /// The module it is in, as Rust path segments (`["crate", "events"]`); `None`: the scope of the node's struct.
    pub module: Option<Vec<String>>,
}

/// An event type and the one topic it travels on.
#[derive(Debug, Clone)]
pub struct Event {
    /// The type. Two spellings that differ only by a leading `Model` are one event; the shorter one is kept.
    pub rust: TypeRef,
    /// Where it travels.
    pub topic: Topic,
    /// The line that gives it its topic.
    pub declared: Span,
    /// It is in `consumed_events`: this node subscribes to its topic.
    pub consumed: bool,
    /// It is in `published_events`: this node may publish it.
    pub published: bool,
    /// `external: true`: it is produced outside this program.
    pub external: bool,
    /// `description`.
    pub description: Option<String>,
}

/// One entry of `handler_routing.handlers`.
#[derive(Debug, Clone)]
pub struct Route {
    /// What arrives.
    pub brings: Brings,
    /// `handler`.
    pub handler: HandlerRef,
    /// `output_events`, each with the place that lists it.
    pub outputs: Vec<Spanned<EventIndex>>,
    /// Where the list of `output_events` stands, if there is one.
    pub outputs_span: Option<Span>,
    /// The entry.
    pub span: Span,
}

/// An index into [`Contract::events`].
pub type EventIndex = usize;

/// What a route brings to its handler.
#[derive(Debug, Clone)]
pub enum Brings {
    /// `event_model`: an event of a consumed topic.
    Event(Spanned<EventIndex>),
    /// `intent_model` with `intent_type`: work that an orchestrator asks an effect for.
    Intent {
        /// The Rust type of the intent.
        model: TypeRef,
        /// Its name in routing tables.
        intent_type: Spanned<IntentType>,
    },
}

/// `handler: { name, module }`.
#[derive(Debug, Clone)]
pub struct HandlerRef {
    /// The name as written.
    pub name: Spanned<String>,
    /// The Rust function that the name stands for: `HandlerOrderPlaced` and `order_placed` are both `order_placed`.
    pub function: String,
    /// `module`: documentation, since the attribute on the function is the link.
    pub module: Option<String>,
}

/// One line of the intent routing table.
#[derive(Debug, Clone)]
pub struct IntentTarget {
    /// The intent.
    pub intent_type: Spanned<IntentType>,
    /// The contract name of the effect node that executes it.
    pub node: Spanned<String>,
}

words! {
    /// `routing_strategy`: what a message is matched by.
    pub enum RoutingStrategy default PayloadTypeMatch {
        /// The type of its payload.
        PayloadTypeMatch = "payload_type_match";
    }
}
