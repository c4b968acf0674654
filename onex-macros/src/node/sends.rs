//! Steps that send intents: what the steps before them may ask for, and that one of these asks.

use onex_contract::{Route, Span, Step, Workflow};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::markers::route_name;
use super::{Context, escape};
use crate::root::respan;

/// Whether a handler executes the step.
pub(super) fn has_handler(step: &Step) -> bool {
    step.entry.is_none() && step.gate.is_none() && step.sends.is_none()
}

pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    let Some(workflow) = &context.contract.workflow else { return TokenStream::new() };
    let mut tokens = TokenStream::new();
    for (at, step) in workflow.steps.iter().enumerate() {
        let filters = filters_behind(workflow, at);
        if has_handler(step) && !filters.is_empty() {
            tokens.extend(may_ask(context, step, &filters));
        }
        if step.sends.is_some() {
            tokens.extend(sender(context, workflow, step));
        }
    }
    tokens
}

/// The function that collects what a step sends.
pub(super) fn function(step: &Step) -> Ident {
    format_ident!("__onex_intents_of_{}", step.ident.trim_start_matches("r#"))
}

/// The steps that send what the step at `at` asks for.
fn filters_behind(workflow: &Workflow, at: usize) -> Vec<&Step> {
    let is_behind = |step: &&Step| step.depends_on.iter().any(|on| on.value == at);
    workflow.steps.iter().filter(|step| step.sends.is_some()).filter(is_behind).collect()
}

fn filter_span(step: &Step) -> Option<Span> {
    Some(step.sends.as_ref()?.patterns.first()?.span)
}

/// The intents of a handler that may start a run: those of the table that the run does not send itself, so that nothing is
/// done twice.
pub(super) fn done_once(context: &Context<'_>, route: &Route) -> TokenStream {
    let private = context.private();
    let Some(workflow) = &context.contract.workflow else { return TokenStream::new() };
    let name = route_name(context, route);
    let marker = context.ident(name);
    let handled = format!("its handler may emit intents that no step sends\n{}", context.escaped(route.span));
    let filters = workflow.steps.iter().filter_map(|step| {
        let note =
            format!("`{}` sends what this matches\n{}", step.id.value, context.escaped(filter_span(step)?));
        Some(quote!(note = #note,))
    });
    let is_sent = |row: usize| {
        workflow.steps.iter().flat_map(|step| &step.sends).any(|sends| sends.intents.contains(&row))
    };
    let runs = context.contract.intents.iter().enumerate().map(|(row, target)| {
        let name = target.intent_type.value.as_str();
        let by = if is_sent(row) { quote!(ByTheRun) } else { quote!(ByNobodyElse) };
        quote! {
            impl IsEmitted for #private::IntentId<{ #private::intent_hash(#name) }> {
                type Sent = #by;
            }
        }
    });
    let message = format!(
        "the intent `{{I}}` is sent by a step of the run that `{name}` starts, so its handler does not emit it"
    );
    quote! {
        const _: () = {
            #[diagnostic::on_unimplemented(
                message = #message,
                label = "it would be done twice",
                #(#filters)*
                note = #handled,
                note = "remove it here, or take it out of the `intent_filter`"
            )]
            trait IsNotSentTwice<I> {}
            enum ByTheRun {}
            enum ByNobodyElse {}
            impl<I> IsNotSentTwice<I> for ByNobodyElse {}
            trait IsEmitted {
                type Sent;
            }
            trait EmittedHere {
                type Sent;
            }
            #[diagnostic::do_not_recommend]
            impl<I: #private::Intent<Id: IsEmitted>> EmittedHere for I {
                type Sent = <I::Id as IsEmitted>::Sent;
            }
            impl<M: ListedInIntentRoutingTable> #private::Intends<M> for __onex_node::#marker
            where
                M: EmittedHere<Sent: IsNotSentTwice<M>>,
            {
                const TARGET: &'static #private::IntentRow = M::TARGET;
            }
            #(#runs)*
        };
    }
}

