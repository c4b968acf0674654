//! What is consumed is produced, and what is produced is consumed.

use super::facts::{End, Set};
use super::glob;
use super::nearest::{Differs, meant_by};
use super::report::Report;
use super::topic::{Parts, same};

pub(super) const fn check(set: &Set<'_>, report: &mut Report) {
    let mut misspelt = false;
    let mut topic = 0;
    while topic < set.topic_count {
        if let Some(end) = without_producer(set, topic) {
            misspelt = true;
            not_produced(set, topic, end, report);
        }
        topic += 1;
    }
    let mut topic = 0;
    while topic < set.topic_count {
        if let (None, Some(end)) = (set.consumer(topic), set.producer(topic))
            && !is_elsewhere(set, topic)
            // A misspelt topic is one fault: the other end of it is not missing, too.
            && !(misspelt && is_meant(set, topic))
            && !is_taken_by_pattern(set, set.topic(topic))
        {
            not_consumed(set, end, report);
        }
        topic += 1;
    }
}

/// The first consumer of a topic that nobody produces, and should.
const fn without_producer(set: &Set<'_>, topic: usize) -> Option<End> {
    if set.producer(topic).is_some() || is_elsewhere(set, topic) { None } else { set.consumer(topic) }
}

/// Whether the other end is none of the set: some contract says so; or it is a topic for dead letters, which are
/// published wherever something fails and looked at by people.
const fn is_elsewhere(set: &Set<'_>, topic: usize) -> bool {
    set.is_elsewhere(topic) || same(Parts::of(set.topic(topic)).kind, "dlq")
}

/// Whether some consumer of another topic means this one.
const fn is_meant(set: &Set<'_>, topic: usize) -> bool {
    let mut other = 0;
    while other < set.topic_count {
        if let Some(end) = without_producer(set, other)
            && let Some((meant, _)) = meant_by(set, other, end.node)
            && meant == topic
        {
            return true;
        }
        other += 1;
    }
    false
}

const fn is_taken_by_pattern(set: &Set<'_>, topic: &str) -> bool {
    each!(_, said in set.nodes => {
        each!(_, pattern in said.patterns => {
            if glob::is_for(pattern, topic) {
                return true;
            }
        });
    });
    false
}

const fn not_produced(set: &Set<'_>, topic: usize, first: End, report: &mut Report) {
    let meant = meant_by(set, topic, first.node);
    report.fault();
    report.add(&["no contract of this set produces `", set.topic(topic), "`"]);
    report.code("0802", first.used.topic.at);
    report.add(&["`", set.nodes[first.node].name.text, "` waits for it"]);
    if let Some((other, differs)) = meant
        && let Some(end) = set.producer(other)
    {
        let parts = Parts::of(set.topic(other));
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
    others(set, &first, report);
    let elsewhere = if first.used.in_entry {
        "add `external: true` to its entry of `consumed_events`"
    } else {
        "give it an `external_publisher` in `subscribe_topic_metadata`"
    };
    let Some((other, differs)) = meant else {
        report.help(&["correct the topic; or, if it is produced outside of this set, ", elsewhere]);
        return;
    };
    report.note(&["if it is produced outside of this set, ", elsewhere]);
    let other = set.topic(other);
    match differs {
        Differs::Version => {
            report.help(&["consume `", other, "`, or let its producer publish this version, too"]);
        }
        _ => report.help(&["if `", other, "` is meant, consume that"]),
    }
}

const fn not_consumed(set: &Set<'_>, first: End, report: &mut Report) {
    report.fault();
    report.add(&["no contract of this set consumes `", first.used.topic.text, "`"]);
    report.code("0803", first.used.topic.at);
    report.add(&["`", set.nodes[first.node].name.text, "` publishes it"]);
    others(set, &first, report);
    let elsewhere = if first.used.in_entry {
        "add `external: true` to its entry of `published_events`"
    } else {
        "list it in `externally_consumed_topics`"
    };
    report.help(&["if it is consumed outside of this set, ", elsewhere, "; else remove it"]);
}

/// The other nodes at the same end.
const fn others(set: &Set<'_>, first: &End, report: &mut Report) {
    let mut next = set.after(first);
    while let Some(end) = next {
        report.one_of_many(end.used.topic.at, &["so does `", set.nodes[end.node].name.text, "`"]);
        next = set.after(&end);
    }
    report.end_of_many();
}
