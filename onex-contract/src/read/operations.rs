//! `io_operations`: what a node can be asked to do, and with what.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, model, names, topics};
use crate::contract::{IoOperation, Parameter};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, text};
use crate::source::Spanned;
use crate::syntax::Value;

pub(super) const OPERATIONS: Shape = Shape::List(&Shape::Section(&OPERATION));

const FIELDS: Shape = Shape::List(&Shape::Either(&[
    Shape::Text(&text::FIELD),
    Shape::Table { keys: &text::FIELD, values: &Shape::TEXT },
]));

/// A model, or a text for people such as `list[ModelOrder]`.
const MODEL: Shape = Shape::Either(&[Shape::TEXT, model::MODEL]);

static OPERATION: Table = Table::new(
    "an operation",
    "What the node can be asked to do.",
    &[
        Key::optional("operation", Shape::TEXT, "Its name, which no other has.").documents(),
        Key::optional("name", Shape::TEXT, "Another name for `operation`.").documents(),
        Key::optional(
            "operation_type",
            Shape::TEXT,
            "What sort of work it is; without a name, its name too.",
        )
        .documents(),
        Key::optional("description", Shape::TEXT, "What it does.").documents(),
        Key::optional("notes", Shape::TEXT, "What else is to be said.").documents(),
        Key::optional("complexity", Shape::TEXT, "How long it takes, for what.").documents(),
        Key::optional("input_fields", FIELDS, "What it takes: names, or `name: type`.").documents(),
        Key::optional("output_fields", FIELDS, "What it gives back: names, or `name: type`.").documents(),
        Key::optional("input_model", MODEL, "The type of what it takes.").documents(),
        Key::optional("output_model", MODEL, "The type of what it gives back.").documents(),
        Key::optional("output_topic", Shape::Text(&text::TOPIC), "Where what it gives back is published.")
            .documents(),
        Key::optional("handler_method", Shape::TEXT, "The function that does it.").documents(),
        Key::optional("protocol_method", Shape::TEXT, "The function of a protocol that it is.").documents(),
        Key::optional("idempotent", Shape::Boolean, "Doing it twice is doing it once.").documents(),
        Key::optional("atomic", Shape::Boolean, "It is done, or nothing is.").documents(),
        Key::optional(
            "validation_enabled",
            Shape::Boolean,
            "Whether its input is checked, as types always are.",
        )
        .documents(),
        Key::optional(
            "timeout_seconds",
            Shape::Number { min: 0.001, max: 86_400.0 },
            "How long it may take, in seconds.",
        )
        .later(),
    ],
);

pub(super) fn operation(field: Field<'_>, sink: &mut Sink) -> Given<IoOperation> {
    let mut section = Section::open(field, &OPERATION, sink)?;
    let name = section.either(&["operation", "name"], sink, names::non_empty);
    let sort = section.optional("operation_type", sink, names::non_empty);
    let description = section.optional("description", sink, field::text);
    let inputs = parameters(&mut section, "input_fields", sink);
    let outputs = parameters(&mut section, "output_fields", sink);
    let output_topic = section.optional("output_topic", sink, topics::topic);
    let [idempotent, atomic, validation] = ["idempotent", "atomic", "validation_enabled"]
        .map(|key| section.optional(key, sink, field::boolean).map(|given| given.map(|given| given.value)));
    let timeout_seconds = section.optional("timeout_seconds", sink, field::number);
    let mut read_only = validation.map(drop);
    for key in ["notes", "complexity", "handler_method", "protocol_method"] {
        read_only = read_only.and(section.optional(key, sink, field::text).map(drop));
    }
    for key in ["input_model", "output_model"] {
        read_only = read_only.and(section.optional(key, sink, model).map(drop));
    }
    section.close();
    read_only?;
    let (name, sort) = (name?, sort?);
    let named = name.is_some();
    let Some(name) = name.or(sort) else {
        let message = "an operation has no name";
        let fault = Diagnostic::new(Code::MissingKey, message, field.key, "this has no `operation`");
        return Err(sink.report(fault.help("give it an `operation`: its name")));
    };
    Ok(IoOperation {
        name,
        named,
        description: description?,
        inputs: inputs?,
        outputs: outputs?,
        output_topic: output_topic?,
        idempotent: idempotent?,
        atomic: atomic?,
        timeout_seconds: timeout_seconds?.map(|given| given.value),
        span: field.span(),
    })
}

fn model(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    match field.node.value {
        Value::Map(_) => model::model(field, sink).map(drop),
        _ => names::non_empty(field, sink).map(drop),
    }
}

/// Names, or mappings of names to types, of which each name stands once.
fn parameters(section: &mut Section<'_>, key: &'static str, sink: &mut Sink) -> Given<Vec<Parameter>> {
    section
        .list(key, sink, |field, sink| {
            let Value::Map(entries) = &field.node.value else {
                return Ok(vec![Parameter { name: names::data_field(field, sink)?, of_type: None }]);
            };
            let mut parameters = Vec::new();
            for (name, of_type) in &entries.entries {
                let under =
                    Field::under(Spanned::new(&name.value, name.span), of_type, field.shape.of_values());
                if !names::is_field_path(&name.value) {
                    let message = format!("{under} is not a field");
                    let fault = Diagnostic::new(Code::BadName, message, name.span, "not a field");
                    return Err(sink.report(fault.help("a field and its type are written `order_id: UUID`")));
                }
                parameters.push(Parameter { name: name.clone(), of_type: Some(field::text(under, sink)?) });
            }
            Ok(parameters)
        })
        .all()
        .map(|parameters| parameters.concat())
}
