//! What arrives, who answers it, and what leaves.

use super::sketch::Sketch;
use super::{Arrow, Kind};
use crate::contract::{Brings, Event, Route};
use crate::topic::Topic;

pub(super) fn draw(sketch: &mut Sketch<'_>) {
    let contract = sketch.contract;
    let is_consumed = |(_, event): &(usize, &Event)| event.consumed;
    let (consumed, published): (Vec<_>, Vec<_>) = contract.events.iter().enumerate().partition(is_consumed);
    for (index, event) in consumed {
        let topic = topic(sketch, event);
        let node = sketch.event(index);
        sketch.edge(topic, if event.published { Arrow::Both } else { Arrow::Then }, node);
    }
    for route in &contract.routes {
        let arrives = arrives(sketch, route);
        let handler = sketch.plain(Kind::Handler, &route.handler.function);
        sketch.edge(arrives, Arrow::Then, handler);
        for output in &route.outputs {
            let event = sketch.event(output.value);
            sketch.edge(handler, Arrow::Then, event);
        }
    }
    for (index, event) in published {
        let node = sketch.event(index);
        let topic = topic(sketch, event);
        sketch.edge(node, Arrow::Then, topic);
    }
    for target in &contract.intents {
        let intent = sketch.plain(Kind::Intent, target.intent_type.value.as_str());
        let node = sketch.plain(Kind::Node, &target.node.value);
        sketch.edge(intent, Arrow::Then, node);
    }
}

/// The box for what a route brings, behind the topics that bring it. An event has its topics already.
fn arrives(sketch: &mut Sketch<'_>, route: &Route) -> usize {
    let message = match &route.brings {
        Brings::Event(event) => return sketch.event(event.value),
        Brings::Topic { topic, .. } => return plain_topic(sketch, &topic.value),
        Brings::Intent { intent_type, .. } => sketch.plain(Kind::Intent, intent_type.value.as_str()),
        Brings::Operation { name, .. } => sketch.plain(Kind::Operation, &name.value),
        Brings::Payload { payload_type, .. } => sketch.plain(Kind::Message, &payload_type.value),
        Brings::Anything { model: Some(model) } => sketch.plain(Kind::Message, &model.name.value),
        Brings::Anything { model: None } => sketch.plain(Kind::Message, "anything"),
    };
    for topic in &route.topics {
        let topic = plain_topic(sketch, topic);
        sketch.edge(topic, Arrow::Then, message);
    }
    message
}

fn plain_topic(sketch: &mut Sketch<'_>, topic: &Topic) -> usize {
    sketch.plain(Kind::Topic, topic.as_str())
}

fn topic(sketch: &mut Sketch<'_>, event: &Event) -> usize {
    let detail = if event.external { "topic, from outside" } else { "topic" };
    sketch.node(Kind::Topic, event.topic.as_str(), vec![detail.to_owned()], None)
}
