//! Names, each checked against what it has to be.

use super::field::{self, Field};
use super::machine_declarations::Variant;
use super::{Given, Reported, StepId};
use crate::contract::{Compensation, HandlerRef};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::names::{self, NotIdentifier};
use crate::source::Spanned;
use crate::syntax::Shortened;

/// What a run was started with: a parameter of this name is no step's output.
const INPUT: &str = "input";
/// How long the name of a step may be.
const MAX_STEP_NAME: usize = 255;

/// The name of a node, or of a node elsewhere: `[a-z][a-z0-9_]*`.
pub(super) fn node_name(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    node_name_of(field::spanned_text(field, sink)?, sink)
}

pub(super) fn node_name_of(name: Spanned<String>, sink: &mut Sink) -> Given<Spanned<String>> {
    let good = name.value.starts_with(|first: char| first.is_ascii_lowercase())
        && name.value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if good {
        return Ok(name);
    }
    let message = format!("`{}` is not the name of a node", Shortened(&name.value));
    let fault = Diagnostic::new(Code::BadName, message, name.span, "not a node's name")
        .help("a node's name is a lower-case letter and then lower-case letters, digits and `_`");
    Err(sink.report(fault))
}

/// A name that is a Rust identifier as it stands.
pub(super) fn identifier(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    identifier_named(field, field::spanned_text(field, sink)?, sink)
}

pub(super) fn identifier_named(
    field: Field<'_>,
    name: Spanned<String>,
    sink: &mut Sink,
) -> Given<Spanned<String>> {
    match names::identifier(&name.value) {
        Ok(()) => Ok(name),
        Err(why) => Err(not_identifier(field, &name, why, sink)),
    }
}

/// `module`: Rust path segments, joined by `.` or `::`.
pub(super) fn module(field: Field<'_>, sink: &mut Sink) -> Given<Vec<String>> {
    module_named(&field::spanned_text(field, sink)?, sink)
}

pub(super) fn module_named(path: &Spanned<String>, sink: &mut Sink) -> Given<Vec<String>> {
    let segments: Vec<&str> = if path.value.contains("::") {
        path.value.split("::").collect()
    } else {
        path.value.split('.').collect()
    };
    for (position, segment) in segments.iter().enumerate() {
        let leads = position == 0 && matches!(*segment, "crate" | "self" | "super");
        if let Err(why) = names::identifier(segment)
            && !leads
        {
            let message =
                format!("`{}` is not a module: {}", Shortened(&path.value), in_segment(segment, why));
            let fault = Diagnostic::new(Code::BadName, message, path.span, "not a module")
                .help("a module is written `crate::orders::events` or `orders.events`");
            return Err(sink.report(fault));
        }
    }
    Ok(segments.into_iter().map(str::to_owned).collect())
}

/// `handler.name`, and the function that it stands for.
pub(super) fn handler(field: Field<'_>, sink: &mut Sink) -> Given<HandlerRef> {
    handler_named(field, field::spanned_text(field, sink)?, sink)
}

pub(super) fn handler_named(field: Field<'_>, name: Spanned<String>, sink: &mut Sink) -> Given<HandlerRef> {
    let name = identifier_named(field, name, sink)?;
    let function = names::handler_function(&name.value);
    match names::to_identifier(&function) {
        Ok(function) => Ok(HandlerRef { name, function, module: None }),
        Err(why) => {
            let reason = why.reason(&format!("the function `{function}` that it stands for"));
            let message = format!("`{}` cannot be the name of a handler: {reason}", Shortened(&name.value));
            Err(sink.report(Diagnostic::new(Code::BadName, message, name.span, "not a handler's name")))
        }
    }
}

pub(super) fn step_id(field: Field<'_>, sink: &mut Sink) -> Given<StepId> {
    let (written, ident) = step_identifier(field, sink)?;
    Ok(StepId { written, ident })
}

pub(super) fn compensation(field: Field<'_>, sink: &mut Sink) -> Given<Compensation> {
    let (name, ident) = step_identifier(field, sink)?;
    Ok(Compensation { name, ident, timeout_ms: None, retry_count: None, delay_ms: None, priority: None })
}

