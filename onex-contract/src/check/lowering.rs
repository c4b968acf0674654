//! What each route brings, and the events that this says the node consumes and publishes.
//!
//! Contracts say where an event travels in two ways: `consumed_events` and `published_events` name type and topic
//! together; `event_bus` names topics, and the routes name types. Here the second becomes the first, wherever a type
//! and a topic belong to each other and to nothing else.

use std::collections::{HashMap, HashSet};

use super::arrivals::Arrivals;
use super::bus::Bus;
use super::intake::Intake;
use crate::contract::{RoutingStrategy, TypeRef};
use crate::diagnostic::Reported;
use crate::intent_type::IntentType;
use crate::names::without_model;
use crate::read::{Declarations, EventDeclaration, Given, IntentDeclaration, List, RouteDeclaration};
use crate::source::Spanned;
use crate::topic::Topic;

/// The routes and events of a contract, in whichever way it says them.
pub(super) struct Lowered<'a> {
    pub(super) routes: Vec<LoweredRoute<'a>>,
    pub(super) consumed: List<EventDeclaration>,
    pub(super) published: List<EventDeclaration>,
    /// Some routes could not be read.
    pub(super) broken: Option<Reported>,
}

pub(super) struct LoweredRoute<'a> {
    pub(super) entry: &'a RouteDeclaration,
    pub(super) brings: Given<BringsDeclaration<'a>>,
    /// The topics that it owns, where they are known.
    pub(super) topics: Vec<Topic>,
}

/// What a route brings; see [`Brings`](crate::contract::Brings).
#[derive(Debug, Clone)]
pub(super) enum BringsDeclaration<'a> {
    Event(&'a TypeRef),
    Intent { model: &'a TypeRef, intent_type: Spanned<&'a IntentType> },
    Operation { name: &'a Spanned<String>, model: Option<&'a TypeRef> },
    Topic { topic: Spanned<Topic>, model: Option<&'a TypeRef> },
    Payload { payload_type: &'a Spanned<String>, model: Option<&'a TypeRef> },
    Anything { model: Option<&'a TypeRef> },
}

pub(super) fn lower<'a>(
    declared: &Declarations,
    intake: &'a Intake,
    arrivals: &Arrivals,
    bus: &Bus,
) -> Lowered<'a> {
    let alone = alone(declared, intake, arrivals, bus);
    let named: HashSet<&str> = identities(&declared.consumed).collect();
    let mut routes = Vec::with_capacity(intake.entries.len());
    for (entry, own) in intake.entries.iter().zip(&arrivals.topics) {
        let is_event = |model: &TypeRef| {
            let identity = without_model(&model.name.value);
            if bus.subscribed.given {
                alone.contains_key(identity)
            } else {
                named.contains(identity) || is_to_be_event(entry, intake)
            }
        };
        let positions = own.as_deref().unwrap_or_default();
        let topics: Vec<Spanned<Topic>> =
            positions.iter().map(|at| bus.subscribed.topics[*at].topic.clone()).collect();
        let brings =
            own.as_ref().map_err(|reported| *reported).and_then(|_| brings(entry, &topics, is_event));
        let topics = topics.into_iter().map(|topic| topic.value).collect();
        routes.push(LoweredRoute { entry, brings, topics });
    }
    let consumed = consumed(declared, &routes, &alone, bus);
    let published = published(declared, intake, bus);
    Lowered { routes, consumed, published, broken: intake.broken }
}

fn brings<'a>(
    entry: &'a RouteDeclaration,
    topics: &[Spanned<Topic>],
    is_event: impl FnOnce(&TypeRef) -> bool,
) -> Given<BringsDeclaration<'a>> {
    let model = entry.model.as_ref().map_err(|reported| *reported)?.as_ref();
    let payload_type = entry.payload_type.as_ref().map_err(|reported| *reported)?;
    let operation = entry.operation.as_ref().map_err(|reported| *reported)?;
    if let Some(IntentDeclaration { model: intent, intent_type, .. }) =
        entry.intent.as_ref().map_err(|reported| *reported)?
    {
        let intent_type = intent_type.as_ref().map_err(|reported| *reported)?;
        return Ok(match intent.as_ref().or(model) {
            Some(model) => BringsDeclaration::Intent { model, intent_type: intent_type.as_ref() },
            None => BringsDeclaration::Anything { model: None },
        });
    }
    if let Some(model) = model
        && is_event(model)
    {
        return Ok(BringsDeclaration::Event(model));
    }
    let named = entry.names_topic_at();
    Ok(match (payload_type, operation, topics) {
        (Some(payload_type), _, _) => BringsDeclaration::Payload { payload_type, model },
        (None, Some(name), _) if matches!(entry.topic, Ok(None)) => {
            BringsDeclaration::Operation { name, model }
        }
        (None, _, [topic]) if model.is_some() || named.is_some() => {
            let topic = Spanned::new(topic.value.clone(), named.unwrap_or(topic.span));
            BringsDeclaration::Topic { topic, model }
        }
        (None, _, _) => BringsDeclaration::Anything { model },
    })
}

/// Where nothing is subscribed to by `event_bus`, an entry with a model is for an event, unless it is called by name.
fn is_to_be_event(entry: &RouteDeclaration, intake: &Intake) -> bool {
    let called = match intake.strategy {
        Ok(RoutingStrategy::SingleHandler | RoutingStrategy::BackendMatch) => true,
        Ok(RoutingStrategy::OperationMatch) => !matches!(entry.operation, Ok(None)),
        _ => !entry.is_event && !matches!(entry.operation, Ok(None)),
    };
    !called && !intake.only && matches!(entry.payload_type, Ok(None))
}

