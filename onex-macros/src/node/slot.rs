//! What a route, a step, a compensation and a condition have in common: each has a handler. The parameters of all but a route's
//! may take the outputs of some steps and of no others.

use onex_contract::Workflow;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use crate::root::respan;

/// Whose outputs the handler of a slot may take.
pub(super) struct MayTake<'a> {
    /// How the list of them is called. It is named after the slot: rustc would remark on several traits of one name.
    pub(super) list: &'a str,
    pub(super) slot: &'a str,
    /// What `on_unimplemented` says of another step.
    pub(super) words: TokenStream,
    /// Whether what started the run is among them.
    pub(super) input: bool,
    /// The others, each with whether its output is there.
    pub(super) steps: Vec<(usize, Presence)>,
}

/// Whether there is an output to take.
#[derive(Clone, Copy)]
pub(super) enum Presence {
    Always,
    Maybe,
    Never,
}

pub(super) fn may_take(context: &Context<'_>, workflow: &Workflow, takes: &MayTake<'_>) -> TokenStream {
    let private = context.private();
    let (marker, words) = (context.ident(takes.slot), &takes.words);
    let list = format_ident!("{}_{}", takes.list, takes.slot.trim_start_matches("r#"));
    let listed = takes.steps.iter().map(|(step, presence)| {
        let taken = context.ident(&workflow.steps[*step].ident);
        let presence = match presence {
            Presence::Always => quote!(Always),
            Presence::Maybe => quote!(Maybe),
            Presence::Never => quote!(Never),
        };
        quote! {
            impl #list for __onex_node::#taken {
                type Presence = #private::#presence;
            }
        }
    });
    let input = takes.input.then(|| {
        quote! {
            impl #list for __onex_node::input {
                type Presence = #private::Always;
            }
        }
    });
    quote! {
        const _: () = {
            #[diagnostic::on_unimplemented(#words)]
            pub trait #list {
                type Presence;
            }
            impl<D: #list> #private::DependsOn<D> for __onex_node::#marker {
                type Presence = D::Presence;
            }
            #input
            #(#listed)*
        };
    }
}

/// That a slot has a handler.
pub(super) struct Handled<'a> {
    pub(super) slot: &'a str,
    /// The trait of its handlers.
    pub(super) handler: &'a str,
    /// What the check is called, which rustc shows.
    pub(super) check: &'a str,
    pub(super) message: String,
    /// Where the contract declares it.
    pub(super) declared: String,
    pub(super) mend: String,
}

pub(super) fn handled(context: &Context<'_>, slot: &Handled<'_>) -> TokenStream {
    let private = context.private();
    let (marker, handler) = (context.ident(slot.slot), format_ident!("{}", slot.handler));
    let every: Ident = format_ident!("{}", slot.check);
    let Handled { message, declared, mend, .. } = slot;
    let check = respan(quote!(#every::<__onex_node::#marker>();), context.literal);
    quote! { {
        #[diagnostic::on_unimplemented(message = #message, label = "required by this contract", note = #declared, note = #mend)]
        trait HasHandler {}
        #[diagnostic::do_not_recommend]
        impl<T: #private::#handler<()>> HasHandler for T {}
        const fn #every<T: HasHandler>() {}
        #check
    } }
}
