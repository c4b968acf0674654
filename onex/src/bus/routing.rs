//! The routing index: every contract's topics, resolved once, and which nodes subscribe to them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::RoutingProblem;
use super::by_name::ByName;
use super::topic_kind::{has_one_owner, intent_topic, own_topic};
use crate::hashing::DeclaredMap;
use crate::message::{Envelope, Topic, Topics};
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
    /// A node that subscribes to the message's topic, and has no route for what the message asks for.
    Nobody { node: usize },
}

impl Target {
    /// The node.
    pub(crate) fn node(self) -> usize {
        match self {
            Target::Route { node, .. }
            | Target::Entry { node }
            | Target::Gate { node, .. }
            | Target::Nobody { node } => node,
        }
    }
}

/// Who subscribes to a topic.
#[derive(Debug, Default)]
struct Subscribers {
    /// Those who take all that travels on it.
    all: Vec<Target>,
    /// Nodes of which the name that a message bears decides which route takes it.
    by_name: Vec<ByName>,
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
    targets: DeclaredMap<Topic, Subscribers>,
    /// Where routes that are found by a name, a topic or by nothing get what is sent to them, by node and route.
    addresses: HashMap<(usize, usize), Destination>,
    /// By the topic as the contract writes it.
    events: DeclaredMap<&'static str, Destination>,
    /// By the intent's type.
    intents: DeclaredMap<&'static str, Destination>,
    /// The topics on which some node takes an event of this name.
    consumed: DeclaredMap<&'static str, Vec<Destination>>,
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
            routing.subscribe(index, node, topics, &mut owners, problems);
        }
        check_names(nodes, problems);
        check_intents(nodes, problems);
        routing
    }

    /// Who gets an envelope: of each node at most one.
    pub(crate) fn targets(&self, envelope: &Envelope) -> Cow<'_, [Target]> {
        match self.targets.get(&envelope.topic) {
            None => Cow::Borrowed(&[]),
            Some(Subscribers { all, by_name }) if by_name.is_empty() => Cow::Borrowed(all),
            Some(Subscribers { all, by_name }) => {
                let named = by_name.iter().map(|routes| routes.target(&envelope.wire_type));
                all.iter().copied().chain(named).collect()
            }
        }
    }

    /// Where what is meant for a route is sent.
    pub(crate) fn address(&self, node: usize, route: usize) -> Option<&Destination> {
        self.addresses.get(&(node, route))
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
            Brings::Event(_) | Brings::Named { .. } | Brings::Topic(_) | Brings::Rest { .. } => None,
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
        topics: &Topics,
        owners: &mut Owners<'_>,
        problems: &mut Vec<RoutingProblem>,
    ) {
        let mut joined = Vec::new();
        for (route, row) in node.routes.iter().enumerate() {
            let destination = match row.brings {
                Brings::Event(event) => self.take_event(node, event),
                Brings::Intent(intent_type) => self.intents.get(intent_type).cloned(),
                Brings::Named { name, topics: declared } => {
                    self.join(&mut joined, (index, node, route), (declared, Some(name)), topics, problems);
                    continue;
                }
                Brings::Topic(declared) | Brings::Rest { topics: declared, .. } => {
                    self.join(&mut joined, (index, node, route), (declared, None), topics, problems);
                    continue;
                }
            };
            // Without a destination the topic is unfilled, which has been said.
            if let Some(Destination { topic, .. }) = destination {
                joined.push((topic, route));
            }
        }
        self.claim(index, node, &joined, owners, problems);
        for (step, gate) in gates(node) {
            for event in gate.events {
                if let Some(destination) = self.take_event(node, *event) {
                    problems.extend(owners.claim(&destination.topic, index, gate.at));
                    self.add(destination.topic, Target::Gate { node: index, step });
                }
            }
        }
        let Some(entry) = node.workflow.and_then(|workflow| workflow.entry) else { return };
        // Semantics 1: with a route for the event, its handler decides whether a run starts.
        let is_routed = |event: usize| node.routes.iter().any(|row| row.brings == Brings::Event(event));
        for event in entry.events.iter().copied().filter(|event| !is_routed(*event)) {
            if let Some(destination) = self.take_event(node, event) {
                let at = node
                    .events
                    .get(event)
                    .map_or(At { file: node.contract, line: 1, column: 1 }, |row| row.at);
                problems.extend(owners.claim(&destination.topic, index, at));
                self.add(destination.topic, Target::Entry { node: index });
            }
        }
    }

    /// The topics of a route that no type leads to.
    fn join(
        &mut self,
        joined: &mut Vec<(Topic, usize)>,
        (index, node, route): (usize, &'static NodeTable, usize),
        (declared, name): (&'static [&'static str], Option<&'static str>),
        topics: &Topics,
        problems: &mut Vec<RoutingProblem>,
    ) {
        let row = &node.routes[route];
        let mut found: Vec<Topic> = Vec::new();
        for declared in declared {
            match topics.resolve(declared) {
                Ok(topic) => found.push(topic),
                Err(source) => problems.push(RoutingProblem::UnfilledTopic { at: row.at, source }),
            }
        }
        if declared.is_empty() {
            found.push(own_topic(node.name, name.unwrap_or(row.handler)));
        }
        if let Some(topic) = found.first() {
            let wire_type = name.map_or_else(|| topic.wire_type(), Arc::from);
            self.addresses.insert((index, route), Destination { topic: topic.clone(), wire_type });
        }
        joined.extend(found.into_iter().map(|topic| (topic, route)));
    }

    /// Subscribes a node to its topics. On each, either one route takes everything, or the name that a message bears
    /// decides; of two that would take everything the second is told of the first.
    fn claim(
        &mut self,
        index: usize,
        node: &'static NodeTable,
        joined: &[(Topic, usize)],
        owners: &mut Owners<'_>,
        problems: &mut Vec<RoutingProblem>,
    ) {
        let (mut claimed, mut positions) = (Vec::new(), HashMap::new());
        for (topic, route) in joined {
            let row = &node.routes[*route];
            let position = *positions.entry(topic).or_insert_with(|| {
                problems.extend(owners.claim(topic, index, row.at));
                claimed.push((topic, ByName::new(index, topic)));
                claimed.len() - 1
            });
            if !claimed[position].1.add(*route, row.brings) {
                problems.extend(owners.claim(topic, index, row.at));
            }
        }
        for (topic, routes) in claimed {
            let subscribers = self.targets.entry(topic.clone()).or_default();
            match routes.sole() {
                Some(target) => subscribers.all.push(target),
                None => subscribers.by_name.push(routes),
            }
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
        self.targets.entry(topic).or_default().all.push(target);
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
