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
