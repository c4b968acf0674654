//! Steps: that each has a handler, and the edges along which outputs may flow.

use onex_contract::{Compensation, Mode, Step, StepKind, Workflow};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::sends::has_handler;
use super::slot::{Handled, MayTake, Presence, handled, may_take};
use super::table::index;
use super::{Context, escape};

pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    let Some(workflow) = &context.contract.workflow else { return TokenStream::new() };
    let mut tokens = input(context, workflow);
    for (at, step) in workflow.steps.iter().enumerate() {
        tokens.extend(declared(context, at, step));
        tokens.extend(output(context, step));
        if has_handler(step) {
            tokens.extend(executed(context, step));
            tokens.extend(dependencies(context, workflow, step));
            tokens.extend(purity(context, step));
            tokens.extend(goes_over(context, step));
            tokens.extend(items(context, workflow, step));
            tokens.extend(has_a_handler(context, workflow, step));
        } else {
            tokens.extend(anything_goes(context, step));
        }
        if let Some(compensation) = &step.compensation {
            tokens.extend(undone(context, workflow, at, step, compensation));
        }
    }
    tokens
}

/// The pseudo step `input`: what started the run.
fn input(context: &Context<'_>, workflow: &Workflow) -> TokenStream {
    let private = context.private();
    let (shell, index) = (&context.shell.name, index(workflow.steps.len()));
    quote! {
        impl #private::Step for __onex_node::input {
            type Node = #shell;
            const ID: &'static str = "input";
            const INDEX: u32 = #index;
        }
        const _: () = {
            #[diagnostic::on_unimplemented(
                message = "the run is started with a `{Actual}`, but this parameter takes `{Self}`",
                label = "expected `&{Actual}`",
                note = "the parameter `input` is what started the run"
            )]
            trait IsTheInput<Actual> {}
            impl<T> IsTheInput<T> for T {}
            impl<T: IsTheInput<A>, A> #private::GivesTo<T, A> for __onex_node::input {}
        };
    }
}

fn declared(context: &Context<'_>, at: usize, step: &Step) -> TokenStream {
    let private = context.private();
    let (shell, marker) = (&context.shell.name, context.ident(&step.ident));
    let (id, index) = (&step.id.value, index(at));
    quote! {
        impl #private::Step for __onex_node::#marker {
            type Node = #shell;
            const ID: &'static str = #id;
            const INDEX: u32 = #index;
        }
    }
}

/// What the step returns is what a parameter named after it takes.
fn output(context: &Context<'_>, step: &Step) -> TokenStream {
    let private = context.private();
    let (marker, id) = (context.ident(&step.ident), &step.id.value);
    let message = match (has_handler(step), &step.sends) {
        (false, Some(_)) => format!(
            "the step `{id}` sends intents and gives `{{Actual}}`, but this parameter takes `{{Self}}`"
        ),
        (false, None) => {
            format!("the step `{id}` is completed by a `{{Actual}}`, but this parameter takes `{{Self}}`")
        }
        (true, _) => format!("the step `{id}` returns `{{Actual}}`, but this parameter takes `{{Self}}`"),
    };
    let declared = format!("the step is declared here\n{}", context.escaped(step.id.span));
    quote! {
        const _: () = {
            #[diagnostic::on_unimplemented(message = #message, label = "expected `&{Actual}`", note = #declared)]
            trait IsTheOutput<Actual> {}
            impl<T> IsTheOutput<T> for T {}
            impl<T: IsTheOutput<A>, A> #private::GivesTo<T, A> for __onex_node::#marker {}
        };
    }
}

/// The edges that lead to the step: whose outputs it may take.
fn dependencies(context: &Context<'_>, workflow: &Workflow, step: &Step) -> TokenStream {
    let id = &step.id.value;
    let message = format!("the step `{id}` takes the output of `{{Self}}`, but does not depend on it");
    let label = format!("not in the `depends_on` of `{id}`");
    let note = match step.depends_on_span {
        Some(span) => format!("it depends on what is listed here\n{}", context.escaped(span)),
        None => format!("it has no `depends_on`\n{}", context.escaped(step.id.span)),
    };
    let presence = |taken: usize| match workflow.steps[taken].enabled {
        true => Presence::Always,
        false => Presence::Never,
    };
    let words = quote! {
        message = #message,
        label = #label,
        note = #note,
        note = "add it to `depends_on` in the contract, or remove this parameter"
    };
    let steps = step.depends_on.iter().map(|on| (on.value, presence(on.value))).collect();
    let input = !is_done_once(workflow, step);
    may_take(
        context,
        workflow,
        &MayTake { list: "ListedInDependsOnOf", slot: &step.ident, words, input, steps },
    )
}

/// A handler executes the step.
fn executed(context: &Context<'_>, step: &Step) -> TokenStream {
    let (private, marker) = (context.private(), context.ident(&step.ident));
    quote!(impl<X> #private::Executed<X> for __onex_node::#marker {})
}

/// That no handler executes a step is said once, by its name; whatever else a handler for it is, is no second fault.
fn anything_goes(context: &Context<'_>, step: &Step) -> TokenStream {
    let (private, marker) = (context.private(), context.ident(&step.ident));
    quote! {
        impl<X> #private::MayTakeOne<X> for __onex_node::#marker {}
        impl<W> #private::MayUse<W> for __onex_node::#marker {}
        impl<D> #private::DependsOn<D> for __onex_node::#marker {
            type Presence = #private::Always;
        }
    }
}

