//! A command is work for one node.

use super::facts::{Facts, TopicUse};
use super::report::also_at;
use super::traffic::Traffic;
use crate::diagnostic::{Code, Diagnostic};
use crate::topic::TopicKind;

pub(super) fn check(facts: &Facts<'_>, traffic: &[Traffic<'_>], found: &mut Vec<Diagnostic>) {
    for topic in traffic.iter().filter(|topic| topic.topic.kind() == TopicKind::Command) {
        if let [first, others @ ..] = &owners(facts, topic)[..]
            && !others.is_empty()
        {
            found.push(shared(facts, first, others));
        }
    }
}

/// The consumers of a topic, each node once.
pub(super) fn owners<'a>(facts: &Facts<'_>, topic: &Traffic<'a>) -> Vec<&'a TopicUse<'a>> {
    let mut seen = std::collections::HashSet::new();
    topic.consumed.iter().copied().filter(|used| seen.insert(facts.nodes[used.node].first)).collect()
}

fn shared(facts: &Facts<'_>, first: &TopicUse<'_>, others: &[&TopicUse<'_>]) -> Diagnostic {
    let takes = |used: &TopicUse<'_>| format!("`{}` takes it", facts.name(used.node));
    let message = format!("{} nodes take the command `{}`", others.len() + 1, first.topic.value);
    let fault = Diagnostic::new(Code::SharedCommand, message, others[0].topic.span, takes(others[0]));
    let places = [first].into_iter().chain(others[1..].iter().copied());
    let places: Vec<_> = places.map(|used| (used.topic.span, takes(used))).collect();
    also_at(fault, places.into_iter(), "take it")
        .note("a command asks one node to do something; what happens once is to be done once")
        .help(
            "let one node take it and publish an event that the others consume, or give each a command of its own",
        )
}
