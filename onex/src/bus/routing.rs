//! The routing index: every contract's topics, resolved once, and which nodes subscribe to them.

use std::collections::HashMap;
use std::sync::Arc;

use super::RoutingProblem;
use super::topic_kind::{has_one_owner, intent_topic};
use crate::message::{Topic, Topics};
use crate::plan::{At, Brings, GateRow, NodeTable};

/// Who handles what arrives: nodes and routes by their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// A route of a node.
    Route { node: usize, route: usize },
    /// The workflow of a node, which the message starts.
    Entry { node: usize },
    /// A step of the workflow of a node, which the message completes.
    Gate { node: usize, step: u32 },
}

/// Where a declared event or intent goes.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    pub(crate) topic: Topic,
    pub(crate) wire_type: Arc<str>,
}

/// The compiled routing of all mounted nodes.
#[derive(Debug, Default)]
pub(crate) struct Routing {
    targets: HashMap<Topic, Vec<Target>>,
    /// By the topic as the contract writes it.
    events: HashMap<&'static str, Destination>,
    /// By the intent's type.
    intents: HashMap<&'static str, Destination>,
    /// The topics on which some node takes an event of this name.
    consumed: HashMap<&'static str, Vec<Destination>>,
}

impl Routing {
    /// Compiles the contracts of nodes that are mounted in this order; problems are added to `problems`.
    pub(crate) fn compile(
        nodes: &[&'static NodeTable],
        topics: &Topics,
        problems: &mut Vec<RoutingProblem>,
    ) -> Self {
        let mut routing = Routing::default();
        for node in nodes {
            routing.resolve_events(node, topics, problems);
            routing.resolve_intents(node);
        }
        let mut owners = Owners { nodes, taken: HashMap::new() };
        for (index, node) in nodes.iter().enumerate() {
            routing.subscribe(index, node, &mut owners, problems);
        }
        check_names(nodes, problems);
        check_intents(nodes, problems);
        routing
    }

    pub(crate) fn targets(&self, topic: &Topic) -> &[Target] {
        self.targets.get(topic).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn event(&self, declared_topic: &str) -> Option<&Destination> {
        self.events.get(declared_topic)
    }

    pub(crate) fn intent(&self, intent_type: &str) -> Option<&Destination> {
        self.intents.get(intent_type)
    }

    pub(crate) fn consumed(&self, event_name: &str) -> &[Destination] {
        self.consumed.get(event_name).map_or(&[], Vec::as_slice)
    }

    fn resolve_events(&mut self, node: &NodeTable, topics: &Topics, problems: &mut Vec<RoutingProblem>) {
        for row in node.events {
            if self.events.contains_key(row.topic) {
                continue;
            }
            match topics.resolve(row.topic) {
                Ok(topic) => {
                    self.events.insert(row.topic, Destination { topic, wire_type: row.wire_type.into() });
                }
                Err(source) => problems.push(RoutingProblem::UnfilledTopic { at: row.at, source }),
            }
        }
    }

    fn resolve_intents(&mut self, node: &NodeTable) {
        let sent = node.intents.iter().map(|row| row.intent_type);
        let taken = node.routes.iter().filter_map(|row| match row.brings {
            Brings::Intent(intent_type) => Some(intent_type),
            Brings::Event(_) => None,
        });
        for intent_type in sent.chain(taken) {
            self.intents.entry(intent_type).or_insert_with(|| Destination {
                topic: intent_topic(intent_type),
                wire_type: intent_type.into(),
            });
        }
    }

    fn subscribe(
        &mut self,
        index: usize,
        node: &'static NodeTable,
        owners: &mut Owners<'_>,
        problems: &mut Vec<RoutingProblem>,
    ) {
        for (route, row) in node.routes.iter().enumerate() {
            let destination = match row.brings {
                Brings::Event(event) => self.take_event(node, event),
                Brings::Intent(intent_type) => self.intents.get(intent_type).cloned(),
            };
            // Without a destination the topic is unfilled, which has been said.
            if let Some(destination) = destination {
                problems.extend(owners.claim(&destination.topic, index, row.at));
                self.add(destination.topic, Target::Route { node: index, route });
            }
        }
        for (step, gate) in gates(node) {
            if let Some(destination) = self.take_event(node, gate.event) {
                problems.extend(owners.claim(&destination.topic, index, gate.at));
                self.add(destination.topic, Target::Gate { node: index, step });
            }
        }
        let Some(entry) = node.workflow.and_then(|workflow| workflow.entry) else { return };
        // Semantics 1: with a route for the event, its handler decides whether a run starts.
        if node.routes.iter().any(|row| row.brings == Brings::Event(entry.event)) {
            return;
        }
        if let Some(destination) = self.take_event(node, entry.event) {
            let at = node
                .events
                .get(entry.event)
                .map_or(At { file: node.contract, line: 1, column: 1 }, |row| row.at);
            problems.extend(owners.claim(&destination.topic, index, at));
            self.add(destination.topic, Target::Entry { node: index });
        }
    }

    fn take_event(&mut self, node: &NodeTable, event: usize) -> Option<Destination> {
        let row = node.events.get(event)?;
        let destination = self.events.get(row.topic)?.clone();
        let consumed = self.consumed.entry(row.name).or_default();
        if consumed.iter().all(|other| other.topic != destination.topic) {
            consumed.push(destination.clone());
        }
        Some(destination)
    }

    fn add(&mut self, topic: Topic, target: Target) {
        self.targets.entry(topic).or_default().push(target);
    }
}

/// The steps of a node's workflow that wait for an event.
fn gates(node: &NodeTable) -> impl Iterator<Item = (u32, GateRow)> {
    let steps = node.workflow.map_or(&[][..], |workflow| workflow.steps);
    steps.iter().zip(0..).filter_map(|(step, index)| Some((index, step.gate?)))
}

/// Who has claimed a topic, so that a second claim can name the first.
struct Owners<'a> {
    nodes: &'a [&'static NodeTable],
    taken: HashMap<Topic, Vec<(usize, At)>>,
}