/// The intents that a step may ask for: those that are sent by the steps behind it.
fn may_ask(context: &Context<'_>, step: &Step, filters: &[&Step]) -> TokenStream {
    let private = context.private();
    let (marker, id) = (context.ident(&step.ident), &step.id.value);
    let listed = format_ident!("SentBehind_{}", step.ident.trim_start_matches("r#"));
    let message = format!("the step `{id}` asks for `{{Self}}`, and no step that depends on it sends that");
    let notes = filters.iter().filter_map(|filter| {
        let sent = context.escaped(filter_span(filter)?);
        let note = format!("`{}` sends what this matches\n{sent}", filter.id.value);
        Some(quote!(note = #note,))
    });
    let mut rows: Vec<usize> = filters
        .iter()
        .flat_map(|filter| filter.sends.iter().flat_map(|sends| &sends.intents))
        .copied()
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let rows = rows.into_iter().map(|row| {
        let name = context.contract.intents[row].intent_type.value.as_str();
        quote! {
            impl IsSent for #private::IntentId<{ #private::intent_hash(#name) }> {
                const TARGET: &'static #private::IntentRow = &__ONEX_INTENTS[#row];
            }
        }
    });
    quote! {
        const _: () = {
            #[diagnostic::on_unimplemented(
                message = #message,
                label = "nobody sends this intent",
                #(#notes)*
                note = "add a pattern for it to an `intent_filter` behind the step, and a line to `intent_routing_table` if it has none"
            )]
            pub trait #listed {
                const TARGET: &'static #private::IntentRow;
            }
            trait IsSent {
                const TARGET: &'static #private::IntentRow;
            }
            #[diagnostic::do_not_recommend]
            impl<I: #private::Intent<Id: IsSent>> #listed for I {
                const TARGET: &'static #private::IntentRow = <I::Id as IsSent>::TARGET;
            }
            impl<M: #listed> #private::Intends<M> for __onex_node::#marker {
                const TARGET: &'static #private::IntentRow = M::TARGET;
            }
            #(#rows)*
        };
    }
}

fn sender(context: &Context<'_>, workflow: &Workflow, step: &Step) -> TokenStream {
    let private = context.private();
    let (marker, function) = (context.ident(&step.ident), function(step));
    let asking: Vec<&Step> =
        step.depends_on.iter().map(|on| &workflow.steps[on.value]).filter(|on| has_handler(on)).collect();
    let markers: Vec<Ident> = asking.iter().map(|on| context.ident(&on.ident)).collect();
    let check = asks(context, step, &asking, &markers);
    quote! {
        impl #private::StepOutput for __onex_node::#marker {
            type Type = #private::IntentOutcomes;
        }
        fn #function(outputs: &#private::Outputs) -> #private::Vec<#private::AskedIntent> {
            let mut asked = #private::Vec::new();
            #(#private::IntentsOf::<__onex_node::#markers>(#private::PhantomData).collect(outputs, &mut asked);)*
            asked
        }
        #check
    }
}

/// A step that sends intents and that nobody gives any. What has no handler yet may still give some.
fn asks(context: &Context<'_>, step: &Step, asking: &[&Step], markers: &[Ident]) -> TokenStream {
    let private = context.private();
    let module = &context.shell.module;
    let (Some(filter), Some(first)) = (filter_span(step), asking.first()) else { return TokenStream::new() };
    let names: Vec<String> = asking.iter().map(|on| format!("`{}`", on.id.value)).collect();
    let (subject, verb) = match &names[..] {
        [name] => (format!("the handler of {name}"), "asks for no intents"),
        _ => (format!("the handlers of {}", names.join(", ")), "ask for no intents"),
    };
    let example = escape(&first.ident);
    let message = format!(
        "the step `{}` sends intents, and {subject} {verb}\n\
         help: return `onex::Intents<{module}::{example}>` from the handler of `{}`, with the intents that are to be sent\n\
         note: it sends what this matches\n{}",
        step.id.value,
        first.id.value,
        context.excerpt(filter),
    );
    let check = quote! {
        const _: () = if #(
            #private::HandlerOf::<__onex_node::#markers>::THERE && !#private::IntentsOf::<__onex_node::#markers>::ASKS
        )&&* {
            ::core::panic!("{}", #message)
        };
    };
    respan(check, context.literal)
}
