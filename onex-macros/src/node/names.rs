//! The user's types, by the names that the contract gives them.
//!
//! Everything that names a user's type is written here, inside a block whose glob import has that type's module in
//! scope. A name that the glob does not have falls back to a placeholder in an outer block, and gives our words with
//! the contract's line instead of rustc's guess.

use onex_contract::{Brings, Event, NodeKind, Route, Span, Step, TypeRef};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::input::{self, keyed, keyed_gates, run_input, with_fields};
use super::markers::route_name;
use super::matrix::result_traits;
use super::routes::{brought_trait, outputs_trait};

use super::{Context, ident, reducer, several};
use crate::root::respan;

pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    let private = context.private();
    let contract = context.contract;
    let intents = contract.routes.iter().filter_map(|route| match &route.brings {
        Brings::Intent { model, .. } => Some(&model.name.value),
        _ => None,
    });
    let mut names: Vec<&String> =
        contract.events.iter().map(|event| &event.rust.name.value).chain(intents).collect();
    names.extend(contract.routes.iter().filter_map(|route| Some(&route.model()?.name.value)));
    names.extend(run_input(context).map(|input| &input.name.value));
    names.extend(reducer::state(context).map(|state| &state.name.value));
    let emitted = reducer::emitted(context);
    names.extend(emitted.iter().filter_map(|intent| Some(&intent.model.as_ref()?.name.value)));
    names.sort();
    names.dedup();
    let keyed: Vec<(&str, Vec<&str>)> =
        keyed(context).chain(keyed_gates(context)).chain(reducer::keyed(context)).collect();
    let (state, state_fields) = (reducer::state(context), reducer::fields(context));
    let placeholders = names.iter().map(|name| {
        let ident = context.ident(name);
        let keys: Vec<&[&str]> =
            keyed.iter().filter(|(event, _)| event == name).map(|(_, path)| path.as_slice()).collect();
        if state.is_some_and(|state| state.name.value == **name) {
            let fields: Vec<&[&str]> = state_fields.iter().map(Vec::as_slice).collect();
            with_fields(&ident, &fields, &quote!(#private::UnknownField))
        } else {
            with_fields(&ident, &keys, &quote!(::core::primitive::u8))
        }
    });
    let idents: Vec<Ident> = names.iter().map(|name| context.ident(name)).collect();
    let values = names.iter().zip(&idents).map(|(name, ident)| placeholder_value(context, name, ident));
    let events = contract.events.iter().enumerate().map(|(at, event)| event_block(context, at, event));
    let intents = contract.routes.iter().enumerate().filter_map(|(at, route)| match &route.brings {
        Brings::Intent { model, intent_type } => {
            let name = intent_type.value.as_str();
            Some(intent_block(context, at, model, name, intent_type.span))
        }
        _ => None,
    });
    let messages = contract.routes.iter().enumerate().map(|(at, route)| message_block(context, at, route));
    let input = input::expand(context);
    let emitted = emitted.iter().enumerate().filter_map(|(at, intent)| {
        let (model, declared) = (intent.model.as_ref()?, intent.intent_type.value.as_str());
        let name = context.ident(&model.name.value);
        let checks = intent_checks(context, model, &name, declared, intent.intent_type.span);
        let emitted = reducer::emitted_model(context, at, &name);
        Some(in_scope(context, model.module.as_ref(), &quote!(#checks #emitted)))
    });
    let reducer = reducer::scoped(context);
    quote! { {
        mod __onex_missing {
            #(#placeholders)*
            #(impl #private::Placeholder for #idents {})*
            #(#values)*
        }
        use __onex_missing::*;
        #(#events)*
        #(#intents)*
        #(#messages)*
        #input
        #(#emitted)*
        #reducer
    } }
}

/// That the placeholder of a type could be what starts a run, so that a missing type is one fault.
fn placeholder_value(context: &Context<'_>, name: &str, placeholder: &Ident) -> TokenStream {
    let private = context.private();
    // The enumeration that it is in has to be serialisable, and what is so is such a value by itself.
    if several::is_in_one(context, name) {
        return several::placeholder(context, placeholder);
    }
    quote! {
        impl #private::RunValue for #placeholder {
            fn read(payload: &#private::Payload) -> #private::Result<#private::Payload, #private::DecodeError> {
                #private::Result::Ok(::core::clone::Clone::clone(payload))
            }
            fn borrow(_: &#private::Payload) -> #private::Option<&Self> {
                #private::Option::None
            }
        }
    }
}

/// A block in which the names of a module are in scope.
///
/// A module that is not there is told twice, by rustc about the import and by our words about the name: on stable Rust an
/// import has no fallback, since a glob in an inner block and a module of that name in an outer one are ambiguous to
/// imports (E0659), as they are not to types. It is told where the contract is named, and nowhere else.
pub(super) fn in_scope(
    context: &Context<'_>,
    module: Option<&Vec<String>>,
    tokens: &TokenStream,
) -> TokenStream {
    let import = match module.map(Vec::as_slice) {
        None | Some([]) => quote!(
            use self::*;
        ),
        Some([first, rest @ ..]) => {
            let span = proc_macro2::Span::call_site().located_at(context.literal);
            let rest = rest.iter().map(|segment| ident(segment, span));
            // Contracts name the module from the crate: that is `crate` where the node is in it.
            let own = std::env::var("CARGO_CRATE_NAME").is_ok_and(|name| name == *first);
            let first = match first.as_str() {
                "crate" | "self" | "super" => {
                    let keyword = Ident::new(first, span);
                    quote!(#keyword)
                }
                _ if own => {
                    let keyword = Ident::new("crate", span);
                    quote!(#keyword)
                }
                _ => {
                    let first = ident(first, span);
                    quote!(::#first)
                }
            };
            quote!(use #first #(::#rest)* ::*;)
        }
    };
    quote!({ #import #tokens })
}

/// A name that is no type in scope, at the literal, with the contract's line.
pub(super) fn exists(context: &Context<'_>, name: &Ident, sort: &str, span: Span) -> TokenStream {
    let private = context.private();
    let message = format!(
        "the contract of `{}` names the {sort} `{name}`, but there is no such type in scope\n\
         help: import it beside the struct (a node stands in a module, not in a function), or correct the name in the contract\n\
         note: it is named here\n{}",
        context.shell.name,
        context.excerpt(span)
    );
    let check = quote! {
        const _: () = if #private::Probe::<#name>::MISSING { ::core::panic!("{}", #message) };
    };
    respan(check, context.literal)
}

fn event_block(context: &Context<'_>, at: usize, event: &Event) -> TokenStream {
    let private = context.private();
    let name = context.ident(&event.rust.name.value);
    let mut tokens = exists(context, &name, "event", event.rust.name.span);
    let shell = &context.shell.name;
    tokens.extend(quote! {
        impl #private::system::Names<#at> for #shell {
            const RUST: #private::Option<#private::system::RustType> = #private::Probe::<#name>::DEFINED;
        }
    });
    let named = format!("the contract names it as one here\n{}", context.escaped(event.rust.name.span));
    let (declared, excerpt) = (&event.rust.name.value, context.excerpt(event.rust.name.span));
    let check = quote! {
        const _: () = #private::check_event_name(<#name as IsEvent>::NAME, #declared, #excerpt);
    };
    let check = respan(check, context.literal);
    tokens.extend(quote! { {
        #[diagnostic::on_unimplemented(
            message = "`{Self}` is not an event",
            label = "required by this contract",
            note = #named,
            note = "derive it: `#[derive(onex::Event, serde::Serialize, serde::Deserialize)]`"
        )]
        trait IsEvent {
            const NAME: &'static str;
        }
        #[diagnostic::do_not_recommend]
        impl<T: #private::Event> IsEvent for T {
            const NAME: &'static str = T::NAME;
        }
        #[diagnostic::do_not_recommend]
        impl IsEvent for __onex_missing::#name {
            const NAME: &'static str = #declared;
        }
        #check
    } });
    for (index, route) in context.contract.routes.iter().enumerate() {
        if let Brings::Event(brought) = &route.brings
            && brought.value == at
        {
            tokens.extend(route_impl(context, index, &name));
            tokens.extend(reducer::transition(context, index, route, &name));
        }
        if route.outputs.iter().any(|output| output.value == at) {
            tokens.extend(match context.contract.kind {
                NodeKind::Reducer => continue,
                NodeKind::Orchestrator | NodeKind::Effect => {
                    let listed = outputs_trait(index);
                    quote! {
                        impl #listed for #name {
                            const EVENT: &'static #private::EventRow = &__ONEX_EVENTS[#at];
                        }
                    }
                }
                NodeKind::Compute => {
                    let results = result_traits(index);
                    quote!(#(impl #results for #name {})*)
                }
            });
        }
    }
    tokens.extend(several::scoped(context, at, &name));
    if let Some(workflow) = &context.contract.workflow {
        for step in &workflow.steps {
            let marker = context.ident(&step.ident);
            if step.entry.as_ref().is_some_and(|entry| entry.awaits.only() == Some(at)) {
                tokens.extend(quote! {
                    impl #private::StepOutput for __onex_node::#marker {
                        type Type = #name;
                    }
                });
            }
            if let Some(gate) = step.gate.as_ref().filter(|gate| gate.awaits.only() == Some(at)) {
                tokens.extend(input::gate(context, step, gate, &name));
            }
            if let Some(publishes) = step.publishes.iter().find(|publishes| publishes.value == at) {
                tokens.extend(published(context, step, &name, publishes.span));
            }
        }
    }
    in_scope(context, event.rust.module.as_ref(), &tokens)
}

/// The output of a step that the contract publishes is the event.
fn published(context: &Context<'_>, step: &Step, name: &Ident, span: Span) -> TokenStream {
    let private = context.private();
    let (marker, id) = (context.ident(&step.ident), &step.id.value);
    let message = format!(
        "the contract publishes the output of `{id}` as `{name}`, but its handler returns `{{Self}}`"
    );
    let listed = format!("it is published here\n{}", context.escaped(span));
    let mend = format!("return `{name}` from the handler, or remove `output_events` from the step");
    let check = quote! {
        fn the_output_is_the_event() { #private::Publishes::<__onex_node::#marker>(#private::PhantomData).check() }
    };
    let check = respan(check, context.literal);
    quote! { {
        #[diagnostic::on_unimplemented(message = #message, label = "required by this contract", note = #listed, note = #mend)]
        trait IsThePublishedEvent {}
        impl IsThePublishedEvent for #name {}
        impl<T: IsThePublishedEvent> #private::PublishedAs<T> for __onex_node::#marker {}
        #check
    } }
}

fn intent_block(
    context: &Context<'_>,
    at: usize,
    model: &TypeRef,
    declared: &str,
    span: Span,
) -> TokenStream {
    let name = context.ident(&model.name.value);
    let mut tokens = intent_checks(context, model, &name, declared, span);
    tokens.extend(route_impl(context, at, &name));
    in_scope(context, model.module.as_ref(), &tokens)
}

/// The message of a route that is found by a name, by a topic or by nothing. Where the contract gives it no type, the
/// parameter of the handler does.
fn message_block(context: &Context<'_>, at: usize, route: &Route) -> TokenStream {
    let private = context.private();
    match (&route.brings, route.model()) {
        (Brings::Event(_) | Brings::Intent { .. }, _) => TokenStream::new(),
        (_, Some(model)) => {
            let name = context.ident(&model.name.value);
            let exists = exists(context, &name, "message", model.name.span);
            let declared = declared_route(context, at, &quote!(#name));
            let brought = brought_trait(at);
            let (shell, at) = (&context.shell.name, context.contract.events.len() + at);
            let has_one_topic = matches!(route.brings, Brings::Topic { .. }) || route.derived.is_some();
            let rust = has_one_topic.then(|| {
                quote! {
                    impl #private::system::Names<#at> for #shell {
                        const RUST: #private::Option<#private::system::RustType> =
                            #private::Probe::<#name>::DEFINED;
                    }
                }
            });
            in_scope(
                context,
                model.module.as_ref(),
                &quote!(#exists impl #brought for #name {} #declared #rust),
            )
        }
        (Brings::Anything { .. }, None) => {
            let (declared, brought) =
                (declared_route(context, at, &quote!(#private::Envelope)), brought_trait(at));
            quote!(impl #brought for #private::Envelope {} #declared)
        }
        (_, None) => declared_route(context, at, &quote!(#private::Untyped)),
    }
}

/// That an intent's type is one, and is the one that the contract means.
fn intent_checks(
    context: &Context<'_>,
    model: &TypeRef,
    name: &Ident,
    declared: &str,
    span: Span,
) -> TokenStream {
    let private = context.private();
    let mut tokens = exists(context, name, "intent", model.name.span);
    let (text, excerpt) = (&model.name.value, context.excerpt(span));
    let named = format!("the contract names it as one here\n{}", context.escaped(model.name.span));
    let check = quote! {
        const _: () = #private::check_intent_type(#text, <#name as IsIntent>::NAME, #declared, #excerpt);
    };
    let check = respan(check, context.literal);
    tokens.extend(quote! { {
        #[diagnostic::on_unimplemented(
            message = "`{Self}` is not an intent",
            label = "required by this contract",
            note = #named,
            note = "derive it: `#[derive(onex::Intent, serde::Serialize, serde::Deserialize)]` with its name, `#[intent(\"domain.action\")]`"
        )]
        trait IsIntent {
            const NAME: &'static str;
        }
        #[diagnostic::do_not_recommend]
        impl<T: #private::Intent> IsIntent for T {
            const NAME: &'static str = T::TYPE;
        }
        #[diagnostic::do_not_recommend]
        impl IsIntent for __onex_missing::#name {
            const NAME: &'static str = #declared;
        }
        #check
    } });
    tokens
}

fn route_impl(context: &Context<'_>, at: usize, name: &Ident) -> TokenStream {
    let (private, shell) = (context.private(), &context.shell.name);
    let marker = context.ident(route_name(context, &context.contract.routes[at]));
    let (brought, declared) = (brought_trait(at), declared_route(context, at, &quote!(#name)));
    quote! {
        impl #brought for #name {}
        #declared
        impl #private::Routes<#name> for #shell {
            type Route = __onex_node::#marker;
        }
    }
}

fn declared_route(context: &Context<'_>, at: usize, message: &TokenStream) -> TokenStream {
    let private = context.private();
    let shell = &context.shell.name;
    let route = &context.contract.routes[at];
    let marker = context.ident(route_name(context, route));
    let declared = context.excerpt(route.handler.name.span);
    let output = route.outputs.first().filter(|_| context.contract.kind == NodeKind::Compute).map(|output| {
        let event = output.value;
        quote! {
            const OUTPUT: #private::Option<&'static #private::EventRow> = #private::Option::Some(&__ONEX_EVENTS[#event]);
        }
    });
    quote! {
        impl #private::Route for __onex_node::#marker {
            type Node = #shell;
            type Message = #message;
            const INDEX: usize = #at;
            const DECLARED: &'static str = #declared;
            #output
        }
    }
}
