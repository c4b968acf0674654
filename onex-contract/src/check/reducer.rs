//! A reducer's routes, its machine and its intents: which event is which trigger, which action which intent.
//!
//! An event is the trigger of its name: `PaymentReceived`, and `payment_received` in the machine.

use super::events::EventTable;
use crate::contract::{Action, Brings, Emission, Machine, NodeKind, Route};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::executable::not_in_this_version;
use crate::names::without_model;
use crate::read::Declarations;
use crate::source::Spanned;

pub(super) fn check(
    declared: &Declarations,
    events: &EventTable<'_>,
    routes: &[Route],
    machine: Option<&Machine>,
    emission: Option<&Emission>,
    sink: &mut Sink,
) {
    let Ok(kind) = declared.kind else { return };
    if kind.value != NodeKind::Reducer {
        only_reducers(declared, routes, machine, kind, sink);
        return;
    }
    if let Ok(None) = declared.machine {
        sink.defer(not_in_this_version("a reducer without a `state_machine`", kind.span));
    } else if let Ok(None) = declared.needs.state_model {
        sink.defer(not_in_this_version("a reducer without a `state_model`", kind.span));
    }
    for route in routes {
        if let Some(output) = route.outputs.first() {
            sink.defer(not_in_this_version("an event that a reducer publishes", output.span));
        }
    }
    if let Some(machine) = machine {
        triggers(events, routes, machine, sink);
    }
    actions(machine, emission, sink);
}

/// Each action is an intent that may be emitted, and each intent is emitted by an action.
fn actions(machine: Option<&Machine>, emission: Option<&Emission>, sink: &mut Sink) {
    let intents = emission.map_or(&[][..], |emission| &emission.intents);
    let actions: Vec<&Action> = machine.map_or_else(Vec::new, Machine::actions);
    let unlisted = actions
        .iter()
        .find(|action| intents.iter().all(|intent| intent.intent_type.value.as_str() != action.name.value));
    if let Some(action) = unlisted {
        let what = format!("the action `{}`, which is no intent of `intent_emission`,", action.name.value);
        sink.defer(not_in_this_version(what, action.name.span).help(
            "an action is an intent: list its `intent_type`, its `payload_model` and a `target` in `intent_emission`",
        ));
    }
    let Some(emission) = emission else { return };
    if emission.target.is_none() {
        sink.defer(not_in_this_version("`intent_emission` without a `target`", emission.span));
    }
    for intent in intents {
        let name = intent.intent_type.value.as_str();
        if intent.model.is_none() {
            let what = format!("the intent `{name}` without a `payload_model`");
            sink.defer(not_in_this_version(what, intent.intent_type.span));
        } else if actions.iter().all(|action| action.name.value != name) {
            let what = format!("the intent `{name}`, which no action of the machine emits,");
            sink.defer(not_in_this_version(what, intent.intent_type.span));
        }
    }
}

fn only_reducers(
    declared: &Declarations,
    routes: &[Route],
    machine: Option<&Machine>,
    kind: Spanned<NodeKind>,
    sink: &mut Sink,
) {
    let of = format!("of a node of the kind `{}`", kind.value.as_str());
    if let Some(machine) = machine {
        sink.defer(not_in_this_version(format!("the state machine {of}"), machine.span));
    }
    if let Ok(Some(model)) = &declared.needs.state_model {
        sink.defer(not_in_this_version(format!("the state {of}"), model.name.span));
    }
    for key in routes.iter().filter_map(|route| route.key.as_ref()) {
        let message = format!("a route {of} has no `key`");
        let fault = Diagnostic::new(Code::NotForThisKind, message, key.span, "only a reducer has this");
        sink.report(fault.also(kind.span, "the kind of this node"));
    }
}

/// Each event is a trigger, and each trigger an event.
fn triggers(events: &EventTable<'_>, routes: &[Route], machine: &Machine, sink: &mut Sink) {
    let event = |route: &Route| match &route.brings {
        Brings::Event(event) => Some((without_model(events.name(event.value)).to_owned(), event.span)),
        _ => None,
    };
    let brought: Vec<_> = routes.iter().filter_map(event).collect();
    for (name, at) in &brought {
        if machine.triggers.iter().all(|trigger| trigger.variant != *name) {
            let what = format!("a reducer's route for `{name}`, which is no trigger of its machine,");
            sink.defer(not_in_this_version(what, *at).help(
                "an event is the trigger of its name: `PaymentReceived` fires the transitions of `payment_received`",
            ));
        }
    }
    let missing =
        machine.triggers.iter().find(|trigger| brought.iter().all(|(name, _)| *name != trigger.variant));
    if let Some(trigger) = missing {
        let what = format!("the trigger `{}`, of whose name no event is routed,", trigger.name.value);
        sink.defer(
            not_in_this_version(what, trigger.name.span)
                .help(format!("route an event `{}`: an event is the trigger of its name", trigger.variant)),
        );
    }
}
