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

/// `module:Name`, `module.Name` or `Name` of a handler as a mapping.
pub(super) fn handler_path(entry: &mut Entry<'_>) {
    path(entry, |path| {
        let (module, name) = path.rsplit_once([':', '.'])?;
        Some((module.strip_suffix(':').unwrap_or(module), name))
    });
}

/// A type of the program: `module::Name`, `module.Name` or `Name` as a mapping, and a mapping in order.
pub(super) fn model(entry: &mut Entry<'_>) {
    path(entry, |path| path.rsplit_once("::").or_else(|| path.rsplit_once('.')));
    ordered(entry);
}

/// A mapping of a type, its keys in order.
pub(super) fn ordered(entry: &mut Entry<'_>) {
    if let Some(model) = own_mapping(&mut entry.value) {
        order(model, &["name", "module"]);
    }
}

/// `split` takes module and name apart, as the reader does.
fn path(entry: &mut Entry<'_>, split: fn(&str) -> Option<(&str, &str)>) {
    let Some(path) = entry.value.string() else { return };
    let (module, name) = split(path).map_or((None, path), |(module, name)| (Some(module), name));
    if !is_identifier(name) || !module.is_none_or(is_module) {
        return;
    }
    let module = module.map(|module| Entry::new("module", Node::scalar(module.to_owned())));
    let name = Entry::new("name", Node::scalar(name.to_owned()));
    entry.value = mapping([Some(name), module].into_iter().flatten().collect());
}

fn is_identifier(text: &str) -> bool {
    let first = text.chars().next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    first && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

/// `a.b.c` or `a::b::c`.
fn is_module(text: &str) -> bool {
    if text.contains("::") { text.split("::").all(is_identifier) } else { text.split('.').all(is_identifier) }
}
