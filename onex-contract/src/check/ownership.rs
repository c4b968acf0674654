//! Every event that is brought to the node is somebody's.

use super::bus::Bus;
use super::events::EventTable;
use super::lowering::Lowered;
use super::routes::Routes;
use crate::contract::{Brings, Entry, Route};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::Given;

pub(super) fn check(
    lowered: &Lowered<'_>,
    bus: &Bus,
    events: &EventTable<'_>,
    routes: &Routes,
    entries: &Given<Vec<Option<Entry>>>,
    fallback: bool,
    sink: &mut Sink,
) {
    // The owner may be among what could not be read.
    let (Ok(entries), None) = (entries, routes.broken) else { return };
    // The topics are asked for their owners where they are listed; and who takes more than one event takes all.
    let takes_all = |route: &Route| !matches!(route.brings, Brings::Event(_) | Brings::Intent { .. });
    if bus.subscribed.given || fallback || routes.list.iter().any(takes_all) {
        return;
    }
    for declaration in &lowered.consumed.items {
        let Ok(name) = &declaration.event_type else { continue };
        let event = events.resolve(name).value;
        let starts_run = entries.iter().flatten().any(|entry| entry.event == event);
        if routes.of_event(event).is_some() || starts_run {
            continue;
        }
        let message = format!("`{}` is consumed, and nothing handles it", name.value);
        let fault = Diagnostic::new(Code::Unhandled, message, name.span, "nobody owns this event");
        sink.report(fault.help("add a route for it to `handler_routing.handlers`, or remove this entry"));
    }
}
