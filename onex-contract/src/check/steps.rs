//! The steps: their ids, what they depend on, what a step of each kind may have.

use std::collections::HashMap;

use super::events::EventTable;
use super::graph::Dependency;
use crate::contract::{Entry, NodeKind, Step, StepIndex};
use crate::diagnostic::{Code, Diagnostic, Sink, closest};
use crate::executable::not_in_this_version;
use crate::read::{Given, List, StepDeclaration};
use crate::source::{Span, Spanned};
use crate::syntax::Shortened;

const DEFAULT_TIMEOUT_MS: u64 = 30_000;
/// A message lists no more steps than this.
const LISTED: usize = 10;

/// What each step depends on, resolved. Ids that are given twice and references to nothing are reported.
pub(super) fn dependencies(steps: &List<StepDeclaration>, sink: &mut Sink) -> Vec<Vec<Dependency>> {
    let ids = index(steps, sink);
    let whole = steps.broken.is_none() && steps.items.iter().all(|step| step.id.is_ok());
    let resolve = |step: &StepDeclaration| {
        let own = step.id.as_ref().ok().map(|id| id.written.value.as_str());
        let mut dependencies: Vec<Dependency> = Vec::new();
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for name in &step.depends_on.items {
            if let Some(first) = seen.insert(&name.value, name.span) {
                sink.report(listed_twice(name, first));
            } else if own == Some(&name.value) {
                sink.report(self_dependency(name));
            } else if let Some(index) = ids.get(name.value.as_str()) {
                dependencies.push(Spanned::new(*index, name.span));
            } else if whole {
                sink.report(unknown_step(name, own, &steps.items));
            }
        }
        dependencies
    };
    steps.items.iter().map(resolve).collect()
}

/// What a step must not have for its kind, or because an event completes it.
pub(super) fn check_kinds(steps: &[StepDeclaration], sink: &mut Sink) {
    for step in steps {
        if let Ok(kind) = step.kind
            && kind.value == NodeKind::Orchestrator
        {
            sink.defer(not_in_this_version("a step that is an orchestrator", kind.span));
        }
        let Ok(event_pattern) = &step.event_pattern else { continue };
        match event_pattern {
            Some(pattern) => check_entry(step, pattern, sink),
            None => {
                check_without_event(step, sink);
                check_effect_only(step, sink);
            }
        }
    }
}

/// The steps of the contract.
pub(super) fn finish(
    steps: &List<StepDeclaration>,
    dependencies: Vec<Vec<Dependency>>,
    entries: Vec<Option<Entry>>,
    events: &EventTable<'_>,
) -> Given<Vec<Step>> {
    steps.broken.map_or(Ok(()), Err)?;
    let parts = steps.items.iter().zip(dependencies).zip(entries);
    parts.map(|((step, depends_on), entry)| finish_one(step, depends_on, entry, events)).collect()
}

fn finish_one(
    step: &StepDeclaration,
    depends_on: Vec<Dependency>,
    entry: Option<Entry>,
    events: &EventTable<'_>,
) -> Given<Step> {
    step.depends_on.broken.map_or(Ok(()), Err)?;
    let id = step.id.clone()?;
    Ok(Step {
        id: id.written,
        ident: id.ident,
        kind: step.kind?.value,
        kind_span: step.kind?.span,
        description: step.description.clone()?,
        depends_on,
        depends_on_span: step.depends_on.span,
        timeout_ms: step.timeout_ms?.map_or(DEFAULT_TIMEOUT_MS, |timeout| timeout.value),
        retry_count: step.retry_count?.map(|count| count.value),
        continue_on_error: step.continue_on_error?.is_some_and(|given| given.value),
        compensation: step.compensation.clone()?,
        entry,
        publishes: step
            .output
            .as_ref()
            .map_err(|reported| *reported)?
            .as_ref()
            .map(|name| events.resolve(name)),
        span: step.span,
    })
}

