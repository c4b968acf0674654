//! A consumer group is one node's.

use std::collections::HashMap;

use super::commands::{has_one_owner, owners};
use super::traffic::Traffic;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Spanned;
use crate::system::facts::{Facts, NodeIndex};
use crate::topic::Topic;

/// Two nodes that share a group, and the topics on which they do.
struct Shared<'a> {
    group: Spanned<&'a str>,
    node: NodeIndex,
    first: NodeIndex,
    topics: Vec<&'a Topic>,
}

pub(super) fn check<'a>(facts: &Facts<'a>, traffic: &[Traffic<'a>], found: &mut Vec<Diagnostic>) {
    let mut shared: Vec<Shared<'a>> = Vec::new();
    let mut known: HashMap<(NodeIndex, NodeIndex), usize> = HashMap::new();
    // Two nodes that take one command are reported for that.
    for topic in traffic.iter().filter(|topic| !has_one_owner(topic.topic)) {
        let mut members: HashMap<&str, NodeIndex> = HashMap::new();
        for used in owners(facts, topic) {
            let Some(group) = facts.nodes[used.node].group else { continue };
            let first = *members.entry(group.value).or_insert(used.node);
            if first == used.node {
                continue;
            }
            let at = *known.entry((first, used.node)).or_insert_with(|| {
                shared.push(Shared { group, node: used.node, first, topics: Vec::new() });
                shared.len() - 1
            });
            shared[at].topics.push(topic.topic);
        }
    }
    found.extend(shared.iter().map(|shared| report(facts, shared)));
}

fn report(facts: &Facts<'_>, shared: &Shared<'_>) -> Diagnostic {
    let Shared { group, node, first, topics } = shared;
    let topic = match topics.len() - 1 {
        0 => format!("`{}`", topics[0]),
        1 => format!("`{}` and one more topic", topics[0]),
        more => format!("`{}` and {more} more topics", topics[0]),
    };
    let message = format!("two nodes share the messages of {topic}, in the consumer group `{}`", group.value);
    let is_of = |node: &NodeIndex| format!("the group of `{}`", facts.name(*node));
    let fault = Diagnostic::new(Code::SharedGroup, message, group.span, is_of(node));
    let fault = match facts.nodes[*first].group {
        Some(other) => fault.also(other.span, is_of(first)),
        None => fault,
    };
    fault
        .note("each message goes to one member of a group, so each of the two gets a part of them")
        .help("give each node a group of its own")
}
