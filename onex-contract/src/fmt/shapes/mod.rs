//! What can be said in several ways is said in one: the rewrites of the tree.
//!
//! A rewrite changes only what has exactly one meaning, and takes the comments along. What it does not understand it
//! leaves alone: a mapping that others refer to (`&`, `<<`), a key that is given twice, a value of an unexpected kind.

mod entry;
mod named;
mod only;
mod routing;
mod words;

use std::collections::HashSet;

use super::cst::{Collection, Content, Entry, Kind, Node};
use crate::language::{self, Need};

/// Rewrites a whole contract. What a file to be included stands for is unknown, so that it has no shape, but for what
/// has the keys of a contract.
pub(super) fn canonical(root: &mut Node<'_>) {
    let Some(contract) = own_mapping(root) else { return };
    // A file beside a contract, which says what it is, and has keys of its own.
    if contract.has("kind") {
        return;
    }
    words::spell(contract, language::contract());
    if is_whole(contract) {
        only::handler(contract);
    }
    if let Some(routing) = contract.get_mut("handler_routing").and_then(|entry| own_mapping(&mut entry.value))
    {
        routing::canonical(routing);
    }
}

/// Whether it has what every contract has. In a file to be included, `handler` may be a key of whatever it stands for.
fn is_whole(contract: &Collection<'_>) -> bool {
    language::contract().keys.iter().all(|key| match key.need {
        Need::Required => contract.has(key.name),
        Need::RequiredOr(others) => contract.has(key.name) || others.iter().any(|other| contract.has(other)),
        Need::Optional | Need::Default(_) => true,
    })
}

/// A mapping all of whose keys stand in it, once each, and in no other.
fn own_mapping<'n, 'a>(node: &'n mut Node<'a>) -> Option<&'n mut Collection<'a>> {
    if !node.properties.is_empty() {
        return None;
    }
    let mapping = node.mapping_mut()?;
    let mut names = HashSet::new();
    let own = mapping.entries.iter().all(|entry| {
        let name = entry.key.as_ref().and_then(Node::text);
        name.is_some_and(|name| name != "<<" && names.insert(name))
    });
    own.then_some(mapping)
}

/// Puts the entries with these keys first, in this order, and leaves the others behind them in theirs. An anchor must
/// stay in front of its aliases, so that entries with either stay where they are.
fn order(mapping: &mut Collection<'_>, keys: &[&str]) {
    if mapping.entries.iter().any(|entry| is_referred(&entry.value)) {
        return;
    }
    mapping.entries.sort_by_key(|entry| {
        let name = entry.key.as_ref().and_then(Node::text);
        name.and_then(|name| keys.iter().position(|key| *key == name)).unwrap_or(keys.len())
    });
}

/// Whether there is an anchor or an alias in it.
fn is_referred(node: &Node<'_>) -> bool {
    let inside = match &node.content {
        Content::Alias(_) => true,
        Content::Collection(collection) => collection.entries.iter().any(|entry| is_referred(&entry.value)),
        Content::Nothing | Content::Scalar(_) | Content::Line(_) => false,
    };
    inside || node.properties.iter().any(|property| property.starts_with('&'))
}

/// A new mapping, in brackets if it fits.
fn mapping(entries: Vec<Entry<'_>>) -> Node<'_> {
    Content::Collection(Collection { kind: Kind::Mapping, flow: true, entries, dangling: Vec::new() }).into()
}
