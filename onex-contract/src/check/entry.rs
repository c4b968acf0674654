//! The steps that events complete: where a run starts, and where it waits.

use super::events::EventTable;
use super::pattern;
use crate::contract::{Awaits, Entry, Event, EventIndex, Gate, StepKind};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink, closest};
use crate::executable::not_in_this_version;
use crate::names::without_model;
use crate::read::{Declarations, Given, StepDeclaration};
use crate::source::Spanned;

/// A step that events complete.
#[derive(Debug, Clone)]
pub(super) enum Awaited {
    Entry(Entry),
    Gate(Gate),
}

impl Awaited {
    pub(super) fn events(&self) -> &[EventIndex] {
        match self {
            Self::Entry(entry) => &entry.awaits.events,
            Self::Gate(gate) => &gate.awaits.events,
        }
    }
}

/// For each step, the events that complete it, if some do.
///
/// # Errors
///
/// A pattern could not be read or stands for no event, so that it is unknown what starts a run.
pub(super) fn resolve(
    declared: &Declarations,
    events: &EventTable<'_>,
    sink: &mut Sink,
) -> Given<Vec<Option<Awaited>>> {
    let Some(workflow) = declared.workflow.as_ref().map_err(|reported| *reported)? else {
        return Ok(Vec::new());
    };
    let steps = &workflow.steps.as_ref().map_err(|reported| *reported)?.list;
    check_identities(&steps.items, sink);
    let mut resolved = Vec::with_capacity(steps.items.len());
    let mut failed: Option<Reported> = steps.broken;
    for step in &steps.items {
        match awaited(step, events, sink) {
            Ok(awaited) => resolved.push(awaited),
            Err(reported) => failed = Some(reported),
        }
    }
    failed.map_or(Ok(resolved), Err)
}

fn awaited(step: &StepDeclaration, events: &EventTable<'_>, sink: &mut Sink) -> Given<Option<Awaited>> {
    let config = step.config.as_ref().map_err(|reported| *reported)?;
    let patterns = config.patterns.as_ref().map_err(|reported| *reported)?;
    let Some(first) = patterns.first() else { return Ok(None) };
    check_kind(step, first, sink);
    let awaits = Awaits { events: matched(patterns, events, sink)?, patterns: patterns.clone() };
    if let Some(event_type) = config.event_type.as_ref().map_err(|reported| *reported)? {
        check_type(event_type, &awaits, events, sink);
    }
    let key = step.key.clone()?;
    if is_entry(step) {
        let on_duplicate = step.on_duplicate?.map(|given| given.value).unwrap_or_default();
        return Ok(Some(Awaited::Entry(Entry { awaits, key, on_duplicate })));
    }
    let timeout_ms = step.gate_timeout_ms?.map(|given| given.value);
    match key {
        Some(key) => Ok(Some(Awaited::Gate(Gate { awaits, key, timeout_ms }))),
        None => Err(sink.report(gate_without_key(first))),
    }
}

/// Nothing comes before it, as far as is known.
pub(super) fn is_entry(step: &StepDeclaration) -> bool {
    let before = step.before();
    before.items.is_empty() && before.broken.is_none()
}

fn check_kind(step: &StepDeclaration, pattern: &Spanned<String>, sink: &mut Sink) {
    if let Ok(kind) = step.kind
        && kind.value != StepKind::Effect
    {
        let message = format!("a step of the kind `{}` is not completed by an event", kind.value.as_str());
        let fault = Diagnostic::new(Code::NotForThisKind, message, pattern.span, "only an effect has this");
        sink.report(fault.also(kind.span, "the kind of this step"));
    }
}

