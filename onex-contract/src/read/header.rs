//! What a contract says about itself: kind, versions, models.

use super::field::{self, Field};
use super::section::{Keys, Section};
use super::{Given, names};
use crate::contract::{NodeKind, TypeRef, Version};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::source::Spanned;
use crate::syntax::{Shortened, Value};

const KINDS: [NodeKind; 4] = [NodeKind::Compute, NodeKind::Effect, NodeKind::Reducer, NodeKind::Orchestrator];
const LOWER: [&str; 4] = ["compute", "effect", "reducer", "orchestrator"];
const UPPER: [&str; 4] = ["COMPUTE_GENERIC", "EFFECT_GENERIC", "REDUCER_GENERIC", "ORCHESTRATOR_GENERIC"];

const VERSION: Keys =
    Keys { section: "a version", known: &["major", "minor", "patch"], later: &[], foreign: &[] };

const MODEL: Keys =
    Keys { section: "a model", known: &["name", "module", "description"], later: &[], foreign: &[] };

/// `node_type`, in any case, with or without `_GENERIC`.
pub(super) fn node_kind(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<NodeKind>> {
    let text = field::spanned_text(field, sink)?;
    let lower = text.value.to_ascii_lowercase();
    let kind = lower.strip_suffix("_generic").unwrap_or(&lower);
    match KINDS.into_iter().find(|known| known.as_str() == kind) {
        Some(kind) => Ok(Spanned::new(kind, text.span)),
        None => {
            let words = if text.value == lower { LOWER } else { UPPER };
            Err(sink.report(field::unknown_value(field, &text, &words)))
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
    let mut section = Section::open(field, &MODEL, sink)?;
    let name = section.required("name", sink, names::identifier);
    let module = section.optional("module", sink, names::module);
    let description = section.optional("description", sink, field::text);
    section.close();
    description?;
    Ok(TypeRef { name: name?, module: module? })
}

fn version_mapping(field: Field<'_>, sink: &mut Sink) -> Given<Version> {
    let mut section = Section::open(field, &VERSION, sink)?;
    let mut part = |key| section.required(key, sink, field::integer::<u32>(0..=i64::from(u32::MAX)));
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