fn index<'a>(steps: &'a List<StepDeclaration>, sink: &mut Sink) -> HashMap<&'a str, StepIndex> {
    let mut ids: HashMap<&str, (StepIndex, Span)> = HashMap::new();
    for (position, step) in steps.items.iter().enumerate() {
        let Ok(id) = &step.id else { continue };
        match ids.get(id.written.value.as_str()) {
            None => {
                ids.insert(&id.written.value, (position, id.written.span));
            }
            Some((_, first)) => {
                let message = format!("two steps have the `node_id` `{}`", id.written.value);
                let fault =
                    Diagnostic::new(Code::DuplicateName, message, id.written.span, "defined again here");
                sink.report(fault.also(*first, "first defined here"));
            }
        }
    }
    ids.into_iter().map(|(id, (position, _))| (id, position)).collect()
}

fn check_entry(step: &StepDeclaration, pattern: &Spanned<String>, sink: &mut Sink) {
    let mut refuse = |key: &str, span: Option<Span>| {
        if let Some(span) = span {
            let message = format!("a step that an event completes has no `{key}`");
            let fault =
                Diagnostic::new(Code::NotForThisKind, message, span, "nothing is executed for this step");
            sink.report(fault.also(pattern.span, "this event completes the step").help("remove the key"));
        }
    };
    refuse("timeout_ms", span_of(&step.timeout_ms));
    refuse("retry_count", span_of(&step.retry_count));
    refuse("continue_on_error", span_of(&step.continue_on_error));
    refuse("output_events", span_of(&step.output));
    let compensation = step.compensation.as_ref().ok().and_then(|given| given.as_ref());
    refuse("compensation", compensation.map(|compensation| compensation.name.span));
}

fn check_without_event(step: &StepDeclaration, sink: &mut Sink) {
    for (key, span) in [("key", span_of(&step.key)), ("on_duplicate", span_of(&step.on_duplicate))] {
        if let Some(span) = span {
            let message = format!("`{key}` belongs to a step that an event completes");
            let fault =
                Diagnostic::new(Code::MisplacedKey, message, span, "this step has no `event_pattern`");
            sink.report(fault.help("remove it, or give the step a `step_config` with an `event_pattern`"));
        }
    }
}

fn check_effect_only(step: &StepDeclaration, sink: &mut Sink) {
    let Ok(kind) = step.kind else { return };
    if kind.value == NodeKind::Effect {
        return;
    }
    let compensation = step.compensation.as_ref().ok().and_then(|given| given.as_ref());
    let compensation = compensation.map(|compensation| compensation.name.span);
    for (key, span) in [("compensation", compensation), ("output_events", span_of(&step.output))] {
        if let Some(span) = span {
            let message = format!("a step of the kind `{}` has no `{key}`", kind.value.as_str());
            let fault = Diagnostic::new(Code::NotForThisKind, message, span, "only an effect has this");
            sink.report(fault.also(kind.span, "the kind of this step"));
        }
    }
}

fn span_of<T>(given: &Given<Option<Spanned<T>>>) -> Option<Span> {
    given.as_ref().ok()?.as_ref().map(|given| given.span)
}

fn unknown_step(name: &Spanned<String>, own: Option<&str>, steps: &[StepDeclaration]) -> Diagnostic {
    let all = || {
        let ids = steps.iter().filter_map(|step| step.id.as_ref().ok().map(|id| id.written.value.as_str()));
        ids.filter(|id| Some(*id) != own)
    };
    let message = format!("there is no step `{}`", Shortened(&name.value));
    let fault = Diagnostic::new(Code::UnknownStep, message, name.span, "unknown step");
    let mut listed = all().take(LISTED).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    let more = all().count().saturating_sub(LISTED);
    if more > 0 {
        listed.push_str(&format!(" and {more} more"));
    }
    let fault = if listed.is_empty() { fault } else { fault.note(format!("the other steps are {listed}")) };
    match closest(&name.value, all()) {
        Some(meant) => fault.replace(format!("there is a step `{meant}`"), name.span, meant),
        None => fault,
    }
}

fn self_dependency(name: &Spanned<String>) -> Diagnostic {
    let message = format!("the step `{}` depends on itself", name.value);
    Diagnostic::new(Code::SelfDependency, message, name.span, "this is the step itself").help("remove it")
}

fn listed_twice(name: &Spanned<String>, first: Span) -> Diagnostic {
    let message = format!("`depends_on` lists `{}` twice", Shortened(&name.value));
    Diagnostic::new(Code::DuplicateEntry, message, name.span, "listed again here")
        .also(first, "first listed here")
        .help("remove one of the two")
}
