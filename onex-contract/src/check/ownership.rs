//! Every event that is brought to the node is somebody's.

use std::collections::HashSet;

use super::entry::Awaited;
use super::events::EventTable;
use super::routes::Routes;
use crate::contract::EventIndex;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::{Declarations, Given};

pub(super) fn check(
    declared: &Declarations,
    events: &EventTable<'_>,
    routes: &Routes<'_>,
    awaited: &Given<Vec<Option<Awaited>>>,
    sink: &mut Sink,
) {
    // The owner may be among what could not be read.
    let (Ok(awaited), None) = (awaited, routes.broken) else { return };
    let awaited: HashSet<EventIndex> =
        awaited.iter().flatten().flat_map(|awaited| awaited.events().iter().copied()).collect();
    for declaration in &declared.consumed.items {
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
