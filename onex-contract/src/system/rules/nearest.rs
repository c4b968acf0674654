//! Which of the produced topics is meant by one that nobody produces.

use std::collections::{HashMap, HashSet};

use super::guess::Guesses;
use super::traffic::{TopicIndex, Traffic};
use crate::system::facts::NodeIndex;
use crate::topic::{Topic, TopicKind};

/// Names of which a greater part must be typed anew are two names.
const ALIKE: f64 = 0.75;
/// In bytes. A longer name is compared with nothing: it would take long.
const LONGEST: usize = 100;

/// In what the topic that is meant differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Differs {
    /// One has placeholders, the other has not.
    Form,
    Version,
    Kind,
    Producer,
    EventName,
}

/// The produced topics by what a misspelt one may have right.
pub(super) struct Produced<'a> {
    traffic: &'a [Traffic<'a>],
    by_wire_type: HashMap<(&'a str, &'a str), Vec<TopicIndex>>,
    by_event_name: HashMap<(TopicKind, &'a str), Vec<TopicIndex>>,
    by_producer: HashMap<(TopicKind, &'a str), Vec<TopicIndex>>,
    consumed: HashSet<(TopicIndex, NodeIndex)>,
}

impl<'a> Produced<'a> {
    pub(super) fn of(traffic: &'a [Traffic<'a>]) -> Self {
        let mut produced = Self {
            traffic,
            by_wire_type: HashMap::new(),
            by_event_name: HashMap::new(),
            by_producer: HashMap::new(),
            consumed: HashSet::new(),
        };
        for (index, Traffic { topic, .. }) in
            traffic.iter().enumerate().filter(|(_, topic)| !topic.produced.is_empty())
        {
            let (kind, producer, name) = (topic.kind(), topic.producer(), topic.event_name());
            produced.by_wire_type.entry((producer, name)).or_default().push(index);
            produced.by_event_name.entry((kind, name)).or_default().push(index);
            produced.by_producer.entry((kind, producer)).or_default().push(index);
            produced.consumed.extend(traffic[index].consumed.iter().map(|used| (index, used.node)));
        }
        produced
    }

    /// The produced topic that a consumer of another one probably means, and in what the two differ.
    pub(super) fn meant_by(
        &self,
        topic: &Topic,
        consumer: NodeIndex,
        guesses: &mut Guesses,
    ) -> Option<(TopicIndex, Differs)> {
        let differs = |by| move |index| (index, by);
        self.same_event(topic, consumer, guesses)
            .or_else(|| self.same_name(topic, consumer, guesses).map(differs(Differs::Producer)))
            .or_else(|| self.same_producer(topic, consumer, guesses).map(differs(Differs::EventName)))
    }

    /// The same event in another form, version or kind.
    fn same_event(
        &self,
        topic: &Topic,
        consumer: NodeIndex,
        guesses: &mut Guesses,
    ) -> Option<(TopicIndex, Differs)> {
        let same = self.by_wire_type.get(&(topic.producer(), topic.event_name()))?;
        let differs = |index: &TopicIndex| {
            let other = self.traffic[*index].topic;
            if other.kind() != topic.kind() {
                (3, Differs::Kind, 0)
            } else if other.version() != topic.version() {
                (2, Differs::Version, other.version().abs_diff(topic.version()))
            } else {
                (1, Differs::Form, 0)
            }
        };
        let closest = guesses
            .of(same)
            .iter()
            .filter(|index| !self.consumed.contains(&(**index, consumer)))
            .min_by_key(|index| {
            let (rank, _, distance) = differs(index);
            (rank, distance)
        })?;
        Some((*closest, differs(closest).1))
    }

    /// The event of this name, if there is one of another producer, or one whose producer is written alike.
    fn same_name(&self, topic: &Topic, consumer: NodeIndex, guesses: &mut Guesses) -> Option<TopicIndex> {
        let same = self.by_event_name.get(&(topic.kind(), topic.event_name()))?;
        let of_others = self.of_others(guesses.of(same), consumer);
        match of_others[..] {
            // A single word is the name of many events.
            [one] if topic.event_name().contains('-') => Some(one),
            _ => self.most_alike(topic.producer(), &of_others, Topic::producer, alike),
        }
    }

    /// The event of this producer whose name is written alike.
    fn same_producer(&self, topic: &Topic, consumer: NodeIndex, guesses: &mut Guesses) -> Option<TopicIndex> {
        let same = self.by_producer.get(&(topic.kind(), topic.producer()))?;
        let of_others = self.of_others(guesses.of(same), consumer);
        self.most_alike(topic.event_name(), &of_others, Topic::event_name, alike_event)
    }

    /// A node that consumes a topic does not mean one that it alone produces, or that it consumes, too.
    fn of_others(&self, topics: &[TopicIndex], consumer: NodeIndex) -> Vec<TopicIndex> {
        let of_others = |index: &TopicIndex| {
            self.traffic[*index].produced.iter().any(|produced| produced.node != consumer)
                && !self.consumed.contains(&(*index, consumer))
        };
        topics.iter().copied().filter(of_others).collect()
    }

    fn most_alike(
        &self,
        name: &str,
        topics: &[TopicIndex],
        part: fn(&Topic) -> &str,
        alike: fn(&str, &str) -> Option<f64>,
    ) -> Option<TopicIndex> {
        if name.len() > LONGEST {
            return None;
        }
        let mut best: Option<(f64, TopicIndex)> = None;
        for index in topics {
            if let Some(likeness) = alike(name, part(self.traffic[*index].topic))
                && best.is_none_or(|(most, _)| likeness > most)
            {
                best = Some((likeness, *index));
            }
        }
        best.map(|(_, index)| index)
    }
}