/// A field of an event, or of a field of it: `order_id`, `customer.id`.
pub(super) fn field_path(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let path = field::spanned_text(field, sink)?;
    for segment in path.value.split('.') {
        if let Err(why) = names::identifier(segment) {
            let message =
                format!("`{}` is not a field: {}", Shortened(&path.value), in_segment(segment, why));
            let fault = Diagnostic::new(Code::BadName, message, path.span, "not a field")
                .help("a field is written `order_id`, a field of a field `customer.id`");
            return Err(sink.report(fault));
        }
    }
    Ok(path)
}

/// A field of data that is not only Rust's: a keyword is a field as any other.
pub(super) fn data_field(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let path = field::spanned_text(field, sink)?;
    if is_field_path(&path.value) {
        return Ok(path);
    }
    let message = format!("`{}` is not a field", Shortened(&path.value));
    let fault = Diagnostic::new(Code::BadName, message, path.span, "not a field")
        .help("a field is written `order_id`, a field of a field `customer.id`");
    Err(sink.report(fault))
}

pub(super) fn is_field_path(path: &str) -> bool {
    path.split('.').all(|segment| !segment.contains('-') && names::to_identifier(segment).is_ok())
}

/// The name of a state or of a trigger.
pub(super) fn variant(field: Field<'_>, sink: &mut Sink) -> Given<Variant> {
    let name = field::spanned_text(field, sink)?;
    match names::variant(&name.value) {
        Ok(variant) => Ok(Variant { name, variant }),
        Err(why) => {
            let message = match why {
                NotIdentifier::Empty => why.reason(&field.to_string()),
                _ => format!(
                    "{field}: `{}` cannot be a variant of a Rust enumeration: {}",
                    Shortened(&name.value),
                    why.reason("it")
                ),
            };
            let fault = Diagnostic::new(Code::BadName, message, name.span, "no variant stands for this")
                .help("write words of letters and digits, joined by `_`, `-` or spaces, with a letter first");
            Err(sink.report(fault))
        }
    }
}

/// A name that nobody makes an identifier of.
pub(super) fn non_empty(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let name = field::spanned_text(field, sink)?;
    if name.value.trim().is_empty() {
        let fault = Diagnostic::new(Code::BadName, format!("{field} is empty"), name.span, "this is empty");
        return Err(sink.report(fault));
    }
    Ok(name)
}

fn step_identifier(field: Field<'_>, sink: &mut Sink) -> Given<(Spanned<String>, String)> {
    let name = field::spanned_text(field, sink)?;
    if name.value.len() > MAX_STEP_NAME {
        let message =
            format!("{field} has {} characters, and may have at most {MAX_STEP_NAME}", name.value.len());
        return Err(sink.report(Diagnostic::new(Code::OutOfBounds, message, name.span, "too long")));
    }
    if name.value == INPUT {
        let fault =
            Diagnostic::new(Code::BadName, format!("{field}: `{INPUT}` is reserved"), name.span, "reserved")
                .note("it is the name of what a run was started with");
        return Err(sink.report(fault));
    }
    match names::to_identifier(&name.value) {
        Ok(ident) => Ok((name, ident)),
        Err(why) => Err(not_identifier(field, &name, why, sink)),
    }
}

fn not_identifier(field: Field<'_>, name: &Spanned<String>, why: NotIdentifier, sink: &mut Sink) -> Reported {
    let message = match why {
        NotIdentifier::Empty => why.reason(&field.to_string()),
        _ => format!("`{}` cannot be a name in Rust: {}", Shortened(&name.value), why.reason("it")),
    };
    sink.report(Diagnostic::new(Code::BadName, message, name.span, "not a Rust identifier"))
}

fn in_segment(segment: &str, why: NotIdentifier) -> String {
    match why {
        NotIdentifier::Empty => why.reason("a part of it"),
        _ => why.reason(&format!("`{}`", Shortened(segment))),
    }
}
