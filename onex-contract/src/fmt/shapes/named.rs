//! Types and handlers, which contracts name by a path or by a mapping: `{ name, module }` is the canonical form of both.

use super::super::cst::{Entry, Node};
use super::{mapping, order, own_mapping};

/// The keys of a handler's name, which mean the same.
const NAMES: [&str; 3] = ["name", "function", "class"];

/// A handler by its name, under whichever key. A handler that has several keeps them: whether they agree is for the
/// checks to judge.
pub(super) fn handler(entry: &mut Entry<'_>) {
    let Some(handler) = own_mapping(&mut entry.value) else { return };
    let mut given = NAMES.into_iter().filter(|key| handler.has(key));
    if let (Some(key), None) = (given.next(), given.next())
        && key != "name"
        && let Some(entry) = handler.get_mut(key)
    {
        entry.rename("name");
    }
    order(handler, &["name", "module"]);
}

/// A type of the program.
pub(super) fn model(entry: &mut Entry<'_>) {
    path(entry);
    if let Some(model) = own_mapping(&mut entry.value) {
        order(model, &["name", "module"]);
    }
}

/// `module:Name`, `module.Name` or `Name` as a mapping.
pub(super) fn path(entry: &mut Entry<'_>) {
    let Some((module, name)) = entry.value.string().and_then(split) else { return };
    let (module, name) = (module.map(str::to_owned), name.to_owned());
    let module = module.map(|module| Entry::new("module", Node::scalar(module)));
    let name = Entry::new("name", Node::scalar(name));
    entry.value = mapping([Some(name), module].into_iter().flatten().collect());
}

/// Module and name of a path, as the reader takes it apart.
fn split(path: &str) -> Option<(Option<&str>, &str)> {
    let (module, name) = match path.rsplit_once([':', '.']) {
        Some((module, name)) => (Some(module.strip_suffix(':').unwrap_or(module)), name),
        None => (None, path),
    };
    (is_identifier(name) && module.is_none_or(is_module)).then_some((module, name))
}

fn is_identifier(text: &str) -> bool {
    let first = text.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    first && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// `a.b.c` or `a::b::c`.
fn is_module(text: &str) -> bool {
    if text.contains("::") { text.split("::").all(is_identifier) } else { text.split('.').all(is_identifier) }
}
