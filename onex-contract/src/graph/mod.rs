//! A valid contract as a picture: boxes, and arrows in the direction in which things happen.
//!
//! This is the one place that decides what a picture shows; a printer decides only how it looks, so that all formats
//! show the same facts. [`mermaid`] is here because documentation embeds it; other printers live with their users.
//!
//! ```
//! use onex_contract::graph::{Graph, Part, mermaid};
//! use onex_contract::{Source, parse};
//!
//! let source = Source::new(
//!     "contract.yaml",
//!     r#"
//! name: node_payment_effect
//! node_type: effect
//! contract_version: 1.0.0
//! handler_routing:
//!   handlers:
//!     - intent_model: { name: ProcessPayment }
//!       intent_type: payment.process
//!       handler: { name: process_payment }
//!       output_events: [PaymentProcessed]
//! published_events:
//!   - { topic: onex.evt.payment.processed.v1, event_type: PaymentProcessed }
//! "#,
//! );
//! let contract = parse(&source)?;
//! assert_eq!(
//!     mermaid(&Graph::of(&contract, Part::All)),
//!     "\
//! ---
//! title: \"node_payment_effect (effect)\"
//! ---
//! flowchart TD
//!     intent_payment_process{{\"payment.process<br/>intent\"}}
//!     handler_process_payment[\"process_payment<br/>handler\"]
//!     event_PaymentProcessed([\"PaymentProcessed<br/>event\"])
//!     topic_onex_evt_payment_processed_v1[(\"onex.evt.payment.processed.v1<br/>topic\")]
//!     intent_payment_process --> handler_process_payment
//!     handler_process_payment --> event_PaymentProcessed
//!     event_PaymentProcessed --> topic_onex_evt_payment_processed_v1
//! "
//! );
//! # Ok::<(), onex_contract::Diagnostics>(())
//! ```

mod mermaid;
mod routing;
mod sketch;
mod workflow;

pub use mermaid::mermaid;

use crate::contract::Contract;
use sketch::Sketch;

/// Which part of a contract is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// Topics, events, handlers, what they emit; intents and who executes them.
    Routing,
    /// The steps, what starts them and what undoes them.
    Workflow,
    /// Both, joined at the events that they share.
    #[default]
    All,
}

/// Boxes and arrows. The arrows may form circles: a handler may emit the event that it handles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// The name and the kind of the node.
    pub title: String,
    /// Frames around boxes.
    pub groups: Vec<Group>,
    /// The boxes, roughly in the order in which things happen.
    pub nodes: Vec<Node>,
    /// The arrows, no two between the same boxes in the same direction.
    pub edges: Vec<Edge>,
}

/// A frame around the boxes that say that they belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// A name of ASCII letters, digits and `_` that no other group and no node has.
    pub id: String,
    /// What is written on the frame.
    pub title: String,
}

/// A box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// A name of ASCII letters, digits and `_` that no other node has. It comes from what the box stands for, so that a
    /// change of the contract changes no other box.
    pub id: String,
    /// What the box stands for.
    pub kind: Kind,
    /// Its name in the contract.
    pub label: String,
    /// What else is to be said, a line each.
    pub details: Vec<String>,
    /// The frame that it is in: an index into [`Graph::groups`].
    pub group: Option<usize>,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Where events travel.
    Topic,
    /// An event type.
    Event,
    /// A function that answers what arrives.
    Handler,
    /// Work that an orchestrator asks an effect for.
    Intent,
    /// What a message asks for by name.
    Operation,
    /// A message that is known by something else than an event type.
    Message,
    /// Another node.
    Node,
    /// What a program starts the workflow with.
    Input,
    /// A step of the workflow.
    Step,
    /// What undoes a step.
    Compensation,
}

/// An arrow between two different boxes, both indexes into [`Graph::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Edge {
    /// Where it starts.
    pub from: usize,
    /// Where it points.
    pub to: usize,
    /// What it says.
    pub arrow: Arrow,
}

/// What an arrow says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arrow {
    /// The one brings about the other.
    Then,
    /// The one brings about the other in both directions: an event that is published to a topic and consumed from it.
    Both,
    /// The second undoes the first, should it have to be undone.
    Undo,
}

impl Graph {
    /// Draws a part of a contract. There are no boxes where the contract has no such part.
    pub fn of(contract: &Contract, part: Part) -> Self {
        let mut sketch = Sketch::new(contract);
        if part != Part::Workflow {
            routing::draw(&mut sketch);
        }
        if part != Part::Routing {
            workflow::draw(&mut sketch);
        }
        sketch.finish()
    }
}

impl Node {
    /// What is written in the box: the label, then the details.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.label).chain(&self.details).map(String::as_str)
    }
}

impl Kind {
    /// The kind in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Event => "event",
            Self::Handler => "handler",
            Self::Intent => "intent",
            Self::Operation => "operation",
            Self::Message => "message",
            Self::Node => "node",
            Self::Input => "input",
            Self::Step => "step",
            Self::Compensation => "compensation",
        }
    }
}
