//! What is valid about routes and topics, and not executed by this version: each sort once, where it first stands.

use std::collections::HashSet;

use super::bus::Bus;
use super::lowering::Lowered;
use super::routes::Routes;
use crate::contract::{Brings, NodeKind, TopicUse};
use crate::diagnostic::Sink;
use crate::executable::not_in_this_version;
use crate::read::Declarations;
use crate::source::Span;

pub(super) fn defer(
    bus: &Bus,
    declared: &Declarations,
    lowered: &Lowered<'_>,
    routes: &Routes,
    sink: &mut Sink,
) {
    let kind = declared.kind.map(|kind| kind.value);
    let (mut said, mut named) = (Vec::new(), HashSet::new());
    for route in &routes.list {
        let by_type = matches!(route.brings, Brings::Event(_) | Brings::Intent { .. });
        let at = route.asked().map_or(route.handler.name.span, |name| name.span);
        let (what, at): (&str, Span) = match (&route.backend, &route.ident) {
            (Some(backend), _) => ("a route for one backend", backend.span),
            (None, _) if by_type => continue,
            (None, None) => ("a route whose name is no identifier", at),
            (None, Some(ident)) if !named.insert(ident) => ("one name for several routes", at),
            (None, Some(_)) if kind == Ok(NodeKind::Reducer) => {
                ("a route of a reducer that brings no event", at)
            }
            (None, Some(_)) if kind == Ok(NodeKind::Compute) && route.outputs.is_empty() => {
                ("a result that is not published, of a route that brings no event,", at)
            }
            (None, Some(_)) => continue,
        };
        if !said.contains(&what) {
            said.push(what);
            sink.defer(not_in_this_version(what, at));
        }
    }
    if let Ok(enabled) = &declared.bus.enabled
        && !enabled.value
    {
        sink.defer(not_in_this_version("`event_bus_enabled: false`", enabled.span));
    }
    defer_untyped(bus, lowered, sink);
}

/// Topics that the node publishes on, where no type says what.
pub(super) fn untyped<'b>(bus: &'b Bus, lowered: &Lowered<'_>) -> Vec<&'b TopicUse> {
    let typed: HashSet<&str> = lowered
        .published
        .items
        .iter()
        .filter_map(|event| Some(event.topic.as_ref().ok()?.value.as_str()))
        .collect();
    bus.published.topics.iter().filter(|joined| !typed.contains(joined.topic.value.as_str())).collect()
}

fn defer_untyped(bus: &Bus, lowered: &Lowered<'_>, sink: &mut Sink) {
    if let [first, others @ ..] = &untyped(bus, lowered)[..] {
        let deferred = not_in_this_version("publishing on a topic without a type", first.topic.span);
        let deferred = others
            .iter()
            .take(7)
            .fold(deferred, |deferred, joined| deferred.also(joined.topic.span, "and on this"));
        sink.defer(deferred.help("say in `published_events` which type travels on it"));
    }
}
