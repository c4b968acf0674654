//! A node has one contract, and work has one owner: commands, intents, and what a consumer group shares.

use super::facts::{End, Set};
use super::report::Report;
use super::said::{Executor, JoinedBy};
use super::topic::{Parts, same};

pub(super) const fn names(set: &Set<'_>, report: &mut Report) {
    each!(index, node in set.nodes => {
        if set.first_of(index) != index {
            let first = set.nodes[set.first_of(index)];
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

pub(super) const fn commands(set: &Set<'_>, report: &mut Report) {
    let mut topic = 0;
    while topic < set.topic_count {
        // Most topics have one consumer.
        if let Some(first) = set.consumer(topic)
            && set.after(&first).is_some()
        {
            let parts = Parts::of(set.topic(topic));
            if parts.has_one_owner() {
                shared_command(set, topic, same(parts.kind, "cmd"), report);
            }
        }
        topic += 1;
    }
}

/// The next node that takes a topic, each name once, and each intent once: that it has two executors is a fault of its
/// own.
const fn next_owner(set: &Set<'_>, topic: usize, from: Option<End>) -> Option<End> {
    let mut next = from;
    while let Some(end) = next {
        if set.owner(end.node, topic).is_some() && !is_told_as_an_intent(set, topic, &end) {
            return Some(end);
        }
        next = set.after(&end);
    }
    None
}

/// Whether a node before executes the same intent.
const fn is_told_as_an_intent(set: &Set<'_>, topic: usize, end: &End) -> bool {
    let JoinedBy::Intent(intent) = end.used.by else { return false };
    let mut next = set.consumer(topic);
    while let Some(before) = next
        && before.node != end.node
    {
        if let JoinedBy::Intent(other) = before.used.by
            && same(intent, other)
        {
            return true;
        }
        next = set.after(&before);
    }
    false
}

/// What a node has to do with a topic, at the place that says so.
const fn how(by: JoinedBy) -> &'static str {
    match by {
        JoinedBy::Name => "` takes it",
        JoinedBy::Request => "` is asked for this on it",
        JoinedBy::Intent(_) => "` executes this, which travels on it",
    }
}

const fn shared_command(set: &Set<'_>, topic: usize, is_command: bool, report: &mut Report) {
    let Some(first) = set.consumer(topic) else { return };
    let Some(second) = next_owner(set, topic, set.after(&first)) else { return };
    let mut owners = 2;
    let mut next = next_owner(set, topic, set.after(&second));
    while let Some(end) = next {
        owners += 1;
        next = next_owner(set, topic, set.after(&end));
    }
    report.fault();
    report.add_number(owners);
    report.add(&[" nodes take what travels on `", set.topic(topic), "`"]);
    report.code("0804", second.used.topic.at);
    report.add(&["`", set.nodes[second.node].name.text, how(second.used.by)]);
    let (mut is_request, mut is_intent) = (false, false);
    let mut next = Some(first);
    while let Some(end) = next {
        if end.node != second.node {
            let name = set.nodes[end.node].name.text;
            report.one_of_many(end.used.topic.at, &["`", name, how(end.used.by)]);
        }
        match end.used.by {
            JoinedBy::Name => {}
            JoinedBy::Request => is_request = true,
            JoinedBy::Intent(_) => is_intent = true,
        }
        next = next_owner(set, topic, set.after(&end));
    }
    report.end_of_many();
    report.note(&[if is_command {
        "a command asks one node to do something: what is asked for once is done once"
    } else {
        "an intent is work for one node: what is asked for once is done once"
    }]);
    if is_request {
        report.note(&[
            "what no topic of a contract brings is asked for on `onex.cmd.<node>.<name>.v1`, a topic of the node's own",
        ]);
    }
    if is_intent {
        report.note(&[
            "the topic of an intent is made of its type, in which `_` and all but the first `.` become `-`",
        ]);
    }
    report.help(&[
        "let one node take it and publish an event that the others consume; or give each a topic of its own",
    ]);
}

pub(super) const fn groups(set: &Set<'_>, report: &mut Report) {
    each!(first, _ in set.nodes => {
        let mut second = first + 1;
        while second < set.nodes.len() {
            share_a_group(set, first, second, report);
            second += 1;
        }
    });
}

/// Reports two nodes in one consumer group, on all topics on which they are.
const fn share_a_group(set: &Set<'_>, one: usize, other: usize, report: &mut Report) {
    let (Some(group), Some(of_other)) = (set.nodes[one].group, set.nodes[other].group) else { return };
    if !same(group.text, of_other.text) || set.first_of(one) == set.first_of(other) {
        return;
    }
    let (mut name, mut topics, mut topic) = ("", 0, 0);
    while topic < set.topic_count {
        // Two nodes that take one command are reported for that.
        if set.owner(other, topic).is_some()
            && !Parts::of(set.topic(topic)).has_one_owner()
            && is_first_of_group(set, one, topic)
        {
            topics += 1;
            if topics == 1 {
                name = set.topic(topic);
            }
        }
        topic += 1;
    }
    if topics == 0 {
        return;
    }
    report.fault();
    report.add(&["two nodes share the messages of `", name, "`"]);
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
    report.add(&["the group of `", set.nodes[other].name.text, "`"]);
    report.also(group.at);
    report.add(&["the group of `", set.nodes[one].name.text, "`"]);
    report.note(&["each message goes to one member of a group, so each of the two gets a part of them"]);
    report.help(&["give each node a group of its own"]);
}

/// Whether a node is the first of its group that takes a topic.
const fn is_first_of_group(set: &Set<'_>, node: usize, topic: usize) -> bool {
    let Some(group) = set.nodes[node].group else { return false };
    let mut before = 0;
    while before < node {
        if let Some(other) = set.nodes[before].group
            && same(other.text, group.text)
            && set.owner(before, topic).is_some()
        {
            return false;
        }
        before += 1;
    }
    set.owner(node, topic).is_some()
}

/// The nodes that execute an intent, each once: how many, and those after the first.
pub(super) const fn intents(set: &Set<'_>, report: &mut Report) {
    each!(node, said in set.nodes => {
        each!(index, intent in said.executed => {
            if is_first_mention(set, node, index) {
                shared_intent(set, Executor { node, intent: *intent }, report);
            }
        });
    });
}

/// Whether nobody before executes the intent at this index of what a node executes.
pub(super) const fn is_first_mention(set: &Set<'_>, node: usize, index: usize) -> bool {
    let intent = set.nodes[node].executed[index].text;
    match set.executor(intent, None) {
        Some(first) if first.node == node => {
            let mut before = 0;
            while before < index {
                if same(set.nodes[node].executed[before].text, intent) {
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
const fn executes(set: &Set<'_>, node: usize, intent: &str) -> Option<Executor> {
    match set.executor(intent, Some(set.first_of(node))) {
        Some(found) if found.node == node => Some(found),
        _ => None,
    }
}

const fn shared_intent(set: &Set<'_>, first: Executor, report: &mut Report) {
    let intent = first.intent.text;
    let (mut count, mut second) = (0, first);
    each!(node, _ in set.nodes => {
        if let Some(executor) = executes(set, node, intent) {
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
    report.add(&["`", set.nodes[second.node].name.text, "` executes it"]);
    each!(node, said in set.nodes => {
        if node != second.node
            && let Some(executor) = executes(set, node, intent)
        {
            report.one_of_many(executor.intent.at, &["`", said.name.text, "` executes it"]);
        }
    });
    report.end_of_many();
    report.note(&["an intent is work for one node; what is asked for once is to be done once"]);
    report.help(&["keep the route in one of them, or give each an intent type of its own"]);
}
