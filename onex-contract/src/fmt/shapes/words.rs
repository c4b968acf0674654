//! Words that a contract may spell in any case, spelt in one.

use std::borrow::Cow;

use super::super::cst::{Collection, Entry, Node};

/// The steps that a contract takes from its root to what is to be spelt.
pub(super) fn spell(contract: &mut Collection<'_>) {
    respell(contract.get_mut("node_type"), node_type);
    for events in ["consumed_events", "published_events"] {
        for event in items(contract.get_mut(events)) {
            respell(event.get_mut("message_category"), category);
        }
    }
    let definition = inside(contract.get_mut("workflow_coordination"))
        .and_then(|coordination| inside(coordination.get_mut("workflow_definition")));
    let Some(definition) = definition else { return };
    if let Some(metadata) = inside(definition.get_mut("workflow_metadata")) {
        respell(metadata.get_mut("execution_mode"), lower);
    }
    if let Some(rules) = inside(definition.get_mut("coordination_rules")) {
        respell(rules.get_mut("execution_mode"), lower);
        respell(rules.get_mut("failure_recovery_strategy"), lower);
    }
    if let Some(graph) = inside(definition.get_mut("execution_graph")) {
        for step in items(graph.get_mut("nodes")) {
            respell(step.get_mut("node_type"), node_type);
            respell(step.get_mut("on_duplicate"), lower);
        }
    }
}

/// Spells a value otherwise, if there is another spelling.
pub(super) fn respell(entry: Option<&mut Entry<'_>>, spelling: fn(&str) -> Option<Cow<'static, str>>) {
    let Some(entry) = entry else { return };
    if let Some(spelt) = entry.value.text().and_then(spelling) {
        entry.value = Node::scalar(spelt);
    }
}

/// `EVENT`, as the messages of the platform's contracts have it.
pub(super) fn category(text: &str) -> Option<Cow<'static, str>> {
    let known = ["EVENT", "COMMAND", "INTENT"].into_iter().find(|known| text.eq_ignore_ascii_case(known))?;
    (known != text).then_some(Cow::Borrowed(known))
}

/// `effect` and `EFFECT_GENERIC` are both canonical, since both are what contracts are written with; what is neither
/// becomes the long one.
fn node_type(text: &str) -> Option<Cow<'static, str>> {
    let kinds = [
        ("compute", "COMPUTE_GENERIC"),
        ("effect", "EFFECT_GENERIC"),
        ("reducer", "REDUCER_GENERIC"),
        ("orchestrator", "ORCHESTRATOR_GENERIC"),
    ];
    let kind =
        |(short, long): &(&str, &str)| text.eq_ignore_ascii_case(short) || text.eq_ignore_ascii_case(long);
    let (short, long) = kinds.into_iter().find(kind)?;
    (text != short && text != long).then_some(Cow::Borrowed(long))
}

/// A word that is read in any case, such as `retry`.
pub(super) fn lower(text: &str) -> Option<Cow<'static, str>> {
    let word = text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    (word && upper).then(|| Cow::Owned(text.to_ascii_lowercase()))
}

fn inside<'n, 'a>(entry: Option<&'n mut Entry<'a>>) -> Option<&'n mut Collection<'a>> {
    entry?.value.mapping_mut()
}

fn items<'n, 'a>(entry: Option<&'n mut Entry<'a>>) -> impl Iterator<Item = &'n mut Collection<'a>> {
    let list = entry.and_then(|entry| entry.value.list_mut());
    list.into_iter().flat_map(|list| &mut list.entries).filter_map(|item| item.value.mapping_mut())
}
