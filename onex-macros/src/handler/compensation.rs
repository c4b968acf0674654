//! `#[handler(compensation = ..)]`: what undoes a step.

use proc_macro2::TokenStream;
use quote::quote;

use super::flow::flow;
use super::function::Function;
use super::lookup::{declared, proven, scope};
use super::outcome::outcome;
use super::slot::Slot;
use crate::error::Errors;
use crate::root::impl_at;

pub(crate) fn expand(slot: &Slot, function: &Function, errors: &mut Errors) -> TokenStream {
    let (private, marker, name) = (slot.root.private(), &slot.marker, &function.signature.ident);
    let flow = flow(slot, function, errors);
    let (arguments, returns) = (&flow.arguments, function.returns());
    if !matches!(&returns.value, syn::Type::Tuple(tuple) if tuple.elems.is_empty()) {
        let message =
            "a compensation returns nothing, `()` or `Result<(), E>`: nobody can depend on what it undid";
        errors.at(returns.span, message);
    }
    let await_it = function.is_async().then(|| quote!(.await));
    let call = quote!(#name(#(#arguments),*)#await_it);
    let outcome = outcome(slot, &returns, &call, &quote!(#private::Result::Ok(value)));

    let mut aliases = flow.aliases.clone();
    aliases.extend(outcome.aliases);
    let mut checks = declared(slot, marker, "Compensation");
    checks.extend(flow.checks.clone());
    checks.extend(outcome.checks);

    let (types, bindings, result) = (flow.types(), flow.bindings(), &outcome.result);
    let header = quote!(impl<__X> #private::CompensationHandler<__X> for #marker);
    let body = quote! {
        #types
        fn run<'a>(
            __onex_inputs: <Self::Inputs as #private::Inputs>::Refs<'a>,
            __onex_ctx: #private::Ctx,
            __onex_deps: Self::Deps,
        ) -> impl ::core::future::Future<Output = #private::Result<(), #private::Fault>>
            + ::core::marker::Send
            + 'a
        {
            #bindings
            async move { #result }
        }
    };
    let handler = impl_at((slot.at, marker.span()), header, body);
    let checks = proven(slot, &checks);
    scope(slot, &flow.names(marker), &aliases, &quote!(#checks #handler))
}
