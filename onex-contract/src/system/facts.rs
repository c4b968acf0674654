//! What is known of each contract, as plain data; with [`joined`](super::joined), all of these files that know the
//! contract's own shape.

use std::collections::{HashMap, HashSet};

use super::joined;
use crate::contract::{Brings, Contract, DependencyKind, DependencySort, NodeKind, Step, TypeRef};
use crate::intent_type::IntentType;
use crate::source::{Span, Spanned};
use crate::topic::Topic;

/// All contracts of a set, each list in the order of the contracts. Every place is one of their joint source.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Facts<'a> {
    /// One for each contract.
    pub nodes: Vec<Node<'a>>,
    /// The first node of each name.
    pub by_name: HashMap<&'a str, NodeIndex>,
    /// The topics that a node subscribes to, each once.
    pub consumed: Vec<TopicUse<'a>>,
    /// The topics that a node may publish on, each once.
    pub produced: Vec<TopicUse<'a>>,
    /// Patterns of topics that some node subscribes to.
    pub patterns: Vec<&'a str>,
    /// The intents that a node sends: each line of a routing table, and what is emitted besides.
    pub sent: Vec<Sent<'a>>,
    /// The intents that a node executes.
    pub executed: Vec<Executed<'a>>,
    /// The nodes that are named besides the receivers of intents.
    pub named: Vec<Named<'a>>,
    /// The steps that are workflows.
    pub sub_workflows: Vec<SubWorkflow<'a>>,
}

/// The workflow of a node.
#[derive(Debug)]
pub struct OwnWorkflow<'a> {
    /// `workflow_name`.
    pub name: Spanned<&'a str>,
    /// `max_workflow_depth`.
    pub max_depth: u32,
    /// Where that stands, if the contract says it.
    pub max_depth_at: Option<Span>,
}

/// A step that is a workflow.
#[derive(Debug, Clone, Copy)]
pub struct SubWorkflow<'a> {
    /// Whose step it is.
    pub by: NodeIndex,
    /// The step.
    pub step: &'a str,
    /// The name of the workflow.
    pub workflow: Spanned<&'a str>,
}

/// A position in [`Facts::nodes`].
pub type NodeIndex = usize;

/// What a contract says of its node as a whole.
#[derive(Debug)]
pub struct Node<'a> {
    /// `name`.
    pub name: Spanned<&'a str>,
    /// `node_type`.
    pub kind: Spanned<NodeKind>,
    /// The consumer group of its subscriptions, where the contract names one.
    pub group: Option<Spanned<&'a str>>,
    /// Its contract does not tell what its handlers are asked for, so any intent may be.
    pub takes_anything: bool,
    /// Its workflow, if it has one.
    pub workflow: Option<OwnWorkflow<'a>>,
    /// The first node of this name: itself, unless two contracts describe one node.
    pub first: NodeIndex,
}

/// A topic at one end.
#[derive(Debug)]
pub struct TopicUse<'a> {
    /// Whose end it is.
    pub node: NodeIndex,
    /// The topic, where the contract names it first.
    pub topic: Spanned<&'a Topic>,
    /// The other end is outside of the set, or need not be a contract.
    pub elsewhere: bool,
    /// It stands in an entry of `consumed_events` or `published_events`, and not in a list of topics.
    pub in_entry: bool,
    /// How the node comes to it.
    pub by: JoinedBy<'a>,
    /// The type that travels on it, as this contract names it.
    pub carries: Option<Carried<'a>>,
}

/// How a node comes to a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinedBy<'a> {
    /// Its contract names it.
    Name,
    /// What no topic of its contract brings is asked for on it. The place is where the contract names that.
    Request,
    /// It executes this intent, which travels on it. The place is that of the intent.
    Intent(&'a str),
}

