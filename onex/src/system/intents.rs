//! An intent that is sent is executed, by the node that it is sent to, and one that is executed is sent.

use super::alike::Closest;
use super::facts::Set;
use super::owners::is_first_mention;
use super::report::Report;
use super::said::{Mark, Receiver, Sent};
use super::topic::same;
use crate::plan::Kind;

pub(super) const fn check(set: &Set<'_>, report: &mut Report) {
    each!(_, said in set.nodes => {
        each!(_, sent in said.sent => {
            if let Some((to, node, sends_on)) = misrouted(set, sent) {
                let nearest = nearest_of_node(set, node, sent.intent.text);
                if sends_on {
                    not_sent_on(set, sent.intent, to, node, nearest, report);
                } else {
                    not_executed(set, sent.intent, to, node, nearest, report);
                }
            }
        });
    });
    each!(node, said in set.nodes => {
        each!(index, sent in said.sent => {
            if is_unrouted(set, sent) && is_first_unrouted(set, node, index) {
                no_executor(set, node, sent.intent, report);
            }
        });
    });
    each!(node, said in set.nodes => {
        each!(index, executed in said.executed => {
            if is_first_mention(set, node, index)
                && !is_sent(set, executed.text)
                && !is_meant(set, executed.text)
            {
                report.fault();
                report.add(&["no contract of this set sends the intent `", executed.text, "`"]);
                report.code("0810", executed.at);
                report.add(&["`", said.name.text, "` waits for it"]);
                report.help(&["send it: `", executed.text, ": ", said.name.text,
                    "` in the `intent_routing_table` of an orchestrator; or remove the route"]);
            }
        });
    });
}

/// The node that an intent is sent to and that neither executes it nor, where that is meant, sends it on.
const fn misrouted(set: &Set<'_>, sent: &Sent) -> Option<(Mark, usize, bool)> {
    let (to, sends_on) = match sent.to {
        Receiver::Executor(to) => (to, false),
        Receiver::Target(to) => (to, true),
        Receiver::Any => return None,
    };
    // That there is no such node is said of all that are named.
    let Some(node) = set.by_name(to.text) else { return None };
    let intent = sent.intent.text;
    if set.nodes[node].takes_anything
        || set.executor(intent, Some(node)).is_some()
        || (sends_on && sends(set, node, intent))
    {
        return None;
    }
    Some((to, node, sends_on))
}

/// Whether a node, by its first contract, has a line for an intent.
const fn sends(set: &Set<'_>, first: usize, intent: &str) -> bool {
    each!(node, said in set.nodes => {
        if set.first_of(node) == first {
            each!(_, sent in said.sent => {
                if same(sent.intent.text, intent) {
                    return true;
                }
            });
        }
    });
    false
}

const fn is_sent(set: &Set<'_>, intent: &str) -> bool {
    each!(_, said in set.nodes => {
        each!(_, sent in said.sent => {
            if same(sent.intent.text, intent) {
                return true;
            }
        });
    });
    false
}

/// What is sent under a wrong name is one fault: what is meant is not missing, too.
const fn is_meant(set: &Set<'_>, intent: &str) -> bool {
    each!(_, said in set.nodes => {
        each!(_, sent in said.sent => {
            let nearest = if let Some((_, node, _)) = misrouted(set, sent) {
                nearest_of_node(set, node, sent.intent.text)
            } else if is_unrouted(set, sent) {
                nearest_of_all(set, sent.intent.text)
            } else {
                None
            };
            if let Some(nearest) = nearest && same(nearest, intent) {
                return true;
            }
        });
    });
    false
}

