//! An intent is sent to a node that executes it, or sends it on.

use std::collections::HashSet;

use super::guess::Guesses;
use super::intents::Executors;
use crate::contract::NodeKind;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Spanned;
use crate::system::facts::{Facts, NodeIndex, Receiver, Sent};

/// Gives the intents that are meant by others, which are reported.
pub(super) fn check<'a>(
    facts: &'a Facts<'a>,
    executors: &Executors<'a>,
    guesses: &mut Guesses,
    found: &mut Vec<Diagnostic>,
) -> HashSet<&'a str> {
    let mut meant = HashSet::new();
    let routed: HashSet<(&str, NodeIndex)> =
        facts.sent.iter().map(|sent| (sent.intent.value, facts.nodes[sent.node].first)).collect();
    for sent in &facts.sent {
        let (to, sends_on) = match sent.to {
            Receiver::Executor(to) => (to, false),
            Receiver::Target(to) => (to, true),
            Receiver::Any => continue,
        };
        match facts.by_name.get(to.value) {
            Some(node) if executors.may_execute(facts, *node, sent.intent.value) => {}
            Some(node) if sends_on && routed.contains(&(sent.intent.value, *node)) => {}
            Some(node) => {
                let nearest = guesses.closest(sent.intent.value, executors.of_node(facts, *node));
                meant.extend(nearest);
                found.push(match sends_on {
                    true => not_sent_on(facts, executors, sent.intent, to, *node, nearest),
                    false => not_executed(facts, executors, sent, to, *node, nearest),
                });
            }
            // This is said of all that are named.
            None => {}
        }
    }
    meant
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
    let fault = Diagnostic::new(Code::NotExecuted, message, to.span, "sent to this node");
    let fault = match target.kind.value {
        NodeKind::Effect => fault.also(target.name.span, "which has no route for it"),
        other => fault
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

/// The same for one of the intents that all go to one target, which is not what must change.
fn not_sent_on(
    facts: &Facts<'_>,
    executors: &Executors<'_>,
    intent: Spanned<&str>,
    to: Spanned<&str>,
    node: NodeIndex,
    nearest: Option<&str>,
) -> Diagnostic {
    let message = format!("`{}` neither executes the intent `{}` nor sends it on", to.value, intent.value);
    let fault = Diagnostic::new(Code::NotExecuted, message, intent.span, "this is emitted")
        .also(to.span, "and sent to this node")
        .also(facts.nodes[node].name.span, "which has neither a route nor a routing table's line for it");
    if let [executed, ..] = executors.of_intent(intent.value) {
        let name = facts.name(executed.node);
        let fault = fault.also(executed.intent.span, format!("`{name}` executes it"));
        return match facts.nodes[node].kind.value {
            NodeKind::Orchestrator => {
                fault.help(format!("add `{}: {name}` to its `intent_routing_table`", intent.value))
            }
            _ => fault.help(format!("send it to `{name}`")),
        };
    }
    match nearest {
        Some(meant) => fault.replace(format!("it executes `{meant}`"), intent.span, meant),
        None => fault.help("name a target that executes it or sends it on, or do not emit it"),
    }
}
