//! What a contract says about itself: kind, versions, models.

use super::Given;
use super::field::{self, Field};
use super::section::Section;
use crate::contract::Version;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, text};
use crate::syntax::{Shortened, Value};

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
