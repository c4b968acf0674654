//! `#[handler(compensation = ..)]`: what undoes a step.

use proc_macro2::TokenStream;
use quote::quote;

use super::function::{Function, name_span};
use super::lookup::{declared, scope};
use super::slot::Slot;
use super::step::{Flow, flow};
use crate::error::Errors;
use crate::root::{impl_at, nested, respan};

pub(crate) fn expand(slot: &Slot, function: &Function, errors: &mut Errors) -> Option<TokenStream> {
    let (private, root, marker) = (slot.root.private(), &slot.root, &slot.marker);
    let name = &function.signature.ident;
    let Flow {
        steps,
        mut aliases,
        inputs,
        input_names,
        dep_types,
        dep_names,
        arguments,
        checks: flow_checks,
        ..
    } = flow(slot, function, errors);
    let (inputs, input_names) = (nested(&inputs), nested(&input_names));
    let (dep_types, dep_names) = (nested(&dep_types), nested(&dep_names));

    let returns = function.returns();
    if !matches!(&returns.value, syn::Type::Tuple(tuple) if tuple.elems.is_empty()) {
        errors.at(
            returns.span,
            "a compensation returns nothing, `()` or `Result<(), E>`: nobody can depend on what it undid",
        );
    }
    let mut checks = declared(slot, marker, "Compensation");
    checks.extend(flow_checks);
    let await_it = function.is_async().then(|| quote!(.await));
    let call = match &returns.error {
        None => quote! {
            #name(#(#arguments),*)#await_it;
            #private::Result::Ok(())
        },
        Some(error) => {
            aliases.extend(quote!(type __Error = #error;));
            checks.extend(respan(
                quote!(const _: () = #private::can_be_journalled::<__Error>();),
                name_span(error),
            ));
            quote! {
                match #name(#(#arguments),*)#await_it {
                    #private::Result::Ok(()) => #private::Result::Ok(()),
                    #private::Result::Err(error) => #private::Result::Err(#root::__onex_fault!(error)),
                }
            }
        }
    };
    let header = quote!(impl<__X> #private::CompensationHandler<__X> for #marker);
    let body = quote! {
        type Inputs = #inputs;
        type Deps = #dep_types;
        fn run<'a>(
            __onex_inputs: <Self::Inputs as #private::Inputs>::Refs<'a>,
            __onex_ctx: #private::Ctx,
            __onex_deps: Self::Deps,
        ) -> impl ::core::future::Future<Output = #private::Result<(), #private::Fault>>
            + ::core::marker::Send
            + 'a
        {
            let #input_names = __onex_inputs;
            let #dep_names = __onex_deps;
            async move { #call }
        }
    };
    let handler = impl_at(marker.span(), header, body);
    let inner = quote!(#checks #handler);
    let mut names = vec![marker.clone()];
    names.extend(steps);
    Some(scope(slot, &names, &aliases, &inner))
}
