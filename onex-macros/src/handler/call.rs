//! `#[handler(call = ..)]`: what a run of the workflow that a step is starts with.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::flow::flow;
use super::function::{Function, generic_arguments, name_span};
use super::lookup::{declared, proven, scope};
use super::outcome::outcome;
use super::slot::Slot;
use crate::error::Errors;
use crate::root::{impl_at, respan};

const PURE: &str = "what a run starts with is made of earlier outputs, at once: remove `async`\nhelp: what has to be waited for is a step of its own";
const NO_DEPS: &str = "what a run starts with is made of earlier outputs: remove the `Dep`\nhelp: what talks to the outside is a step of its own";

const NO_CALL: &str = "the handler of a step that is a workflow says whose workflow that is, and what a run of it starts with: return `Call<Node>`, or a `Result` of it\nnote: an alias of the type is not seen";

/// The node of a literal `Call<Node>`.
pub(super) fn called(returned: &Type) -> Option<&Type> {
    match generic_arguments(returned, "Call")?.as_slice() {
        [node] => Some(node),
        _ => None,
    }
}

pub(crate) fn expand(slot: &Slot, function: &Function, errors: &mut Errors) -> TokenStream {
    let (private, marker, name) = (slot.root.private(), &slot.marker, &function.signature.ident);
    let flow = flow(slot, function, errors);
    if let Some(asyncness) = &function.signature.asyncness {
        errors.at(asyncness.span, PURE);
    }
    if let Some(span) = flow.first_dep {
        errors.at(span, NO_DEPS);
    }
    let (arguments, returns) = (&flow.arguments, function.returns());
    if called(&returns.value).is_none() {
        errors.at(returns.span, NO_CALL);
    }
    let settled = quote!(#private::Result::Ok(#private::Calls::into_input(value)));
    let outcome = outcome(slot, &returns, &quote!(#name(#(#arguments),*)), &settled);

    let value = &returns.value;
    let mut aliases = flow.aliases.clone();
    aliases.extend(quote!(type __Call = #value;));
    aliases.extend(outcome.aliases);

    let mut checks = declared(slot, marker, "Step");
    let called = quote!(const _: () = #private::may_call::<#marker, __Call>(););
    checks.extend(respan(called, name_span(value)));
    checks.extend(flow.checks.clone());
    checks.extend(outcome.checks);

    let (types, bindings, result) = (flow.types(), flow.bindings(), &outcome.result);
    let header =
        quote!(impl<__X> #private::StepHandler<__X> for #marker where #marker: #private::Executed<__X>);
    let body = quote! {
        type Output = <__Call as #private::Calls>::Output;
        type Gives = <__Call as #private::Calls>::Output;
        #types
        const ASYNC: ::core::primitive::bool = false;
        const CALLS: #private::Option<#private::Callee> =
            #private::Option::Some(<__Call as #private::Calls>::CALLEE);
        fn run<'a>(
            _: <Self::Inputs as #private::Inputs>::Refs<'a>,
            _: #private::Ctx,
            _: Self::Deps,
        ) -> #private::Attempt<
            Self::Output,
            impl ::core::future::Future<Output = #private::Result<Self::Output, #private::Fault>>
                + ::core::marker::Send
                + 'a,
        > {
            let done: #private::Attempt<
                _,
                ::core::future::Pending<#private::Result<Self::Output, #private::Fault>>,
            > = #private::Attempt::Done(#private::Result::Err(#private::Fault::permanent("it is called")));
            done
        }
        fn call(
            __onex_inputs: <Self::Inputs as #private::Inputs>::Refs<'_>,
            __onex_ctx: #private::Ctx,
        ) -> #private::Result<#private::Payload, #private::Fault> {
            let __onex_deps: Self::Deps = ();
            #bindings
            #result
        }
    };
    let handler = impl_at((slot.at, marker.span()), header, body);
    let checks = proven(slot, &checks);
    scope(slot, &flow.names(marker), &aliases, &quote!(#checks #handler))
}
