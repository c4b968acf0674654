//! The workflow: each step resolved, the graph in order, the rules with their defaults.

use super::entry::Awaited;
use super::events::EventTable;
use super::steps::{Ids, Parts};
use super::{
    actions, branches, coherence, conditions, graph, inherited, intent_filters, many_items, rules, step_keys,
    steps, sub_workflows,
};
use crate::contract::{IntentTarget, Workflow};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::{Declarations, Given, Steps, WorkflowDeclaration};

/// How many steps a workflow may have, where it does not say.
const MAX_STEPS: u32 = 1_000;

pub(super) fn resolve(
    declared: &Declarations,
    events: &EventTable<'_>,
    intents: &Given<Vec<IntentTarget>>,
    awaited: &Given<Vec<Option<Awaited>>>,
    sink: &mut Sink,
) -> Given<Option<Workflow>> {
    let node = declared;
    let Some(declared) = declared.workflow.as_ref().map_err(|reported| *reported)? else { return Ok(None) };
    let given = rules::given(declared, sink);
    if let Ok(given) = &given {
        coherence::check(node, declared, given, sink);
    }
    let mode = given.as_ref().ok().and_then(|given| given.mode.ok().flatten());
    if let Ok(rules) = &declared.rules {
        many_items::defer_workers(mode, rules.load_balancing, sink);
    }
    let steps = declared.steps.as_ref().map_err(|reported| *reported);
    let ids = steps.map(|steps| Ids::of(&steps.list, sink));
    let rules = given.and_then(|given| rules::resolve(declared, &given, ids.as_ref().ok(), sink));
    let (steps, ids) = (steps?, ids?);
    check_number(declared, steps, sink);
    let dependencies = steps::dependencies(&ids, sink);
    let order = graph::order(&steps.list.items, &dependencies, sink);
    step_keys::check(&steps.list.items, sink);
    many_items::check(mode, &steps.list.items, sink);
    let looks = conditions::resolve(&steps.list.items, &ids, &order, &dependencies, sink);
    let branch_groups = branches::resolve(&steps.list.items, sink);
    if let Ok(order) = &order {
        branches::check_turns(&branch_groups, &steps.list.items, order, &dependencies, sink);
    }
    let filters = intent_filters::resolve(&steps.list.items, intents, &dependencies, sink);

    let metadata = declared.metadata.as_ref().map_err(|reported| *reported)?;
    let (mut rules, awaited) = (rules?, awaited.clone()?);
    inherited::fill(node, &mut rules);
    let parts = Parts { dependencies, awaited, filters: filters?, looks, rules: &rules, events };
    let steps_of_contract = steps::finish(&steps.list, parts)?;
    actions::defer(&steps_of_contract, &rules, sink);
    many_items::defer(&steps_of_contract, &rules, sink);
    if let Ok(name) = &metadata.name {
        sub_workflows::check(name, &steps_of_contract, sink);
    }
    sub_workflows::defer(&steps_of_contract, &rules, sink);
    let is_entry = |index: &usize| steps_of_contract[*index].entry.is_some();
    Ok(Some(Workflow {
        name: metadata.name.clone()?,
        version: metadata.version?,
        description: metadata.description.clone()?,
        workflow_type: rules.workflow_type,
        entries: (0..steps_of_contract.len()).filter(is_entry).collect(),
        steps: steps_of_contract,
        order: order?,
        branch_groups,
        mode: rules.mode,
        strategy: rules.strategy,
        max_retries: rules.max_retries,
        timeout_ms: rules.timeout_ms,
        max_parallel_steps: rules.max_parallel_steps,
        retry_delay_ms: rules.retry_delay_ms,
        backoff_multiplier: rules.backoff_multiplier,
        max_retry_delay_ms: rules.max_retry_delay_ms,
        said: rules.said,
        dead_letter: rules.dead_letter,
        coordination: rules.coordination,
        conditions: declared.conditions.clone()?,
        span: steps.span,
    }))
}

fn check_number(declared: &WorkflowDeclaration, steps: &Steps, sink: &mut Sink) {
    let found = steps.list.items.len();
    if found == 0 && steps.list.broken.is_none() {
        let fault = Diagnostic::new(Code::NoSteps, "the workflow has no steps", steps.span, "this is empty")
            .help("list a step, or remove the workflow");
        sink.report(fault);
    }
    let Ok(given) = rules::max_steps(declared) else { return };
    let max = given.map_or(MAX_STEPS, |given| given.value);
    if found > max as usize {
        let message = format!("the workflow has {found} steps, and may have at most {max}");
        let fault = Diagnostic::new(Code::TooManySteps, message, steps.span, "these steps");
        sink.report(match given {
            Some(given) => fault.also(given.span, "what it may have"),
            None => fault.help("allow more with `max_steps_per_workflow` in `coordination_rules`"),
        });
    }
}
