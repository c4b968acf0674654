//! When two values are the same value in JSON: numbers by what they are, mappings in any order.

use std::collections::BTreeMap;

use super::number::Number;
use crate::syntax::{Key, Node, Value};

/// A value without its place, in an order of no meaning, so that equal ones can be found in a sorted set.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    /// Every number that is an `i64`, however it is written.
    Int(i64),
    /// The bits of any other number.
    Float(u64),
    Str(&'a str),
    List(Vec<Self>),
    Object(BTreeMap<&'a str, Self>),
}

/// So many bytes of a text are looked at in one step.
const BYTES: usize = 64;

/// How many steps it takes to look at all of a value.
pub(super) fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Str(text) => size_of_text(text),
        Value::Seq(items) => items.iter().map(size).sum(),
        Value::Map(mapping) => {
            mapping.entries.iter().map(|(key, node)| size_of_text(&key.value) + size(node)).sum()
        }
        _ => 0,
    }
}

/// The same for a text, where a short one counts for nothing.
pub(super) fn size_of_text(text: &str) -> usize {
    text.len() / BYTES
}

impl<'a> Json<'a> {
    /// Nothing, if a part of it cannot be read.
    pub(super) fn of(node: &'a Node) -> Option<Self> {
        Some(match &node.value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Float(value) => match Number::of(&node.value)?.integer() {
                Some(integer) => Self::Int(integer),
                None => Self::Float(value.to_bits()),
            },
            Value::Str(value) => Self::Str(value),
            Value::Seq(items) => Self::List(items.iter().map(Self::of).collect::<Option<_>>()?),
            Value::Map(mapping) if mapping.broken.is_none() => {
                let entry = |(key, node): &'a (Key, Node)| Some((key.value.as_str(), Self::of(node)?));
                Self::Object(mapping.entries.iter().map(entry).collect::<Option<_>>()?)
            }
            Value::Map(_) | Value::Faulty(_) => return None,
        })
    }
}
