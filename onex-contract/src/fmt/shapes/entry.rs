//! An entry of `handler_routing.handlers`: what arrives, who handles it, what comes out, each key in its place.

use super::super::cst::{Collection, Entry, Node};
use super::{mapping, named, order};

const KEYS: [&str; 12] = [
    "event_model",
    "input_model",
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

/// `calls`: an entry is found by something else than its type, which then is no event by its key.
pub(super) fn canonical(route: &mut Collection<'_>, calls: bool) {
    nest_handler(route);
    if !route.has("operation") {
        rename(route, "routing_key", "operation", |value| value.text().is_some());
    }
    for model in ["event_model", "input_model"] {
        if let Some(entry) = route.get_mut(model) {
            named::model(entry);
        }
    }
    // This one is no path.
    if let Some(entry) = route.get_mut("intent_model") {
        named::ordered(entry);
    }
    // Where types are matched, `input_model` beside an operation is the argument of a call, and `event_model` an event.
    let same = calls || !route.has("operation");
    if same && !route.has("routing_key") && !route.has("event_model") && !route.has("intent_model") {
        rename(route, "input_model", "event_model", |value| value.mapping().is_some());
    }
    if let Some(entry) = route.get_mut("handler") {
        named::handler(entry);
    }
    order(route, &KEYS);
    route.flow = false;
}

fn rename(route: &mut Collection<'_>, from: &str, to: &'static str, fits: fn(&Node<'_>) -> bool) {
    if let Some(entry) = route.get_mut(from).filter(|entry| fits(&entry.value)) {
        entry.rename(to);
    }
}

/// A handler whose name and module stand beside what it handles.
fn nest_handler(route: &mut Collection<'_>) {
    let key = match (route.has("handler_class"), route.has("handler_key")) {
        (true, false) => "handler_class",
        (false, true) => "handler_key",
        _ => return,
    };
    let is_text = |key: &str| route.get(key).is_none_or(|entry| entry.value.text().is_some());
    if route.has("handler") || !is_text(key) || !is_text("handler_module") {
        return;
    }
    let Some(mut name) = route.remove(key) else { return };
    let mut handler =
        Entry { blank: std::mem::take(&mut name.blank), ..Entry::new("handler", Node::default()) };
    handler.lead = std::mem::take(&mut name.lead);
    name.rename("name");
    let module = route.remove("handler_module").map(|mut module| {
        module.rename("module");
        module
    });
    handler.value = mapping([Some(name), module].into_iter().flatten().collect());
    route.entries.push(handler);
}
