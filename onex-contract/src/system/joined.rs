//! The topics that one contract joins its node to: each once, from all the places that name it.

use std::collections::{HashMap, HashSet};

use super::facts::{JoinedBy, NodeIndex, Place, TopicUse};
use crate::contract::{Brings, Contract, Event, EventIndex};
use crate::source::{Span, Spanned};
use crate::topic::Topic;

/// The topics that a node subscribes to.
pub(super) fn consumed(contract: &Contract, node: NodeIndex, place: Place) -> Vec<TopicUse<'_>> {
    let mut topics = Topics::of(node);
    for joined in &contract.bus.subscribed {
        let used = topics.at(&joined.topic.value, place.at(joined.topic.span));
        used.elsewhere |= joined.about.external.is_some();
    }
    for event in contract.events.iter().filter(|event| event.consumed) {
        topics.event(event, place).elsewhere |= event.external;
    }
    for route in &contract.routes {
        if let Brings::Topic { topic, model: Some(model) } = &route.brings
            && (route.operation.is_none() || takes_the_rest(contract, &topic.value))
            && let Some(used) = topics.known(&topic.value)
        {
            used.carries.get_or_insert(place.carried(model));
        }
    }
    for route in &contract.routes {
        let Some(topic) = &route.derived else { continue };
        let (by, at) = match &route.brings {
            Brings::Intent { intent_type, .. } => {
                (JoinedBy::Intent(intent_type.value.as_str()), intent_type.span)
            }
            _ => (JoinedBy::Request, route.asked().map_or(route.handler.name.span, |asked| asked.span)),
        };
        if topics.known(topic).is_some() {
            continue;
        }
        let used = topics.at(topic, place.at(at));
        // Whoever asks need not be a node, and intents are sent by a table of their own.
        (used.by, used.elsewhere) = (by, true);
        if by == JoinedBy::Request {
            used.carries = route.model().map(|model| place.carried(model));
        }
    }
    topics.used
}

/// Whether what bears the name of no operation comes to the one route of a topic that asks for one.
fn takes_the_rest(contract: &Contract, topic: &Topic) -> bool {
    let mut others = contract.routes.iter().filter(|route| match &route.brings {
        Brings::Topic { topic: of, .. } => of.value == *topic,
        brings => matches!(brings, Brings::Anything { .. }),
    });
    others.next().is_some() && others.next().is_none()
}

/// The topics that a node may publish on.
pub(super) fn produced(contract: &Contract, node: NodeIndex, place: Place) -> Vec<TopicUse<'_>> {
    let bus = &contract.bus;
    let mut topics = Topics::of(node);
    for joined in &bus.published {
        topics.at(&joined.topic.value, place.at(joined.topic.span));
    }
    let awaited: HashSet<EventIndex> = awaited(contract).collect();
    for (index, event) in contract.events.iter().enumerate().filter(|(_, event)| event.published) {
        topics.event(event, place).elsewhere |= event.external_consumer || awaited.contains(&index);
    }
    let of_operations = contract.needs.operations.iter().filter_map(|done| done.output_topic.as_ref());
    for topic in of_operations.chain(&bus.topic_base) {
        topics.at(&topic.value, place.at(topic.span));
    }
    for topic in &bus.externally_consumed {
        topics.at(&topic.value, place.at(topic.span)).elsewhere = true;
    }
    // Who asked for the work waits for its end, and need not be a node.
    if let Some(used) = bus.terminal.as_ref().and_then(|terminal| topics.known(&terminal.value)) {
        used.elsewhere = true;
    }
    topics.used
}

/// The events that the node's own workflow waits for, which it subscribes to by that alone.
fn awaited(contract: &Contract) -> impl Iterator<Item = EventIndex> {
    let steps = contract.workflow.iter().flat_map(|workflow| &workflow.steps);
    steps.flat_map(|step| {
        let entry = step.entry.iter().map(|entry| &entry.awaits);
        entry.chain(step.gate.iter().map(|gate| &gate.awaits)).flat_map(|awaits| &awaits.events).copied()
    })
}

/// Topics in the order of first mention.
struct Topics<'a> {
    node: NodeIndex,
    used: Vec<TopicUse<'a>>,
    positions: HashMap<&'a Topic, usize>,
}

impl<'a> Topics<'a> {
    fn of(node: NodeIndex) -> Self {
        Self { node, used: Vec::new(), positions: HashMap::new() }
    }

    fn at(&mut self, topic: &'a Topic, span: Span) -> &mut TopicUse<'a> {
        let position = *self.positions.entry(topic).or_insert(self.used.len());
        if position == self.used.len() {
            let (node, topic) = (self.node, Spanned::new(topic, span));
            let by = JoinedBy::Name;
            self.used.push(TopicUse { node, topic, elsewhere: false, in_entry: false, by, carries: None });
        }
        &mut self.used[position]
    }

    fn event(&mut self, event: &'a Event, place: Place) -> &mut TopicUse<'a> {
        let used = self.at(&event.topic, place.at(event.topic_span));
        used.carries = Some(place.carried(&event.rust));
        used.in_entry = event.declared != event.topic_span;
        used
    }

    fn known(&mut self, topic: &Topic) -> Option<&mut TopicUse<'a>> {
        let position = *self.positions.get(topic)?;
        self.used.get_mut(position)
    }
}
