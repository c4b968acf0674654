//! A graph while it is drawn: a thing that is named twice is one box.

use std::collections::{HashMap, HashSet};

use super::{Arrow, Edge, Graph, Group, Kind, Node};
use crate::contract::{Contract, EventIndex};

pub(super) struct Sketch<'a> {
    pub(super) contract: &'a Contract,
    graph: Graph,
    nodes: HashMap<(Kind, String), usize>,
    edges: HashSet<(usize, usize)>,
    ids: HashSet<String>,
}

impl<'a> Sketch<'a> {
    pub(super) fn new(contract: &'a Contract) -> Self {
        let title = format!("{} ({})", contract.name.value, contract.kind.as_str());
        let graph = Graph { title, groups: Vec::new(), nodes: Vec::new(), edges: Vec::new() };
        Self { contract, graph, nodes: HashMap::new(), edges: HashSet::new(), ids: HashSet::new() }
    }

    pub(super) fn finish(self) -> Graph {
        self.graph
    }

    pub(super) fn group(&mut self, id: &str, title: String) -> usize {
        let id = self.unused_id(id);
        self.graph.groups.push(Group { id, title });
        self.graph.groups.len() - 1
    }

    /// The box for a thing; where there is one already, it stays as it is.
    pub(super) fn node(
        &mut self,
        kind: Kind,
        label: &str,
        details: Vec<String>,
        group: Option<usize>,
    ) -> usize {
        if let Some(node) = self.nodes.get(&(kind, label.to_owned())) {
            return *node;
        }
        let id = self.unused_id(&format!("{}_{label}", kind.as_str()));
        let node = self.graph.nodes.len();
        self.graph.nodes.push(Node { id, kind, label: label.to_owned(), details, group });
        self.nodes.insert((kind, label.to_owned()), node);
        node
    }

    /// The box for a thing about which there is nothing else to say than its kind.
    pub(super) fn plain(&mut self, kind: Kind, label: &str) -> usize {
        self.node(kind, label, vec![kind.as_str().to_owned()], None)
    }

    pub(super) fn event(&mut self, event: EventIndex) -> usize {
        let contract = self.contract;
        self.plain(Kind::Event, &contract.events[event].rust.name.value)
    }

    pub(super) fn edge(&mut self, from: usize, arrow: Arrow, to: usize) {
        if self.edges.insert((from, to)) {
            self.graph.edges.push(Edge { from, to, arrow });
        }
    }

    fn unused_id(&mut self, name: &str) -> String {
        let safe = |character: char| if character.is_ascii_alphanumeric() { character } else { '_' };
        let wanted: String = name.chars().map(safe).collect();
        let mut id = wanted.clone();
        let mut number = 2;
        while !self.ids.insert(id.clone()) {
            id = format!("{wanted}_{number}");
            number += 1;
        }
        id
    }
}
