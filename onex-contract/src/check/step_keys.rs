//! What a step must not have for its kind, beside another of its keys, or because no handler executes it.

use super::entry::is_entry;
use super::steps::listed_twice;
use crate::contract::{ErrorAction, StepKind};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::executable::not_in_this_version;
use crate::read::{Given, StepDeclaration};
use crate::source::{Span, Spanned};
use std::collections::HashMap;

use StepKind::{Compute, Effect, Internal, Orchestrator};

pub(super) fn check(steps: &[StepDeclaration], sink: &mut Sink) {
    for step in steps {
        check_outputs(step, sink);
        check_failures(step, sink);
        check_conditions(step, sink);
        check_executors(step, sink);
        let Ok(config) = &step.config else { continue };
        let (Ok(patterns), Ok(intents)) = (&config.patterns, &config.intents) else { continue };
        match (&patterns[..], &intents[..]) {
            ([pattern, ..], [filter, ..]) => {
                let message = "a step waits for events or sends intents, and not both";
                let fault = Diagnostic::new(Code::MisplacedKey, message, filter.span, "it sends these")
                    .also(pattern.span, "it waits for these")
                    .help("make two steps of it");
                sink.report(fault);
            }
            ([pattern, ..], []) => check_awaiting(step, pattern.span, sink),
            ([], [filter, ..]) => {
                check_without_event(step, sink);
                check_sending(step, filter.span, sink);
                check_kind(step, sink);
            }
            ([], []) => {
                check_without_event(step, sink);
                check_kind(step, sink);
            }
        }
    }
}

/// The keys of a step with the places of their values.
fn places(step: &StepDeclaration) -> Vec<(&'static str, Span)> {
    let config = step.config.as_ref().ok();
    let compensation = step.compensation.as_ref().ok().and_then(Option::as_ref);
    let for_each = step.for_each.as_ref().ok().and_then(Option::as_ref);
    let published = step.publishes().next().map(|event| event.span);
    [
        ("timeout_ms", span_of(&step.timeout_ms)),
        ("gate_timeout_ms", span_of(&step.gate_timeout_ms)),
        ("retry_count", span_of(&step.retry_count)),
        ("continue_on_error", span_of(&step.continue_on_error)),
        ("error_action", span_of(&step.error_action)),
        ("skip_on_failure", span_of(&step.skip_on_failure)),
        ("max_parallel_instances", span_of(&step.max_parallel_instances)),
        ("output_events", step.outputs.span.or(published)),
        ("compensation", compensation.map(|compensation| compensation.name.span)),
        ("on_duplicate", span_of(&step.on_duplicate)),
        ("key", span_of(&step.key)),
        ("run_if", span_of(&step.run_if)),
        ("branch_group", span_of(&step.branch_group)),
        ("circuit", span_of(&step.circuit)),
        ("for_each", for_each.map(|path| path.span)),
        ("workflow", span_of(&step.workflow)),
        ("node_name", span_of(&step.node_name)),
        ("routing_field", config.and_then(|config| span_of(&config.routing_field))),
        ("available_compute_nodes", config.and_then(|config| config.candidates.span)),
        ("aggregation_strategy", config.and_then(|config| span_of(&config.aggregation))),
    ]
    .into_iter()
    .filter_map(|(key, span)| Some((key, span?)))
    .collect()
}

