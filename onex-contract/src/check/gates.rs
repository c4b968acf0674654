//! Events that a step waits for and that somebody else takes, too: valid, and not executed by this version.

use std::collections::HashMap;

use crate::contract::{Brings, Route, Workflow};
use crate::diagnostic::Sink;
use crate::executable::not_in_this_version;
use crate::read::Given;
use crate::source::Span;

pub(super) fn defer(workflow: &Given<Option<Workflow>>, routes: &[Route], sink: &mut Sink) {
    let Ok(Some(workflow)) = workflow else { return };
    let routed = routes.iter().filter_map(|route| match &route.brings {
        Brings::Event(event) => Some((event.value, (event.span, "this handler takes it"))),
        _ => None,
    });
    let starts = workflow.steps.iter().flat_map(|step| {
        let awaits = step.entry.as_ref().map(|entry| &entry.awaits);
        awaits.into_iter().flat_map(|awaits| {
            awaits.events.iter().map(move |event| (*event, (awaits.span(), "it starts a run")))
        })
    });
    let mut taken: HashMap<usize, (Span, &str)> = routed.chain(starts).collect();
    for step in &workflow.steps {
        let Some(gate) = &step.gate else { continue };
        let at = gate.awaits.span();
        if let Some((other, why)) = gate.awaits.events.iter().find_map(|event| taken.get(event)) {
            let deferred =
                not_in_this_version("an event that a step waits for and that is taken elsewhere", at);
            sink.defer(deferred.also(*other, *why));
        }
        taken.extend(gate.awaits.events.iter().map(|event| (*event, (at, "this step waits for it"))));
    }
}
