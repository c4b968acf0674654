//! The one handler of a contract that has no `handler_routing` yet:
//! `handler: { module: a.b, class: Handler, input_model: c.d.Model }`.

use super::super::cst::{Collection, Content, Entry, Kind, Node};
use super::{is_identifier, is_module, mapping, named, own_mapping};

const KEYS: [&str; 3] = ["class", "module", "input_model"];

/// The route that it stands for, in its place.
pub(super) fn handler(contract: &mut Collection<'_>) {
    if contract.has("handler_routing") {
        return;
    }
    let Some(section) = contract.get_mut("handler") else { return };
    let Some(handler) = own_mapping(&mut section.value) else { return };
    let texts = handler.entries.iter().all(|entry| entry.value.text().is_some());
    let complete = handler.entries.len() == KEYS.len() && KEYS.iter().all(|key| handler.has(key));
    let model = handler.get("input_model").and_then(|entry| entry.value.text()).and_then(split_path);
    let (true, true, Some((module, name))) = (texts, complete, model) else { return };

    let (Some(mut class), Some(in_module), Some(mut brings)) =
        (handler.remove("class"), handler.remove("module"), handler.remove("input_model"))
    else {
        return;
    };
    class.rename("name");
    brings.rename("event_model");
    brings.value = named(Node::scalar(name), Node::scalar(module));
    let route = block(Kind::Mapping, vec![brings, Entry::new("handler", mapping(vec![class, in_module]))]);
    let routes = block(Kind::List, vec![Entry { value: route, ..Entry::default() }]);
    let below = std::mem::take(&mut handler.dangling);
    section.tail.splice(0..0, below);
    section.rename("handler_routing");
    section.value = block(
        Kind::Mapping,
        vec![
            Entry::new("routing_strategy", Node::scalar("payload_type_match")),
            Entry::new("handlers", routes),
        ],
    );
}

/// Module and name of `a.b.Model`.
fn split_path(path: &str) -> Option<(String, String)> {
    let (module, name) = path.rsplit_once('.')?;
    (is_module(module) && is_identifier(name)).then(|| (module.to_owned(), name.to_owned()))
}

fn block(kind: Kind, entries: Vec<Entry<'_>>) -> Node<'_> {
    Content::Collection(Collection { kind, flow: false, entries, dangling: Vec::new() }).into()
}
