//! One entry of `execution_graph.nodes`.

use super::declarations::StepDeclaration;
use super::field::{self, Field};
use super::section::{Keys, Section};
use super::{Given, header, names};
use crate::contract::{NodeKind, OnDuplicate};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::source::Spanned;
use crate::syntax::Value;

const STEP: Keys = Keys {
    section: "a step",
    known: &[
        "node_id",
        "node_type",
        "description",
        "depends_on",
        "step_config",
        "timeout_ms",
        "retry_count",
        "continue_on_error",
        "compensation",
        "key",
        "on_duplicate",
        "output_events",
    ],
    later: &["enabled", "priority", "run_if", "condition", "branch_group"],
    foreign: &[],
};

const STEP_CONFIG: Keys =
    Keys { section: "`step_config`", known: &["event_pattern"], later: &["intent_filter"], foreign: &[] };

const ON_DUPLICATE: &[(&str, OnDuplicate)] =
    &[("reject", OnDuplicate::Reject), ("join", OnDuplicate::Join), ("new_run", OnDuplicate::NewRun)];

pub(super) fn step(field: Field<'_>, sink: &mut Sink) -> Given<StepDeclaration> {
    let mut section = Section::open(field, &STEP, sink)?;
    let step = StepDeclaration {
        id: section.required("node_id", sink, names::step_id),
        kind: section.required("node_type", sink, step_kind),
        description: section.optional("description", sink, field::text),
        depends_on: section.list("depends_on", sink, field::spanned_text),
        timeout_ms: section.optional("timeout_ms", sink, field::integer(100..=300_000)),
        retry_count: section.optional("retry_count", sink, field::integer(0..=10)),
        continue_on_error: section.optional("continue_on_error", sink, field::boolean),
        compensation: section.optional("compensation", sink, names::compensation),
        event_pattern: section.optional("step_config", sink, step_config).map(Option::flatten),
        key: section.optional("key", sink, names::field_path),
        on_duplicate: section.optional("on_duplicate", sink, field::one_of(ON_DUPLICATE, &[])),
        output: section.optional("output_events", sink, |field, sink| {
            let events = field::list(field, sink, names::identifier)?;
            events.broken.map_or(Ok(()), Err)?;
            only_one(field, events.items, sink)
        }),
        span: field.span(),
    };
    section.close();
    Ok(step)
}

fn step_kind(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<NodeKind>> {
    let kind = header::node_kind(field, sink)?;
    if kind.value != NodeKind::Orchestrator {
        return Ok(kind);
    }
    let message = "a step that is an orchestrator is not supported in this version";
    let fault =
        Diagnostic::new(Code::NotInThisVersion, message, kind.span, "this version does not execute it");
    Err(sink.report(fault.note("a step is `compute`, `effect` or `reducer`")))
}

fn step_config(field: Field<'_>, sink: &mut Sink) -> Given<Option<Spanned<String>>> {
    let mut section = Section::open(field, &STEP_CONFIG, sink)?;
    let pattern = section.optional("event_pattern", sink, event_pattern);
    section.close();
    pattern
}

/// A pattern, or a list of exactly one.
fn event_pattern(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    match &field.node.value {
        Value::Seq(_) => {
            let patterns = field::list(field, sink, field::spanned_text)?;
            patterns.broken.map_or(Ok(()), Err)?;
            only_one(field, patterns.items, sink)
        }
        _ => field::spanned_text(field, sink),
    }
}

fn only_one<T>(field: Field<'_>, items: Vec<T>, sink: &mut Sink) -> Given<T> {
    let found = items.len();
    let mut items = items.into_iter();
    match (items.next(), found) {
        (Some(item), 1) => Ok(item),
        (Some(_), _) => {
            let message = format!("{field}: more than one is not supported in this version");
            let fault =
                Diagnostic::new(Code::NotInThisVersion, message, field.span(), format!("{found} are listed"));
            Err(sink.report(fault))
        }
        (None, _) => {
            let message = format!("{field}: expected a list of one, found an empty list");
            let fault = Diagnostic::new(Code::WrongType, message, field.span(), "this is empty");
            Err(sink.report(fault.help("name one, or remove the key")))
        }
    }
}