/// A type as a contract names it.
#[derive(Debug, Clone, Copy)]
pub struct Carried<'a> {
    /// Its name.
    pub name: Spanned<&'a str>,
    /// The module that it is in, if the contract says so.
    pub module: Option<&'a [String]>,
}

/// An intent where it is sent from.
#[derive(Debug)]
pub struct Sent<'a> {
    /// Who sends it.
    pub node: NodeIndex,
    /// Its type.
    pub intent: Spanned<&'a str>,
    /// Whom to.
    pub to: Receiver<'a>,
}

/// Whom an intent is sent to.
#[derive(Debug, Clone, Copy)]
pub enum Receiver<'a> {
    /// The node that executes it, by the routing table.
    Executor(Spanned<&'a str>),
    /// A node that executes it or sends it on.
    Target(Spanned<&'a str>),
    /// Whoever executes it.
    Any,
}

/// An intent where it is executed.
#[derive(Debug)]
pub struct Executed<'a> {
    /// Who executes it.
    pub node: NodeIndex,
    /// Its type.
    pub intent: Spanned<&'a str>,
}

/// A node where another one names it.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Who names it.
    pub by: NodeIndex,
    /// The name.
    pub name: Spanned<&'a str>,
    /// Why.
    pub what_for: WhatFor<'a>,
}

/// Why one node names another.
#[derive(Debug, Clone, Copy)]
pub enum WhatFor<'a> {
    /// The intent is sent to it.
    Intent(&'a str),
    /// It executes a step.
    Step(StepNeed<'a>),
    /// A step may choose it.
    Choice(StepNeed<'a>),
    /// It must be there for the other one to work.
    Dependency,
}

/// The kind of node that a step asks for.
#[derive(Debug, Clone, Copy)]
pub struct StepNeed<'a> {
    /// The step.
    pub step: &'a str,
    /// `None`: any.
    pub kind: Option<NodeKind>,
    /// The kind of the step, where that is what asks for it.
    pub asked_at: Option<Span>,
}

impl<'a> Facts<'a> {
    /// What one contract says to others.
    pub fn of_one(contract: &'a Contract) -> Self {
        Self::of(std::slice::from_ref(contract), &[0])
    }

    /// The facts of contracts whose places have moved by so much each.
    pub(super) fn of(contracts: &'a [Contract], moved: &[usize]) -> Self {
        let mut facts = Self::default();
        for (node, (contract, by)) in contracts.iter().zip(moved).enumerate() {
            let place = Place { by: *by };
            let first = *facts.by_name.entry(contract.name.value.as_str()).or_insert(node);
            let group = contract.bus.consumer_group.as_ref();
            facts.nodes.push(Node {
                name: place.of(&contract.name).map(String::as_str),
                kind: Spanned::new(contract.kind, contract.kind_span.moved(*by)),
                group: group.map(|group| place.of(group).map(String::as_str)),
                takes_anything: takes_anything(contract),
                workflow: contract.workflow.as_ref().map(|workflow| OwnWorkflow {
                    name: place.of(&workflow.name).map(String::as_str),
                    max_depth: workflow.coordination.max_depth,
                    max_depth_at: workflow.coordination.max_depth_span.map(|span| place.at(span)),
                }),
                first,
            });
            if contract.bus.enabled {
                facts.consumed.extend(joined::consumed(contract, node, place));
                facts.produced.extend(joined::produced(contract, node, place));
                facts.patterns.extend(contract.bus.patterns.iter().map(|taken| taken.pattern.value.as_str()));
            }
            facts.intents(node, contract, place);
            facts.named(node, contract, place);
        }
        facts
    }

    /// Whether two nodes are two, and not one that is described twice, which is a fault of its own.
    pub(super) fn are_two(&self, one: NodeIndex, other: NodeIndex) -> bool {
        self.nodes[one].first != self.nodes[other].first
    }

    pub(super) fn name(&self, node: NodeIndex) -> &'a str {
        self.nodes[node].name.value
    }

    fn named(&mut self, by: NodeIndex, contract: &'a Contract, place: Place) {
        // Nothing is asked of others by a step that is switched off.
        let steps = contract.workflow.iter().flat_map(|workflow| &workflow.steps).filter(|step| step.enabled);
        for step in steps {
            if let Some(workflow) = &step.workflow {
                let workflow = place.of(workflow).map(String::as_str);
                self.sub_workflows.push(SubWorkflow { by, step: &step.id.value, workflow });
            }
            for executor in &step.executors {
                let name = place.of(&executor.node).map(String::as_str);
                let what_for = WhatFor::Step(need(step, executor.kind, place));
                self.named.push(Named { by, name, what_for });
            }
            for candidate in &step.candidates {
                let name = place.of(candidate).map(String::as_str);
                let need = StepNeed { step: &step.id.value, kind: Some(NodeKind::Compute), asked_at: None };
                self.named.push(Named { by, name, what_for: WhatFor::Choice(need) });
            }
        }
        let node = Some(DependencyKind::Known(DependencySort::Node));
        for needed in
            contract.needs.dependencies.iter().filter(|needed| needed.required && needed.kind == node)
        {
            let name = place.of(&needed.name).map(String::as_str);
            self.named.push(Named { by, name, what_for: WhatFor::Dependency });
        }
    }

    fn intents(&mut self, node: NodeIndex, contract: &'a Contract, place: Place) {
        for target in &contract.intents {
            let to = Receiver::Executor(place.of(&target.node).map(String::as_str));
            self.sent.push(Sent { node, intent: place.of(&target.intent_type).map(IntentType::as_str), to });
        }
        if let Some(emission) = &contract.emission {
            let routed: HashSet<&str> =
                contract.intents.iter().map(|line| line.intent_type.value.as_str()).collect();
            let to = emission
                .target
                .as_ref()
                .map_or(Receiver::Any, |target| Receiver::Target(place.of(target).map(String::as_str)));
            for emitted in emission.intents.iter().map(|emitted| &emitted.intent_type) {
                if !routed.contains(emitted.value.as_str()) {
                    self.sent.push(Sent { node, intent: place.of(emitted).map(IntentType::as_str), to });
                }
            }
        }
        let of_routes = contract.routes.iter().filter_map(|route| match &route.brings {
            Brings::Intent { intent_type, .. } => Some(intent_type),
            _ => None,
        });
        for intent in of_routes.chain(&contract.subscribed_intents) {
            self.executed.push(Executed { node, intent: place.of(intent).map(IntentType::as_str) });
        }
    }
}

