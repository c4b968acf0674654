//! A node has one contract, and work has one owner: commands, intents, and what a consumer group shares.

use super::facts::{by_name, consumes, consumes_first, executor, first_of, owns, use_in};
use super::report::Report;
use super::said::{Executor, Said};
use super::topic::{Parts, same};

pub(super) const fn names(nodes: &[&Said], report: &mut Report) {
    each!(index, node in nodes => {
        if let Some(first) = by_name(nodes, node.name.text)
            && first != index
        {
            let first = nodes[first];
            report.fault();
            // One place of one file is one contract.
            if same(node.name.at, first.name.at) {
                report.add(&["the node `", node.name.text, "` is mounted twice"]);
                report.code("0801", node.name.at);
                report.add(&["this one"]);
                report.note(&["a second copy would take the same messages again"]);
                report.help(&["name it once"]);
            } else {
                report.add(&["two contracts have the node name `", node.name.text, "`"]);
                report.code("0801", node.name.at);
                report.add(&["this one"]);
                report.also(first.name.at);
                report.add(&["and this one"]);
                report.note(&["intents are sent to a node by this name, and its subscriptions go by it"]);
                report.help(&["give each node a name of its own; if one is a copy of the other, remove it"]);
            }
        }
    });
}

pub(super) const fn commands(nodes: &[&Said], report: &mut Report) {
    each!(node, said in nodes => {
        each!(_, used in said.consumed => {
            let topic = used.topic.text;
            let parts = Parts::of(topic);
            if parts.has_one_owner() && consumes_first(nodes, node, topic) {
                shared_command(nodes, node, topic, same(parts.kind, "cmd"), report);
            }
        });
    });
}

const fn shared_command(nodes: &[&Said], first: usize, topic: &str, is_command: bool, report: &mut Report) {
    let (mut owners, mut second) = (0, first);
    each!(node, _ in nodes => {
        if owns(nodes, node, topic) {
            owners += 1;
            if owners == 2 {
                second = node;
            }
        }
    });
    if owners < 2 {
        return;
    }
    report.fault();
    report.add_number(owners);
    report.add(&[" nodes take what travels on `", topic, "`"]);
    if let Some(used) = use_in(nodes[second].consumed, topic) {
        report.code("0804", used.topic.at);
        report.add(&["`", nodes[second].name.text, "` takes it"]);
    }
    each!(node, said in nodes => {
        if node != second && owns(nodes, node, topic)
            && let Some(used) = use_in(said.consumed, topic)
        {
            report.one_of_many(used.topic.at, &["`", said.name.text, "` takes it"]);
        }
    });
    report.end_of_many();
    report.note(&[if is_command {
        "a command asks one node to do something: what is asked for once is done once"
    } else {
        "an intent is work for one node: what is asked for once is done once"
    }]);
    report.help(&[
        "let one node take it and publish an event that the others consume; or give each a topic of its own",
    ]);
}

pub(super) const fn groups(nodes: &[&Said], report: &mut Report) {
    each!(first, _ in nodes => {
        let mut second = first + 1;
        while second < nodes.len() {
            share_a_group(nodes, first, second, report);
            second += 1;
        }
    });
}

/// Reports two nodes in one consumer group, on all topics on which they are.
const fn share_a_group(nodes: &[&Said], one: usize, other: usize, report: &mut Report) {
    let (Some(group), Some(of_other)) = (nodes[one].group, nodes[other].group) else { return };
    if !same(group.text, of_other.text) || first_of(nodes, one) == first_of(nodes, other) {
        return;
    }
    let (mut topic, mut topics) = ("", 0);
    each!(node, said in nodes => {
        each!(_, used in said.consumed => {
            let text = used.topic.text;
            // Two nodes that take one command are reported for that.
            if consumes_first(nodes, node, text)
                && !Parts::of(text).has_one_owner()
                && owns(nodes, other, text)
                && is_first_of_group(nodes, one, text)
            {
                topics += 1;
                if topics == 1 {
                    topic = text;
                }
            }
        });
    });
    if topics == 0 {
        return;
    }
    report.fault();
    report.add(&["two nodes share the messages of `", topic, "`"]);
    match topics {
        1 => {}
        2 => report.add(&[" and one more topic"]),
        _ => {
            report.add(&[" and "]);
            report.add_number(topics - 1);
            report.add(&[" more topics"]);
        }
    }
    report.add(&[", in the consumer group `", of_other.text, "`"]);
    report.code("0805", of_other.at);
    report.add(&["the group of `", nodes[other].name.text, "`"]);
    report.also(group.at);
    report.add(&["the group of `", nodes[one].name.text, "`"]);
    report.note(&["each message goes to one member of a group, so each of the two gets a part of them"]);
    report.help(&["give each node a group of its own"]);
}

/// Whether a node is the first of its group that takes a topic.
const fn is_first_of_group(nodes: &[&Said], node: usize, topic: &str) -> bool {
    let Some(group) = nodes[node].group else { return false };
    let mut before = 0;
    while before < node {
        if let Some(other) = nodes[before].group
            && same(other.text, group.text)
            && owns(nodes, before, topic)
        {
            return false;
        }
        before += 1;
    }
    consumes(nodes[node], topic) && owns(nodes, node, topic)
}

/// The nodes that execute an intent, each once: how many, and those after the first.
pub(super) const fn intents(nodes: &[&Said], report: &mut Report) {
    each!(node, said in nodes => {
        each!(index, intent in said.executed => {
            if is_first_mention(nodes, node, index) {
                shared_intent(nodes, Executor { node, intent: *intent }, report);
            }
        });
    });
}

/// Whether nobody before executes the intent at this index of what a node executes.
pub(super) const fn is_first_mention(nodes: &[&Said], node: usize, index: usize) -> bool {
    let intent = nodes[node].executed[index].text;
    match executor(nodes, intent, None) {
        Some(first) if first.node == node => {
            let mut before = 0;
            while before < index {
                if same(nodes[node].executed[before].text, intent) {
                    return false;
                }
                before += 1;
            }
            true
        }
        _ => false,
    }
}

/// How an intent is executed by a node, if by no one of its name before.
const fn executes(nodes: &[&Said], node: usize, intent: &str) -> Option<Executor> {
    match executor(nodes, intent, Some(first_of(nodes, node))) {
        Some(found) if found.node == node => Some(found),
        _ => None,
    }
}

const fn shared_intent(nodes: &[&Said], first: Executor, report: &mut Report) {
    let intent = first.intent.text;
    let (mut count, mut second) = (0, first);
    each!(node, _ in nodes => {
        if let Some(executor) = executes(nodes, node, intent) {
            count += 1;
            if count == 2 {
                second = executor;
            }
        }
    });
    if count < 2 {
        return;
    }
    report.fault();
    report.add_number(count);
    report.add(&[" nodes execute the intent `", intent, "`"]);
    report.code("0806", second.intent.at);
    report.add(&["`", nodes[second.node].name.text, "` executes it"]);
    each!(node, said in nodes => {
        if node != second.node
            && let Some(executor) = executes(nodes, node, intent)
        {
            report.one_of_many(executor.intent.at, &["`", said.name.text, "` executes it"]);
        }
    });
    report.end_of_many();
    report.note(&["an intent is work for one node; what is asked for once is to be done once"]);
    report.help(&["keep the route in one of them, or give each an intent type of its own"]);
}