/// Nothing is executed for a step that an event completes.
fn check_awaiting(step: &StepDeclaration, pattern: Span, sink: &mut Sink) {
    let entry = is_entry(step);
    let refused: &[&str] = if entry {
        &[
            "timeout_ms",
            "gate_timeout_ms",
            "retry_count",
            "continue_on_error",
            "error_action",
            "skip_on_failure",
            "max_parallel_instances",
            "output_events",
            "compensation",
            "run_if",
            "branch_group",
            "circuit",
            "for_each",
            "workflow",
            "node_name",
            "routing_field",
            "available_compute_nodes",
            "aggregation_strategy",
        ]
    } else {
        &[
            "timeout_ms",
            "retry_count",
            "max_parallel_instances",
            "output_events",
            "compensation",
            "on_duplicate",
            "circuit",
            "for_each",
            "workflow",
            "node_name",
            "routing_field",
            "available_compute_nodes",
            "aggregation_strategy",
        ]
    };
    for (key, span) in places(step) {
        if !refused.contains(&key) {
            continue;
        }
        let which = if key == "gate_timeout_ms" { "starts a run" } else { "an event completes" };
        let message = format!("a step that {which} has no `{key}`");
        let fault = Diagnostic::new(Code::NotForThisKind, message, span, "nothing is executed for this step")
            .also(pattern, "this event completes the step");
        sink.report(match key {
            "timeout_ms" if !entry => fault.help("how long it waits for the event is `gate_timeout_ms`"),
            "gate_timeout_ms" => fault.help("only a step that depends on others waits for its event"),
            "on_duplicate" => fault.help("`on_duplicate` belongs to the step that starts a run"),
            _ => fault.help("remove the key"),
        });
    }
    if entry
        && let Ok(Some(enabled)) = step.enabled
        && !enabled.value
    {
        let message = "a step that starts a run cannot be disabled";
        let fault =
            Diagnostic::new(Code::NotForThisKind, message, enabled.span, "without this step there is no run")
                .also(pattern, "this event starts a run")
                .help("remove the key, or let the handler of the event decide whether a run starts");
        sink.report(fault);
    }
    if entry && let Some(span) = condition_span(step) {
        let message = "a step that starts a run has no condition";
        let fault = Diagnostic::new(Code::NotForThisKind, message, span, "without this step there is no run")
            .also(pattern, "this event starts a run")
            .help("let the handler of the event decide whether a run starts, or put the condition on the next step");
        sink.report(fault);
    }
}

fn check_without_event(step: &StepDeclaration, sink: &mut Sink) {
    for (key, span) in places(step) {
        if matches!(key, "key" | "on_duplicate" | "gate_timeout_ms") {
            let message = format!("`{key}` belongs to a step that an event completes");
            let fault =
                Diagnostic::new(Code::MisplacedKey, message, span, "this step has no `event_pattern`");
            sink.report(fault.help("remove it, or give the step a `step_config` with an `event_pattern`"));
        }
    }
}

/// A step that sends intents has no handler that could give anything back.
fn check_sending(step: &StepDeclaration, filter: Span, sink: &mut Sink) {
    for (key, span) in places(step) {
        let help = match key {
            "output_events"
            | "for_each"
            | "max_parallel_instances"
            | "routing_field"
            | "available_compute_nodes" => "remove the key",
            "retry_count" | "circuit" => {
                "remove the key: who executes an intent has its own, in the contract of that node"
            }
            "compensation" => {
                let undone = not_in_this_version("`compensation` of a step that sends intents", span);
                sink.defer(undone.help("give the compensation to an effect step that depends on this one"));
                continue;
            }
            _ => continue,
        };
        let message = format!("a step that sends intents has no `{key}`");
        let fault = Diagnostic::new(Code::NotForThisKind, message, span, "no handler executes this step")
            .also(filter, "it sends these intents")
            .help(help);
        sink.report(fault);
    }
    if let Ok(kind) = step.kind
        && kind.value != Effect
    {
        let message = format!("a step of the kind `{}` does not send intents", kind.value.as_str());
        let fault = Diagnostic::new(Code::NotForThisKind, message, filter, "only an effect has this");
        sink.report(fault.also(kind.span, "the kind of this step"));
    } else if is_entry(step) {
        let message = "a step that sends intents depends on the steps that ask for them";
        let fault = Diagnostic::new(Code::MissingKey, message, filter, "whose intents?")
            .help("list the steps whose intents are sent in `depends_on`");
        sink.report(fault);
    }
}

/// Keys that only steps of some kinds have.
fn check_kind(step: &StepDeclaration, sink: &mut Sink) {
    let Ok(kind) = step.kind else { return };
    for (key, span) in places(step) {
        let kinds: &[StepKind] = match key {
            "compensation" | "circuit" => &[Effect, Orchestrator],
            "output_events" => &[Effect, Internal],
            "workflow" => &[Orchestrator],
            "routing_field" | "available_compute_nodes" => &[Compute, Orchestrator, Internal],
            _ => continue,
        };
        if !kinds.contains(&kind.value) {
            let message = format!("a step of the kind `{}` has no `{key}`", kind.value.as_str());
            let fault = Diagnostic::new(Code::NotForThisKind, message, span, only(kinds));
            sink.report(fault.also(kind.span, "the kind of this step"));
        }
    }
}

