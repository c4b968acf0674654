//! The one handler of a contract that has no `handler_routing`: `handler: { module: a.b, class: Handler }`.

use super::super::cst::{Collection, Content, Entry, Kind, Node};
use super::{is_referred, mapping, named, own_mapping};

const KEYS: [&str; 4] = ["name", "module", "input_model", "description"];

/// The route that it stands for, in its place. Beside `handler_routing` it repeats what that says, and stays.
pub(super) fn handler(contract: &mut Collection<'_>) {
    let repeats = contract.has("handler_routing");
    let Some(section) = contract.get_mut("handler") else { return };
    named::handler(section);
    let Some(handler) = own_mapping(&mut section.value) else { return };
    if let Some(model) = handler.get_mut("input_model") {
        named::model(model);
    }
    if repeats || !is_route(handler) {
        return;
    }
    let (mut entries, mut model) = (Vec::new(), None);
    let below = std::mem::take(&mut handler.dangling);
    for mut entry in handler.entries.drain(..) {
        if entry.is("input_model") {
            entry.rename("event_model");
            model = Some(entry);
        } else {
            entries.push(entry);
        }
    }
    let mut answers = Entry::new("handler", mapping(entries));
    named::handler(&mut answers);
    let route = block(Kind::Mapping, [model, Some(answers)].into_iter().flatten().collect());
    let routes = block(Kind::List, vec![Entry { value: route, ..Entry::default() }]);
    section.tail.splice(0..0, below);
    section.rename("handler_routing");
    section.value = block(
        Kind::Mapping,
        vec![Entry::new("routing_strategy", Node::scalar("single_handler")), Entry::new("handlers", routes)],
    );
}

/// Whether a route can say all of it.
fn is_route(handler: &Collection<'_>) -> bool {
    let known = |entry: &Entry<'_>| {
        let key = entry.key.as_ref().and_then(Node::text);
        key.is_some_and(|key| KEYS.contains(&key)) && !is_referred(&entry.value)
    };
    let model = handler.get("input_model").is_none_or(|entry| entry.value.mapping().is_some());
    handler.has("name") && model && handler.entries.iter().all(known)
}

fn block(kind: Kind, entries: Vec<Entry<'_>>) -> Node<'_> {
    Content::Collection(Collection { kind, flow: false, entries, dangling: Vec::new() }).into()
}
