//! `#[handler(event = ..)]` and its siblings, `intent`, `operation`, `payload`, `topic` and `default`: what handles a route.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::function::Function;
use super::lookup::{declared, no_result, proven, scope};
use super::outcome::outcome;
use super::parameter::{Asks, Parameter, UNCHANGEABLE, context};
use super::slot::{Slot, SlotKind};
use crate::error::Errors;
use crate::root::{impl_at, nested, respan};

pub(crate) fn expand(slot: &Slot, function: &Function, errors: &mut Errors) -> Option<TokenStream> {
    let parameters = function.parameters(errors);
    let message = message(slot, function, &parameters, errors)?;
    let returns = function.returns();
    let (private, marker) = (slot.root.private(), &slot.marker);
    let name = &function.signature.ident;

    let (taken, by_value) = match &parameters[message].asks {
        Asks::Owned(ty) => (ty, true),
        Asks::Borrowed(ty) => (ty, false),
        _ => return None,
    };
    let mut aliases = quote!(type __Message = #taken;);
    let value = &returns.value;
    aliases.extend(quote!(type __Answer = #value;));

    let ctx = context(&parameters);
    let mut arguments = Vec::new();
    let mut dependencies = Vec::new();
    for (index, parameter) in parameters.iter().enumerate() {
        arguments.push(match &parameter.asks {
            _ if index == message && by_value => respan(quote!(__onex_message.into_owned()), parameter.span),
            _ if index == message => quote!(&__onex_message),
            Asks::Context => ctx.clone(),
            Asks::Dependency(ty) => {
                let (alias, bound) = (format_ident!("__Dep{index}"), format_ident!("__dep{index}"));
                aliases.extend(quote!(type #alias = #ty;));
                dependencies.push((alias, bound.clone(), parameter.span));
                quote!(#bound)
            }
            Asks::Mutable(_) => {
                errors.at(parameter.span, UNCHANGEABLE);
                return None;
            }
            Asks::Borrowed(_) | Asks::Optional(_) | Asks::Told(_) | Asks::Owned(_) => {
                errors.at(
                    parameter.span,
                    "a route brings one message: beside it a handler takes only `Dep<T>` and `Ctx` (type aliases are not seen)",
                );
                return None;
            }
        });
    }
    let (dep_types, dep_names): (Vec<_>, Vec<_>) =
        dependencies.iter().map(|(ty, name, _)| (quote!(#ty), quote!(#name))).unzip();
    let (dep_types, dep_names) = (nested(&dep_types), nested(&dep_names));

    let await_it = function.is_async().then(|| quote!(.await));
    let call = quote!(#name(#(#arguments),*)#await_it);
    let outcome = outcome(slot, &returns, &call, &quote!(#private::Result::Ok(value)));
    aliases.extend(outcome.aliases);

    let (sort, _) = slot.kind.route()?;
    let mut checks = declared(slot, marker, sort);
    if returns.error.is_none() {
        checks.extend(no_result(slot, &format_ident!("__Answer"), returns.span));
    }
    let message_span = parameters[message].span;
    let check = quote! {
        fn __takes_what_the_route_brings() { #private::Takes::<#marker, __Message>(#private::PhantomData).check() }
    };
    checks.extend(respan(check, message_span));
    if let Some((_, _, span)) = dependencies.first() {
        checks.extend(respan(quote!(const _: () = #private::may_take_dependencies::<#marker>();), *span));
    } else if let Some(asyncness) = &function.signature.asyncness {
        checks.extend(respan(quote!(const _: () = #private::may_await::<#marker>();), asyncness.span));
    }
    let answers = quote! {
        const _: () = #private::answers::<#marker, { #private::AnswerSort::<__Answer>::OF }, __Answer>();
    };
    checks.extend(respan(answers, returns.span));
    checks.extend(outcome.checks);
    let text = name.to_string();
    checks.extend(respan(quote!(const _: () = #private::check_handler_name::<#marker>(#text);), name.span()));

    let result = &outcome.result;
    let header = quote!(impl<__X> #private::RouteHandler<__X> for #marker);
    let body = quote! {
        type Takes = __Message;
        type Deps = #dep_types;
        type Gives = __Answer;
        fn call(
            __onex_message: #private::Message<__Message>,
            __onex_ctx: #private::Ctx,
            __onex_deps: Self::Deps,
        ) -> impl ::core::future::Future<Output = #private::Result<__Answer, #private::Fault>>
            + ::core::marker::Send
        {
            let #dep_names = __onex_deps;
            async move { #result }
        }
        fn emitted(__onex_gives: __Answer) -> #private::Result<#private::Emitted, #private::Fault> {
            #private::Answer::<Self, __Answer>::new(__onex_gives).settle()
        }
    };
    let handler = impl_at((slot.at, marker.span()), header, body);
    let checks = proven(slot, &checks);
    let inner = quote!(#checks #handler);
    Some(scope(slot, std::slice::from_ref(marker), &aliases, &inner))
}

/// Which parameter is the message: the first that is neither a `Dep` nor the `Ctx`.
fn message(slot: &Slot, function: &Function, parameters: &[Parameter], errors: &mut Errors) -> Option<usize> {
    let found =
        parameters.iter().position(|parameter| matches!(parameter.asks, Asks::Owned(_) | Asks::Borrowed(_)));
    for parameter in parameters {
        if let (None, Asks::Mutable(_)) = (found, &parameter.asks) {
            errors.at(parameter.span, UNCHANGEABLE);
        }
    }
    if found.is_none() && errors.is_empty() {
        let (_, what) = slot.kind.route()?;
        let (marker, name) = (&slot.marker, &function.signature.ident);
        let forms = match slot.kind {
            SlotKind::Event | SlotKind::Intent => format!("`{what}: {marker}` or `{what}: &{marker}`"),
            SlotKind::Default => format!("`{what}: &Envelope`"),
            _ => format!("`{what}: &..`"),
        };
        errors.on(
            name,
            format!("`{name}` takes no {what}\nhelp: its first parameter is what the route brings: {forms}"),
        );
    }
    found
}
