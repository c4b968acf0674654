//! What a wrong name or value was probably meant to be, within a bound on how many are compared.

use std::collections::HashSet;

use super::budget::Budget;
use super::fault::{Fault, Why};
use crate::diagnostic::closest;
use crate::syntax::{Key, Node, Value};

/// The key that a missing one is probably there as: the schema does not describe it.
pub(super) fn misspelt<'s>(fault: &Fault<'s>, budget: &mut Budget) -> Option<&'s Key> {
    let Why::Missing { name, mapping, properties } = fault.why else { return None };
    let is_described = |name: &str| properties.is_some_and(|properties| properties.get(name).is_some());
    if !budget.compare(mapping.entries.len()) {
        return None;
    }
    let others = || mapping.entries.iter().map(|(key, _)| key).filter(|key| !is_described(&key.value));
    let meant = closest(name, others().map(|key| key.value.as_str()))?;
    others().find(|key| key.value == meant)
}

/// The key that an unknown one was probably meant to be: it is described, and not there.
pub(super) fn known_key<'s>(fault: &Fault<'s>, budget: &mut Budget) -> Option<&'s str> {
    let Why::UnknownKey { key, mapping, properties } = fault.why else { return None };
    let properties = properties?;
    if !budget.compare(properties.list.len() + mapping.entries.len()) {
        return None;
    }
    let there: HashSet<&str> = mapping.entries.iter().map(|(key, _)| key.value.as_str()).collect();
    closest(&key.value, properties.names().filter(|name| !there.contains(name)))
}

/// The value that another was probably meant to be.
pub(super) fn value<'s>(found: &Node, values: &[&'s Node], budget: &mut Budget) -> Option<&'s str> {
    let Value::Str(found) = &found.value else { return None };
    if !budget.compare(values.len()) {
        return None;
    }
    closest(
        found,
        values.iter().filter_map(|value| match &value.value {
            Value::Str(text) => Some(text.as_str()),
            _ => None,
        }),
    )
}
