//! The module named after the node: a marker for each route, step and compensation, with the contract's words as its
//! documentation. It is the link, the completion, the go-to-definition target and the hover text.

use onex_contract::{Brings, Span, Step};
use proc_macro2::TokenStream;
use quote::quote;

use super::Context;

/// What a route is called in the module: the type that it brings.
pub(crate) fn route_name<'c>(context: &'c Context<'_>, brings: &'c Brings) -> &'c str {
    match brings {
        Brings::Event(event) => &context.contract.events[event.value].rust.name.value,
        Brings::Intent { model, .. } => &model.name.value,
    }
}

pub(crate) fn module(context: &Context<'_>) -> TokenStream {
    let contract = context.contract;
    let (visibility, module) = (&context.shell.visibility, &context.shell.module);
    let mut markers = TokenStream::new();
    let mut routes = Vec::new();
    for route in &contract.routes {
        let name = route_name(context, &route.brings);
        let sort = if matches!(route.brings, Brings::Event(_)) { "event" } else { "intent" };
        let text = format!("The {sort} `{name}`, handled by `{}`.", route.handler.function);
        markers.extend(marker(context, name, &text, route.span));
        routes.push(name.to_owned());
    }
    let (mut steps, mut compensations) = (Vec::new(), Vec::new());
    let mut steps_at = None;
    if let Some(workflow) = &contract.workflow {
        steps_at = Some(workflow.span);
        for step in &workflow.steps {
            markers.extend(marker(context, &step.ident, &about(step), step.span));
            steps.push(plain(&step.ident));
            if let Some(compensation) = &step.compensation {
                let text = format!("Undoes the step `{}`.", step.id.value);
                markers.extend(marker(context, &compensation.ident, &text, compensation.name.span));
                compensations.push(plain(&compensation.ident));
            }
        }
        let text = format!("What started the run of `{}`.", workflow.name.value);
        let inner = &context.shell.inner_visibility;
        markers.extend(quote!(#[doc = #text] #inner enum input {}));
        steps.push("input".to_owned());
    }
    let routes_at = contract.routes.first().map(|route| route.span);
    let lists = [
        list(context, "__ROUTES", "route", &routes, routes_at),
        list(context, "__STEPS", "step", &steps, steps_at),
        list(context, "__COMPENSATIONS", "compensation", &compensations, steps_at),
    ];
    let text = format!(
        "What the contract `{}` declares: use these paths in `#[handler(..)]`.",
        contract.source.name()
    );
    quote! {
        #[doc = #text]
        #[allow(non_camel_case_types, non_upper_case_globals, dead_code, missing_debug_implementations, clippy::all, clippy::pedantic)]
        #visibility mod #module {
            #markers
            #(#lists)*
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
        Some(description) => format!("{description} (a step of kind {kind})"),
        None => format!("The step `{}`, of kind {kind}.", step.id.value),
    }
}

fn marker(context: &Context<'_>, name: &str, text: &str, span: Span) -> TokenStream {
    let (ident, visibility) = (context.ident(name), &context.shell.inner_visibility);
    let (line, column) = context.contract.source.line_col(span.start);
    let place = format!("\n\nDeclared at `{}:{line}:{column}`.", context.contract.source.name());
    quote! {
        #[doc = #text]
        #[doc = #place]
        #visibility enum #ident {}
    }
}

/// The names of one sort, for the message about one that is not among them.
fn list(
    context: &Context<'_>,
    constant: &str,
    sort: &str,
    names: &[String],
    at: Option<Span>,
) -> TokenStream {
    let private = context.private();
    let (constant, node) = (context.ident(constant), context.shell.name.to_string());
    let visibility = &context.shell.inner_visibility;
    let declared = context.excerpt(at.unwrap_or(context.contract.name.span));
    quote! {
        #[doc(hidden)]
        #visibility const #constant: #private::Names =
            #private::Names { sort: #sort, node: #node, names: &[#(#names),*], declared: #declared, broken: false };
    }
}