impl Owners<'_> {
    fn claim(&mut self, topic: &Topic, node: usize, at: At) -> Option<RoutingProblem> {
        let claims = self.taken.entry(topic.clone()).or_default();
        // Events may have many subscribers; an event is still handled once by each.
        let clash = claims.iter().find(|(other, _)| *other == node || has_one_owner(topic)).copied();
        claims.push((node, at));
        let (first, first_at) = clash?;
        Some(RoutingProblem::TwoOwners {
            topic: topic.to_string(),
            first: self.nodes[first].name,
            first_at,
            second: self.nodes[node].name,
            second_at: at,
        })
    }
}

fn check_names(nodes: &[&'static NodeTable], problems: &mut Vec<RoutingProblem>) {
    let mut seen = HashMap::new();
    for node in nodes {
        if let Some(first) = seen.insert(node.name, node.contract) {
            problems.push(RoutingProblem::SameName { name: node.name, first, second: node.contract });
        }
    }
}

fn check_intents(nodes: &[&'static NodeTable], problems: &mut Vec<RoutingProblem>) {
    let by_name: HashMap<&str, &NodeTable> = nodes.iter().map(|node| (node.name, *node)).collect();
    for row in nodes.iter().flat_map(|node| node.intents) {
        let (at, intent, node) = (row.at, row.intent_type, row.node);
        match by_name.get(node) {
            None => problems.push(RoutingProblem::IntentTargetNotMounted { at, intent, node }),
            Some(target) if target.routes.iter().any(|route| route.brings == Brings::Intent(intent)) => {}
            Some(target) => {
                let contract = target.contract;
                problems.push(RoutingProblem::IntentNotRouted { at, intent, node, contract });
            }
        }
    }
}
