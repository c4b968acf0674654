//! What is known of each contract, as plain data: the only file of these that knows the contract's own shape.

use std::collections::HashMap;

use crate::contract::{Brings, Contract, NodeKind, TypeRef};
use crate::intent_type::IntentType;
use crate::source::{Span, Spanned};
use crate::topic::Topic;

/// All contracts of a set, each list in the order of the contracts. Every place is one of their joint source.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    /// One for each contract.
    pub(super) nodes: Vec<Node<'a>>,
    /// The topics that a node subscribes to, each once.
    pub(super) consumed: Vec<TopicUse<'a>>,
    /// The topics that a node may publish on, each once.
    pub(super) produced: Vec<TopicUse<'a>>,
    /// The intents that a node sends: each line of a routing table, and what is emitted without one.
    pub(super) sent: Vec<Sent<'a>>,
    /// The intents that a node executes.
    pub(super) executed: Vec<Executed<'a>>,
}

/// A position in [`Facts::nodes`].
pub(super) type NodeIndex = usize;

#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) name: Spanned<&'a str>,
    pub(super) kind: Spanned<NodeKind>,
    /// The consumer group of its subscriptions, where the contract names one.
    pub(super) group: Option<Spanned<&'a str>>,
    /// The first node of this name: itself, unless two contracts describe one node.
    pub(super) first: NodeIndex,
}

/// A topic at one end.
#[derive(Debug)]
pub(super) struct TopicUse<'a> {
    pub(super) node: NodeIndex,
    pub(super) topic: Spanned<&'a Topic>,
    /// The other end is outside of the set, or need not be a contract.
    pub(super) elsewhere: bool,
    /// The type that travels on it, as this contract names it.
    pub(super) carries: Option<Carried<'a>>,
}

/// A type as a contract names it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Carried<'a> {
    pub(super) name: Spanned<&'a str>,
    pub(super) module: Option<&'a [String]>,
}

/// An intent where it is sent from.
#[derive(Debug)]
pub(super) struct Sent<'a> {
    pub(super) node: NodeIndex,
    pub(super) intent: Spanned<&'a str>,
    /// The node that it is sent to, where the contract says so.
    pub(super) to: Option<Spanned<&'a str>>,
}

/// An intent where it is executed.
#[derive(Debug)]
pub(super) struct Executed<'a> {
    pub(super) node: NodeIndex,
    pub(super) intent: Spanned<&'a str>,
}

impl<'a> Facts<'a> {
    /// The facts of contracts whose places have moved by so much each.
    pub(super) fn of(contracts: &'a [Contract], moved: &[usize]) -> Self {
        let mut facts = Self::default();
        let mut first = HashMap::new();
        for (node, (contract, by)) in contracts.iter().zip(moved).enumerate() {
            let place = Place { by: *by };
            let first = *first.entry(contract.name.value.as_str()).or_insert(node);
            facts.nodes.push(Node {
                name: place.of(&contract.name).map(String::as_str),
                kind: Spanned::new(contract.kind, contract.kind_span.moved(*by)),
                group: None,
                first,
            });
            facts.topics(node, contract, place);
            facts.intents(node, contract, place);
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

    fn topics(&mut self, node: NodeIndex, contract: &'a Contract, place: Place) {
        for event in &contract.events {
            let topic = Spanned::new(&event.topic, event.declared.moved(place.by));
            let carries = Some(place.carried(&event.rust));
            if event.consumed {
                self.consumed.push(TopicUse { node, topic, elsewhere: event.external, carries });
            }
            if event.published {
                self.produced.push(TopicUse { node, topic, elsewhere: false, carries });
            }
        }
    }

    fn intents(&mut self, node: NodeIndex, contract: &'a Contract, place: Place) {
        for target in &contract.intents {
            let to = Some(place.of(&target.node).map(String::as_str));
            self.sent.push(Sent { node, intent: place.of(&target.intent_type).map(IntentType::as_str), to });
        }
        for route in &contract.routes {
            if let Brings::Intent { intent_type, .. } = &route.brings {
                self.executed.push(Executed { node, intent: place.of(intent_type).map(IntentType::as_str) });
            }
        }
    }
}

/// By how much the places of one contract have moved.
#[derive(Debug, Clone, Copy)]
struct Place {
    by: usize,
}

impl Place {
    fn of<T>(self, given: &Spanned<T>) -> Spanned<&T> {
        let Span { start, end } = given.span;
        Spanned::new(&given.value, Span { start, end }.moved(self.by))
    }

    fn carried(self, given: &TypeRef) -> Carried<'_> {
        Carried { name: self.of(&given.name).map(String::as_str), module: given.module.as_deref() }
    }
}
