//! For each topic of a set, who consumes it and who produces it.

use std::collections::HashMap;

use crate::system::facts::{Facts, TopicUse};
use crate::topic::Topic;

/// A topic with both of its ends, each in the order of the contracts.
#[derive(Debug)]
pub(super) struct Traffic<'a> {
    pub(super) topic: &'a Topic,
    pub(super) consumed: Vec<&'a TopicUse<'a>>,
    pub(super) produced: Vec<&'a TopicUse<'a>>,
}

/// A position in the list of topics.
pub(super) type TopicIndex = usize;

/// The topics, each once, those that are consumed first. A topic is its text: the placeholders of a template are the
/// same placeholders in every contract.
pub(super) fn by_topic<'a>(facts: &'a Facts<'a>) -> Vec<Traffic<'a>> {
    let mut all: Vec<Traffic<'a>> = Vec::new();
    let mut indexes: HashMap<&Topic, TopicIndex> = HashMap::new();
    let mut index = |topic: &'a Topic, all: &mut Vec<Traffic<'a>>| {
        *indexes.entry(topic).or_insert_with(|| {
            all.push(Traffic { topic, consumed: Vec::new(), produced: Vec::new() });
            all.len() - 1
        })
    };
    for used in &facts.consumed {
        let at = index(used.topic.value, &mut all);
        all[at].consumed.push(used);
    }
    for used in &facts.produced {
        let at = index(used.topic.value, &mut all);
        all[at].produced.push(used);
    }
    all
}