/// Several events belong to one run only if each tells by its key which run that is.
fn check_identities(steps: &[StepDeclaration], sink: &mut Sink) {
    let awaiting = || steps.iter().filter_map(|step| Some((step, step.patterns().first()?)));
    let entries: Vec<(&StepDeclaration, &Spanned<String>)> =
        awaiting().filter(|(step, _)| is_entry(step)).collect();
    let keyless = |step: &StepDeclaration| step.key == Ok(None);
    if let [(_, first), (_, second), ..] = entries[..] {
        match entries.iter().find(|(step, _)| keyless(step)) {
            Some((_, pattern)) => {
                let other = if pattern.span == first.span { second } else { first };
                sink.report(several_entries(pattern, other));
            }
            None => sink.defer(not_in_this_version("a run that several events start", second.span)),
        }
    } else if let [(entry, pattern)] = entries[..]
        && keyless(entry)
        && let Some((gate, waits)) = awaiting().find(|(step, _)| !is_entry(step))
        && !keyless(gate)
    {
        let message = "an event is awaited by runs that have no key";
        let fault =
            Diagnostic::new(Code::GateWithoutKey, message, waits.span, "no run is found for this event")
                .also(pattern.span, "this event starts a run, and its step has no `key`")
                .help("give the step that starts a run the `key` too");
        sink.report(fault);
    }
}

/// The events that patterns stand for, each once.
fn matched(patterns: &[Spanned<String>], events: &EventTable<'_>, sink: &mut Sink) -> Given<Vec<EventIndex>> {
    let mut found: Vec<EventIndex> = Vec::new();
    let mut failed: Option<Reported> = None;
    for pattern in patterns {
        let before = found.len();
        found.extend(
            events
                .known()
                .filter(|(_, event)| pattern::matches(&pattern.value, &event.topic))
                .map(|(index, _)| index),
        );
        if found.len() == before {
            failed = Some(match events.unknown() {
                Some(reported) => reported,
                None => sink.report(matches_none(pattern, events)),
            });
        }
    }
    found.sort_unstable();
    found.dedup();
    failed.map_or(Ok(found), Err)
}

fn check_type(event_type: &Spanned<String>, awaits: &Awaits, events: &EventTable<'_>, sink: &mut Sink) {
    let named = |event: &EventIndex| events.name(*event);
    if awaits.events.iter().map(named).any(|name| without_model(name) == without_model(&event_type.value)) {
        return;
    }
    let message = format!("`event_pattern` does not match `{}`", event_type.value);
    let listed: Vec<String> = awaits.events.iter().map(|event| format!("`{}`", named(event))).collect();
    let fault = Diagnostic::new(
        Code::Contradiction,
        message,
        event_type.span,
        "this event does not complete the step",
    )
    .also(awaits.span(), format!("this matches {}", listed.join(", ")))
    .help("remove one of the two");
    sink.report(fault);
}

fn gate_without_key(pattern: &Spanned<String>) -> Diagnostic {
    let message = "a step that waits for an event in the middle of a run needs a `key`";
    Diagnostic::new(Code::GateWithoutKey, message, pattern.span, "which run does the event belong to?")
        .note("a run is found by its key: the same value, in the event that starts it and in those that it waits for")
        .help("add `key: ..` to the step, with the field of the event that holds it")
}

fn several_entries(pattern: &Spanned<String>, other: &Spanned<String>) -> Diagnostic {
    let message = "several events start a run, and nothing says which of them belong together";
    Diagnostic::new(Code::SeveralEntries, message, pattern.span, "this step has no `key`")
        .also(other.span, "this event starts a run too")
        .note("the first event starts the run, and the others are awaited by their key")
        .help("give each of these steps a `key`, or let one step list all patterns if any of the events is enough")
}

fn matches_none(pattern: &Spanned<String>, events: &EventTable<'_>) -> Diagnostic {
    let message = format!("no event of this contract matches `{}`", pattern.value);
    let fault = Diagnostic::new(Code::NoSuchEvent, message, pattern.span, "this matches nothing");
    let wire_types: Vec<String> =
        events.known().map(|(_, event): (_, &Event)| event.topic.wire_type()).collect();
    if wire_types.is_empty() {
        return fault.help("declare the event in `consumed_events`");
    }
    let listed: Vec<String> = wire_types.iter().map(|wire_type| format!("`{wire_type}`")).collect();
    let fault = fault.note(format!("the events are {}", listed.join(", ")));
    match closest(&pattern.value, wire_types.iter().map(String::as_str)) {
        Some(meant) => fault.replace(format!("there is `{meant}`"), pattern.span, format!("\"{meant}\"")),
        None => fault,
    }
}
