//! What a contract says to other nodes, as constants: what `onex_contract::system::Facts` has of one contract, each place
//! as the lines that show it.

use crate::message::RustType;
use crate::plan::Kind;

/// What the contract of one node says to others.
#[derive(Debug)]
pub struct Said {
    /// The contract has faults of its own; they come first.
    pub broken: bool,
    /// The contract's `name`.
    pub name: Mark,
    /// `node_type`.
    pub kind: Kind,
    /// Where that stands.
    pub kind_at: &'static str,
    /// The consumer group of its subscriptions, where the contract names one.
    pub group: Option<Mark>,
    /// Its contract does not tell what its handlers are asked for, so any intent may be.
    pub takes_anything: bool,
    /// The topics that it subscribes to, each once.
    pub consumed: &'static [TopicUse],
    /// The topics that it may publish on, each once.
    pub produced: &'static [TopicUse],
    /// Patterns of topics that it subscribes to.
    pub patterns: &'static [&'static str],
    /// The intents that it sends.
    pub sent: &'static [Sent],
    /// The intents that it executes.
    pub executed: &'static [Mark],
    /// The nodes that it names besides the receivers of intents.
    pub named: &'static [NamedNode],
    /// Its workflow, if it has one.
    pub workflow: Option<OwnWorkflow>,
    /// The steps of that which are workflows.
    pub sub_workflows: &'static [SubWorkflow],
}

/// The workflow of a node.
#[derive(Debug, Clone, Copy)]
pub struct OwnWorkflow {
    /// `workflow_name`.
    pub name: Mark,
    /// `max_workflow_depth`.
    pub max_depth: u32,
    /// Where that stands, if the contract says it.
    pub max_depth_at: Option<&'static str>,
}

/// A step that is a workflow.
#[derive(Debug, Clone, Copy)]
pub struct SubWorkflow {
    /// The step.
    pub step: &'static str,
    /// The name of the workflow.
    pub workflow: Mark,
}

/// A text of a contract, and the lines that show where it stands. They end with carets under it.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    /// The text.
    pub text: &'static str,
    /// The lines.
    pub at: &'static str,
}

/// A topic at one end.
#[derive(Debug, Clone, Copy)]
pub struct TopicUse {
    /// The topic as declared, placeholders included.
    pub topic: Mark,
    /// The other end is outside of the application, or need not be a node.
    pub elsewhere: bool,
    /// It stands in an entry of `consumed_events` or `published_events`, and not in a list of topics.
    pub in_entry: bool,
    /// How the node comes to it.
    pub by: JoinedBy,
    /// The type that travels on it.
    pub carries: Option<Carried>,
}

/// How a node comes to a topic.
#[derive(Debug, Clone, Copy)]
pub enum JoinedBy {
    /// Its contract names it.
    Name,
    /// What no topic of its contract brings is asked for on it. The lines show what that is.
    Request,
    /// It executes this intent, which travels on it. The lines show the intent.
    Intent(&'static str),
}

/// A type, as a contract names it and as Rust knows it.
#[derive(Debug, Clone, Copy)]
pub struct Carried {
    /// Its name in the contract.
    pub name: Mark,
    /// The module that the contract says it is in.
    pub module: Option<&'static [&'static str]>,
    /// The type that the name stands for.
    pub rust: Option<RustType>,
}

/// What the name of an event is in Rust, by the position of the event in [`NodeTable::events`](crate::plan::NodeTable), or
/// behind all of these by that of the route that takes it from a topic. Written by the node's macro, where the name is in
/// scope.
pub trait Names<const EVENT: usize> {
    /// The type, if it is known where it is defined.
    const RUST: Option<RustType>;
}

/// An intent where it is sent from.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    /// Its type.
    pub intent: Mark,
    /// Whom to.
    pub to: Receiver,
}

/// Whom an intent is sent to.
#[derive(Debug, Clone, Copy)]
pub enum Receiver {
    /// The node that executes it, by the routing table.
    Executor(Mark),
    /// A node that executes it or sends it on.
    Target(Mark),
    /// Whoever executes it.
    Any,
}

/// An intent and a node that executes it, by its position in the application.
#[derive(Debug, Clone, Copy)]
pub struct Executor {
    /// The node.
    pub node: usize,
    /// The intent.
    pub intent: Mark,
}

/// A node where another one names it.
#[derive(Debug, Clone, Copy)]
pub struct NamedNode {
    /// The name.
    pub name: Mark,
    /// Why.
    pub what_for: WhatFor,
}

/// Why one node names another.
#[derive(Debug, Clone, Copy)]
pub enum WhatFor {
    /// The intent is sent to it.
    Intent(&'static str),
    /// It executes a step.
    Step(StepNeed),
    /// A step may choose it.
    Choice(StepNeed),
    /// It must be there for the other one to work.
    Dependency,
}

/// The kind of node that a step asks for.
#[derive(Debug, Clone, Copy)]
pub struct StepNeed {
    /// The step.
    pub step: &'static str,
    /// `None`: any.
    pub kind: Option<Kind>,
    /// The kind of the step, where that is what asks for it.
    pub asked_at: Option<&'static str>,
}

impl Said {
    /// Of a contract with faults of its own, about which nothing more is to be said.
    pub const BROKEN: Self = Said {
        broken: true,
        name: Mark { text: "", at: "" },
        kind: Kind::Effect,
        kind_at: "",
        group: None,
        takes_anything: true,
        consumed: &[],
        produced: &[],
        patterns: &[],
        sent: &[],
        executed: &[],
        named: &[],
        workflow: None,
        sub_workflows: &[],
    };
}