fn need<'a>(step: &'a Step, kind: Option<NodeKind>, place: Place) -> StepNeed<'a> {
    let asked_at = (step.kind.of_node() == kind).then(|| place.at(step.kind_span));
    StepNeed { step: &step.id.value, kind, asked_at }
}

/// Whether something answers that is known neither by the type of an event nor by that of an intent.
fn takes_anything(contract: &Contract) -> bool {
    let by_type = |brings: &Brings| matches!(brings, Brings::Event(_) | Brings::Intent { .. });
    let routing = contract.routing.as_ref();
    contract.bus.plugin_managed
        || contract.routes.iter().any(|route| !by_type(&route.brings))
        || routing.is_some_and(|routing| {
            routing.default_handler.is_some() || routing.entry_point.is_some() || !routing.backends.is_empty()
        })
}

/// By how much the places of one contract have moved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    by: usize,
}

impl Place {
    pub(super) fn at(self, span: Span) -> Span {
        span.moved(self.by)
    }

    pub(super) fn of<T>(self, given: &Spanned<T>) -> Spanned<&T> {
        Spanned::new(&given.value, self.at(given.span))
    }

    pub(super) fn carried(self, given: &TypeRef) -> Carried<'_> {
        Carried { name: self.of(&given.name).map(String::as_str), module: given.module.as_deref() }
    }
}
