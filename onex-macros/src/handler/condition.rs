//! `#[handler(condition = ..)]`: what decides whether a step runs.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

use super::flow::flow;
use super::function::{Function, Returns, peeled};
use super::lookup::{declared, proven, scope};
use super::slot::Slot;
use crate::error::Errors;
use crate::root::impl_at;

const MEND: &str = "help: let a step find it out, and look at what that returned";

pub(crate) fn expand(slot: &Slot, function: &Function, errors: &mut Errors) -> TokenStream {
    let (private, marker, name) = (slot.root.private(), &slot.marker, &function.signature.ident);
    let flow = flow(slot, function, errors);
    if let Some(asyncness) = &function.signature.asyncness {
        let message = format!("a condition is pure and decided at once: it cannot be async\n{MEND}");
        errors.at(asyncness.span, message);
    }
    if let Some(span) = flow.first_dep {
        let message = format!("a condition is pure, the same each time: it cannot take a `Dep`\n{MEND}");
        errors.at(span, message);
    }
    if let Some(span) = flow.first_ctx {
        let message = "a condition belongs to no attempt: it cannot take the `Ctx`, only what steps have returned and `input`";
        errors.at(span, message);
    }
    let returns = function.returns();
    if !returns_bool(&returns) {
        let message = format!("a condition returns `bool`: whether the step runs, and nothing else\n{MEND}");
        errors.at(returns.span, message);
    }

    let mut checks = declared(slot, marker, "Condition");
    checks.extend(flow.checks.clone());
    let ((inputs, names), arguments) = (flow.inputs(), &flow.arguments);
    let header = quote!(impl<__X> #private::ConditionHandler<__X> for #marker);
    let body = quote! {
        type Inputs = #inputs;
        fn holds(__onex_inputs: <Self::Inputs as #private::Inputs>::Refs<'_>) -> ::core::primitive::bool {
            let #names = __onex_inputs;
            #name(#(#arguments),*)
        }
    };
    let handler = impl_at((slot.at, marker.span()), header, body);
    let checks = proven(slot, &checks);
    scope(slot, &flow.names(marker), &flow.aliases, &quote!(#checks #handler))
}

fn returns_bool(returns: &Returns) -> bool {
    let Type::Path(path) = peeled(&returns.value) else { return false };
    returns.error.is_none() && path.path.segments.last().is_some_and(|last| last.ident == "bool")
}
