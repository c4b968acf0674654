//! What a contract says about itself: kind, versions, models.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, names};
use crate::contract::{NodeKind, TypeRef, Version};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::source::Spanned;
use crate::syntax::{Shortened, Value};

const LOWER: [&str; 4] = ["compute", "effect", "reducer", "orchestrator"];
const UPPER: [&str; 4] = ["COMPUTE_GENERIC", "EFFECT_GENERIC", "REDUCER_GENERIC", "ORCHESTRATOR_GENERIC"];

const PART: Shape = Shape::COUNT;

static VERSION_PARTS: Table = Table::new(
    "a version",
    "A semantic version in three parts.",
    &[
        Key::required("major", PART, "Breaking changes.").documents(),
        Key::required("minor", PART, "Additions.").documents(),
        Key::required("patch", PART, "Repairs.").documents(),
    ],
);

/// `{ major, minor, patch }` or `"1.0.0"`.
pub(super) const VERSION: Shape =
    Shape::Either(&[Shape::Section(&VERSION_PARTS), Shape::Text(&text::VERSION)]);

static MODEL_KEYS: Table = Table::new(
    "a model",
    "A type of the program.",
    &[
        Key::required("name", Shape::Text(&text::TYPE_NAME), "The type, without its path."),
        Key::optional(
            "module",
            Shape::Text(&text::MODULE),
            "The module that it is in; without it, the scope of the node's struct.",
        ),
        Key::optional("description", Shape::TEXT, "What it is for.").documents(),
    ],
);

/// `{ name, module, description }`.
pub(super) const MODEL: Shape = Shape::Section(&MODEL_KEYS);

static VARIED_MODEL: Table = Table::new(
    "a model of a node",
    "A type of the program, or one type for each of several cases.",
    &[
        Key::required("name", Shape::Text(&text::TYPE_NAME), "The type, without its path."),
        Key::optional(
            "module",
            Shape::Text(&text::MODULE),
            "The module that it is in; without it, the scope of the node's struct.",
        ),
        Key::optional("description", Shape::TEXT, "What it is for.").documents(),
        Key::optional("variants", Shape::List(&Shape::Section(&VARIANT)), "The cases of it.").documents(),
    ],
);

static VARIANT: Table = Table::new(
    "a variant of a model",
    "One of the cases of a type.",
    &[
        Key::required("name", Shape::Text(&text::TYPE_NAME), "The type of this case.").documents(),
        Key::optional("module", Shape::Text(&text::MODULE), "The module that it is in.").documents(),
        Key::optional("discriminator_value", Shape::TEXT, "What tells this case from others.").documents(),
        Key::optional("payload_model", Shape::Text(&text::TYPE_NAME), "The type of what it carries.")
            .documents(),
        Key::optional("description", Shape::TEXT, "What it is for.").documents(),
    ],
);

/// A model with variants, or its path as a text: `orders.events.OrderPlaced`.
pub(super) const MODEL_OR_PATH: Shape =
    Shape::Either(&[Shape::Section(&VARIED_MODEL), Shape::Text(&text::TYPE_PATH)]);

/// `node_type`, in any case, with or without `_GENERIC`.
pub(super) fn node_kind(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<NodeKind>> {
    let text = field::spanned_text(field, sink)?;
    match NodeKind::of(&text.value) {
        Some(kind) => Ok(Spanned::new(kind, text.span)),
        None => {
            let lower = text.value == text.value.to_ascii_lowercase();
            Err(sink.report(field::unknown_value(field, &text, if lower { &LOWER } else { &UPPER })))
        }
    }
}

/// `{ major, minor, patch }` or `"1.0.0"`.
pub(super) fn version(field: Field<'_>, sink: &mut Sink) -> Given<Version> {
    match &field.node.value {
        Value::Map(_) => version_mapping(field, sink),
        Value::Str(text) => parse_version(text).ok_or_else(|| {
            let message = format!("{field}: `{}` is not a version", Shortened(text));
            let fault = Diagnostic::new(Code::BadVersion, message, field.span(), "not a version");
            sink.report(fault.help("a version is written `\"1.0.0\"` or `{ major: 1, minor: 0, patch: 0 }`"))
        }),
        Value::Faulty(reported) => Err(*reported),
        _ => Err(field.expected("a version such as `\"1.0.0\"`", sink)),
    }
}

/// A model with variants, or a path.
pub(super) fn model_or_path(field: Field<'_>, sink: &mut Sink) -> Given<TypeRef> {
    if let Value::Str(_) = field.node.value {
        return type_path(field, sink);
    }
    let mut section = Section::open(field, &VARIED_MODEL, sink)?;
    let name = section.required("name", sink, names::identifier);
    let module = section.optional("module", sink, names::module);
    let description = section.optional("description", sink, field::text);
    let variants = section.list("variants", sink, variant).all();
    section.close();
    description?;
    variants?;
    Ok(TypeRef { name: name?, module: module? })
}

/// A type's name with its module in front, joined by `.` or `::`, or alone.
pub(super) fn type_path(field: Field<'_>, sink: &mut Sink) -> Given<TypeRef> {
    let path = field::spanned_text(field, sink)?;
    let (module, name) = match path.value.rsplit_once("::").or_else(|| path.value.rsplit_once('.')) {
        Some((module, name)) => {
            (Some(names::module_of(&Spanned::new(module.to_owned(), path.span), sink)?), name)
        }
        None => (None, path.value.as_str()),
    };
    let name = Spanned::new(name.to_owned(), path.span);
    Ok(TypeRef { name: names::identifier_of(field, name, sink)?, module })
}

fn variant(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let mut section = Section::open(field, &VARIANT, sink)?;
    let name = section.required("name", sink, names::identifier);
    let model = section.optional("payload_model", sink, names::identifier);
    let module = section.optional("module", sink, names::module);
    let mut texts = Ok(());
    for key in ["discriminator_value", "description"] {
        texts = texts.and(section.optional(key, sink, field::text).map(drop));
    }
    section.close();
    texts.and(name.map(drop)).and(model.map(drop)).and(module.map(drop))
}

/// `{ name, module, description }`.
pub(super) fn model(field: Field<'_>, sink: &mut Sink) -> Given<TypeRef> {
    let mut section = Section::open(field, &MODEL_KEYS, sink)?;
    let name = section.required("name", sink, names::identifier);
    let module = section.optional("module", sink, names::module);
    let description = section.optional("description", sink, field::text);
    section.close();
    description?;
    Ok(TypeRef { name: name?, module: module? })
}

fn version_mapping(field: Field<'_>, sink: &mut Sink) -> Given<Version> {
    let mut section = Section::open(field, &VERSION_PARTS, sink)?;
    let mut part = |key| section.required(key, sink, field::integer::<u32>);
    let (major, minor, patch) = (part("major"), part("minor"), part("patch"));
    section.close();
    Ok(Version { major: major?.value, minor: minor?.value, patch: patch?.value })
}

fn parse_version(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(|part| {
        let canonical = part == "0" || !part.starts_with('0');
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        if canonical && digits { part.parse().ok() } else { None }
    });
    let version = Version { major: parts.next()??, minor: parts.next()??, patch: parts.next()?? };
    parts.next().is_none().then_some(version)
}
