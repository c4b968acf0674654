//! An entry of `handler_routing.handlers`: what arrives, who handles it, what comes out, each key in its place.

use super::super::cst::{Collection, Entry, Node};
use super::routing::handler;
use super::words::{category, respell};
use super::{mapping, order, own_mapping};

const KEYS: [&str; 11] = [
    "event_model",
    "intent_model",
    "intent_type",
    "event_type",
    "message_category",
    "topic",
    "operation",
    "payload_type",
    "backend",
    "handler",
    "output_events",
];

pub(super) fn canonical(route: &mut Collection<'_>, by_operation: bool) {
    nest_handler(route, "handler_class", Some("handler_module"));
    nest_handler(route, "handler_key", None);
    // With another strategy, the key is the name of a type or of a topic.
    if by_operation && !route.has("operation") {
        rename(route, "routing_key", "operation", |value| value.text().is_some());
    }
    if !route.has("event_model") && !route.has("intent_model") {
        rename(route, "input_model", "event_model", |value| value.mapping().is_some());
    }
    if let Some(entry) = route.get_mut("handler") {
        handler(entry);
    }
    for model in ["event_model", "intent_model"] {
        if let Some(model) = route.get_mut(model).and_then(|entry| own_mapping(&mut entry.value)) {
            order(model, &["name", "module"]);
        }
    }
    respell(route.get_mut("message_category"), category);
    order(route, &KEYS);
    route.flow = false;
}

fn rename(route: &mut Collection<'_>, from: &str, to: &'static str, fits: fn(&Node<'_>) -> bool) {
    if let Some(entry) = route.get_mut(from).filter(|entry| fits(&entry.value)) {
        entry.rename(to);
    }
}

/// A handler whose name and module stand beside what it handles.
fn nest_handler(route: &mut Collection<'_>, name: &str, module: Option<&str>) {
    let is_text = |key: &str| route.get(key).is_none_or(|entry| entry.value.text().is_some());
    if route.has("handler") || !is_text(name) || !module.is_none_or(is_text) {
        return;
    }
    let Some(mut name) = route.remove(name) else { return };
    let mut handler =
        Entry { blank: std::mem::take(&mut name.blank), ..Entry::new("handler", Node::default()) };
    handler.lead = std::mem::take(&mut name.lead);
    name.rename("name");
    let module = module.and_then(|module| route.remove(module)).map(|mut module| {
        module.rename("module");
        module
    });
    handler.value = mapping([Some(name), module].into_iter().flatten().collect());
    route.entries.push(handler);
}