const fn nearest_of_node(set: &Set<'_>, node: usize, intent: &str) -> Option<&'static str> {
    let first = set.first_of(node);
    let mut closest = Closest::new();
    each!(index, said in set.nodes => {
        if set.first_of(index) == first {
            each!(_, executed in said.executed => {
                closest = closest.or(intent, executed.text);
            });
        }
    });
    closest.found
}

const fn nearest_of_all(set: &Set<'_>, intent: &str) -> Option<&'static str> {
    let mut closest = Closest::new();
    each!(_, said in set.nodes => {
        each!(_, executed in said.executed => {
            closest = closest.or(intent, executed.text);
        });
    });
    closest.found
}

/// Whether an intent is emitted for whoever executes it, which nobody does.
const fn is_unrouted(set: &Set<'_>, sent: &Sent) -> bool {
    if !matches!(sent.to, Receiver::Any) || set.executor(sent.intent.text, None).is_some() {
        return false;
    }
    each!(_, said in set.nodes => {
        if said.takes_anything {
            return false;
        }
        each!(_, other in said.sent => {
            if !matches!(other.to, Receiver::Any) && same(other.intent.text, sent.intent.text) {
                return false;
            }
        });
    });
    true
}

const fn is_first_unrouted(set: &Set<'_>, node: usize, index: usize) -> bool {
    let intent = set.nodes[node].sent[index].intent.text;
    each!(other, said in set.nodes => {
        each!(at, sent in said.sent => {
            if other == node && at == index {
                return true;
            }
            if same(sent.intent.text, intent) {
                return false;
            }
        });
    });
    true
}

const fn not_executed(
    set: &Set<'_>,
    intent: Mark,
    to: Mark,
    node: usize,
    nearest: Option<&str>,
    report: &mut Report,
) {
    let target = set.nodes[node];
    let is_effect = matches!(target.kind, Kind::Effect);
    report.fault();
    report.add(&["`", to.text, "` does not execute the intent `", intent.text, "`"]);
    report.code("0808", to.at);
    report.add(&["sent to this node"]);
    if is_effect {
        report.also(target.name.at);
        report.add(&["which has no route for it"]);
    } else {
        report.also(target.kind_at);
        report.add(&["which is a node of the kind `", kind_word(target.kind), "`"]);
    }
    let executor = set.executor(intent.text, None);
    if let Some(executor) = executor {
        report.also(executor.intent.at);
        report.add(&["`", set.nodes[executor.node].name.text, "` executes it"]);
    }
    if !is_effect {
        report.note(&["intents are executed by effects"]);
    }
    match (executor, nearest) {
        (Some(executor), _) => report.help(&["send it to `", set.nodes[executor.node].name.text, "`"]),
        (None, Some(meant)) => report.help(&["it executes `", meant, "`"]),
        (None, None) if is_effect => {
            report.help(&["add a route with `intent_type: ", intent.text, "` to it, or send it elsewhere"]);
        }
        (None, None) => report.help(&["name an effect that executes it"]),
    }
}

/// The same for one of the intents that all go to one target, which is not what must change.
const fn not_sent_on(
    set: &Set<'_>,
    intent: Mark,
    to: Mark,
    node: usize,
    nearest: Option<&str>,
    report: &mut Report,
) {
    report.fault();
    report.add(&["`", to.text, "` neither executes the intent `", intent.text, "` nor sends it on"]);
    report.code("0808", intent.at);
    report.add(&["this is emitted"]);
    report.also(to.at);
    report.add(&["and sent to this node"]);
    report.also(set.nodes[node].name.at);
    report.add(&["which has neither a route nor a routing table's line for it"]);
    if let Some(executor) = set.executor(intent.text, None) {
        let name = set.nodes[executor.node].name.text;
        report.also(executor.intent.at);
        report.add(&["`", name, "` executes it"]);
        match set.nodes[node].kind {
            Kind::Orchestrator => {
                report.help(&["add `", intent.text, ": ", name, "` to its `intent_routing_table`"]);
            }
            _ => report.help(&["send it to `", name, "`"]),
        }
        return;
    }
    match nearest {
        Some(meant) => report.help(&["it executes `", meant, "`"]),
        None => report.help(&["name a target that executes it or sends it on, or do not emit it"]),
    }
}

const fn no_executor(set: &Set<'_>, first: usize, intent: Mark, report: &mut Report) {
    report.fault();
    report.add(&["no contract of this set executes the intent `", intent.text, "`"]);
    report.code("0809", intent.at);
    report.add(&["`", set.nodes[first].name.text, "` emits it"]);
    let meant = nearest_of_all(set, intent.text);
    if let Some(meant) = meant
        && let Some(executor) = set.executor(meant, None)
    {
        report.also(executor.intent.at);
        report.add(&["`", set.nodes[executor.node].name.text, "` executes this"]);
    }
    each!(node, said in set.nodes => {
        each!(_, sent in said.sent => {
            if same(sent.intent.text, intent.text) && !(node == first && same(sent.intent.at, intent.at)) {
                report.one_of_many(sent.intent.at, &["so does `", said.name.text, "`"]);
            }
        });
    });
    report.end_of_many();
    match meant {
        Some(meant) => report.help(&["if `", meant, "` is meant, write that"]),
        None => report.help(&["write an effect with a route for this `intent_type`, or do not emit it"]),
    }
}

pub(super) const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Compute => "compute",
        Kind::Effect => "effect",
        Kind::Reducer => "reducer",
        Kind::Orchestrator => "orchestrator",
    }
}