/// A step that is done once for each entry of a list.
fn goes_over(context: &Context<'_>, step: &Step) -> TokenStream {
    let (private, marker) = (context.private(), context.ident(&step.ident));
    match step.for_each {
        Some(_) => quote!(impl #private::ForEach for __onex_node::#marker {}),
        None => TokenStream::new(),
    }
}

/// Only an effect may wait and take dependencies.
fn purity(context: &Context<'_>, step: &Step) -> TokenStream {
    let private = context.private();
    let (marker, id, kind) = (context.ident(&step.ident), &step.id.value, step.kind.as_str());
    if step.kind == StepKind::Effect {
        return quote!(impl<W> #private::MayUse<W> for __onex_node::#marker {});
    }
    let message = format!("`{id}` is a {kind} step and pure: it cannot be async or take a `Dep`");
    let declared = format!("the step is declared here\n{}", context.escaped(step.kind_span));
    quote! {
        const _: () = {
            #[diagnostic::on_unimplemented(
                message = #message,
                label = "remove this",
                note = #declared,
                note = "what talks to the outside is an effect: declare the step with `node_type: EFFECT_GENERIC`, or move the work to one that is"
            )]
            trait OnlyEffectsMay {}
            impl<W: OnlyEffectsMay> #private::MayUse<W> for __onex_node::#marker {}
        };
    }
}

/// How many items come to a step at a time: one, a group, or one after the other into what it keeps.
fn items(context: &Context<'_>, workflow: &Workflow, step: &Step) -> TokenStream {
    let private = context.private();
    let marker = context.ident(&step.ident);
    let folds = is_fold(workflow, step);
    let in_groups = workflow.mode == Mode::Batch && !folds;
    let mut tokens = calls(context, step);
    for (may, what) in
        [(!folds && step.workflow.is_none(), "MayTakeOne"), (in_groups, "MayTakeGroups"), (folds, "MayFold")]
    {
        let what = quote::format_ident!("{what}");
        tokens.extend(if may {
            quote!(impl<X> #private::#what<X> for __onex_node::#marker {})
        } else {
            takes_no_such(context, workflow, step, &what)
        });
    }
    tokens
}

/// Whether its handler says what a run starts with: of a step that is a workflow.
fn calls(context: &Context<'_>, step: &Step) -> TokenStream {
    let (private, marker) = (context.private(), context.ident(&step.ident));
    if let Some(workflow) = &step.workflow {
        let (name, at) = (&workflow.value, context.excerpt(workflow.span));
        return quote! {
            impl<X> #private::MayCall<X> for __onex_node::#marker {
                const WORKFLOW: &'static str = #name;
                const AT: &'static str = #at;
            }
        };
    }
    let message = format!("the step `{}` is no workflow, so nothing is called", step.id.value);
    let declared = format!("the step is declared here\n{}", context.escaped(step.id.span));
    quote! {
        const _: () = {
            #[diagnostic::on_unimplemented(
                message = #message,
                label = "no workflow",
                note = #declared,
                note = "write `step = ..`, or say `node_type: orchestrator` and which `workflow` it is in the contract"
            )]
            trait OnlyWorkflowsAre {}
            impl<X: OnlyWorkflowsAre> #private::MayCall<X> for __onex_node::#marker {
                const WORKFLOW: &'static str = "";
                const AT: &'static str = "";
            }
        };
    }
}

fn takes_no_such(context: &Context<'_>, workflow: &Workflow, step: &Step, what: &Ident) -> TokenStream {
    let private = context.private();
    let (marker, id) = (context.ident(&step.ident), &step.id.value);
    let (message, mend) = if let Some(called) = step.workflow.as_ref().filter(|_| what == "MayTakeOne") {
        let message = format!("the step `{id}` is the workflow `{}`", called.value);
        (
            message,
            "write `call = ..`, and return what a run of it starts with: `Call::with(..)` as `Call<..>`",
        )
    } else if is_fold(workflow, step) {
        let message = format!("`{id}` is a reducer over many items: it folds one after the other");
        (message, "write `fold = ..` and take what it keeps as `&mut T`, then `&U` for what an item has")
    } else if what == "MayFold" && step.kind == StepKind::Reducer {
        let mode = workflow.mode.as_str();
        let message = format!("`{id}` folds no items: its workflow is executed in the mode `{mode}`");
        (message, "write `step = ..`, or say `execution_mode: batch` or `streaming` in the contract")
    } else if what == "MayFold" {
        let message = format!("`{id}` folds nothing: it is no reducer of a batch or a stream");
        (message, "write `step = ..`, or say `node_type: reducer` in the contract")
    } else {
        let mode = workflow.mode.as_str();
        let message = format!(
            "the step `{id}` takes one item at a time: its workflow is executed in the mode `{mode}`"
        );
        (message, "write `step = ..` and take `&T`, or say `execution_mode: batch` in the contract")
    };
    let declared = format!("the step is declared here\n{}", context.escaped(step.id.span));
    let label = match step.workflow {
        Some(_) => "no function does this step",
        None => "items do not come here so",
    };
    quote! {
        const _: () = {
            #[diagnostic::on_unimplemented(
                message = #message,
                label = #label,
                note = #declared,
                note = #mend
            )]
            trait OnlyOtherSteps {}
            impl<X: OnlyOtherSteps> #private::#what<X> for __onex_node::#marker {}
        };
    }
}

