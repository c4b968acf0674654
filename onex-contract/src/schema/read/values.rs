//! What the keywords of a schema take, each on its own.

use std::collections::HashMap;
use std::collections::btree_map::{BTreeMap, Entry};

use super::super::format::{Format, UNCHECKED};
use super::super::json::Json;
use super::super::keywords::DRAFTS;
use super::super::number::Number;
use super::super::types::{Type, Types};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::Given;
use crate::read::field::{self, Field};
use crate::source::{Span, Spanned};
use crate::syntax::{Node, Shortened, Value};

pub(super) fn types(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<Types>> {
    if !matches!(field.node.value, Value::Seq(_)) {
        return Ok(type_name(field, sink)?.map(|one| Types::default().and(one)));
    }
    let list = field::list(field, sink, type_name)?;
    not_empty(field, &list.items, sink)?;
    let mut types = Types::default();
    let mut seen: Vec<Spanned<Type>> = Vec::new();
    for one in &list.items {
        match seen.iter().find(|earlier| earlier.value == one.value) {
            Some(earlier) => listed_twice(
                &format!("`type` lists `{}` twice", one.value.name()),
                one.span,
                earlier.span,
                sink,
            ),
            None => seen.push(*one),
        }
        types = types.and(one.value);
    }
    list.broken.map_or(Ok(Spanned::new(types, field.span())), Err)
}

fn type_name(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<Type>> {
    if matches!(field.node.value, Value::Null) {
        let message = format!("{field}: expected the name of a type, found nothing");
        let fault = Diagnostic::new(Code::WrongType, message, field.span(), "this is no name in YAML");
        let help = "the name of the type of `null` is written `\"null\"`";
        let is_written = field.span() != field.key || field.is_entry();
        return Err(sink.report(if is_written {
            fault.replace(help, field.span(), "\"null\"")
        } else {
            fault.help(help)
        }));
    }
    let name = field::spanned_text(field, sink)?;
    match Type::of_name(&name.value) {
        Some(found) => Ok(Spanned::new(found, name.span)),
        None => {
            let names: Vec<&str> = Type::names().collect();
            Err(sink.report(field::unknown_value(field, &name, &names)))
        }
    }
}

pub(super) fn draft(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let name = field::spanned_text(field, sink)?;
    if DRAFTS.iter().any(|draft| draft.is(&name.value)) {
        return Ok(());
    }
    let known: Vec<&str> = DRAFTS.iter().map(|draft| draft.name).collect();
    Err(sink.report(field::unknown_value(field, &name, &known)))
}

/// Nothing, if it is a format of JSON Schema that this version does not check.
pub(super) fn format(field: Field<'_>, sink: &mut Sink) -> Given<Option<Spanned<Format>>> {
    let name = field::spanned_text(field, sink)?;
    if let Some(found) = Format::of_name(&name.value) {
        return Ok(Some(Spanned::new(found, name.span)));
    }
    if UNCHECKED.contains(&name.value.as_str()) {
        super::not_checked(&format!("`format: {}`", name.value), name.span, sink);
        return Ok(None);
    }
    let names: Vec<&str> = Format::names().chain(UNCHECKED.iter().copied()).collect();
    Err(sink.report(field::unknown_value(field, &name, &names)))
}

/// The place is that of the keyword.
pub(super) fn examples(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<Vec<Node>>> {
    let list = field::list(field, sink, |field, _| Ok(field.node.clone()))?;
    Ok(Spanned::new(list.items, field.key))
}

/// The place is that of the keyword.
pub(super) fn listed(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<Vec<Node>>> {
    let list = field::list(field, sink, |field, _| Ok(field.node.clone()))?;
    not_empty(field, &list.items, sink)?;
    let mut seen = BTreeMap::new();
    for node in &list.items {
        let Some(value) = Json::of(node) else { continue };
        match seen.entry(value) {
            Entry::Vacant(new) => {
                new.insert(node.span);
            }
            Entry::Occupied(first) => {
                listed_twice("`enum` lists a value twice", node.span, *first.get(), sink);
            }
        }
    }
    Ok(Spanned::new(list.items, field.key))
}

/// The place is that of the keyword.
pub(super) fn value(field: Field<'_>, _: &mut Sink) -> Given<Spanned<Node>> {
    match &field.node.value {
        Value::Faulty(reported) => Err(*reported),
        _ => Ok(Spanned::new(field.node.clone(), field.key)),
    }
}

pub(super) fn number(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<Number>> {
    match (Number::of(&field.node.value), &field.node.value) {
        (Some(number), _) => Ok(Spanned::new(number, field.span())),
        (None, Value::Faulty(reported)) => Err(*reported),
        (None, _) => Err(field.expected("a number", sink)),
    }
}

pub(super) fn factor(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<Number>> {
    let factor = number(field, sink)?;
    if factor.value.is_positive() {
        return Ok(factor);
    }
    let message = format!("{field} is {}, and must be greater than 0", factor.value);
    Err(sink.report(Diagnostic::new(Code::OutOfBounds, message, factor.span, "not greater than 0")))
}

pub(super) fn required(field: Field<'_>, sink: &mut Sink) -> Given<Vec<Spanned<String>>> {
    if matches!(field.node.value, Value::Bool(_)) {
        let message = format!("{field}: expected a list, found {}", field.node.value);
        let fault = Diagnostic::new(Code::WrongType, message, field.span(), "expected a list");
        return Err(sink
            .report(fault.help("list the keys that are required beside the `properties` that they are in")));
    }
    let list = field::list(field, sink, field::spanned_text)?;
    let mut seen = HashMap::new();
    for name in &list.items {
        if let Some(first) = seen.insert(name.value.as_str(), name.span) {
            let message = format!("`required` lists `{}` twice", Shortened(&name.value));
            listed_twice(&message, name.span, first, sink);
        }
    }
    list.broken.map_or(Ok(list.items), Err)
}

pub(super) fn not_empty<T>(field: Field<'_>, items: &[T], sink: &mut Sink) -> Given<()> {
    if !items.is_empty() || !matches!(&field.node.value, Value::Seq(nodes) if nodes.is_empty()) {
        return Ok(());
    }
    let message = format!("{field}: expected a list of at least one, found an empty list");
    let fault = Diagnostic::new(Code::WrongType, message, field.span(), "this is empty");
    Err(sink.report(fault.help("name one, or remove the key")))
}

fn listed_twice(message: &str, at: Span, first: Span, sink: &mut Sink) {
    let fault = Diagnostic::new(Code::DuplicateEntry, message, at, "listed again here");
    sink.report(fault.also(first, "first listed here").help("remove one of the two"));
}
