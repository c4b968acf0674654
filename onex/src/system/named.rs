//! A node that another one names is there, and of the kind that is asked for.

use super::alike::Closest;
use super::facts::Set;
use super::intents::kind_word;
use super::report::Report;
use super::said::{NamedNode, Receiver, Said, StepNeed, WhatFor};
use super::topic::{ends_with, same, starts_with};
use crate::plan::Kind;

pub(super) const fn check(set: &Set<'_>, report: &mut Report) {
    each!(by, said in set.nodes => {
        each!(_, named in said.named => {
            if let Some(node) = set.by_name(named.name.text)
                && let WhatFor::Step(need) | WhatFor::Choice(need) = named.what_for
                && let Some(kind) = need.kind
                && !is_of_kind(set, node, kind)
            {
                of_another_kind(set, by, named, &need, kind, node, report);
            }
        });
    });
    each!(by, _ in set.nodes => {
        let mut index = 0;
        while let Some(named) = named_by(set, by, index) {
            if is_unknown(set, &named) && is_first_mention(set, by, index, named.name.text) {
                not_described(set, by, &named, report);
            }
            index += 1;
        }
    });
}

/// What a node names: the receivers of its intents, and then all else.
const fn named_by(set: &Set<'_>, by: usize, index: usize) -> Option<NamedNode> {
    let said = set.nodes[by];
    let mut left = index;
    each!(_, sent in said.sent => {
        if let Receiver::Executor(name) | Receiver::Target(name) = sent.to {
            if left == 0 {
                return Some(NamedNode { name, what_for: WhatFor::Intent(sent.intent.text) });
            }
            left -= 1;
        }
    });
    if left < said.named.len() { Some(said.named[left]) } else { None }
}

const fn is_unknown(set: &Set<'_>, named: &NamedNode) -> bool {
    if set.by_name(named.name.text).is_some() {
        return false;
    }
    if !matches!(named.what_for, WhatFor::Dependency) {
        return true;
    }
    // The name of a dependency is often not that of the node, but the one that the code has for it.
    each!(_, said in set.nodes => {
        if same(without_prefix(said.name.text), without_prefix(named.name.text)) {
            return false;
        }
    });
    true
}

const fn is_first_mention(set: &Set<'_>, by: usize, index: usize, name: &str) -> bool {
    each!(other, _ in set.nodes => {
        let mut at = 0;
        while let Some(named) = named_by(set, other, at) {
            if other == by && at == index {
                return true;
            }
            if is_unknown(set, &named) && same(without_prefix(named.name.text), without_prefix(name)) {
                return false;
            }
            at += 1;
        }
    });
    true
}

/// Whether a node is of a kind: one that two contracts describe may be what either says.
const fn is_of_kind(set: &Set<'_>, node: usize, kind: Kind) -> bool {
    each!(other, said in set.nodes => {
        if set.first_of(other) == node && is_same_kind(said.kind, kind) {
            return true;
        }
    });
    false
}

const fn is_same_kind(one: Kind, other: Kind) -> bool {
    one as u8 == other as u8
}

/// The kind of node that a name must be of.
const fn asked_for(what_for: &WhatFor) -> Option<Kind> {
    match what_for {
        WhatFor::Intent(_) => Some(Kind::Effect),
        WhatFor::Step(need) | WhatFor::Choice(need) => need.kind,
        WhatFor::Dependency => None,
    }
}

