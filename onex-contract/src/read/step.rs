//! One entry of `execution_graph.nodes`.

use super::declarations::StepDeclaration;
use super::field::{self, Field};
use super::section::Section;
use super::{Given, header, names};
use crate::contract::{NodeKind, OnDuplicate};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::source::Spanned;
use crate::syntax::Value;

pub(super) static STEP: Table = Table::new(
    "a step",
    "One step of the workflow.",
    &[
        Key::required(
            "node_id",
            Shape::Text(&text::STEP_NAME),
            "The step's name: in `depends_on`, as the path of its handler's slot, and as the parameter by which another step takes its output.",
        ),
        Key::required("node_type", Shape::Word(NodeKind::WORDS), "What kind of work the step does."),
        Key::optional("description", Shape::TEXT, "What the step does.").documents(),
        Key::optional("depends_on", Shape::TEXTS, "The steps that come before this one."),
        Key::optional("step_config", Shape::Section(&STEP_CONFIG), "What else the step is told."),
        Key::default(
            "timeout_ms",
            Shape::Integer { min: 100, max: 300_000 },
            "30000",
            "How long one attempt may take, in milliseconds.",
        ),
        Key::optional(
            "retry_count",
            Shape::Integer { min: 0, max: 10 },
            "Additional attempts, under any strategy; without it, `max_retries` under the strategy `retry` and none under the others.",
        ),
        Key::default(
            "continue_on_error",
            Shape::Boolean,
            "false",
            "A failure of this step does not fail the run.",
        ),
        Key::optional("compensation", Shape::Text(&text::STEP_NAME), "The name of what undoes this step."),
        Key::optional(
            "key",
            Shape::Text(&text::FIELD),
            "The field of the event that is the run's identity; without it, each event is a run of its own.",
        ),
        Key::default(
            "on_duplicate",
            Shape::Word(OnDuplicate::WORDS),
            "reject",
            "What a second event with the same key does.",
        ),
        Key::optional(
            "output_events",
            Shape::List(&Shape::Text(&text::TYPE_NAME)),
            "The output of this step is this event, published when the step is recorded.",
        ),
    ],
);

static STEP_CONFIG: Table = Table::new(
    "`step_config`",
    "What a step is told besides.",
    &[Key::optional(
        "event_pattern",
        Shape::Either(&[Shape::Text(&text::EVENT_PATTERN), Shape::List(&Shape::Text(&text::EVENT_PATTERN))]),
        "The event that completes this step; nothing is executed for it.",
    )],
);

pub(super) fn step(field: Field<'_>, sink: &mut Sink) -> Given<StepDeclaration> {
    let mut section = Section::open(field, &STEP, sink)?;
    let step = StepDeclaration {
        id: section.required("node_id", sink, names::step_id),
        kind: section.required("node_type", sink, header::node_kind),
        description: section.optional("description", sink, field::text),
        depends_on: section.list("depends_on", sink, field::spanned_text),
        timeout_ms: section.optional("timeout_ms", sink, field::integer),
        retry_count: section.optional("retry_count", sink, field::integer),
        continue_on_error: section.optional("continue_on_error", sink, field::boolean),
        compensation: section.optional("compensation", sink, names::compensation),
        event_pattern: section.optional("step_config", sink, step_config).map(Option::flatten),
        key: section.optional("key", sink, names::field_path),
        on_duplicate: section.optional("on_duplicate", sink, field::word),
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
