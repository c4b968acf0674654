//! Tags: those of the core schema where they fit, and `!include`.

use granit_parser::Tag;

use super::super::{Value, core_schema};
use super::{fault, include_fault};
use crate::diagnostic::{Reported, Sink};
use crate::source::Span;

/// The value is in another file.
pub(super) fn is_include(tag: &Tag) -> bool {
    tag.original() == "!include"
}

/// The value of a scalar that has a tag.
pub(super) fn scalar(text: &str, tag: &Tag, at: Span, sink: &mut Sink) -> Value {
    match (tag.core_suffix(), core_schema::resolve(text)) {
        (Some("str"), _) => Value::Str(text.to_owned()),
        (Some("float"), Value::Int(integer)) => Value::Float(integer as f64),
        (Some("null"), value @ Value::Null)
        | (Some("bool"), value @ Value::Bool(_))
        | (Some("int"), value @ Value::Int(_))
        | (Some("float"), value @ Value::Float(_)) => value,
        _ if is_unspecific(tag) => Value::Str(text.to_owned()),
        _ => Value::Faulty(sink.report(fault::tag(&tag.original(), at))),
    }
}

/// Reports a tag that a list cannot have.
pub(super) fn of_list(tag: &Tag, at: Span, sink: &mut Sink) -> Option<Reported> {
    of_collection(tag, at, "seq", "a list", sink)
}

/// Reports a tag that a mapping cannot have.
pub(super) fn of_mapping(tag: &Tag, at: Span, sink: &mut Sink) -> Option<Reported> {
    of_collection(tag, at, "map", "a mapping", sink)
}

fn of_collection(tag: &Tag, at: Span, own: &str, what: &str, sink: &mut Sink) -> Option<Reported> {
    if is_unspecific(tag) || tag.core_suffix() == Some(own) {
        return None;
    }
    let include = is_include(tag);
    let fault = if include { include_fault::no_path(what, at) } else { fault::tag(&tag.original(), at) };
    Some(sink.report(fault))
}

/// `!` alone: not to be resolved.
fn is_unspecific(tag: &Tag) -> bool {
    tag.original() == "!"
}
