//! A node has one contract.

use crate::diagnostic::{Code, Diagnostic};
use crate::system::facts::Facts;

pub(super) fn check(facts: &Facts<'_>, found: &mut Vec<Diagnostic>) {
    for (index, node) in facts.nodes.iter().enumerate().filter(|(index, node)| *index != node.first) {
        debug_assert!(node.first < index, "the first of a name comes before the others");
        let first = &facts.nodes[node.first];
        let message = format!("two contracts have the node name `{}`", node.name.value);
        found.push(
            Diagnostic::new(Code::DuplicateNode, message, node.name.span, "this one")
                .also(first.name.span, "and this one")
                .note("intents are sent to a node by this name, and its subscriptions go by it")
                .help("give each node a name of its own; if one is a copy of the other, remove it"),
        );
    }
}
