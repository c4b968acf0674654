//! Commands and intents are work for one node.

use std::collections::HashSet;

use super::report::also_at;
use super::traffic::Traffic;
use crate::diagnostic::{Code, Diagnostic};
use crate::system::facts::{Facts, JoinedBy, TopicUse};
use crate::topic::{Topic, TopicKind};

pub(super) fn check(facts: &Facts<'_>, traffic: &[Traffic<'_>], found: &mut Vec<Diagnostic>) {
    for topic in traffic.iter().filter(|topic| has_one_owner(topic.topic)) {
        if let [first, others @ ..] = &each_intent_once(owners(facts, topic))[..]
            && !others.is_empty()
        {
            found.push(shared(facts, first, others));
        }
    }
}

/// Whether what travels on a topic is work for one node.
pub(super) fn has_one_owner(topic: &Topic) -> bool {
    matches!(topic.kind(), TopicKind::Command | TopicKind::Intent)
}

/// The consumers of a topic, each node once.
pub(super) fn owners<'a>(facts: &Facts<'_>, topic: &Traffic<'a>) -> Vec<&'a TopicUse<'a>> {
    let mut seen = HashSet::new();
    topic.consumed.iter().copied().filter(|used| seen.insert(facts.nodes[used.node].first)).collect()
}

/// That an intent has two executors is a fault of its own, so each intent counts once.
fn each_intent_once<'a>(owners: Vec<&'a TopicUse<'a>>) -> Vec<&'a TopicUse<'a>> {
    let mut seen = HashSet::new();
    let owners = owners.into_iter();
    owners.filter(|used| !matches!(used.by, JoinedBy::Intent(intent) if !seen.insert(intent))).collect()
}

fn shared(facts: &Facts<'_>, first: &TopicUse<'_>, others: &[&TopicUse<'_>]) -> Diagnostic {
    let takes = |used: &TopicUse<'_>| format!("`{}` {}", facts.name(used.node), how(used.by));
    let message = format!("{} nodes take what travels on `{}`", others.len() + 1, first.topic.value);
    let note = match first.topic.value.kind() {
        TopicKind::Command => "a command asks one node to do something: what is asked for once is done once",
        _ => "an intent is work for one node: what is asked for once is done once",
    };
    let fault = Diagnostic::new(Code::SharedCommand, message, others[0].topic.span, takes(others[0]));
    let places = [first].into_iter().chain(others[1..].iter().copied());
    let places: Vec<_> = places.map(|used| (used.topic.span, takes(used))).collect();
    let mut fault = also_at(fault, places.into_iter()).note(note);
    let all = || others.iter().copied().chain([first]);
    if all().any(|used| used.by == JoinedBy::Request) {
        fault = fault.note(
            "what no topic of a contract brings is asked for on `onex.cmd.<node>.<name>.v1`, a topic of the node's own",
        );
    }
    if all().any(|used| matches!(used.by, JoinedBy::Intent(_))) {
        fault = fault.note(
            "the topic of an intent is made of its type, in which `_` and all but the first `.` become `-`",
        );
    }
    fault.help(
        "let one node take it and publish an event that the others consume; or give each a topic of its own",
    )
}

/// What a node has to do with a topic, at the place that says so.
fn how(by: JoinedBy<'_>) -> &'static str {
    match by {
        JoinedBy::Name => "takes it",
        JoinedBy::Request => "is asked for this on it",
        JoinedBy::Intent(_) => "executes this, which travels on it",
    }
}
