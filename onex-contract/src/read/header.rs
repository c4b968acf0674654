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
