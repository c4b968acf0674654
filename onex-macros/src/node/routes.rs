//! Routes: that each has a handler, and what each may emit.

use onex_contract::{Brings, NodeKind, Route};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::markers::{in_words, route_name, slot};
use super::slot::{Handled, handled};
use super::{Context, escape, matrix};

pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    let routes = context.contract.routes.iter().enumerate();
    let pieces = routes.flat_map(|(index, route)| {
        let emits = match context.contract.kind {
            NodeKind::Orchestrator | NodeKind::Effect => {
                let (outputs, starts) = (outputs(context, index, route), starts(context, route));
                quote!(#outputs #starts)
            }
            NodeKind::Compute | NodeKind::Reducer => matrix::emits_nothing(context, route),
        };
        let matrix = matrix::expand(context, index, route);
        [has_a_handler(context, route), brought(context, index, route), emits, matrix]
    });
    pieces.collect()
}

/// The trait that lists what a route may emit. One for each route, named by its index; the impls for the user's
/// types are written where those types are in scope.
pub(crate) fn outputs_trait(index: usize) -> Ident {
    format_ident!("ListedInOutputEvents{index}")
}

fn has_a_handler(context: &Context<'_>, route: &Route) -> TokenStream {
    let (node, module) = (&context.shell.name, &context.shell.module);
    let name = route_name(context, route);
    let function = handler_name(context, route);
    let is_reducer = context.contract.kind == NodeKind::Reducer;
    let message = format!("`{node}` has no handler for {}", in_words(context, route));
    let declared = format!("the route is declared here\n{}", context.escaped(route.span));
    let (asyncness, answer) = match (context.contract.kind, &route.brings) {
        (NodeKind::Compute, _) => ("", format!(" -> {}", result(context, route))),
        (NodeKind::Effect, brings) if !matches!(brings, Brings::Event(_)) => ("async ", String::new()),
        _ => ("async ", format!(" -> Emit<{module}::{name}>")),
    };
    let mend = match &context.contract.needs.state_model {
        Some(state) if is_reducer => format!(
            "write `#[handler(transition = {module}::{name})]` above `fn {function}(state: &mut {}, event: &{name})`",
            state.name.value
        ),
        _ => {
            let (slot, parameter) = (slot(context, route), parameter(context, route));
            format!(
                "write `#[handler({slot} = {module}::{name})]` above `{asyncness}fn {function}({parameter}){answer}`"
            )
        }
    };
    let mend = escape(&mend);
    let handler = if is_reducer { "TransitionHandler" } else { "RouteHandler" };
    let (slot, check) = (name, "every_route_has_a_handler");
    handled(context, &Handled { slot, handler, check, message, declared, mend })
}

/// The parameter of a handler, as far as the contract says.
fn parameter(context: &Context<'_>, route: &Route) -> String {
    let name = route_name(context, route);
    match (&route.brings, route.model()) {
        (Brings::Event(_), _) => format!("event: {name}"),
        (Brings::Intent { .. }, _) => format!("intent: {name}"),
        (_, Some(model)) => format!("message: &{}", model.name.value),
        (Brings::Anything { .. }, None) => "envelope: &Envelope".to_owned(),
        (_, None) => "message: &..".to_owned(),
    }
}

/// The function of a route's handler: as the contract calls it, or like the route where one handler has several.
pub(crate) fn handler_name(context: &Context<'_>, route: &Route) -> String {
    let function = &route.handler.function;
    let shared =
        context.contract.routes.iter().filter(|other| other.handler.function == *function).count() > 1;
    match &route.ident {
        Some(ident) if shared => ident.trim_start_matches("r#").to_owned(),
        _ => function.clone(),
    }
}

/// The type that the handler of a compute route returns, as far as the contract says.
fn result<'c>(context: &'c Context<'_>, route: &Route) -> &'c str {
    route.outputs.first().map_or("..", |output| &context.contract.events[output.value].rust.name.value)
}

/// The trait of what a route brings, named by its index; its impl is written where the user's type is in scope.
pub(crate) fn brought_trait(index: usize) -> Ident {
    format_ident!("BroughtByRoute{index}")
}