/// The types of which each arrives on one topic, with the position of that topic, and whose type no other route has
/// another meaning for.
fn alone<'a>(
    declared: &Declarations,
    intake: &'a Intake,
    arrivals: &Arrivals,
    bus: &Bus,
) -> HashMap<&'a str, usize> {
    let mut places: HashMap<&str, Option<usize>> = HashMap::new();
    let mut types: HashMap<usize, HashSet<&str>> = HashMap::new();
    let mut operations: HashMap<usize, HashSet<&str>> = HashMap::new();
    for (entry, own) in intake.entries.iter().zip(&arrivals.topics) {
        let (Ok(Some(operation)), Ok(own)) = (&entry.operation, own) else { continue };
        for at in own {
            operations.entry(*at).or_default().insert(&operation.value);
        }
    }
    for (entry, own) in intake.entries.iter().zip(&arrivals.topics) {
        let (Ok(Some(model)), Ok(own)) = (&entry.model, own) else { continue };
        let identity = without_model(&model.name.value);
        let one = if let [one] = own[..] { Some(one) } else { None };
        let known = places.entry(identity).or_insert(one);
        if *known != one || !matches!(entry.intent, Ok(None)) || !matches!(entry.payload_type, Ok(None)) {
            *known = None;
        }
        own.iter().for_each(|at| {
            types.entry(*at).or_default().insert(identity);
        });
    }
    // A type that is published on another topic too is no event with one topic.
    for event in &declared.published.items {
        if let (Ok(name), Ok(topic)) = (&event.event_type, &event.topic)
            && let Some(place) = places.get_mut(without_model(&name.value))
            && place.is_some_and(|at| bus.subscribed.topics[at].topic.value != topic.value)
        {
            *place = None;
        }
    }
    let by_operation = intake.strategy == Ok(RoutingStrategy::OperationMatch);
    // Of several operations on one topic, the name tells which one a message asks for, and not its type.
    let one = |of: Option<&HashSet<&str>>| of.is_none_or(|of| of.len() == 1);
    let alone = |at: usize| !by_operation || (one(types.get(&at)) && one(operations.get(&at)));
    let places = places.into_iter().filter_map(|(identity, place)| Some((identity, place?)));
    places.filter(|(_, at)| alone(*at)).collect()
}

/// What `consumed_events` lists, and an entry for each event that a route alone names.
fn consumed(
    declared: &Declarations,
    routes: &[LoweredRoute<'_>],
    alone: &HashMap<&str, usize>,
    bus: &Bus,
) -> List<EventDeclaration> {
    let mut list = declared.consumed.clone();
    if !bus.subscribed.given {
        return list;
    }
    // The entry of a topic whose type the route names otherwise gives the event a name and nothing more.
    let routed: HashMap<&Topic, &str> =
        alone.iter().map(|(identity, at)| (&bus.subscribed.topics[*at].topic.value, *identity)).collect();
    let mut named: HashMap<&Topic, EventDeclaration> = HashMap::new();
    list.items.retain(|event| {
        let (Ok(topic), Ok(name)) = (&event.topic, &event.event_type) else { return true };
        match routed.get_key_value(&topic.value) {
            Some((topic, identity)) if *identity != without_model(&name.value) => {
                named.insert(topic, event.clone());
                false
            }
            _ => true,
        }
    });
    let mut listed: HashSet<String> = identities(&list).map(str::to_owned).collect();
    for route in routes {
        let Ok(BringsDeclaration::Event(model)) = &route.brings else { continue };
        let identity = without_model(&model.name.value);
        let Some(at) = alone.get(identity) else { continue };
        if !listed.insert(identity.to_owned()) {
            continue;
        }
        let joined = &bus.subscribed.topics[*at];
        let name = named.remove(&joined.topic.value);
        let external = joined.about.external.is_some();
        list.items.push(EventDeclaration {
            topic: Ok(joined.topic.clone()),
            event_type: Ok(model.name.clone()),
            external: name.as_ref().map_or(Ok(external), |event| Ok(event.external? || external)),
            category: name.as_ref().map_or(Ok(None), |event| event.category),
            trigger: None,
            topic_config: Ok(None),
            description: match name.map(|event| event.description) {
                Some(Ok(None)) | None => Ok(joined.about.description.clone()),
                Some(description) => description,
            },
            span: joined.topic.span,
        });
    }
    list
}

/// What `published_events` lists. Where it is missing, the one event that is emitted travels on the one topic that
/// there is.
fn published(declared: &Declarations, intake: &Intake, bus: &Bus) -> List<EventDeclaration> {
    let mut list = declared.published.clone();
    let outputs = intake.entries.iter().flat_map(|entry| &entry.outputs.items);
    let emitted: HashMap<&str, &Spanned<String>> =
        outputs.map(|name| (without_model(&name.value), name)).collect();
    let consumed = |identity: &str| {
        let models = intake.entries.iter().filter_map(|entry| entry.model.as_ref().ok()?.as_ref());
        models.into_iter().any(|model| without_model(&model.name.value) == identity)
    };
    if list.span.is_some() || list.broken.is_some() || bus.published.broken.is_some() || emitted.len() != 1 {
        return list;
    }
    if let ([joined], Some((identity, name))) = (&bus.published.topics[..], emitted.into_iter().next())
        && !consumed(identity)
    {
        list.items.push(EventDeclaration {
            topic: Ok(joined.topic.clone()),
            event_type: Ok(name.clone()),
            external: Ok(false),
            category: Ok(None),
            trigger: None,
            topic_config: Ok(None),
            description: Ok(joined.about.description.clone()),
            span: joined.topic.span,
        });
    }
    list
}

fn identities(list: &List<EventDeclaration>) -> impl Iterator<Item = &str> {
    list.items.iter().filter_map(|event| Some(without_model(&event.event_type.as_ref().ok()?.value)))
}
