//! `handler_routing`: the strategy, the entries, the default.

use std::borrow::Cow;

use super::super::cst::{Collection, Entry, Node};
use super::words::respell;
use super::{entry, is_identifier, is_module, named, order, own_mapping};

pub(super) fn canonical(routing: &mut Collection<'_>) {
    respell(routing.get_mut("routing_strategy"), strategy);
    let strategy = routing.get("routing_strategy").and_then(|entry| entry.value.text());
    let by_operation = strategy == Some("operation_match");
    if let Some(handlers) = routing.get_mut("handlers").and_then(|handlers| handlers.value.list_mut()) {
        for item in &mut handlers.entries {
            if let Some(route) = own_mapping(&mut item.value) {
                entry::canonical(route, by_operation);
            }
        }
    }
    default_handler(routing);
}

/// `"module:Class"` as a mapping, and a function by its name.
pub(super) fn default_handler(mapping: &mut Collection<'_>) {
    let Some(entry) = mapping.get_mut("default_handler") else { return };
    if let Some((module, name)) = entry.value.text().and_then(|text| text.split_once(':')) {
        if is_module(module) && is_identifier(name) {
            entry.value = named(Node::scalar(name.to_owned()), Node::scalar(module.to_owned()));
        }
        return;
    }
    handler(entry);
}

/// The keys of a handler: a function is what the language calls a handler's name.
pub(super) fn handler(entry: &mut Entry<'_>) {
    let Some(handler) = own_mapping(&mut entry.value) else { return };
    if !handler.has("name")
        && let Some(function) = handler.get_mut("function")
    {
        function.rename("name");
    }
    order(handler, &["name", "module"]);
}

/// The names that several tools gave to the same strategy.
fn strategy(text: &str) -> Option<Cow<'static, str>> {
    let lower = text.to_ascii_lowercase();
    let name = match lower.as_str() {
        "topic_pattern" => "topic_match",
        "event_type_match" | "intent_type_match" => "payload_type_match",
        "operation_type_match" => "operation_match",
        other => other,
    };
    (name != text).then(|| Cow::Owned(name.to_owned()))
}
