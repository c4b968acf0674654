//! Intents: which ones a node may emit, by the names in its routing table.

use onex_contract::NodeKind;
use proc_macro2::TokenStream;
use quote::quote;

use super::Context;
use super::matrix::no_intents;

pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    match context.contract.kind {
        NodeKind::Orchestrator => routed(context),
        NodeKind::Effect => no_intents(context),
        // They have no `Emit` to put an intent into.
        NodeKind::Compute | NodeKind::Reducer => TokenStream::new(),
    }
}

fn routed(context: &Context<'_>) -> TokenStream {
    let private = context.private();
    let (contract, node) = (context.contract, &context.shell.name);
    let message = format!("the contract of `{node}` routes the intent `{{Self}}` to no node");
    let note = match contract.intents.first() {
        Some(first) => {
            format!("it routes the intents that are listed here\n{}", context.escaped(first.intent_type.span))
        }
        None => format!(
            "it has no `intent_consumption.intent_routing_table`\n{}",
            context.escaped(contract.name.span)
        ),
    };
    let rows = contract.intents.iter().enumerate().map(|(index, target)| {
        let name = target.intent_type.value.as_str();
        quote! {
            impl IsInTable for #private::IntentId<{ #private::intent_hash(#name) }> {
                const TARGET: &'static #private::IntentRow = &__ONEX_INTENTS[#index];
            }
        }
    });
    quote! {
        #[diagnostic::on_unimplemented(
            message = #message,
            label = "no target for this intent",
            note = #note,
            note = "add a line to `intent_routing_table`: the intent's name, as its `#[intent(..)]` says, and the node that executes it"
        )]
        trait ListedInIntentRoutingTable {
            const TARGET: &'static #private::IntentRow;
        }
        trait IsInTable {
            const TARGET: &'static #private::IntentRow;
        }
        #[diagnostic::do_not_recommend]
        impl<I: #private::Intent<Id: IsInTable>> ListedInIntentRoutingTable for I {
            const TARGET: &'static #private::IntentRow = <I::Id as IsInTable>::TARGET;
        }
        #(#rows)*
    }
}
