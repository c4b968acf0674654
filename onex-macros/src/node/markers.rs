//! The module named after the node: a marker for each route, step and compensation, with the contract's words as its
//! documentation. It is the link, the completion, the go-to-definition target and the hover text.

use onex_contract::{Brings, NodeKind, Route, Span, Step};
use proc_macro2::TokenStream;
use quote::quote;

use super::custom;
use super::docs::prose;
use super::reducer::states;
use super::sends::has_handler;
use super::{Context, ident, several};

/// What a route is called in the module: the type that it brings, or a name of its own.
pub(crate) fn route_name<'c>(context: &'c Context<'_>, route: &'c Route) -> &'c str {
    match &route.brings {
        Brings::Event(event) => &context.contract.events[event.value].rust.name.value,
        Brings::Intent { model, .. } => &model.name.value,
        Brings::Operation { .. }
        | Brings::Topic { .. }
        | Brings::Payload { .. }
        // An executable contract has no such route without a name.
        | Brings::Anything { .. } => route.ident.as_deref().unwrap_or("__onex_unexecuted"),
    }
}

/// The slot of a route's handler.
pub(crate) fn slot(context: &Context<'_>, route: &Route) -> &'static str {
    match route.brings {
        Brings::Event(_) if context.contract.kind == NodeKind::Reducer => "transition",
        Brings::Event(_) => "event",
        Brings::Intent { .. } => "intent",
        Brings::Operation { .. } => "operation",
        Brings::Payload { .. } => "payload",
        // A topic that carries several operations.
        Brings::Topic { .. } if route.asked().is_some() => "operation",
        Brings::Topic { .. } => "topic",
        Brings::Anything { .. } => "default",
    }
}

/// What a route brings, in words: "the operation `orders.store`".
pub(crate) fn in_words(context: &Context<'_>, route: &Route) -> String {
    match (slot(context, route), route.asked()) {
        ("default", _) => "what no other route takes".to_owned(),
        ("topic", _) => match route.topics.first() {
            Some(topic) => format!("the topic `{topic}`"),
            None => "the topic".to_owned(),
        },
        ("transition", _) => format!("the event `{}`", route_name(context, route)),
        (sort, Some(name)) => format!("the {sort} `{}`", name.value),
        (sort, None) => format!("the {sort} `{}`", route_name(context, route)),
    }
}

pub(crate) fn module(context: &Context<'_>) -> TokenStream {
    let contract = context.contract;
    let (visibility, module) = (&context.shell.visibility, &context.shell.module);
    let mut markers = TokenStream::new();
    let mut routed: Vec<(&str, String)> = Vec::new();
    for route in &contract.routes {
        let name = route_name(context, route);
        let brought = in_words(context, route);
        let brought = brought.strip_prefix("the ").map_or(brought.clone(), |rest| format!("The {rest}"));
        let mut text = format!("{brought}, handled by `{}`.", route.handler.function);
        if let Brings::Event(event) = &route.brings
            && let Some(description) = &contract.events[event.value].description
        {
            text += &format!("\n\n{}", prose(description));
        }
        markers.extend(marker(context, name, &text, route.span));
        routed.push((slot(context, route), plain(name)));
    }
    let of = |slot: &str| -> Vec<&String> {
        routed.iter().filter(|(of, _)| *of == slot).map(|(_, name)| name).collect()
    };
    let [events, intents, transitions] = ["event", "intent", "transition"].map(of);
    let [operations, payloads, topics, defaults] = ["operation", "payload", "topic", "default"].map(of);
    let (mut steps, mut inputs, mut compensations) = (Vec::new(), Vec::new(), Vec::new());
    let mut senders = Vec::new();
    let mut conditions = Vec::new();
    if let Some(workflow) = &contract.workflow {
        for step in &workflow.steps {
            markers.extend(marker(context, &step.ident, &about(step), step.span));
            let names = match &step.sends {
                Some(_) => &mut senders,
                None if has_handler(step) => &mut steps,
                None => &mut inputs,
            };
            names.push(plain(&step.ident));
            if let Some(compensation) = &step.compensation {
                let text = format!("Undoes the step `{}`.", step.id.value);
                markers.extend(marker(context, &compensation.ident, &text, compensation.name.span));
                compensations.push(plain(&compensation.ident));
            }
        }
        for custom in custom::of(workflow) {
            let text = format!("Decides whether {} runs.", custom.in_words(workflow));
            markers.extend(marker(context, custom.ident, &text, custom.name.span));
            conditions.push(plain(custom.ident));
        }
        let text = format!("What started the run of `{}`.", workflow.name.value);
        let inner = &context.shell.inner_visibility;
        markers.extend(quote!(#[doc = #text] #inner enum input {}));
        inputs.push("input".to_owned());
    }
    let (private, inner, node) =
        (context.private(), &context.shell.inner_visibility, context.shell.name.to_string());
    let routes_at = contract.routes.first().map_or(contract.name.span, |route| route.span);
    let steps_at = contract.workflow.as_ref().map_or(contract.name.span, |workflow| workflow.span);
    let (routes_at, steps_at) = (context.excerpt(routes_at), context.excerpt(steps_at));
    let names = quote! {
        #[doc(hidden)]
        #inner const __NAMES: #private::Names = #private::Names {
            node: #node,
            events: &[#(#events),*],
            intents: &[#(#intents),*],
            steps: &[#(#steps),*],
            inputs: &[#(#inputs),*],
            senders: &[#(#senders),*],
            compensations: &[#(#compensations),*],
            conditions: &[#(#conditions),*],
            transitions: &[#(#transitions),*],
            operations: &[#(#operations),*],
            payloads: &[#(#payloads),*],
            topics: &[#(#topics),*],
            defaults: &[#(#defaults),*],
            routes_at: #routes_at,
            steps_at: #steps_at,
            broken: false,
        };
    };
    let (states, events) = (states(context), several::enumerations(context));
    let text = format!(
        "What the contract `{}` declares: use these paths in `#[handler(..)]`.",
        contract.source.name()
    );
    quote! {
        #[doc = #text]
        #[allow(non_camel_case_types, non_upper_case_globals, dead_code, missing_debug_implementations, clippy::all, clippy::pedantic)]
        #visibility mod #module {
            #markers
            #states
            #events
            #names
        }
    }
}

/// The name without `r#`, as the contract's author knows it.
fn plain(ident: &str) -> String {
    ident.trim_start_matches("r#").to_owned()
}

fn about(step: &Step) -> String {
    let kind = step.kind.as_str();
    match &step.description {
        Some(description) => {
            format!("The step `{}`, of kind {kind}.\n\n{}", step.id.value, prose(description))
        }
        None => format!("The step `{}`, of kind {kind}.", step.id.value),
    }
}

fn marker(context: &Context<'_>, name: &str, text: &str, span: Span) -> TokenStream {
    // An editor that follows a path to the marker comes to the name of the contract.
    let (ident, visibility) = (ident(name, context.literal), &context.shell.inner_visibility);
    let (line, column) = context.contract.at(span);
    let place =
        format!("\n\nDeclared at `{}:{line}:{column}`.", context.contract.source.file_of(span).name());
    quote! {
        #[doc = #text]
        #[doc = #place]
        #visibility enum #ident {}
    }
}
