//! An intent is sent to an effect that is there and executes it.

use std::collections::{HashMap, HashSet};

use super::Coverage;
use super::facts::{Facts, NodeIndex, Sent};
use super::guess::Guesses;
use super::intents::Executors;
use super::report::also_at;
use crate::contract::NodeKind;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Spanned;

/// Gives the intents that are meant by others, which are reported.
pub(super) fn check<'a>(
    facts: &'a Facts<'a>,
    executors: &Executors<'a>,
    coverage: Coverage,
    guesses: &mut Guesses,
    found: &mut Vec<Diagnostic>,
) -> HashSet<&'a str> {
    let mut named: HashMap<&str, NodeIndex> = HashMap::new();
    for node in facts.nodes.iter() {
        named.entry(node.name.value).or_insert(node.first);
    }
    let mut order: Vec<&str> = Vec::new();
    let mut unknown: HashMap<&str, Vec<(&Sent<'_>, Spanned<&str>)>> = HashMap::new();
    let mut meant = HashSet::new();
    for sent in &facts.sent {
        let Some(to) = sent.to else { continue };
        match named.get(to.value) {
            Some(node) if executors.of_node(facts, *node).contains(&sent.intent.value) => {}
            Some(node) => {
                let nearest = guesses.closest(sent.intent.value, executors.of_node(facts, *node));
                meant.extend(nearest);
                found.push(not_executed(facts, executors, sent, to, *node, nearest));
            }
            None => {
                let of_node = unknown.entry(to.value).or_default();
                if of_node.is_empty() {
                    order.push(to.value);
                }
                of_node.push((sent, to));
            }
        }
    }
    if coverage == Coverage::Whole {
        let effects: Vec<&str> = facts
            .nodes
            .iter()
            .filter(|node| node.kind.value == NodeKind::Effect)
            .map(|node| node.name.value)
            .collect();
        for name in order {
            let nearest = guesses.closest(name, &effects);
            found.push(unknown_node(facts, executors, &unknown[name], nearest));
        }
    }
    meant
}

fn unknown_node(
    facts: &Facts<'_>,
    executors: &Executors<'_>,
    sent: &[(&Sent<'_>, Spanned<&str>)],
    nearest: Option<&str>,
) -> Diagnostic {
    let ((first, to), others) = (sent[0], &sent[1..]);
    let message = format!("no contract of this set describes the node `{}`", to.value);
    let label = format!("the intent `{}` is sent to it", first.intent.value);
    let fault = Diagnostic::new(Code::UnknownNode, message, to.span, label);
    let places = others.iter().map(|(sent, to)| (to.span, format!("so is `{}`", sent.intent.value)));
    let fault = also_at(fault, places, "intents are sent to it");
    if let [executed, ..] = executors.of_intent(first.intent.value) {
        let name = facts.name(executed.node);
        return fault.also(executed.intent.span, format!("`{name}` executes it")).replace(
            format!("send it to `{name}`"),
            to.span,
            name,
        );
    }
    match nearest {
        Some(meant) => fault.replace(format!("there is an effect `{meant}`"), to.span, meant),
        None => fault.help("name an effect of this set, or check its contract together with these"),
    }
}

fn not_executed(
    facts: &Facts<'_>,
    executors: &Executors<'_>,
    sent: &Sent<'_>,
    to: Spanned<&str>,
    node: NodeIndex,
    nearest: Option<&str>,
) -> Diagnostic {
    let intent = sent.intent;
    let message = format!("`{}` does not execute the intent `{}`", to.value, intent.value);
    let target = &facts.nodes[node];
    let fault = match target.kind.value {
        NodeKind::Effect => Diagnostic::new(Code::NotExecuted, message, to.span, "sent to this node")
            .also(target.name.span, "which has no route for it"),
        other => Diagnostic::new(Code::NotExecuted, message, to.span, "sent to this node")
            .also(target.kind.span, format!("which is a node of the kind `{}`", other.as_str()))
            .note("intents are executed by effects"),
    };
    if let [executed, ..] = executors.of_intent(intent.value) {
        let name = facts.name(executed.node);
        return fault.also(executed.intent.span, format!("`{name}` executes it")).replace(
            format!("send it to `{name}`"),
            to.span,
            name,
        );
    }
    match nearest {
        Some(meant) => fault.replace(format!("it executes `{meant}`"), intent.span, meant),
        None if target.kind.value == NodeKind::Effect => fault
            .help(format!("add a route with `intent_type: {}` to it, or send it elsewhere", intent.value)),
        None => fault.help("name an effect that executes it"),
    }
}
