//! `#[handler(fold = ..)]`: what a reducer of a batch or a stream does with one item after the other.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::flow::flow_of;
use super::function::{Function, name_span};
use super::lookup::{declared, proven, scope};
use super::outcome::outcome;
use super::parameter::{Asks, Parameter};
use super::slot::Slot;
use crate::error::Errors;
use crate::root::{impl_at, respan};

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
    if let Some(asyncness) = &function.signature.asyncness {
        checks.extend(respan(quote!(const _: () = #private::may_be_async::<#marker>();), asyncness.span));
    } else if let Some(span) = flow.first_dep {
        checks.extend(respan(quote!(const _: () = #private::may_use_dependencies::<#marker>();), span));
    }
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
    let types = flow.types();
    let body = quote! {
        type Output = __Output;
        type Gives = __Output;
        #types
        const ASYNC: ::core::primitive::bool = false;
        fn run<'a>(
            _: <Self::Inputs as #private::Inputs>::Refs<'a>,
            _: #private::Ctx,
            _: Self::Deps,
        ) -> #private::Attempt<
            __Output,
            impl ::core::future::Future<Output = #private::Result<__Output, #private::Fault>>
                + ::core::marker::Send
                + 'a,
        > {
            let done: #private::Attempt<
                _,
                ::core::future::Pending<#private::Result<__Output, #private::Fault>>,
            > = #private::Attempt::Done(#private::Result::Err(#private::Fault::permanent("it folds")));
            done
        }
        fn fold(
            __onex_kept: __Output,
            __onex_inputs: <Self::Inputs as #private::Inputs>::Refs<'_>,
            __onex_ctx: #private::Ctx,
        ) -> #private::Result<__Output, #private::Fault> #folds
    };
    let header = quote!(impl<__X> #private::StepHandler<__X> for #marker);
    let handler = impl_at((slot.at, marker.span()), header, body);
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
