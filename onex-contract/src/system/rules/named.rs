//! A node that another one names is there, and of the kind that is asked for.

use std::collections::{HashMap, HashSet};

use super::Coverage;
use super::guess::Guesses;
use super::intents::Executors;
use super::report::also_at;
use crate::contract::NodeKind;
use crate::diagnostic::{Code, Diagnostic};
use crate::system::facts::{Facts, Named, NodeIndex, Receiver, StepNeed, WhatFor};

pub(super) fn check<'a>(
    facts: &Facts<'a>,
    executors: &Executors<'_>,
    coverage: Coverage,
    guesses: &mut Guesses,
    found: &mut Vec<Diagnostic>,
) {
    // A node that two contracts describe is reported for that, and may be what either says.
    let kinds: HashSet<(NodeIndex, NodeKind)> =
        facts.nodes.iter().map(|node| (node.first, node.kind.value)).collect();
    let own_parts: HashSet<&str> = facts.by_name.keys().copied().map(without_prefix).collect();
    let receivers = facts.sent.iter().filter_map(|sent| {
        let (Receiver::Executor(name) | Receiver::Target(name)) = sent.to else { return None };
        Some(Named { by: sent.node, name, what_for: WhatFor::Intent(sent.intent.value) })
    });
    let mut order: Vec<&str> = Vec::new();
    let mut unknown: HashMap<&str, Vec<Named<'a>>> = HashMap::new();
    for named in receivers.chain(facts.named.iter().copied()) {
        let own_part = without_prefix(named.name.value);
        match (facts.by_name.get(named.name.value), named.what_for) {
            (Some(node), WhatFor::Step(need) | WhatFor::Choice(need)) => {
                if let Some(kind) = need.kind.filter(|kind| !kinds.contains(&(*node, *kind))) {
                    found.push(of_another_kind(facts, &named, need, kind, *node));
                }
            }
            (Some(_), _) => {}
            // The name of a dependency is often not that of the node, but the one that the code has for it.
            (None, WhatFor::Dependency) if own_parts.contains(own_part) => {}
            (None, _) => {
                let of_node = unknown.entry(own_part).or_default();
                if of_node.is_empty() {
                    order.push(own_part);
                }
                of_node.push(named);
            }
        }
    }
    if coverage == Coverage::Whole {
        let mut candidates = Candidates::default();
        found.extend(order.into_iter().map(|name| {
            let named = &unknown[name];
            let nearest = candidates.nearest(facts, &named[0], guesses);
            not_described(facts, executors, named, nearest)
        }));
    }
}

/// The names that may be meant by one that is unknown, for each kind of node that may be asked for.
#[derive(Default)]
struct Candidates<'a> {
    of_kind: HashMap<Option<NodeKind>, (Vec<&'a str>, Vec<&'a str>)>,
}

impl<'a> Candidates<'a> {
    fn nearest(&mut self, facts: &Facts<'a>, named: &Named<'_>, guesses: &mut Guesses) -> Option<&'a str> {
        let kind = asked_for(named.what_for);
        let (names, own_parts) = self.of_kind.entry(kind).or_insert_with(|| {
            let nodes = facts.nodes.iter().filter(|node| kind.is_none_or(|kind| node.kind.value == kind));
            let names: Vec<&str> = nodes.map(|node| node.name.value).collect();
            let own_parts = names.iter().copied().map(own_part).collect();
            (names, own_parts)
        });
        let nearest = guesses.closest(own_part(named.name.value), own_parts)?;
        // Nobody means itself.
        names.iter().copied().find(|name| own_part(name) == nearest && *name != facts.name(named.by))
    }
}

/// The kind of node that a name must be of.
fn asked_for(what_for: WhatFor<'_>) -> Option<NodeKind> {
    match what_for {
        WhatFor::Intent(_) => Some(NodeKind::Effect),
        WhatFor::Step(need) | WhatFor::Choice(need) => need.kind,
        WhatFor::Dependency => None,
    }
}

/// What tells a node's name from others: not what nearly all of them start and end with.
fn own_part(name: &str) -> &str {
    let name = without_prefix(name);
    let ends = ["_effect", "_compute", "_reducer", "_orchestrator"];
    ends.into_iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

fn without_prefix(name: &str) -> &str {
    name.strip_prefix("node_").unwrap_or(name)
}

fn not_described(
    facts: &Facts<'_>,
    executors: &Executors<'_>,
    named: &[Named<'_>],
    nearest: Option<&str>,
) -> Diagnostic {
    let (first, others) = (&named[0], &named[1..]);
    let message = format!("no contract of this set describes the node `{}`", first.name.value);
    let fault = Diagnostic::new(Code::UnknownNode, message, first.name.span, named_for(facts, first));
    let others = others.iter().filter(|other| other.name.span != first.name.span);
    let places: Vec<_> = others.map(|other| (other.name.span, named_for(facts, other))).collect();
    let fault = also_at(fault.warning(), places.into_iter());
    if let WhatFor::Intent(intent) = first.what_for
        && let [executed, ..] = executors.of_intent(intent)
    {
        let name = facts.name(executed.node);
        return fault.also(executed.intent.span, format!("`{name}` executes it")).replace(
            format!("send it to `{name}`"),
            first.name.span,
            name,
        );
    }
    let kind = asked_for(first.what_for).map_or("a node", in_words);
    match nearest {
        Some(meant) => fault.replace(format!("there is {kind} `{meant}`"), first.name.span, meant),
        None => fault.help(format!("name {kind} of this set, or check its contract together with these")),
    }
}

/// What is to be said where a node is named.
fn named_for(facts: &Facts<'_>, named: &Named<'_>) -> String {
    match named.what_for {
        WhatFor::Intent(intent) => format!("the intent `{intent}` is sent to it"),
        WhatFor::Step(need) => format!("it is to execute the step `{}`", need.step),
        WhatFor::Choice(need) => format!("the step `{}` may choose it", need.step),
        WhatFor::Dependency => format!("`{}` depends on it", facts.name(named.by)),
    }
}

fn of_another_kind(
    facts: &Facts<'_>,
    named: &Named<'_>,
    need: StepNeed<'_>,
    kind: NodeKind,
    node: NodeIndex,
) -> Diagnostic {
    let is = facts.nodes[node].kind;
    let (asked_for, is_one) = (in_words(kind), in_words(is.value));
    let needs = match named.what_for {
        WhatFor::Choice(_) => "chooses among nodes, each of them",
        _ => "is to be executed by",
    };
    let message =
        format!("the step `{}` {needs} {asked_for}, and `{}` is {is_one}", need.step, named.name.value);
    let fault = Diagnostic::new(Code::OtherKind, message, named.name.span, named_for(facts, named))
        .also(is.span, format!("its contract says that it is {is_one}"));
    let fault = match need.asked_at {
        Some(asked) => fault.also(asked, format!("this asks for {asked_for}")),
        None => fault,
    };
    match named.what_for {
        WhatFor::Step(_) => fault.help(format!(
            "name {asked_for}; or, if `{}` is meant, give the step the `node_type: {}` and name the node by `node_name`",
            named.name.value,
            is.value.as_str()
        )),
        _ => fault.help(format!("name {asked_for}")),
    }
}

fn in_words(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Compute => "a compute node",
        NodeKind::Effect => "an effect",
        NodeKind::Reducer => "a reducer",
        NodeKind::Orchestrator => "an orchestrator",
    }
}
