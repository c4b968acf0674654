//! Which of the produced topics is meant by one that nobody produces, as `onex-contract` finds it.

use super::alike::{LONGEST, likeness_by_edits};
use super::facts::Set;
use super::topic::{Parts, contains, ends_with, same};

/// Names of which a greater part must be typed anew are two names.
const ALIKE: f64 = 0.75;

/// In what the topic that is meant differs.
#[derive(Clone, Copy)]
pub(super) enum Differs {
    /// One has placeholders, the other has not.
    Form,
    Version,
    Kind,
    Producer,
    EventName,
}

/// The search for what is meant, among topics by their positions.
#[derive(Clone, Copy)]
struct Search {
    /// The same event, in another form, version or kind: how far off, and which.
    event: Option<(u8, u64, usize, Differs)>,
    /// Events of this name: how many, and one of them.
    named: usize,
    name: Option<usize>,
    /// The one whose producer is written alike.
    alike_producer: Option<(f64, usize)>,
    /// The one of this producer whose name is written alike.
    alike_name: Option<(f64, usize)>,
}

/// The produced topic that a consumer of another one probably means, and in what the two differ.
pub(super) const fn meant_by(set: &Set<'_>, topic: usize, by: usize) -> Option<(usize, Differs)> {
    let wanted = Parts::of(set.topic(topic));
    let mut search = Search { event: None, named: 0, name: None, alike_producer: None, alike_name: None };
    let mut other = 0;
    while other < set.topic_count {
        if set.producer(other).is_some() && !set.consumes(by, other) {
            search = search.or(set, &wanted, other, by);
        }
        other += 1;
    }
    if let Some((_, _, end, differs)) = search.event {
        return Some((end, differs));
    }
    match (search.name, search.alike_producer, search.alike_name) {
        // A single word is the name of many events.
        (Some(end), _, _) if search.named == 1 && contains(wanted.event_name, b'-') => {
            Some((end, Differs::Producer))
        }
        (_, Some((_, end)), _) => Some((end, Differs::Producer)),
        (_, None, Some((_, end))) => Some((end, Differs::EventName)),
        (_, None, None) => None,
    }
}

impl Search {
    /// Looks at one more topic.
    const fn or(mut self, set: &Set<'_>, wanted: &Parts<'_>, end: usize, by: usize) -> Self {
        let parts = Parts::of(set.topic(end));
        let (same_kind, same_producer, same_name) = (
            same(parts.kind, wanted.kind),
            same(parts.producer, wanted.producer),
            same(parts.event_name, wanted.event_name),
        );
        if same_producer && same_name {
            let (rank, distance, differs) = if !same_kind {
                (3, 0, Differs::Kind)
            } else if !same(parts.version, wanted.version) {
                (2, parts.number().abs_diff(wanted.number()), Differs::Version)
            } else {
                (1, 0, Differs::Form)
            };
            let is_nearer = match self.event {
                Some((least, nearest, _, _)) => rank < least || (rank == least && distance < nearest),
                None => true,
            };
            if is_nearer {
                self.event = Some((rank, distance, end, differs));
            }
        }
        // A node that consumes a topic does not mean one that it alone produces.
        if !same_kind || !is_of_others(set, end, by) {
            return self;
        }
        if same_name {
            self.named += 1;
            self.name = Some(end);
            self.alike_producer = better(self.alike_producer, alike(wanted.producer, parts.producer), end);
        }
        if same_producer {
            self.alike_name = better(self.alike_name, alike_event(wanted.event_name, parts.event_name), end);
        }
        self
    }
}

const fn is_of_others(set: &Set<'_>, topic: usize, by: usize) -> bool {
    let mut next = set.producer(topic);
    while let Some(end) = next {
        if end.node != by {
            return true;
        }
        next = set.after(&end);
    }
    false
}

const fn better(best: Option<(f64, usize)>, likeness: Option<f64>, end: usize) -> Option<(f64, usize)> {
    match (best, likeness) {
        (Some((most, _)), Some(likeness)) if likeness <= most => best,
        (_, Some(likeness)) => Some((likeness, end)),
        (_, None) => best,
    }
}

/// How much two names are alike, if they may be one name.
const fn alike(one: &str, other: &str) -> Option<f64> {
    let (shorter, longer) =
        if one.len() < other.len() { (one.len(), other.len()) } else { (other.len(), one.len()) };
    // What differs this much in length alone need not be looked at.
    if one.len() > LONGEST || (shorter as f64) < ALIKE * longer as f64 {
        return None;
    }
    let likeness = likeness_by_edits(one, other, false);
    if likeness >= ALIKE { Some(likeness) } else { None }
}

/// The same for what happened: the last word says it, and `order-accepted` is not `order-rejected`; the words before it
/// say to what, and `branch-released` is not `order-released`. One name may lack the first words of the other.
const fn alike_event(one: &str, other: &str) -> Option<f64> {
    if one.len() > LONGEST {
        return None;
    }
    if !lacks(one, other) && !lacks(other, one) {
        let ((one_of, one_what), (other_of, other_what)) = (last_word(one), last_word(other));
        if alike(one_what, other_what).is_none() || alike(one_of, other_of).is_none() {
            return None;
        }
    }
    Some(likeness_by_edits(one, other, false))
}

/// Whether the shorter name is the longer one without its first words.
const fn lacks(short: &str, long: &str) -> bool {
    contains(short, b'-')
        && long.len() > short.len()
        && ends_with(long, short)
        && long.as_bytes()[long.len() - short.len() - 1] == b'-'
}

/// The words before the last one, and that.
const fn last_word(name: &str) -> (&str, &str) {
    let mut at = name.len();
    while at > 0 {
        at -= 1;
        if name.as_bytes()[at] == b'-' {
            let (before, rest) = name.split_at(at);
            return (before, rest.split_at(1).1);
        }
    }
    ("", name)
}
