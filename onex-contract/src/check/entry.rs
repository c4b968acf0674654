//! The step whose event starts a run.

use super::events::EventTable;
use super::pattern;
use crate::contract::{Entry, Event, EventIndex, NodeKind};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink, closest};
use crate::read::{Declarations, Given, StepDeclaration};
use crate::source::{Span, Spanned};

/// For each step, the event that completes it, if one does.
///
/// # Errors
///
/// A pattern could not be read or does not stand for one event, so that it is unknown what starts a run.
pub(super) fn resolve(
    declared: &Declarations,
    events: &EventTable<'_>,
    sink: &mut Sink,
) -> Given<Vec<Option<Entry>>> {
    let Some(workflow) = declared.workflow.as_ref().map_err(|reported| *reported)? else {
        return Ok(Vec::new());
    };
    let steps = &workflow.steps.as_ref().map_err(|reported| *reported)?.list;
    let mut entries = Vec::with_capacity(steps.items.len());
    let mut failed: Option<Reported> = steps.broken;
    let mut first: Option<Span> = None;
    for step in &steps.items {
        let entry = match &step.event_pattern {
            Ok(None) => Ok(None),
            Ok(Some(pattern)) => {
                check_place(step, pattern, first, sink);
                first = first.or(Some(pattern.span));
                entry(step, pattern, events, sink).map(Some)
            }
            Err(reported) => Err(*reported),
        };
        match entry {
            Ok(entry) => entries.push(entry),
            Err(reported) => failed = Some(reported),
        }
    }
    failed.map_or(Ok(entries), Err)
}

fn entry(
    step: &StepDeclaration,
    pattern: &Spanned<String>,
    events: &EventTable<'_>,
    sink: &mut Sink,
) -> Given<Entry> {
    let event = matched(pattern, events, sink)?;
    Ok(Entry {
        event,
        pattern: pattern.clone(),
        key: step.key.clone()?,
        on_duplicate: step.on_duplicate?.map(|given| given.value).unwrap_or_default(),
    })
}

/// An event completes an effect that nothing comes before, and one step in this version.
fn check_place(step: &StepDeclaration, pattern: &Spanned<String>, first: Option<Span>, sink: &mut Sink) {
    if let Ok(kind) = step.kind
        && kind.value != NodeKind::Effect
    {
        let message = format!("a step of the kind `{}` is not completed by an event", kind.value.as_str());
        let fault = Diagnostic::new(Code::NotForThisKind, message, pattern.span, "only an effect has this");
        sink.report(fault.also(kind.span, "the kind of this step"));
    }
    if let Some(span) = step.depends_on.span
        && !step.depends_on.items.is_empty()
    {
        let message = "a step that an event completes depends on nothing";
        let fault = Diagnostic::new(Code::EntryNotRoot, message, span, "it depends on these")
            .also(pattern.span, "this event completes the step")
            .note("a run that waits for an event in its middle is not supported in this version");
        sink.report(fault);
    }
    if let Some(first) = first {
        let message = "only one step can be completed by an event in this version";
        let fault = Diagnostic::new(Code::SeveralEntries, message, pattern.span, "this is another one");
        sink.report(fault.also(first, "this event starts a run"));
    }
}

/// The one event that a pattern stands for.
fn matched(pattern: &Spanned<String>, events: &EventTable<'_>, sink: &mut Sink) -> Given<EventIndex> {
    let matched: Vec<(EventIndex, &Event)> =
        events.known().filter(|(_, event)| pattern::matches(&pattern.value, &event.topic)).collect();
    match matched[..] {
        [(event, _)] => Ok(event),
        [] => Err(match events.unknown() {
            Some(reported) => reported,
            None => sink.report(matches_none(pattern, events)),
        }),
        _ => Err(sink.report(matches_several(pattern, &matched))),
    }
}

fn matches_none(pattern: &Spanned<String>, events: &EventTable<'_>) -> Diagnostic {
    let message = format!("no event of this contract matches `{}`", pattern.value);
    let fault = Diagnostic::new(Code::NoSuchEvent, message, pattern.span, "this matches nothing");
    let wire_types: Vec<String> = events.known().map(|(_, event)| event.topic.wire_type()).collect();
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

fn matches_several(pattern: &Spanned<String>, matched: &[(EventIndex, &Event)]) -> Diagnostic {
    let message = format!("`{}` matches {} events of this contract", pattern.value, matched.len());
    let label = "this is to match one";
    let fault = Diagnostic::new(Code::AmbiguousPattern, message, pattern.span, label);
    let listed: Vec<String> =
        matched.iter().map(|(_, event)| format!("`{}`", event.topic.wire_type())).collect();
    fault.note(format!("it matches {}", listed.join(", "))).help("write the one that starts a run")
}
