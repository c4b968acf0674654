//! The valid contract: what is left after every check has passed, with every reference resolved to an index.
//!
//! Only [`check`](crate::check) makes one, so nothing can be generated from a contract that was not checked.
//! It must not know YAML: spans are the only thing that is left of the file.

mod condition;
mod emission;
mod errors;
mod events;
mod machine;
mod needs;
mod operator;
mod policy;
mod routing;
mod step;
mod workflow;

pub use condition::*;
pub use emission::*;
pub use errors::*;
pub use events::*;
pub use machine::*;
pub use needs::*;
pub use operator::*;
pub use policy::*;
pub use routing::*;
pub use step::*;
pub use workflow::*;

use crate::diagnostic::Diagnostic;
use crate::intent_type::IntentType;
use crate::language::words;
use crate::source::{Source, Span, Spanned};

/// A contract without a fault.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Contract {
    /// The texts that every span points into, those of included files among them.
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
    /// `handler_routing`, if there is one.
    pub routing: Option<Routing>,
    /// The routes: `handler_routing.handlers`, or the one handler of the older form.
    pub routes: Vec<Route>,
    /// `event_bus`, and what else is said about topics.
    pub bus: EventBus,
    /// `intent_consumption.intent_routing_table`.
    pub intents: Vec<IntentTarget>,
    /// `workflow_coordination.workflow_definition`.
    pub workflow: Option<Workflow>,
    /// `state_machine`.
    pub machine: Option<Machine>,
    /// `error_handling`.
    pub errors: Option<ErrorPolicy>,
    /// `dependencies`, `capabilities`, `io_operations`.
    pub needs: Needs,
    /// `intent_emission`.
    pub emission: Option<Emission>,
    /// `intent_consumption.subscribed_intents`: the intents that this node executes.
    pub subscribed_intents: Vec<Spanned<IntentType>>,
    /// See [`Contract::unexecuted`].
    pub(crate) unexecuted: Vec<Diagnostic>,
}

impl Contract {
    /// A place as rustc shows it, for use inside a note; see [`Source::excerpt`].
    pub fn excerpt(&self, span: Span) -> String {
        self.source.excerpt(span)
    }

    /// Line and column of the start of a place, both from 1, in the file that [`Source::file_of`] tells.
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

/// An index into [`Contract::events`].
pub type EventIndex = usize;

/// One line of the intent routing table.
#[derive(Debug, Clone)]
pub struct IntentTarget {
    /// The intent.
    pub intent_type: Spanned<IntentType>,
    /// The contract name of the effect node that executes it.
    pub node: Spanned<String>,
}
