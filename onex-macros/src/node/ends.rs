//! The last step of a workflow: what its runs are for.

use onex_contract::{Mode, Step, Workflow};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, escape};

/// How many last steps are shown: more would hide what is said of them.
const MOST_SHOWN: usize = 4;

pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    let Some(workflow) = &context.contract.workflow else { return TokenStream::new() };
    if matches!(workflow.mode, Mode::Batch | Mode::Streaming) {
        return TokenStream::new();
    }
    let (private, shell) = (context.private(), &context.shell.name);
    let ends = ends(workflow);
    if let [end] = ends[..]
        && end.enabled
    {
        let last = context.ident(&end.ident);
        return quote! {
            impl<__X> #private::Completes<__X> for #shell {
                type Last = __onex_node::#last;
            }
        };
    }
    let (message, label, note) = match ends[..] {
        [end] => (
            format!("the last step of `{shell}`, `{}`, is disabled and never has an output", end.id.value),
            "its runs have no output",
            "its contract says `enabled: false`; take what other steps returned from the report".to_owned(),
        ),
        _ => {
            let shown = ends.iter().take(MOST_SHOWN).map(|end| format!("`{}`", end.id.value));
            let names = shown.collect::<Vec<_>>().join(", nor on ");
            let more = match ends.len().saturating_sub(MOST_SHOWN) {
                0 => String::new(),
                more => format!(", nor on {more} more"),
            };
            let module = &context.shell.module;
            let example = ends.first().map_or("", |end| end.ident.as_str());
            (
                format!("the runs of `{shell}` have no one output: no step depends on {names}{more}"),
                "several steps come last",
                format!("take each from the report: `report.get::<{module}::{example}>()`"),
            )
        }
    };
    let places = ends.iter().take(MOST_SHOWN).map(|end| {
        let place = format!("`{}` is here\n{}", end.id.value, context.escaped(end.id.span));
        quote!(note = #place)
    });
    let (message, note) = (escape(&message), escape(&note));
    quote! {
        const _: () = {
            #[diagnostic::on_unimplemented(message = #message, label = #label, #(#places,)* note = #note)]
            pub trait HasOneLastStep {
                type Last: #private::Step;
            }
            impl<__X: HasOneLastStep> #private::Completes<__X> for #shell {
                type Last = __X::Last;
            }
        };
    }
}

/// The steps on which no other depends, in the order of the contract. What a step looks at, it also depends on, directly or
/// not.
fn ends(workflow: &Workflow) -> Vec<&Step> {
    let mut is_end = vec![true; workflow.steps.len()];
    for dependency in workflow.steps.iter().flat_map(|step| &step.depends_on) {
        is_end[dependency.value] = false;
    }
    workflow.steps.iter().zip(is_end).filter(|(_, is_end)| *is_end).map(|(step, _)| step).collect()
}
