//! Every event that is brought to the node is somebody's.

use super::events::EventTable;
use super::routes::Routes;
use crate::contract::Entry;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::{Declarations, Given};

pub(super) fn check(
    declared: &Declarations,
    events: &EventTable<'_>,
    routes: &Routes<'_>,
    entries: &Given<Vec<Option<Entry>>>,
    sink: &mut Sink,
) {
    // The owner may be among what could not be read.
    let (Ok(entries), None) = (entries, routes.broken) else { return };
    for declaration in &declared.consumed.items {
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
