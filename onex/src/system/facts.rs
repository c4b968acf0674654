//! The nodes taken together, arranged so that what is asked of them costs little: the compiler evaluates constants slowly,
//! and an application with hundreds of topics must not be noticed in its build.

use super::said::{Executor, Said, TopicUse};
use super::topic::same;

/// Nothing, in a list that is linked by positions.
const NONE: usize = usize::MAX;

/// One end of a topic, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) node: usize,
    pub(super) used: &'static TopicUse,
    /// The next one at the same end of the same topic, in the order of the nodes.
    next: usize,
}

/// A topic with both of its ends.
#[derive(Debug, Clone, Copy)]
struct Row {
    hash: u64,
    text: &'static str,
    /// The first and the last consumer, and the first and the last producer.
    ends: [(usize, usize); 2],
    /// The other end of it is none of the set: some contract says so.
    elsewhere: bool,
}

/// Room for the arrangement; `ROOM` is what [`room`] asks for.
pub(super) struct Arranged<const ROOM: usize> {
    /// The first node of the name of each node.
    first: [usize; ROOM],
    ends: [Option<End>; ROOM],
    end_count: usize,
    topics: [Row; ROOM],
    topic_count: usize,
    /// Positions of topics, by their hash.
    slots: [usize; ROOM],
}

/// Nodes and their arrangement.
#[derive(Clone, Copy)]
pub(super) struct Set<'a> {
    pub(super) nodes: &'a [&'static Said],
    first: &'a [usize],
    ends: &'a [Option<End>],
    topics: &'a [Row],
    /// How many topics there are; those that are consumed come first.
    pub(super) topic_count: usize,
}

/// A power of two that is at least twice as much as there are uses of topics and steps that are workflows, and more than there
/// are nodes.
pub(super) const fn room(nodes: &[&'static Said]) -> usize {
    let mut uses = nodes.len();
    each!(_, said in nodes => {
        uses += said.consumed.len() + said.produced.len() + said.sub_workflows.len();
    });
    (2 * uses + 2).next_power_of_two()
}

impl<const ROOM: usize> Arranged<ROOM> {
    pub(super) const fn of(nodes: &[&'static Said]) -> Self {
        let none = Row { hash: 0, text: "", ends: [(NONE, NONE); 2], elsewhere: false };
        let mut arranged = Arranged {
            first: [0; ROOM],
            ends: [None; ROOM],
            end_count: 0,
            topics: [none; ROOM],
            topic_count: 0,
            slots: [NONE; ROOM],
        };
        each!(node, said in nodes => {
            arranged.first[node] = match by_name(nodes, said.name.text) {
                Some(first) => first,
                None => node,
            };
        });
        each!(node, said in nodes => {
            each!(_, used in said.consumed => {
                arranged.add(node, used, 0);
            });
        });
        each!(node, said in nodes => {
            each!(_, used in said.produced => {
                arranged.add(node, used, 1);
            });
        });
        arranged
    }

    pub(super) const fn set<'a>(&'a self, nodes: &'a [&'static Said]) -> Set<'a> {
        Set {
            nodes,
            first: &self.first,
            ends: &self.ends,
            topics: &self.topics,
            topic_count: self.topic_count,
        }
    }

    const fn add(&mut self, node: usize, used: &'static TopicUse, side: usize) {
        let topic = self.topic(used.topic.text);
        let end = self.end_count;
        self.ends[end] = Some(End { node, used, next: NONE });
        self.end_count += 1;
        let row = &mut self.topics[topic];
        row.elsewhere = row.elsewhere || used.elsewhere;
        let last = row.ends[side].1;
        row.ends[side].1 = end;
        if last == NONE {
            row.ends[side].0 = end;
        } else if let Some(last) = &mut self.ends[last] {
            last.next = end;
        }
    }

    /// The position of a topic, which is new if it is met for the first time.
    const fn topic(&mut self, text: &'static str) -> usize {
        let hash = hash(text);
        let mut slot = hash as usize % ROOM;
        while self.slots[slot] != NONE {
            let known = self.slots[slot];
            if self.topics[known].hash == hash && same(self.topics[known].text, text) {
                return known;
            }
            slot = (slot + 1) % ROOM;
        }
        let topic = self.topic_count;
        self.slots[slot] = topic;
        self.topics[topic].hash = hash;
        self.topics[topic].text = text;
        self.topic_count += 1;
        topic
    }
}

const fn hash(text: &str) -> u64 {
    crate::message::intent_hash(text)
}

const fn by_name(nodes: &[&Said], name: &str) -> Option<usize> {
    each!(index, node in nodes => {
        if same(node.name.text, name) {
            return Some(index);
        }
    });
    None
}

impl Set<'_> {
    /// The node by which a name is known: the first of those that have it.
    pub(super) const fn first_of(&self, node: usize) -> usize {
        self.first[node]
    }

    pub(super) const fn by_name(&self, name: &str) -> Option<usize> {
        by_name(self.nodes, name)
    }

    pub(super) const fn topic(&self, topic: usize) -> &'static str {
        self.topics[topic].text
    }

    /// Whether some contract says that the other end of a topic is elsewhere.
    pub(super) const fn is_elsewhere(&self, topic: usize) -> bool {
        self.topics[topic].elsewhere
    }

    /// The first node that consumes a topic.
    pub(super) const fn consumer(&self, topic: usize) -> Option<End> {
        self.end(self.topics[topic].ends[0].0)
    }

    /// The first node that produces a topic.
    pub(super) const fn producer(&self, topic: usize) -> Option<End> {
        self.end(self.topics[topic].ends[1].0)
    }

    /// The next node at the same end of the same topic.
    pub(super) const fn after(&self, end: &End) -> Option<End> {
        self.end(end.next)
    }

    const fn end(&self, position: usize) -> Option<End> {
        if position == NONE { None } else { self.ends[position] }
    }

    /// Whether a node consumes a topic.
    pub(super) const fn consumes(&self, node: usize, topic: usize) -> bool {
        self.consumed_by(node, topic).is_some()
    }

    /// How a node consumes a topic.
    pub(super) const fn consumed_by(&self, node: usize, topic: usize) -> Option<End> {
        let mut next = self.consumer(topic);
        while let Some(end) = next {
            if end.node == node {
                return Some(end);
            }
            next = self.after(&end);
        }
        None
    }

    /// How a node consumes a topic as the first of its name that does.
    pub(super) const fn owner(&self, node: usize, topic: usize) -> Option<End> {
        let mut next = self.consumer(topic);
        while let Some(end) = next {
            if end.node == node {
                return Some(end);
            }
            if self.first_of(end.node) == self.first_of(node) {
                return None;
            }
            next = self.after(&end);
        }
        None
    }

    /// The first node that executes an intent, of those whose name has this first node; `None`: of all.
    pub(super) const fn executor(&self, intent: &str, of: Option<usize>) -> Option<Executor> {
        each!(node, said in self.nodes => {
            let is_asked = match of {
                Some(first) => self.first_of(node) == first,
                None => true,
            };
            if is_asked {
                each!(_, executed in said.executed => {
                    if same(executed.text, intent) {
                        return Some(Executor { node, intent: *executed });
                    }
                });
            }
        });
        None
    }
}
