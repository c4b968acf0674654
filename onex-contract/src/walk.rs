//! The tree of a contract, seen through the tables of the language: which key of which section stands where.
//!
//! Whatever is to be said about keys in general is said with it, and not beside each reader.

use crate::language::{Key, Section, Shape};
use crate::source::Spanned;
use crate::syntax::{Mapping, Node, Value};

/// A key of the language where it stands in a contract.
pub(crate) struct Met<'t> {
    pub(crate) section: &'static Section,
    pub(crate) key: &'static Key,
    pub(crate) name: &'t Spanned<String>,
    pub(crate) value: &'t Node,
}

/// Shows every key below a mapping that the tables know, in the order of the file; what is below a key is shown if its
/// seer says so.
pub(crate) fn keys<'t>(root: &'t Node, section: &'static Section, see: &mut dyn FnMut(&Met<'t>) -> bool) {
    if let Value::Map(mapping) = &root.value {
        in_section(mapping, section, see);
    }
}

fn in_section<'t>(mapping: &'t Mapping, section: &'static Section, see: &mut dyn FnMut(&Met<'t>) -> bool) {
    for (name, value) in &mapping.entries {
        if let Some(key) = section.key(&name.value)
            && see(&Met { section, key, name, value })
        {
            in_value(value, &key.shape, see);
        }
    }
}

/// The depth is that of the tree, which the composer bounds.
fn in_value<'t>(node: &'t Node, shape: &'static Shape, see: &mut dyn FnMut(&Met<'t>) -> bool) {
    match (&node.value, shape) {
        (Value::Map(mapping), Shape::Section(section)) => in_section(mapping, section, see),
        (Value::Map(mapping), Shape::Table { values, .. }) => {
            mapping.entries.iter().for_each(|(_, value)| in_value(value, values, see));
        }
        (Value::Seq(entries), Shape::List(shape)) => {
            entries.iter().for_each(|entry| in_value(entry, shape, see));
        }
        (_, Shape::Either(shapes)) => {
            if let Some(shape) = shapes.iter().find(|shape| fits(node, shape)) {
                in_value(node, shape, see);
            }
        }
        _ => {}
    }
}

/// Whether a value may have been meant as a shape that has keys in it. Of the shapes that a key takes, at most one
/// is a mapping and at most one is a list.
fn fits(node: &Node, shape: &Shape) -> bool {
    matches!(
        (&node.value, shape),
        (Value::Map(_), Shape::Section(_) | Shape::Table { .. }) | (Value::Seq(_), Shape::List(_))
    )
}
