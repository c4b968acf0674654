//! `handler_routing`: the entries, the types that the one handler takes, the handlers beside the entries.

use super::super::cst::Collection;
use super::{entry, named, own_mapping};

pub(super) fn canonical(routing: &mut Collection<'_>) {
    let strategy = routing.get("routing_strategy").and_then(|entry| entry.value.text());
    let calls = matches!(strategy, Some("operation_match" | "single_handler" | "backend_match"));
    for route in routing.items("handlers") {
        if let Some(route) = own_mapping(route) {
            entry::canonical(route, calls);
        }
    }
    for accepted in routing.items("routes") {
        let Some(accepted) = own_mapping(accepted) else { continue };
        for key in ["input_model", "output_model"] {
            if let Some(entry) = accepted.get_mut(key) {
                named::model(entry);
            }
        }
    }
    for key in ["entry_point", "default_handler"] {
        if let Some(entry) = routing.get_mut(key) {
            if key == "default_handler" {
                named::handler_path(entry);
            }
            named::handler(entry);
        }
    }
}