fn brought(context: &Context<'_>, index: usize, route: &Route) -> TokenStream {
    let private = context.private();
    let name = route_name(context, route);
    let (marker, brought) = (context.ident(name), brought_trait(index));
    let model = match (&route.brings, route.model()) {
        (Brings::Event(_) | Brings::Intent { .. }, _) => name,
        (_, Some(model)) => &model.name.value,
        // The parameter of the handler says what the message is read as.
        (Brings::Anything { .. }, None) => "Envelope",
        (_, None) => return quote!(impl<P> #private::Brings<P> for __onex_node::#marker {}),
    };
    let (message, label) = match (&route.brings, route.model()) {
        (Brings::Anything { .. }, None) => (
            "messages of any type come to the default handler, but this one takes `{Self}`".to_owned(),
            "expected `&Envelope`, whose `payload` it may read as it likes".to_owned(),
        ),
        _ => (
            format!("the route brings `{model}`, but this handler takes `{{Self}}`"),
            format!("expected `{model}` or `&{model}`"),
        ),
    };
    let declared = format!("the route is declared here\n{}", context.escaped(route.span));
    quote! {
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #declared)]
        trait #brought {}
        impl<P: #brought> #private::Brings<P> for __onex_node::#marker {}
    }
}

fn outputs(context: &Context<'_>, index: usize, route: &Route) -> TokenStream {
    let private = context.private();
    let node = &context.shell.name;
    let name = route_name(context, route);
    let marker = context.ident(name);
    let listed = outputs_trait(index);
    let message = format!("the contract of `{node}` does not let the handler of `{name}` emit `{{Self}}`");
    let (note, mend) = match route.outputs_span {
        Some(span) => (
            format!("it may emit what is listed here\n{}", context.escaped(span)),
            "add `{Self}` to `output_events` and give it a topic in `published_events`, or emit one of those",
        ),
        None => (
            format!("its route lists no `output_events`\n{}", context.escaped(route.span)),
            "add `output_events: [{Self}]` to the route and give it a topic in `published_events`",
        ),
    };
    let events = quote! {
        #[diagnostic::on_unimplemented(message = #message, label = "not among its `output_events`", note = #note, note = #mend)]
        trait #listed {
            const EVENT: &'static #private::EventRow;
        }
        impl<M: #listed> #private::Emits<M> for __onex_node::#marker {
            const EVENT: &'static #private::EventRow = M::EVENT;
        }
    };
    let intents = match context.contract.kind {
        NodeKind::Orchestrator if starts_what_sends(context, route) => {
            super::sends::done_once(context, route)
        }
        NodeKind::Orchestrator => quote! {
            impl<M: ListedInIntentRoutingTable> #private::Intends<M> for __onex_node::#marker {
                const TARGET: &'static #private::IntentRow = M::TARGET;
            }
        },
        NodeKind::Effect | NodeKind::Compute | NodeKind::Reducer => quote! {
            impl<M: EffectEmitsEventsOnly> #private::Intends<M> for __onex_node::#marker {
                const TARGET: &'static #private::IntentRow = M::TARGET;
            }
        },
    };
    quote!(#events #intents)
}

/// Its handler may start a run, which sends intents itself.
fn starts_what_sends(context: &Context<'_>, route: &Route) -> bool {
    let Some(workflow) = &context.contract.workflow else { return false };
    let entry = workflow.entry().and_then(|step| workflow.steps[step].entry.as_ref());
    let starts = matches!((entry, &route.brings), (Some(entry), Brings::Event(event)) if entry.awaits.events.contains(&event.value));
    starts && workflow.steps.iter().any(|step| step.sends.is_some())
}

/// Only the handler of the workflow's entry event may start a run.
fn starts(context: &Context<'_>, route: &Route) -> TokenStream {
    let private = context.private();
    let name = route_name(context, route);
    let marker = context.ident(name);
    let workflow = context.contract.workflow.as_ref();
    let entry = workflow.and_then(|workflow| workflow.steps[workflow.entry()?].entry.as_ref());
    if let (Some(entry), Brings::Event(event)) = (entry, &route.brings)
        && entry.awaits.events.contains(&event.value)
    {
        return quote!(impl<X> #private::Starts<X> for __onex_node::#marker {});
    }
    let message = format!("`{name}` starts no run, so its handler cannot either");
    let note = match entry {
        Some(entry) => {
            format!("a run is started by the event named here\n{}", context.escaped(entry.awaits.span()))
        }
        None => format!("the contract has no step with an `event_pattern`\n{}", context.escaped(route.span)),
    };
    quote! { {
        #[diagnostic::on_unimplemented(
            message = #message,
            label = "not the entry of a workflow",
            note = #note,
            note = "emit that event instead: it starts the run, or its handler decides"
        )]
        trait IsTheEntry {}
        impl<X: IsTheEntry> #private::Starts<X> for __onex_node::#marker {}
    } }
}
