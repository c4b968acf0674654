//! `#[handler(fold = ..)]`: what a reducer of a batch or a stream does with one item after the other.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::body::{Body, Run, may_be_an_effect, step_handler};
use super::flow::flow_of;
use super::function::{Function, name_span};
use super::lookup::{declared, proven, scope};
use super::outcome::outcome;
use super::parameter::{Asks, Parameter};
use super::slot::Slot;
use crate::error::Errors;
use crate::root::respan;

const FORMS: &str = "a reducer over many items takes what it keeps as its first parameter, `&mut T`, and then what an item has, `name: &U` or `name: Option<&U>`, named after a step in its `depends_on` (or `input`)";
const NOTHING: &str =
    "a reducer over many items changes what it keeps in place: it returns nothing, or `Result<(), E>`";

pub(crate) fn expand(slot: &Slot, function: &Function, errors: &mut Errors) -> Option<TokenStream> {
    let (private, marker, name) = (slot.root.private(), &slot.marker, &function.signature.ident);
    let parameters = function.parameters(errors);
    let (kept, of_item) = match parameters.split_first() {
        Some((Parameter { asks: Asks::Mutable(kept), .. }, of_item)) => (kept, of_item),
        Some((first, _)) => {
            errors.at(first.span, FORMS);
            return None;
        }
        None => {
            errors.at(name.span(), FORMS);
            return None;
        }
    };
    let flow = flow_of(slot, of_item, errors);
    let returns = function.returns();
    if !matches!(&returns.value, Type::Tuple(tuple) if tuple.elems.is_empty()) {
        errors.at(returns.span, NOTHING);
    }
    let arguments = &flow.arguments;
    let call = quote!(#name(&mut __onex_kept, #(#arguments),*));
    let outcome = outcome(
        slot,
        &returns,
        &call,
        &quote!(#private::Result::Ok({
            let () = value;
            __onex_kept
        })),
    );

    let mut aliases = quote!(type __Output = #kept;);
    aliases.extend(flow.aliases.clone());
    aliases.extend(outcome.aliases);
    let mut checks = declared(slot, marker, "Step");
    checks.extend(respan(quote!(const _: () = #private::may_fold::<#marker>();), marker.span()));
    checks.extend(respan(quote!(const _: () = #private::can_be_folded::<__Output>();), name_span(kept)));
    checks.extend(flow.checks.clone());
    checks.extend(may_be_an_effect(slot, function, &flow));
    checks.extend(outcome.checks);
    // Both are errors, and the call would be another one.
    let folds = if function.is_async() || flow.first_dep.is_some() {
        quote!({
            let _ = (__onex_kept, __onex_inputs, __onex_ctx);
            ::core::panic!("this handler did not compile")
        })
    } else {
        let (bindings, result) = (flow.bindings(), &outcome.result);
        quote! { {
            let mut __onex_kept = __onex_kept;
            let __onex_deps: Self::Deps = ();
            #bindings
            #result
        } }
    };
    let beside = quote! {
        fn fold(
            __onex_kept: __Output,
            __onex_inputs: <Self::Inputs as #private::Inputs>::Refs<'_>,
            __onex_ctx: #private::Ctx,
        ) -> #private::Result<__Output, #private::Fault> #folds
    };
    let (gives, run) = (quote!(__Output), Run::Never("it folds"));
    let handler = step_handler(slot, &Body { flow: &flow, gives, is_async: false, run, beside });
    let checks = proven(slot, &checks);
    Some(scope(slot, &flow.names(marker), &aliases, &quote!(#checks #handler)))
}

/// What the function keeps, as far as it can be read.
pub(crate) fn state(function: &Function) -> Option<Type> {
    match &function.signature.inputs.first()?.ty {
        Type::Reference(reference) if reference.mutability.is_some() => Some((*reference.elem).clone()),
        _ => None,
    }
}
