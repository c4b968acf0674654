//! What is consumed is produced, and what is produced is consumed.

use super::facts::{End, consumer, consumes_first, producer, produces_first, use_in};
use super::glob;
use super::nearest::{Differs, meant_by};
use super::report::Report;
use super::said::Said;
use super::topic::{Parts, same};

pub(super) const fn check(nodes: &[&Said], report: &mut Report) {
    let mut misspelt = false;
    each!(node, said in nodes => {
        each!(_, used in said.consumed => {
            if is_not_produced(nodes, node, used.topic.text) {
                misspelt = true;
                not_produced(nodes, End { node, used }, report);
            }
        });
    });
    each!(node, said in nodes => {
        each!(_, used in said.produced => {
            let topic = used.topic.text;
            if produces_first(nodes, node, topic)
                && consumer(nodes, topic).is_none()
                && !is_elsewhere(nodes, topic)
                // A misspelt topic is one fault: the other end of it is not missing, too.
                && !(misspelt && is_meant(nodes, topic))
                && !is_taken_by_pattern(nodes, topic)
            {
                not_consumed(nodes, End { node, used }, report);
            }
        });
    });
}

const fn is_not_produced(nodes: &[&Said], node: usize, topic: &str) -> bool {
    producer(nodes, topic).is_none() && !is_elsewhere(nodes, topic) && consumes_first(nodes, node, topic)
}

/// Whether the other end is none of the set: some contract says so; or it is a topic for dead letters, which are
/// published wherever something fails and looked at by people.
const fn is_elsewhere(nodes: &[&Said], topic: &str) -> bool {
    if same(Parts::of(topic).kind, "dlq") {
        return true;
    }
    each!(_, said in nodes => {
        if let Some(used) = use_in(said.consumed, topic)
            && used.elsewhere
        {
            return true;
        }
        if let Some(used) = use_in(said.produced, topic)
            && used.elsewhere
        {
            return true;
        }
    });
    false
}

/// Whether some consumer of another topic means this one.
const fn is_meant(nodes: &[&Said], topic: &str) -> bool {
    each!(node, said in nodes => {
        each!(_, used in said.consumed => {
            if is_not_produced(nodes, node, used.topic.text)
                && let Some((end, _)) = meant_by(nodes, used.topic.text, node)
                && same(end.used.topic.text, topic)
            {
                return true;
            }
        });
    });
    false
}

const fn is_taken_by_pattern(nodes: &[&Said], topic: &str) -> bool {
    each!(_, said in nodes => {
        each!(_, pattern in said.patterns => {
            if glob::is_for(pattern, topic) {
                return true;
            }
        });
    });
    false
}

const fn not_produced(nodes: &[&Said], first: End, report: &mut Report) {
    let topic = first.used.topic.text;
    let meant = meant_by(nodes, topic, first.node);
    report.fault();
    report.add(&["no contract of this set produces `", topic, "`"]);
    report.code("0802", first.used.topic.at);
    report.add(&["`", nodes[first.node].name.text, "` waits for it"]);
    if let Some((end, differs)) = meant {
        let parts = Parts::of(end.used.topic.text);
        report.also(end.used.topic.at);
        match differs {
            Differs::Form if parts.is_template => report.add(&["produced with placeholders"]),
            Differs::Form => report.add(&["produced without the placeholders"]),
            Differs::Version => report.add(&["produced as `v", parts.version, "`"]),
            Differs::Kind => report.add(&["produced as `", parts.kind, "`"]),
            Differs::Producer => report.add(&["produced under `", parts.producer, "`"]),
            Differs::EventName => report.add(&["produced as `", parts.event_name, "`"]),
        }
    }
    each!(node, said in nodes => {
        if node != first.node
            && let Some(used) = use_in(said.consumed, topic)
        {
            report.one_of_many(used.topic.at, &["so does `", said.name.text, "`"]);
        }
    });
    report.end_of_many();
    let elsewhere = if first.used.in_entry {
        "add `external: true` to its entry of `consumed_events`"
    } else {
        "give it an `external_publisher` in `subscribe_topic_metadata`"
    };
    let Some((end, differs)) = meant else {
        report.help(&["correct the topic; or, if it is produced outside of this set, ", elsewhere]);
        return;
    };
    report.note(&["if it is produced outside of this set, ", elsewhere]);
    let other = end.used.topic.text;
    match differs {
        Differs::Version => {
            report.help(&["consume `", other, "`, or let its producer publish this version, too"]);
        }
        _ => report.help(&["if `", other, "` is meant, consume that"]),
    }
}

const fn not_consumed(nodes: &[&Said], first: End, report: &mut Report) {
    let topic = first.used.topic.text;
    report.fault();
    report.add(&["no contract of this set consumes `", topic, "`"]);
    report.code("0803", first.used.topic.at);
    report.add(&["`", nodes[first.node].name.text, "` publishes it"]);
    each!(node, said in nodes => {
        if node != first.node
            && let Some(used) = use_in(said.produced, topic)
        {
            report.one_of_many(used.topic.at, &["so does `", said.name.text, "`"]);
        }
    });
    report.end_of_many();
    report.help(&[
        "if it is consumed outside of this set, ",
        if first.used.in_entry {
            "add `external: true` to its entry of `published_events`"
        } else {
            "list it in `externally_consumed_topics`"
        },
        "; else remove it",
    ]);
}
