//! Commands and intents are work for one node.

use super::report::also_at;
use super::traffic::Traffic;
use crate::diagnostic::{Code, Diagnostic};
use crate::system::facts::{Facts, TopicUse};
use crate::topic::{Topic, TopicKind};

pub(super) fn check(facts: &Facts<'_>, traffic: &[Traffic<'_>], found: &mut Vec<Diagnostic>) {
    for topic in traffic.iter().filter(|topic| has_one_owner(topic.topic)) {
        if let [first, others @ ..] = &owners(facts, topic)[..]
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
    let mut seen = std::collections::HashSet::new();
    topic.consumed.iter().copied().filter(|used| seen.insert(facts.nodes[used.node].first)).collect()
}

fn shared(facts: &Facts<'_>, first: &TopicUse<'_>, others: &[&TopicUse<'_>]) -> Diagnostic {
    let takes = |used: &TopicUse<'_>| format!("`{}` takes it", facts.name(used.node));
    let message = format!("{} nodes take what travels on `{}`", others.len() + 1, first.topic.value);
    let note = match first.topic.value.kind() {
        TopicKind::Command => "a command asks one node to do something: what is asked for once is done once",
        _ => "an intent is work for one node: what is asked for once is done once",
    };
    let fault = Diagnostic::new(Code::SharedCommand, message, others[0].topic.span, takes(others[0]));
    let places = [first].into_iter().chain(others[1..].iter().copied());
    let places: Vec<_> = places.map(|used| (used.topic.span, takes(used))).collect();
    also_at(fault, places.into_iter()).note(note).help(
        "let one node take it and publish an event that the others consume; or give each a topic of its own",
    )
}