/// The node that is probably meant.
const fn nearest(set: &Set<'_>, by: usize, named: &NamedNode) -> Option<&'static str> {
    let kind = asked_for(&named.what_for);
    let mut closest = Closest::new();
    each!(_, said in set.nodes => {
        if is_asked_for(said, kind) {
            closest = closest.or(own_part(named.name.text), own_part(said.name.text));
        }
    });
    let Some(nearest) = closest.found else { return None };
    // Nobody means itself.
    each!(_, said in set.nodes => {
        if is_asked_for(said, kind)
            && same(own_part(said.name.text), nearest)
            && !same(said.name.text, set.nodes[by].name.text)
        {
            return Some(said.name.text);
        }
    });
    None
}

const fn is_asked_for(said: &Said, kind: Option<Kind>) -> bool {
    match kind {
        Some(kind) => is_same_kind(said.kind, kind),
        None => true,
    }
}

/// What tells a node's name from others: not what nearly all of them start and end with.
const fn own_part(name: &str) -> &str {
    let name = without_prefix(name);
    each!(_, end in &["_effect", "_compute", "_reducer", "_orchestrator"] => {
        if ends_with(name, end) {
            return name.split_at(name.len() - end.len()).0;
        }
    });
    name
}

const fn without_prefix(name: &str) -> &str {
    if starts_with(name, "node_") { name.split_at("node_".len()).1 } else { name }
}

const fn not_described(set: &Set<'_>, by: usize, first: &NamedNode, report: &mut Report) {
    report.fault();
    report.add(&["no contract of this set describes the node `", first.name.text, "`"]);
    report.code("0807", first.name.at);
    report.add(&named_for(set, by, &first.what_for));
    each!(other, _ in set.nodes => {
        let mut index = 0;
        while let Some(named) = named_by(set, other, index) {
            if is_unknown(set, &named)
                && same(without_prefix(named.name.text), without_prefix(first.name.text))
                && !same(named.name.at, first.name.at)
            {
                report.one_of_many(named.name.at, &named_for(set, other, &named.what_for));
            }
            index += 1;
        }
    });
    if let WhatFor::Intent(intent) = first.what_for
        && let Some(executor) = set.executor(intent, None)
    {
        let name = set.nodes[executor.node].name.text;
        report.also(executor.intent.at);
        report.add(&["`", name, "` executes it"]);
        report.end_of_many();
        report.help(&["send it to `", name, "`"]);
        return;
    }
    report.end_of_many();
    let kind = match asked_for(&first.what_for) {
        Some(kind) => in_words(kind),
        None => "a node",
    };
    match nearest(set, by, first) {
        Some(meant) => report.help(&["there is ", kind, " `", meant, "`"]),
        None => report.help(&["name ", kind, " of this set, or check its contract together with these"]),
    }
}

/// What is to be said where a node is named.
const fn named_for<'t>(set: &Set<'t>, by: usize, what_for: &'t WhatFor) -> [&'t str; 3] {
    match what_for {
        WhatFor::Intent(intent) => ["the intent `", intent, "` is sent to it"],
        WhatFor::Step(need) => ["it is to execute the step `", need.step, "`"],
        WhatFor::Choice(need) => ["the step `", need.step, "` may choose it"],
        WhatFor::Dependency => ["`", set.nodes[by].name.text, "` depends on it"],
    }
}

const fn of_another_kind(
    set: &Set<'_>,
    by: usize,
    named: &NamedNode,
    need: &StepNeed,
    kind: Kind,
    node: usize,
    report: &mut Report,
) {
    let is = set.nodes[node];
    let is_choice = matches!(named.what_for, WhatFor::Choice(_));
    report.fault();
    report.add(&["the step `", need.step, "` "]);
    report.add(&[if is_choice { "chooses among nodes, each of them" } else { "is to be executed by" }]);
    report.add(&[" ", in_words(kind), ", and `", named.name.text, "` is ", in_words(is.kind)]);
    report.code("0812", named.name.at);
    report.add(&named_for(set, by, &named.what_for));
    report.also(is.kind_at);
    report.add(&["its contract says that it is ", in_words(is.kind)]);
    if let Some(asked) = need.asked_at {
        report.also(asked);
        report.add(&["this asks for ", in_words(kind)]);
    }
    report.help(&["name ", in_words(kind)]);
    if !is_choice {
        report.add(&["; or, if `", named.name.text, "` is meant, give the step the `node_type: "]);
        report.add(&[kind_word(is.kind), "` and name the node by `node_name`"]);
    }
}

const fn in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Compute => "a compute node",
        Kind::Effect => "an effect",
        Kind::Reducer => "a reducer",
        Kind::Orchestrator => "an orchestrator",
    }
}
