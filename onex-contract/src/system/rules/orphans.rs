//! What is consumed is produced, and what is produced is consumed.

use std::collections::HashSet;

use super::guess::Guesses;
use super::nearest::{Differs, Produced};
use super::report::{also_at, written};
use super::traffic::{TopicIndex, Traffic};
use crate::check::pattern;
use crate::diagnostic::{Code, Diagnostic};
use crate::system::facts::Facts;
use crate::topic::{Topic, TopicKind};

/// In bytes. A longer topic or pattern is compared with nothing: it would take long.
const LONGEST: usize = 100;
/// To try a pattern takes as long as so many comparisons of names.
const COST_OF_PATTERN: usize = 4;

pub(super) fn check(
    facts: &Facts<'_>,
    traffic: &[Traffic<'_>],
    guesses: &mut Guesses,
    found: &mut Vec<Diagnostic>,
) {
    let produced = Produced::of(traffic);
    // A misspelt topic is one fault: the other end of it is not missing, too.
    let mut meant = HashSet::new();
    for topic in traffic.iter().filter(|topic| topic.produced.is_empty() && !is_elsewhere(topic)) {
        let nearest = produced.meant_by(topic.topic, topic.consumed[0].node, guesses);
        meant.extend(nearest.map(|(index, _)| index));
        found.push(not_produced(facts, topic, traffic, nearest));
    }
    for (index, topic) in traffic.iter().enumerate() {
        if topic.consumed.is_empty()
            && !is_elsewhere(topic)
            && !meant.contains(&index)
            && !is_taken_by_pattern(topic.topic, &facts.patterns, guesses)
        {
            found.push(not_consumed(facts, topic));
        }
    }
}

/// Whether the other end is none of the set: some contract says so; or it is a topic for dead letters, which are
/// published wherever something fails and looked at by people.
fn is_elsewhere(topic: &Traffic<'_>) -> bool {
    let mut ends = topic.consumed.iter().chain(&topic.produced);
    topic.topic.kind() == TopicKind::DeadLetter || ends.any(|used| used.elsewhere)
}

/// Whether some pattern is for a topic; also where that would take too long to find out.
fn is_taken_by_pattern(topic: &Topic, patterns: &[&str], guesses: &mut Guesses) -> bool {
    let is_long = |text: &str| text.len() > LONGEST;
    if patterns.is_empty() {
        return false;
    }
    is_long(topic.as_str())
        || !guesses.affords(patterns.len() * COST_OF_PATTERN)
        || patterns
            .iter()
            .any(|pattern| is_long(pattern) || *pattern == topic.as_str() || pattern::matches(pattern, topic))
}

fn not_produced(
    facts: &Facts<'_>,
    topic: &Traffic<'_>,
    traffic: &[Traffic<'_>],
    nearest: Option<(TopicIndex, Differs)>,
) -> Diagnostic {
    let (first, others) = (topic.consumed[0], &topic.consumed[1..]);
    let message = format!("no contract of this set produces `{}`", topic.topic);
    let consumes = format!("`{}` waits for it", facts.name(first.node));
    let mut fault = Diagnostic::new(Code::NoProducer, message, first.topic.span, consumes).warning();
    if let Some((index, differs)) = nearest {
        let other = &traffic[index];
        fault = fault.also(other.produced[0].topic.span, produced_as(other, differs));
    }
    let places = others.iter().map(|used| (used.topic.span, format!("so does `{}`", facts.name(used.node))));
    let fault = also_at(fault, places);
    let elsewhere = match first.in_entry {
        true => "add `external: true` to its entry of `consumed_events`",
        false => "give it an `external_publisher` in `subscribe_topic_metadata`",
    };
    let Some((index, differs)) = nearest else {
        return fault
            .help(format!("correct the topic; or, if it is produced outside of this set, {elsewhere}"));
    };
    let fault = fault.note(format!("if it is produced outside of this set, {elsewhere}"));
    let other = traffic[index].topic;
    let help = match differs {
        Differs::Version => format!("consume `{other}`, or let its producer publish this version, too"),
        _ => format!("if `{other}` is meant, consume that"),
    };
    // Where several agree on a topic, it may as well be the producer who misspells it.
    if others.is_empty() {
        fault.replace(help, first.topic.span, written(other.as_str()))
    } else {
        fault.help(help)
    }
}

/// What is to be said at the topic that may be meant.
fn produced_as(topic: &Traffic<'_>, differs: Differs) -> String {
    let topic = topic.topic;
    match differs {
        Differs::Form if topic.placeholders().is_empty() => "produced without the placeholders".to_owned(),
        Differs::Form => "produced with placeholders".to_owned(),
        Differs::Version => format!("produced as `v{}`", topic.version()),
        Differs::Kind => format!("produced as `{}`", topic.kind().as_str()),
        Differs::Producer => format!("produced under `{}`", topic.producer()),
        Differs::EventName => format!("produced as `{}`", topic.event_name()),
    }
}

fn not_consumed(facts: &Facts<'_>, topic: &Traffic<'_>) -> Diagnostic {
    let (first, others) = (topic.produced[0], &topic.produced[1..]);
    let message = format!("no contract of this set consumes `{}`", topic.topic);
    let produces = format!("`{}` publishes it", facts.name(first.node));
    let fault = Diagnostic::new(Code::NoConsumer, message, first.topic.span, produces);
    let places = others.iter().map(|used| (used.topic.span, format!("so does `{}`", facts.name(used.node))));
    let elsewhere = match first.in_entry {
        true => "add `external: true` to its entry of `published_events`",
        false => "list it in `externally_consumed_topics`",
    };
    also_at(fault, places)
        .help(format!("if it is consumed outside of this set, {elsewhere}; else remove it"))
        .warning()
}
