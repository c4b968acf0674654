//! The module named after the node: a marker for each route, step and compensation, with the contract's words as its
//! documentation. It is the link, the completion, the go-to-definition target and the hover text.

use onex_contract::{Brings, NodeKind, Span, Step};
use proc_macro2::TokenStream;
use quote::quote;

use super::docs::prose;
use super::reducer::states;
use super::{Context, ident};

/// What a route is called in the module: the type that it brings.
pub(crate) fn route_name<'c>(context: &'c Context<'_>, brings: &'c Brings) -> &'c str {
    match brings {
        Brings::Event(event) => &context.contract.events[event.value].rust.name.value,
        Brings::Intent { model, .. } => &model.name.value,
        // An executable contract has no such route.
        Brings::Operation { .. }
        | Brings::Topic { .. }
        | Brings::Payload { .. }
        | Brings::Anything { .. } => "__onex_unexecuted",
    }
}

pub(crate) fn module(context: &Context<'_>) -> TokenStream {
    let contract = context.contract;
    let (visibility, module) = (&context.shell.visibility, &context.shell.module);
    let mut markers = TokenStream::new();
    let (mut events, mut intents, mut transitions) = (Vec::new(), Vec::new(), Vec::new());
    for route in &contract.routes {
        let name = route_name(context, &route.brings);
        let (sort, names) = match route.brings {
            Brings::Event(_) if contract.kind == NodeKind::Reducer => ("event", &mut transitions),
            Brings::Event(_) => ("event", &mut events),
            Brings::Intent { .. } => ("intent", &mut intents),
            // An executable contract has no such route.
            Brings::Operation { .. }
            | Brings::Topic { .. }
            | Brings::Payload { .. }
            | Brings::Anything { .. } => continue,
        };
        let mut text = format!("The {sort} `{name}`, handled by `{}`.", route.handler.function);
        if let Brings::Event(event) = &route.brings
            && let Some(description) = &contract.events[event.value].description
        {
            text += &format!("\n\n{}", prose(description));
        }
        markers.extend(marker(context, name, &text, route.span));
        names.push(name.to_owned());
    }
    let (mut steps, mut inputs, mut compensations) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(workflow) = &contract.workflow {
        for step in &workflow.steps {
            markers.extend(marker(context, &step.ident, &about(step), step.span));
            let names = if step.entry.is_some() { &mut inputs } else { &mut steps };
            names.push(plain(&step.ident));
            if let Some(compensation) = &step.compensation {
                let text = format!("Undoes the step `{}`.", step.id.value);
                markers.extend(marker(context, &compensation.ident, &text, compensation.name.span));
                compensations.push(plain(&compensation.ident));
            }
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
            compensations: &[#(#compensations),*],
            transitions: &[#(#transitions),*],
            routes_at: #routes_at,
            steps_at: #steps_at,
            broken: false,
        };
    };
    let states = states(context);
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
