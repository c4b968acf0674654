//! What arrives, who answers it, and what leaves.

use super::sketch::Sketch;
use super::{Arrow, Kind};
use crate::contract::{Brings, Event};

pub(super) fn draw(sketch: &mut Sketch<'_>) {
    let contract = sketch.contract;
    let arrives = |(_, event): &(usize, &Event)| event.consumed;
    let (consumed, published): (Vec<_>, Vec<_>) = contract.events.iter().enumerate().partition(arrives);
    for (index, event) in consumed {
        let topic = topic(sketch, event);
        let node = sketch.event(index);
        sketch.edge(topic, if event.published { Arrow::Both } else { Arrow::Then }, node);
    }
    for route in &contract.routes {
        let arrives = match &route.brings {
            Brings::Event(event) => sketch.event(event.value),
            Brings::Intent { intent_type, .. } => sketch.plain(Kind::Intent, intent_type.value.as_str()),
        };
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

fn topic(sketch: &mut Sketch<'_>, event: &Event) -> usize {
    let detail = if event.external { "topic, from outside" } else { "topic" };
    sketch.node(Kind::Topic, event.topic.as_str(), vec![detail.to_owned()], None)
}
