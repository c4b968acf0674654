//! Every event that is published is emitted by somebody.

use std::collections::HashSet;

use super::events::EventTable;
use super::intake::Intake;
use super::lowering::Lowered;
use crate::contract::{EventIndex, Route, Workflow};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::Declarations;

/// Asks only contracts that say of a handler or a step what it emits, and in which nothing else is wrong: who emits the
/// event may be among what could not be read.
pub(super) fn check(
    declared: &Declarations,
    intake: &Intake,
    lowered: &Lowered<'_>,
    events: &EventTable<'_>,
    routes: &[Route],
    workflow: Option<&Workflow>,
    sink: &mut Sink,
) {
    // What these emit is decided by code that the contract does not know.
    let is_silent = intake.fallback || intake.entry_point || declared.bus.plugin_managed != Ok(false);
    if is_silent || sink.verdict().is_err() {
        return;
    }
    let of_routes = routes.iter().flat_map(|route| &route.outputs);
    let of_steps = workflow.into_iter().flat_map(|workflow| &workflow.steps).flat_map(|step| &step.publishes);
    let emitted: HashSet<EventIndex> = of_routes.chain(of_steps).map(|event| event.value).collect();
    if emitted.is_empty() {
        return;
    }
    for declaration in &lowered.published.items {
        let Ok(name) = &declaration.event_type else { continue };
        if emitted.contains(&events.resolve(name).value) {
            continue;
        }
        let message = format!("`{}` is published, and nothing emits it", name.value);
        let fault = Diagnostic::new(Code::NotEmitted, message, name.span, "nobody says this");
        sink.report(
            fault.help(
                "add it to the `output_events` of the route or step that emits it, or remove this entry",
            ),
        );
    }
}