fn only(kinds: &[StepKind]) -> String {
    let named: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.as_str())).collect();
    match &named[..] {
        [kind] => format!("only the kind {kind} has this"),
        [kinds @ .., last] => format!("only the kinds {} and {last} have this", kinds.join(", ")),
        [] => String::new(),
    }
}

/// Who executes a step in place of a handler: of the right kind, and one of them if one is named.
fn check_executors(step: &StepDeclaration, sink: &mut Sink) {
    let Ok(config) = &step.config else { return };
    if let Ok(kind) = step.kind {
        for executor in &config.executors {
            if executor.of == kind.value || matches!(kind.value, Internal | Orchestrator) {
                continue;
            }
            let message = format!("a step of the kind `{}` has no `{}`", kind.value.as_str(), executor.key);
            let fault =
                Diagnostic::new(Code::NotForThisKind, message, executor.name.span, only(&[executor.of]));
            sink.report(fault.also(kind.span, "the kind of this step"));
        }
    }
    let named = step.node_name.as_ref().ok().and_then(Option::as_ref);
    let mut executors = named
        .map(|name| ("node_name", name))
        .into_iter()
        .chain(config.executors.iter().map(|executor| (executor.key, &executor.name)));
    let Some((first_key, first)) = executors.next() else { return };
    if let Some((key, other)) = executors.find(|(key, name)| *key != first_key && name.value != first.value) {
        let message = format!("`{first_key}` and `{key}` name different nodes");
        let fault =
            Diagnostic::new(Code::Contradiction, message, other.span, "this one is to execute the step")
                .also(first.span, "and this one too")
                .help("remove one of the two; several effect nodes are listed in `effect_nodes`");
        sink.report(fault);
    }
}

fn check_outputs(step: &StepDeclaration, sink: &mut Sink) {
    let mut seen = HashMap::new();
    for name in &step.outputs.items {
        if let Some(first) = seen.insert(name.value.as_str(), name.span) {
            sink.report(listed_twice("output_events", name, first));
        }
    }
    let mut published = step.publishes();
    if let Some(first) = published.next()
        && published.any(|other| other.value != first.value)
    {
        let span = step.outputs.span.unwrap_or(first.span);
        sink.defer(not_in_this_version("a step that publishes one of several events", span));
    }
}

fn check_failures(step: &StepDeclaration, sink: &mut Sink) {
    let Ok(Some(action)) = step.error_action else { return };
    let against = match (action.value, step.continue_on_error, step.retry_count) {
        (ErrorAction::Stop | ErrorAction::Compensate, Ok(Some(goes_on)), _) if goes_on.value => {
            Some(goes_on.span)
        }
        (ErrorAction::Continue, Ok(Some(goes_on)), _) if !goes_on.value => Some(goes_on.span),
        (ErrorAction::Retry, _, Ok(Some(retries))) if retries.value == 0 => Some(retries.span),
        _ => None,
    };
    if let Some(against) = against {
        let message = format!("`error_action: {}` is contradicted", action.value.as_str());
        let fault = Diagnostic::new(Code::Contradiction, message, against, "this says otherwise")
            .also(action.span, "the action")
            .help("remove one of the two");
        sink.report(fault);
    }
}

fn check_conditions(step: &StepDeclaration, sink: &mut Sink) {
    if let (Ok(Some(one)), Ok(Some(several))) = (&step.condition, &step.conditions) {
        let message = "a step has `condition` and `conditions`";
        let fault = Diagnostic::new(Code::MisplacedKey, message, several.span, "must these hold too?")
            .also(one.span, "this must hold")
            .help("list all of them in `conditions`");
        sink.report(fault);
    }
}

fn condition_span(step: &StepDeclaration) -> Option<Span> {
    span_of(&step.condition).or(span_of(&step.conditions))
}

fn span_of<T>(given: &Given<Option<Spanned<T>>>) -> Option<Span> {
    given.as_ref().ok()?.as_ref().map(|given| given.span)
}
