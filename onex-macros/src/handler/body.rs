//! What the function of a step becomes, however items come to it: the impl of `StepHandler`, and what all three forms
//! (`step`, `batch` and `fold`) are asked to prove.

use proc_macro2::TokenStream;
use quote::quote;

use super::flow::Flow;
use super::function::Function;
use super::slot::Slot;
use crate::root::{impl_at, respan};

/// What one form writes that another does not.
pub(crate) struct Body<'a> {
    pub(crate) flow: &'a Flow,
    /// What whoever depends on the step is given.
    pub(crate) gives: TokenStream,
    pub(crate) is_async: bool,
    pub(crate) run: Run,
    /// The members that only this form has.
    pub(crate) beside: TokenStream,
}

/// What `StepHandler::run` does.
pub(crate) enum Run {
    /// The statements that end with the attempt.
    Attempts(TokenStream),
    /// Items come another way, so that it is never called; were it, the step fails with these words.
    Never(&'static str),
}

pub(crate) fn step_handler(slot: &Slot, body: &Body<'_>) -> TokenStream {
    let (private, marker) = (slot.root.private(), &slot.marker);
    let Body { flow, gives, is_async, run, beside } = body;
    let types = flow.types();
    let (names, attempt) = match run {
        Run::Attempts(attempt) => (quote!(__onex_inputs __onex_ctx __onex_deps), attempt.clone()),
        Run::Never(why) => {
            let never = quote! {
                let done: #private::Attempt<
                    _,
                    ::core::future::Pending<#private::Result<__Output, #private::Fault>>,
                > = #private::Attempt::Done(#private::Result::Err(#private::Fault::permanent(#why)));
                done
            };
            (quote!(_ _ _), never)
        }
    };
    let mut names = names.into_iter();
    let (inputs, ctx, deps) = (names.next(), names.next(), names.next());
    let body = quote! {
        type Output = __Output;
        type Gives = #gives;
        #types
        const ASYNC: ::core::primitive::bool = #is_async;
        fn run<'a>(
            #inputs: <Self::Inputs as #private::Inputs>::Refs<'a>,
            #ctx: #private::Ctx,
            #deps: Self::Deps,
        ) -> #private::Attempt<
            __Output,
            impl ::core::future::Future<Output = #private::Result<__Output, #private::Fault>>
                + ::core::marker::Send
                + 'a,
        > {
            #attempt
        }
        #beside
    };
    let header =
        quote!(impl<__X> #private::StepHandler<__X> for #marker where #marker: #private::Executed<__X>);
    impl_at((slot.at, marker.span()), header, body)
}

/// That a step which is async or takes a `Dep` may be: only an effect is. Of both, one message is enough.
pub(crate) fn may_be_an_effect(slot: &Slot, function: &Function, flow: &Flow) -> TokenStream {
    let (private, marker) = (slot.root.private(), &slot.marker);
    match (&function.signature.asyncness, flow.first_dep) {
        (Some(asyncness), _) => {
            respan(quote!(const _: () = #private::may_be_async::<#marker>();), asyncness.span)
        }
        (None, Some(span)) => {
            respan(quote!(const _: () = #private::may_use_dependencies::<#marker>();), span)
        }
        (None, None) => TokenStream::new(),
    }
}
