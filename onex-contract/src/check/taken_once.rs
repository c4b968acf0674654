//! A node takes a topic once: routes, and steps that events complete, of which two would get one message. Valid, and not
//! executed by this version.
//!
//! Routes that are found by the same name have been told so, as has who takes an event that a step waits for.

use std::collections::HashMap;

use super::events::EventTable;
use crate::contract::{Brings, Route, Workflow};
use crate::diagnostic::Sink;
use crate::executable::not_in_this_version;
use crate::read::Given;
use crate::source::Span;
use crate::topic::Topic;

pub(super) fn defer(
    routes: &[Route],
    events: &EventTable<'_>,
    workflow: &Given<Option<Workflow>>,
    sink: &mut Sink,
) {
    // Who takes anything of a topic, and who takes all that others do not ask for by name.
    let (mut any, mut whole) = (HashMap::new(), HashMap::new());
    for route in routes.iter().filter(|route| route.backend.is_none()) {
        let (at, why) = place(route);
        for topic in route.arrives_on() {
            if takes_all(route)
                && let Some((other, first)) = whole.insert(topic, (at, why))
            {
                report(topic, at, other, first, sink);
            }
            // An event that has a route decides by it, also about steps.
            if !matches!(route.brings, Brings::Event(_)) {
                any.entry(topic).or_insert((at, why));
            }
        }
    }
    let Ok(Some(workflow)) = workflow else { return };
    let is_routed = |event: usize| {
        routes.iter().any(|route| matches!(&route.brings, Brings::Event(brought) if brought.value == event))
    };
    for step in &workflow.steps {
        let entry = step.entry.as_ref().map(|entry| &entry.awaits);
        let Some(awaits) = entry.or_else(|| step.gate.as_ref().map(|gate| &gate.awaits)) else { continue };
        let taken = awaits.events.iter().filter(|event| !is_routed(**event)).find_map(|event| {
            let topic = &events.get(*event)?.topic;
            Some((topic, *any.get(topic)?))
        });
        if let Some((topic, route)) = taken {
            report(topic, awaits.span(), route.0, route.1, sink);
        }
    }
}

/// Whether a route takes whatever travels on its topics, and is not asked for by name or what others leave.
fn takes_all(route: &Route) -> bool {
    match &route.brings {
        Brings::Event(_) | Brings::Intent { .. } => true,
        Brings::Topic { .. } => route.asked().is_none(),
        Brings::Operation { .. } | Brings::Payload { .. } | Brings::Anything { .. } => false,
    }
}

fn place(route: &Route) -> (Span, &'static str) {
    match &route.brings {
        Brings::Event(event) => (event.span, "this handler takes it"),
        Brings::Intent { intent_type, .. } => (intent_type.span, "this intent travels on it"),
        Brings::Topic { topic, .. } => (topic.span, "this route takes it"),
        Brings::Operation { .. } | Brings::Payload { .. } | Brings::Anything { .. } => {
            (route.asked().map_or(route.handler.name.span, |asked| asked.span), "this route takes it")
        }
    }
}

fn report(topic: &Topic, at: Span, other: Span, why: &str, sink: &mut Sink) {
    let deferred = not_in_this_version(format!("taking what travels on `{topic}` twice in one node"), at);
    sink.defer(deferred.also(other, why));
}
