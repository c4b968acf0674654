//! The workflow: each step resolved, the graph in order, the rules with their defaults.

use super::events::EventTable;
use super::{graph, rules, steps};
use crate::contract::{Entry, Workflow};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::{Declarations, Given, Steps};

/// How many steps a workflow may have.
const MAX_STEPS: usize = 1_000;

pub(super) fn resolve(
    declared: &Declarations,
    events: &EventTable<'_>,
    entries: &Given<Vec<Option<Entry>>>,
    sink: &mut Sink,
) -> Given<Option<Workflow>> {
    let Some(declared) = declared.workflow.as_ref().map_err(|reported| *reported)? else { return Ok(None) };
    let rules = rules::resolve(declared, sink);
    let steps = declared.steps.as_ref().map_err(|reported| *reported)?;
    check_number(steps, sink);
    let dependencies = steps::dependencies(&steps.list, sink);
    let order = graph::order(&steps.list.items, &dependencies, sink);
    steps::check_kinds(&steps.list.items, sink);

    let metadata = declared.metadata.as_ref().map_err(|reported| *reported)?;
    let (rules, entries) = (rules?, entries.clone()?);
    Ok(Some(Workflow {
        name: metadata.name.clone()?,
        version: metadata.version?,
        description: metadata.description.clone()?,
        entry: entries.iter().position(Option::is_some),
        steps: steps::finish(&steps.list, dependencies, entries, events)?,
        order: order?,
        mode: rules.mode,
        strategy: rules.strategy,
        max_retries: rules.max_retries,
        timeout_ms: rules.timeout_ms,
        max_parallel_steps: rules.max_parallel_steps,
        retry_delay_ms: rules.retry_delay_ms,
        backoff_multiplier: rules.backoff_multiplier,
        max_retry_delay_ms: rules.max_retry_delay_ms,
        dead_letter: rules.dead_letter,
        span: steps.span,
    }))
}

fn check_number(steps: &Steps, sink: &mut Sink) {
    let found = steps.list.items.len();
    if found == 0 && steps.list.broken.is_none() {
        let fault = Diagnostic::new(Code::NoSteps, "the workflow has no steps", steps.span, "this is empty")
            .help("list a step, or remove the workflow");
        sink.report(fault);
    }
    if found > MAX_STEPS {
        let message = format!("the workflow has {found} steps, and may have at most {MAX_STEPS}");
        sink.report(Diagnostic::new(Code::TooManySteps, message, steps.span, "these steps"));
    }
}
