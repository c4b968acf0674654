//! An intent that is sent is executed, by one node, and one that is executed is sent.

use std::collections::{HashMap, HashSet};

use super::guess::Guesses;
use super::report::also_at;
use super::{Coverage, routes};
use crate::diagnostic::{Code, Diagnostic};
use crate::system::facts::{Executed, Facts, NodeIndex, Receiver, Sent};

/// Who executes what.
#[derive(Default)]
pub(super) struct Executors<'a> {
    /// Each node once, in the order of the contracts.
    by_intent: HashMap<&'a str, Vec<&'a Executed<'a>>>,
    by_node: HashMap<NodeIndex, Vec<&'a str>>,
    /// Which node executes what.
    pairs: HashSet<(&'a str, NodeIndex)>,
    /// In the order of the contracts.
    intents: Vec<&'a str>,
}

impl<'a> Executors<'a> {
    pub(super) fn of(facts: &'a Facts<'a>) -> Self {
        let mut executors = Self::default();
        for executed in &facts.executed {
            let (intent, node) = (executed.intent.value, facts.nodes[executed.node].first);
            if executors.pairs.insert((intent, node)) {
                executors.by_node.entry(node).or_default().push(intent);
                let of_intent = executors.by_intent.entry(intent).or_default();
                if of_intent.is_empty() {
                    executors.intents.push(intent);
                }
                of_intent.push(executed);
            }
        }
        executors
    }

    /// The nodes that execute an intent.
    pub(super) fn of_intent(&self, intent: &str) -> &[&'a Executed<'a>] {
        self.by_intent.get(intent).map_or(&[], Vec::as_slice)
    }

    /// Whether a node executes an intent; or may, as far as its contract tells.
    pub(super) fn may_execute(&self, facts: &Facts<'_>, node: NodeIndex, intent: &str) -> bool {
        facts.nodes[node].takes_anything || self.pairs.contains(&(intent, facts.nodes[node].first))
    }

    /// What a node executes.
    pub(super) fn of_node(&self, facts: &Facts<'_>, node: NodeIndex) -> &[&'a str] {
        self.by_node.get(&facts.nodes[node].first).map_or(&[], Vec::as_slice)
    }
}

pub(super) fn check(
    facts: &Facts<'_>,
    executors: &Executors<'_>,
    coverage: Coverage,
    guesses: &mut Guesses,
    found: &mut Vec<Diagnostic>,
) {
    for intent in &executors.intents {
        if let [first, others @ ..] = executors.of_intent(intent)
            && !others.is_empty()
        {
            found.push(shared(facts, first, others));
        }
    }
    // What is sent under a wrong name is one fault: what is meant is not missing, too.
    let mut meant = routes::check(facts, executors, guesses, found);
    if coverage == Coverage::Part {
        return;
    }
    if facts.nodes.iter().all(|node| !node.takes_anything) {
        unrouted(facts, executors, &mut meant, guesses, found);
    }
    let sent: HashSet<&str> = facts.sent.iter().map(|sent| sent.intent.value).collect();
    for intent in
        executors.intents.iter().filter(|intent| !sent.contains(*intent) && !meant.contains(*intent))
    {
        found.push(not_sent(facts, executors.of_intent(intent)));
    }
}

/// What is emitted for whoever executes it, which nobody does.
fn unrouted<'a>(
    facts: &'a Facts<'a>,
    executors: &Executors<'a>,
    meant: &mut HashSet<&'a str>,
    guesses: &mut Guesses,
    found: &mut Vec<Diagnostic>,
) {
    let is_open = |sent: &&Sent<'_>| matches!(sent.to, Receiver::Any);
    let routed: HashSet<&str> =
        facts.sent.iter().filter(|sent| !is_open(sent)).map(|sent| sent.intent.value).collect();
    let mut order: Vec<&str> = Vec::new();
    let mut emitted: HashMap<&str, Vec<&Sent<'_>>> = HashMap::new();
    for sent in facts.sent.iter().filter(|sent| is_open(sent) && !routed.contains(sent.intent.value)) {
        let of_intent = emitted.entry(sent.intent.value).or_default();
        if of_intent.is_empty() {
            order.push(sent.intent.value);
        }
        of_intent.push(sent);
    }
    for intent in order.into_iter().filter(|intent| executors.of_intent(intent).is_empty()) {
        let nearest = guesses.closest(intent, &executors.intents);
        meant.extend(nearest);
        found.push(not_executed(
            facts,
            &emitted[intent],
            nearest.map(|nearest| executors.of_intent(nearest)[0]),
        ));
    }
}

fn shared(facts: &Facts<'_>, first: &Executed<'_>, others: &[&Executed<'_>]) -> Diagnostic {
    let executes = |executed: &Executed<'_>| format!("`{}` executes it", facts.name(executed.node));
    let message = format!("{} nodes execute the intent `{}`", others.len() + 1, first.intent.value);
    let fault = Diagnostic::new(Code::SharedIntent, message, others[0].intent.span, executes(others[0]));
    let places = [first].into_iter().chain(others[1..].iter().copied());
    let places: Vec<_> = places.map(|executed| (executed.intent.span, executes(executed))).collect();
    also_at(fault, places.into_iter())
        .note("an intent is work for one node; what is asked for once is to be done once")
        .help("keep the route in one of them, or give each an intent type of its own")
}

fn not_executed(facts: &Facts<'_>, emitted: &[&Sent<'_>], nearest: Option<&Executed<'_>>) -> Diagnostic {
    let (first, others) = (emitted[0], &emitted[1..]);
    let message = format!("no contract of this set executes the intent `{}`", first.intent.value);
    let emits = format!("`{}` emits it", facts.name(first.node));
    let mut fault = Diagnostic::new(Code::NoExecutor, message, first.intent.span, emits).warning();
    if let Some(nearest) = nearest {
        fault = fault.also(nearest.intent.span, format!("`{}` executes this", facts.name(nearest.node)));
    }
    let places = others.iter().map(|sent| (sent.intent.span, format!("so does `{}`", facts.name(sent.node))));
    let fault = also_at(fault, places);
    match nearest {
        Some(nearest) if others.is_empty() => fault.replace(
            format!("if `{}` is meant, write that", nearest.intent.value),
            first.intent.span,
            nearest.intent.value,
        ),
        Some(nearest) => fault.help(format!("if `{}` is meant, write that", nearest.intent.value)),
        None => fault.help("write an effect with a route for this `intent_type`, or do not emit it"),
    }
}

fn not_sent(facts: &Facts<'_>, executors: &[&Executed<'_>]) -> Diagnostic {
    let executed = executors[0];
    let message = format!("no contract of this set sends the intent `{}`", executed.intent.value);
    let label = format!("`{}` waits for it", facts.name(executed.node));
    Diagnostic::new(Code::NoSender, message, executed.intent.span, label)
        .help(format!(
            "send it: `{}: {}` in the `intent_routing_table` of an orchestrator; or remove the route",
            executed.intent.value,
            facts.name(executed.node)
        ))
        .warning()
}
