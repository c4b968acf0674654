//! Questions about nodes taken together.

use super::said::{Executor, Said, TopicUse};
use super::topic::same;

/// One end of a topic, and whose it is.
#[derive(Clone, Copy)]
pub(super) struct End {
    pub(super) node: usize,
    pub(super) used: &'static TopicUse,
}

/// The node by which a name is known: the first of those that have it.
pub(super) const fn first_of(nodes: &[&Said], node: usize) -> usize {
    match by_name(nodes, nodes[node].name.text) {
        Some(first) => first,
        None => node,
    }
}

pub(super) const fn by_name(nodes: &[&Said], name: &str) -> Option<usize> {
    each!(index, node in nodes => {
        if same(node.name.text, name) {
            return Some(index);
        }
    });
    None
}

/// Whether a node consumes a topic.
pub(super) const fn consumes(node: &Said, topic: &str) -> bool {
    use_in(node.consumed, topic).is_some()
}

/// A topic in a list.
pub(super) const fn use_in(list: &'static [TopicUse], topic: &str) -> Option<&'static TopicUse> {
    each!(_, used in list => {
        if same(used.topic.text, topic) {
            return Some(used);
        }
    });
    None
}

/// The first node that consumes a topic.
pub(super) const fn consumer(nodes: &[&Said], topic: &str) -> Option<End> {
    each!(node, said in nodes => {
        if let Some(used) = use_in(said.consumed, topic) {
            return Some(End { node, used });
        }
    });
    None
}

/// The first node that produces a topic.
pub(super) const fn producer(nodes: &[&Said], topic: &str) -> Option<End> {
    each!(node, said in nodes => {
        if let Some(used) = use_in(said.produced, topic) {
            return Some(End { node, used });
        }
    });
    None
}

/// Whether no node before this one consumes the topic: each topic is looked at once.
pub(super) const fn consumes_first(nodes: &[&Said], node: usize, topic: &str) -> bool {
    matches!(consumer(nodes, topic), Some(end) if end.node == node)
}

/// The same for its producers.
pub(super) const fn produces_first(nodes: &[&Said], node: usize, topic: &str) -> bool {
    matches!(producer(nodes, topic), Some(end) if end.node == node)
}

/// Whether a node takes a topic as the first of its name that does.
pub(super) const fn owns(nodes: &[&Said], node: usize, topic: &str) -> bool {
    if !consumes(nodes[node], topic) {
        return false;
    }
    let first = first_of(nodes, node);
    let mut other = 0;
    while other < node {
        if first_of(nodes, other) == first && consumes(nodes[other], topic) {
            return false;
        }
        other += 1;
    }
    true
}

/// The first node that executes an intent, of those whose name has this first node; `None`: of all.
pub(super) const fn executor(nodes: &[&Said], intent: &str, of: Option<usize>) -> Option<Executor> {
    each!(node, said in nodes => {
        let is_asked = match of {
            Some(first) => first_of(nodes, node) == first,
            None => true,
        };
        if is_asked {
            each!(_, executed in said.executed => {
                if same(executed.text, intent) {
                    return Some(Executor { node, intent: *executed });
                }
            });
        }
    });
    None
}
