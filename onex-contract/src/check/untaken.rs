//! Every subscribed topic is somebody's.

use std::collections::HashSet;

use super::arrivals::Arrivals;
use super::bus::Bus;
use super::entry::Awaited;
use super::events::EventTable;
use super::intake::Intake;
use super::lowering::Lowered;
use super::pattern;
use crate::contract::EventIndex;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::executable::not_in_this_version;
use crate::names::without_model;
use crate::read::{Declarations, Given};
use crate::topic::Topic;

pub(super) fn check(
    declared: &Declarations,
    intake: &Intake,
    arrivals: &Arrivals,
    bus: &Bus,
    events: &EventTable<'_>,
    awaited: &Given<Vec<Option<Awaited>>>,
    sink: &mut Sink,
) {
    if !bus.subscribed.given {
        // The events are asked for their owners, and not the topics.
        return;
    }
    check_consumed(declared, bus, sink);
    let (Ok(awaited), None, Ok(false)) = (awaited, arrivals.unknown, declared.bus.plugin_managed) else {
        return;
    };
    let awaited: HashSet<EventIndex> =
        awaited.iter().flatten().flat_map(|awaited| awaited.events().iter().copied()).collect();
    let awaited: HashSet<&str> = events
        .known()
        .filter(|(index, _)| awaited.contains(index))
        .map(|(_, event)| event.topic.as_str())
        .collect();
    let owned: HashSet<usize> = arrivals.topics.iter().flatten().flatten().copied().collect();
    let topics = bus.subscribed.topics.iter().enumerate();
    let untaken = topics
        .filter(|(at, joined)| !owned.contains(at) && !awaited.contains(joined.topic.value.as_str()))
        .map(|(_, joined)| &joined.topic);
    if intake.is_silent() {
        // Who answers is then decided by code that the contract does not know.
        if let Some(first) = untaken.into_iter().next() {
            sink.defer(not_in_this_version("a subscription without a handler in the contract", first.span));
        }
        return;
    }
    if intake.fallback || intake.entry_point {
        return;
    }
    for topic in untaken {
        let message = format!("`{}` is subscribed to, and nothing handles it", topic.value);
        let fault = Diagnostic::new(Code::Unhandled, message, topic.span, "nobody owns this topic");
        sink.report(fault.help(format!(
            "add a route with `event_type: {}` to `handler_routing.handlers`, or remove this topic",
            topic.value.wire_type()
        )));
    }
}

/// What is said to be consumed travels on a topic that is subscribed to.
fn check_consumed(declared: &Declarations, bus: &Bus, sink: &mut Sink) {
    let subscribed = &bus.subscribed;
    if subscribed.broken.is_some() {
        return;
    }
    for event in &declared.consumed.items {
        if let Ok(topic) = &event.topic
            && subscribed.position(&topic.value).is_none()
        {
            sink.report(super::bus::not_joined(topic, subscribed, "this node does not subscribe to"));
        }
    }
    for pattern in &declared.patterns {
        let text = &pattern.pattern.value;
        let matches = |topic: &Topic| topic.as_str() == text || pattern::matches(text, topic);
        if subscribed.topics.iter().any(|joined| matches(&joined.topic.value)) {
            continue;
        }
        let message = format!("no subscribed topic matches `{text}`");
        let fault = Diagnostic::new(Code::NoSuchEvent, message, pattern.pattern.span, "this matches nothing");
        sink.report(super::bus::suggest(fault, text, pattern.pattern.span, subscribed));
    }
}

/// A route that takes one type from topics which are said to carry several.
pub(super) fn check_types(declared: &Declarations, lowered: &Lowered<'_>, sink: &mut Sink) {
    for route in &lowered.routes {
        let (Ok(Some(model)), [_, _, ..]) = (&route.entry.model, &route.topics[..]) else { continue };
        let topics: HashSet<&str> = route.topics.iter().map(Topic::as_str).collect();
        let mut carried = Vec::new();
        let mut seen = HashSet::new();
        for event in &declared.consumed.items {
            if let (Ok(topic), Ok(name)) = (&event.topic, &event.event_type)
                && topics.contains(topic.value.as_str())
                && seen.insert(without_model(&name.value))
            {
                carried.push(name);
            }
        }
        let [_, _, ..] = carried[..] else { continue };
        let message = format!(
            "the topics of this route carry {} types of events, and it takes `{}` alone",
            carried.len(),
            model.name.value
        );
        let fault =
            Diagnostic::new(Code::SeveralTypes, message, model.name.span, "every message is taken for this");
        let fault =
            carried.iter().take(7).fold(fault, |fault, name| fault.also(name.span, "one of the types"));
        sink.report(fault.help("write an entry for each type, and give each its `topic`"));
    }
}
