//! Every event that is brought to the node is somebody's.

use std::collections::HashSet;

use super::bus::Bus;
use super::entry::Awaited;
use super::events::EventTable;
use super::lowering::Lowered;
use super::routes::Routes;
use crate::contract::{Brings, EventIndex, Route};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::Given;

pub(super) fn check(
    lowered: &Lowered<'_>,
    bus: &Bus,
    events: &EventTable<'_>,
    routes: &Routes,
    awaited: &Given<Vec<Option<Awaited>>>,
    fallback: bool,
    sink: &mut Sink,
) {
    // The owner may be among what could not be read.
    let (Ok(awaited), None) = (awaited, routes.broken) else { return };
    // The topics are asked for their owners where they are listed; and who takes more than one event takes all.
    let takes_all = |route: &Route| !matches!(route.brings, Brings::Event(_) | Brings::Intent { .. });
    if bus.subscribed.given || fallback || routes.list.iter().any(takes_all) {
        return;
    }
    let awaited: HashSet<EventIndex> =
        awaited.iter().flatten().flat_map(|awaited| awaited.events().iter().copied()).collect();
    for declaration in &lowered.consumed.items {
        let Ok(name) = &declaration.event_type else { continue };
        let event = events.resolve(name).value;
        if routes.of_event(event).is_some() || awaited.contains(&event) {
            continue;
        }
        let message = format!("`{}` is consumed, and nothing handles it", name.value);
        let fault = Diagnostic::new(Code::Unhandled, message, name.span, "nobody owns this event");
        sink.report(fault.help("add a route for it to `handler_routing.handlers`, or remove this entry"));
    }
}
