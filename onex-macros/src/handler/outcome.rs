//! What a function returned, as a `Result` with a fault: the same for routes, steps and compensations.

use proc_macro2::TokenStream;
use quote::quote;

use super::function::{Returns, name_span};
use super::slot::Slot;
use crate::root::respan;

/// A call and what it needs around it.
pub(crate) struct Outcome {
    /// `type __Error = E;` where there is one.
    pub(crate) aliases: TokenStream,
    /// That the error is serialisable.
    pub(crate) checks: TokenStream,
    /// The expression.
    pub(crate) result: TokenStream,
}

/// `call` is what the function returned, and `settled` makes a `Result<_, Fault>` of its `value`.
pub(crate) fn outcome(slot: &Slot, returns: &Returns, call: &TokenStream, settled: &TokenStream) -> Outcome {
    let (private, root) = (slot.root.private(), &slot.root);
    let Some(error) = &returns.error else {
        let result = quote! { {
            let value = #call;
            #settled
        } };
        return Outcome { aliases: TokenStream::new(), checks: TokenStream::new(), result };
    };
    let check = quote!(const _: () = #private::can_be_journalled::<__Error>(););
    Outcome {
        aliases: quote!(type __Error = #error;),
        checks: respan(check, name_span(error)),
        result: quote! {
            match #call {
                #private::Result::Ok(value) => #settled,
                #private::Result::Err(error) => #private::Result::Err(#root::__onex_fault!(error)),
            }
        },
    }
}