/// How much two names are alike, if they may be one name.
fn alike(one: &str, other: &str) -> Option<f64> {
    let (shorter, longer) = (one.len().min(other.len()), one.len().max(other.len()));
    // What differs this much in length alone need not be looked at.
    if (shorter as f64) < ALIKE * longer as f64 {
        return None;
    }
    Some(strsim::normalized_damerau_levenshtein(one, other)).filter(|likeness| *likeness >= ALIKE)
}

/// The same for what happened: the last word says it, and `order-accepted` is not `order-rejected`; the words before it
/// say to what, and `branch-released` is not `order-released`. One name may lack the first words of the other.
fn alike_event(one: &str, other: &str) -> Option<f64> {
    fn parts(name: &str) -> (&str, &str) {
        name.rsplit_once('-').unwrap_or(("", name))
    }
    let ((one_of, one_what), (other_of, other_what)) = (parts(one), parts(other));
    let lacks = |short: &str, long: &str| {
        short.contains('-') && long.strip_suffix(short).is_some_and(|rest| rest.ends_with('-'))
    };
    if !lacks(one, other) && !lacks(other, one) {
        alike(one_what, other_what)?;
        alike(one_of, other_of)?;
    }
    Some(strsim::normalized_damerau_levenshtein(one, other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_may_be_one_are_told_from_two_names() {
        for (one, other) in [
            ("hook-context-injected", "context-injected"),
            ("order-place", "order-placed"),
            ("order-acepted", "order-accepted"),
        ] {
            assert!(alike_event(one, other).is_some() && alike_event(other, one).is_some(), "{one}, {other}");
        }
        for (one, other) in [
            ("order-accepted", "order-rejected"),
            ("order-created", "order-updated"),
            ("registration", "registration-acked"),
            ("payment-taken", "payment-taken-back"),
            ("pr-rebase-completed", "release-completed"),
            ("completed", "order-completed"),
            ("a", "b"),
        ] {
            assert!(alike_event(one, other).is_none() && alike_event(other, one).is_none(), "{one}, {other}");
        }
        assert!(alike("omniclaude", "omni-claude").is_some());
        assert!(alike("cart", "car").is_some(), "three quarters of it are the same");
        assert!(alike("billing", "shipping").is_none());
    }
}