/// A reducer over many items.
pub(super) fn is_fold(workflow: &Workflow, step: &Step) -> bool {
    step.kind == StepKind::Reducer && matches!(workflow.mode, Mode::Batch | Mode::Streaming)
}

/// A step of a batch that is done once for all items, behind a reducer: no item's input is its.
fn is_done_once(workflow: &Workflow, step: &Step) -> bool {
    let on = |step: &Step| step.depends_on.iter().map(|on| on.value).collect::<Vec<_>>();
    // A step whose dependencies are all done once; what they depend on was looked at before them, in topological order.
    let mut once = vec![false; workflow.steps.len()];
    for &index in &workflow.order {
        let (of, on) = (&workflow.steps[index], on(&workflow.steps[index]));
        once[index] = of.kind == StepKind::Reducer || (!on.is_empty() && on.iter().all(|on| once[*on]));
    }
    let index = workflow.steps.iter().position(|of| of.ident == step.ident);
    workflow.mode == Mode::Batch && step.kind != StepKind::Reducer && index.is_some_and(|index| once[index])
}

fn has_a_handler(context: &Context<'_>, workflow: &Workflow, step: &Step) -> TokenStream {
    let (node, module) = (&context.shell.name, &context.shell.module);
    let id = &step.id.value;
    let message = format!("`{node}` has no handler for the step `{id}`");
    let declared = format!("the step is declared here\n{}", context.escaped(step.id.span));
    let parameters: Vec<String> = step
        .depends_on
        .iter()
        .map(|dependency| format!("{}: &..", workflow.steps[dependency.value].ident))
        .collect();
    let asyncness = if step.kind == StepKind::Effect { "async " } else { "" };
    let (slot, kept, returns) = match &step.workflow {
        Some(_) => ("call", "", " -> Call<..>"),
        None if is_fold(workflow, step) => ("fold", "kept: &mut .., ", ""),
        None => ("step", "", ""),
    };
    let mend = escape(&format!(
        "write `#[handler({slot} = {module}::{ident})]` above `{asyncness}fn {ident}({kept}{}){returns}`",
        parameters.join(", "),
        ident = step.ident
    ));
    let (slot, handler, check) = (step.ident.as_str(), "StepHandler", "every_step_has_a_handler");
    handled(context, &Handled { slot, handler, check, message, declared, mend })
}

/// A compensation may take the output of what it undoes, and of what that depends on. It runs also when it is not
/// known how the step ended, so these may be absent; what started the run never is.
fn undone(
    context: &Context<'_>,
    workflow: &Workflow,
    at: usize,
    step: &Step,
    compensation: &Compensation,
) -> TokenStream {
    let private = context.private();
    let (node, module) = (&context.shell.name, &context.shell.module);
    let (marker, undoes) = (context.ident(&compensation.ident), context.ident(&step.ident));
    let name = &compensation.name.value;
    let presence = |taken: usize| match workflow.steps[taken].entry {
        Some(_) => Presence::Always,
        None => Presence::Maybe,
    };
    let taken = step.depends_on.iter().map(|dependency| dependency.value).chain([at]);
    let steps = taken.map(|taken| (taken, presence(taken))).collect();
    let foreign = format!(
        "the compensation `{name}` takes the output of `{{Self}}`, which has nothing to do with what it undoes"
    );
    let undoes_text = format!(
        "it undoes this step, and may take its output and those that the step depends on\n{}",
        context.escaped(step.id.span)
    );
    let message = format!("`{node}` has no handler for the compensation `{name}`");
    let declared = format!("it is declared here\n{}", context.escaped(compensation.name.span));
    let mend = escape(&format!(
        "write `#[handler(compensation = {module}::{})]` above `async fn {}({}: Option<&..>)`",
        compensation.ident, compensation.ident, step.ident
    ));
    let words = quote!(message = #foreign, label = "remove this parameter", note = #undoes_text);
    let slot = compensation.ident.as_str();
    let takes = MayTake { list: "MayBeTakenBy", slot, words, input: true, steps };
    let takes = may_take(context, workflow, &takes);
    let (handler, check) = ("CompensationHandler", "every_compensation_has_a_handler");
    let handled = handled(context, &Handled { slot, handler, check, message, declared, mend });
    quote! {
        impl #private::Compensation for __onex_node::#marker {
            type Undoes = __onex_node::#undoes;
        }
        #takes
        #handled
    }
}
