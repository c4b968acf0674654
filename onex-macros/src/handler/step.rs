//! `#[handler(step = ..)]`: what a step of a workflow does.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::body::{Body, Run, may_be_an_effect, step_handler};
use super::flow::flow;
use super::function::{Function, name_span};
use super::lookup::{declared, no_result, proven, scope};
use super::outcome::outcome;
use super::slot::Slot;
use crate::error::Errors;
use crate::root::respan;

pub(crate) fn expand(slot: &Slot, function: &Function, errors: &mut Errors) -> TokenStream {
    let (private, marker, name) = (slot.root.private(), &slot.marker, &function.signature.ident);
    let flow = flow(slot, function, errors);
    let (arguments, returns, is_async) = (&flow.arguments, function.returns(), function.is_async());
    let await_it = is_async.then(|| quote!(.await));
    let call = quote!(#name(#(#arguments),*)#await_it);
    let outcome = outcome(slot, &returns, &call, &quote!(#private::Result::Ok(value)));

    let value = &returns.value;
    let mut aliases = flow.aliases.clone();
    aliases.extend(quote!(type __Output = #value;));
    aliases.extend(outcome.aliases);

    let mut checks = declared(slot, marker, "Step");
    checks.extend(respan(quote!(const _: () = #private::may_take_one::<#marker>();), marker.span()));
    if returns.error.is_none() {
        checks.extend(no_result(slot, &format_ident!("__Output"), returns.span));
    }
    checks.extend(flow.checks.clone());
    checks.extend(may_be_an_effect(slot, function, &flow));
    let journalled = quote!(const _: () = #private::can_be_journalled::<__Output>(););
    checks.extend(respan(journalled, name_span(&returns.value)));
    checks.extend(outcome.checks);

    let result = &outcome.result;
    let attempt = if is_async {
        quote!(#private::Attempt::Running(async move { #result }))
    } else {
        quote! {
            let done: #private::Attempt<
                __Output,
                ::core::future::Ready<#private::Result<__Output, #private::Fault>>,
            > = #private::Attempt::Done(#result);
            done
        }
    };
    let bindings = flow.bindings();
    let gives = match &flow.item {
        Some(_) => quote!(#private::Vec<__Output>),
        None => quote!(__Output),
    };
    let takes_item = flow.item.as_ref().map(|item| {
        quote! {
            impl<__X> #private::TakesItem<__X> for #marker {
                type Item = #item;
            }
        }
    });
    let attempt = quote! {
        #bindings
        #attempt
    };
    let run = Run::Attempts(attempt);
    let handler = step_handler(slot, &Body { flow: &flow, gives, is_async, run, beside: TokenStream::new() });
    let checks = proven(slot, &checks);
    scope(slot, &flow.names(marker), &aliases, &quote!(#checks #handler #takes_item))
}
