//! `#[handler(slot = node::name)]`: joins a function to a name that a contract declares.
//!
//! The node is never seen here: the path leads to a marker that its macro wrote, and rustc finds out whether the two
//! fit. The function itself is never changed.

mod batch;
mod body;
mod compensation;
mod condition;
mod flow;
mod fold;
mod function;
mod lookup;
mod outcome;
mod parameter;
mod route;
mod signature;
mod slot;
mod step;
mod stub;
mod transition;

use proc_macro2::TokenStream;
use quote::quote;

use crate::error::Errors;
use function::Function;
use slot::{Slot, SlotKind};

/// The function untouched, its link to the contract, and whatever is wrong.
///
/// What a handler takes, and how, the contract decides: clippy's advice about it would be advice that does not compile.
pub(crate) fn expand(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let path = lookup::link(&attribute);
    let link = link(attribute, item.clone(), &mut errors);
    let errors = errors.into_tokens();
    quote! {
        #[allow(clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::trivially_copy_pass_by_ref)]
        #item
        #path
        #errors
        #link
    }
}

fn link(attribute: TokenStream, item: TokenStream, errors: &mut Errors) -> Option<TokenStream> {
    let slot: Option<Slot> = errors.keep(syn::parse2(attribute));
    let signature = errors.keep(syn::parse2(item));
    let slot = slot?;
    let Some(signature) = signature else { return Some(stub::expand(&slot, None)) };
    let function = Function { signature };
    function.check(errors);
    let tokens = match slot.kind {
        SlotKind::Event
        | SlotKind::Intent
        | SlotKind::Operation
        | SlotKind::Payload
        | SlotKind::Topic
        | SlotKind::Default => route::expand(&slot, &function, errors),
        SlotKind::Step => Some(step::expand(&slot, &function, errors)),
        SlotKind::Batch => Some(batch::expand(&slot, &function, errors)),
        SlotKind::Fold => fold::expand(&slot, &function, errors),
        SlotKind::Transition => transition::expand(&slot, &function, errors),
        SlotKind::Compensation => Some(compensation::expand(&slot, &function, errors)),
        SlotKind::Condition => Some(condition::expand(&slot, &function, errors)),
    };
    if errors.is_empty() { tokens } else { Some(stub::expand(&slot, Some(&function))) }
}
