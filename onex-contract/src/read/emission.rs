//! `intent_emission`: the intents that a node may emit.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, intents, names};
use crate::contract::{Emission, EmittedIntent, TypeRef};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::intent_type::IntentType;
use crate::language::{Key, Section as Table, Shape, text};
use crate::source::Spanned;
use crate::syntax::{Shortened, Value};

pub(super) static EMISSION: Table = Table::new(
    "`intent_emission`",
    "The intents that the node may emit.",
    &[
        Key::default("enabled", Shape::Boolean, "true", "Whether it emits any."),
        Key::optional("intents", Shape::List(&Shape::Section(&INTENT)), "The intents, each type once."),
        Key::optional("target", Shape::Text(&text::NODE_NAME), "The node that they are sent to."),
    ],
);

static INTENT: Table = Table::new(
    "an entry of `intents`",
    "An intent that the node may emit.",
    &[
        Key::required("intent_type", Shape::Text(&text::INTENT_TYPE), "Its name in routing tables."),
        Key::optional("payload_model", Shape::Text(&text::TYPE_NAME), "Its Rust type, without its path."),
        Key::optional("payload_module", Shape::Text(&text::MODULE), "The module of `payload_model`."),
        Key::optional(
            "target_pattern",
            Shape::TEXT,
            "What it is about, with fields of its payload in braces: `postgres://orders/{order_id}`.",
        )
        .documents(),
        Key::optional("description", Shape::TEXT, "What it asks for.").documents(),
    ],
);

/// An entry of `subscribed_intents` that says more than its type.
static SUBSCRIBED: Table = Table::new(
    "an entry of `subscribed_intents`",
    "An intent that the node executes. A text is its type.",
    &[
        Key::required("intent_type", Shape::Text(&text::INTENT_TYPE), "Its name in routing tables."),
        Key::optional("description", Shape::TEXT, "What it asks for.").documents(),
    ],
);

pub(super) const SUBSCRIBED_INTENTS: Shape =
    Shape::List(&Shape::Either(&[Shape::Text(&text::INTENT_TYPE), Shape::Section(&SUBSCRIBED)]));

pub(super) fn emission(field: Field<'_>, sink: &mut Sink) -> Given<(Option<Spanned<bool>>, Emission)> {
    let mut section = Section::open(field, &EMISSION, sink)?;
    let enabled = section.optional("enabled", sink, field::boolean);
    let intents = section.list("intents", sink, intent).all();
    let target = section.optional("target", sink, names::node_name);
    section.close();
    Ok((enabled?, Emission { intents: intents?, target: target?, span: field.key }))
}

fn intent(field: Field<'_>, sink: &mut Sink) -> Given<EmittedIntent> {
    let mut section = Section::open(field, &INTENT, sink)?;
    let intent_type = section.required("intent_type", sink, intents::intent_type);
    let model = section.optional("payload_model", sink, names::identifier);
    let without_model = section.unreadable("payload_model");
    let module =
        section.optional("payload_module", sink, |field, sink| Ok((field.key, names::module(field, sink)?)));
    let target_pattern = section.optional("target_pattern", sink, target_pattern);
    let description = section.optional("description", sink, field::text);
    section.close();
    let model = match (model?, module?) {
        (Some(name), module) => Some(TypeRef { name, module: module.map(|(_, module)| module) }),
        (None, None) => None,
        (None, Some((key, _))) => {
            return Err(without_model.unwrap_or_else(|| {
                let message = "`payload_module` belongs to a `payload_model`";
                let fault = Diagnostic::new(Code::MisplacedKey, message, key, "there is no `payload_model`");
                sink.report(fault.help("name the type, or remove the key"))
            }));
        }
    };
    Ok(EmittedIntent {
        intent_type: intent_type?,
        model,
        target_pattern: target_pattern?,
        description: description?,
    })
}

/// A text whose braces hold fields.
fn target_pattern(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let pattern = names::non_empty(field, sink)?;
    let mut rest = pattern.value.as_str();
    let wrong = loop {
        let Some(at) = rest.find(['{', '}']) else { return Ok(pattern) };
        if rest[at..].starts_with('}') {
            break "a `}` without a `{`".to_owned();
        }
        let Some((inner, behind)) = rest[at + 1..].split_once('}') else {
            break "a `{` without a `}`".to_owned();
        };
        if !names::is_field_path(inner) {
            break format!("`{}`, which is not a field", Shortened(inner));
        }
        rest = behind;
    };
    let message = format!("{field}: `{}` has {wrong}", Shortened(&pattern.value));
    let fault = Diagnostic::new(Code::BadName, message, pattern.span, "not a pattern")
        .help("a field of the payload stands in braces: `postgres://orders/{order_id}`");
    Err(sink.report(fault))
}

/// A type of intents, or a mapping that says more.
pub(super) fn subscribed(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<IntentType>> {
    if let Value::Str(_) = field.node.value {
        return intents::intent_type(field, sink);
    }
    let mut section = Section::open(field, &SUBSCRIBED, sink)?;
    let intent_type = section.required("intent_type", sink, intents::intent_type);
    let description = section.optional("description", sink, field::text);
    section.close();
    description?;
    intent_type
}
