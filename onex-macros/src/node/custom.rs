//! Conditions that functions of the program decide: that each has a handler, and whose outputs it may take.

use std::collections::{BTreeMap, BTreeSet};

use onex_contract::{Condition, Spanned, Step, Workflow};
use proc_macro2::TokenStream;
use quote::quote;

use super::slot::{Handled, MayTake, Presence, handled, may_take};
use super::{Context, escape};

/// A function that decides.
pub(crate) struct Custom<'c> {
    pub(crate) name: &'c Spanned<String>,
    pub(crate) ident: &'c str,
    /// The steps that it decides about, in order.
    pub(crate) about: Vec<usize>,
}

/// The functions of a workflow's conditions, in the order of the contract.
pub(crate) fn of(workflow: &Workflow) -> Vec<Custom<'_>> {
    let (mut found, mut places) = (Vec::new(), BTreeMap::new());
    for (at, step) in workflow.steps.iter().enumerate() {
        for (name, ident) in of_step(step) {
            let place = *places.entry(ident).or_insert(found.len());
            if place == found.len() {
                found.push(Custom { name, ident, about: Vec::new() });
            }
            found[place].about.push(at);
        }
    }
    found
}

/// The functions of one step's condition, each once.
pub(crate) fn of_step(step: &Step) -> Vec<(&Spanned<String>, &str)> {
    let mut found = Vec::new();
    if let Some(condition) = &step.condition {
        collect(condition, &mut found);
    }
    found
}

fn collect<'c>(condition: &'c Condition, found: &mut Vec<(&'c Spanned<String>, &'c str)>) {
    match condition {
        Condition::Custom { name, ident } => {
            if found.iter().all(|(_, listed)| listed != ident) {
                found.push((name, ident));
            }
        }
        Condition::All(conditions) | Condition::Any(conditions) => {
            conditions.iter().for_each(|condition| collect(condition, found));
        }
        Condition::Output { .. } | Condition::Outcome { .. } => {}
    }
}

impl Custom<'_> {
    /// The steps that it decides about: "`a` and `b`".
    pub(crate) fn in_words(&self, workflow: &Workflow) -> String {
        let ids: Vec<String> =
            self.about.iter().map(|step| format!("`{}`", workflow.steps[*step].id.value)).collect();
        match ids.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
            _ => ids.concat(),
        }
    }
}

pub(crate) fn expand(context: &Context<'_>) -> TokenStream {
    let Some(workflow) = &context.contract.workflow else { return TokenStream::new() };
    of(workflow).iter().map(|custom| one(context, workflow, custom)).collect()
}

fn one(context: &Context<'_>, workflow: &Workflow, custom: &Custom<'_>) -> TokenStream {
    let (node, module) = (&context.shell.name, &context.shell.module);
    let (name, about) = (&custom.name.value, custom.in_words(workflow));
    let known = before_all(workflow, &custom.about);
    let presence = |taken: usize| match workflow.steps[taken].enabled {
        true => Presence::Always,
        false => Presence::Never,
    };
    let steps = known.iter().map(|step| (*step, presence(*step))).collect();
    let each = if custom.about.len() > 1 { format!("each of {about}") } else { about };
    let late = format!("the condition `{name}` looks at `{{Self}}`, which does not come before {each}");
    let label = format!("not known when it decides about {each}");
    let declared = format!("the condition is here\n{}", context.escaped(custom.name.span));
    let narrowest = custom.about.iter().min_by_key(|step| before(workflow, **step).len());
    let narrowest = narrowest.map(|step| &workflow.steps[*step]);
    let depends = narrowest.map(|step| match step.depends_on_span {
        Some(span) => {
            let id = &step.id.value;
            format!("before `{id}` come only these, and what they depend on\n{}", context.escaped(span))
        }
        None => format!("`{}` has no `depends_on`: only `input` is known before it", step.id.value),
    });
    let message = format!("`{node}` has no handler for the condition `{name}`");
    let parameters: Vec<String> = (narrowest.into_iter().flat_map(|step| &step.depends_on))
        .filter(|dependency| known.contains(&dependency.value))
        .map(|dependency| format!("{}: &..", workflow.steps[dependency.value].ident))
        .collect();
    let mend = escape(&format!(
        "write `#[handler(condition = {module}::{ident})]` above `fn {ident}({}) -> bool`",
        parameters.join(", "),
        ident = custom.ident
    ));
    let words = quote!(message = #late, label = #label, note = #declared, note = #depends);
    let slot = custom.ident;
    let takes = MayTake { list: "MayBeLookedAtBy", slot, words, input: true, steps };
    let mut tokens = may_take(context, workflow, &takes);
    let (handler, check) = ("ConditionHandler", "every_condition_has_a_handler");
    tokens.extend(handled(context, &Handled { slot, handler, check, message, declared, mend }));
    tokens
}

/// The steps that come before each of these, directly or not.
fn before_all(workflow: &Workflow, steps: &[usize]) -> BTreeSet<usize> {
    let common = steps.iter().map(|step| before(workflow, *step)).reduce(|some, others| &some & &others);
    common.unwrap_or_default()
}

fn before(workflow: &Workflow, step: usize) -> BTreeSet<usize> {
    let (mut found, mut open) = (BTreeSet::new(), vec![step]);
    while let Some(step) = open.pop() {
        for dependency in &workflow.steps[step].depends_on {
            if found.insert(dependency.value) {
                open.push(dependency.value);
            }
        }
    }
    found
}
