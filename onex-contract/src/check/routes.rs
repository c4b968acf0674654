//! The routes, each with its events; one route for what arrives, one handler for a route.

use std::collections::HashMap;

use super::arrivals::wrong_category;
use super::bus::Bus;
use super::events::EventTable;
use super::lowering::{BringsDeclaration, Lowered, LoweredRoute};
use crate::contract::{Brings, Category, EventIndex, HandlerRef, Route};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::executable::not_in_this_version;
use crate::names::joined_identifier;
use crate::read::RouteDeclaration;
use crate::source::{Span, Spanned};
use crate::topic::Topic;

/// The route that takes what no other one takes has this name.
const DEFAULT: &str = "default";

/// The routes that could be read, no two for the same thing.
pub(super) struct Routes {
    pub(super) list: Vec<Route>,
    /// Where each thing is routed, by the routes of `list` and by those whose handler could not be read.
    arrivals: HashMap<Arrival, Span>,
    /// Some routes could not be read.
    pub(super) broken: Option<Reported>,
}

/// What a route is found by. Where topics or backends tell messages apart too, they belong to it.
#[derive(PartialEq, Eq, Hash)]
enum Arrival {
    Event(EventIndex),
    Intent(String),
    Named { what: &'static str, name: String, topics: Option<Vec<Topic>>, backend: Option<String> },
}

impl Routes {
    /// Where an event is routed, if it is.
    pub(super) fn of_event(&self, event: EventIndex) -> Option<Span> {
        self.arrivals.get(&Arrival::Event(event)).copied()
    }
}

pub(super) fn resolve(lowered: &Lowered<'_>, bus: &Bus, events: &EventTable<'_>, sink: &mut Sink) -> Routes {
    let mut routes = Routes { list: Vec::new(), arrivals: HashMap::new(), broken: lowered.broken };
    let mut handlers = HashMap::new();
    for route in &lowered.routes {
        let entry = route.entry;
        let outputs = outputs(entry, events, sink);
        let (brings, arrival) = match route.brings.as_ref().map(|found| resolved(found, route, events)) {
            Ok(found) => found,
            Err(reported) => {
                routes.broken = Some(*reported);
                continue;
            }
        };
        if let Some((arrival, name)) = arrival {
            if let Some(first) = routes.arrivals.get(&arrival) {
                sink.report(duplicate_route(&name, *first));
                continue;
            }
            routes.arrivals.insert(arrival, name.span);
        }
        let topics = match &brings {
            Brings::Event(event) => of_event(event.value, route, events, sink),
            _ => route.topics.clone(),
        };
        match whole(entry, brings, topics, outputs) {
            Ok(route) => {
                if matches!(route.brings, Brings::Event(_) | Brings::Intent { .. }) {
                    check_handler(&route.handler, bus, &mut handlers, sink);
                }
                routes.list.push(route);
            }
            // The handler may be missing, and the event is routed all the same.
            Err(_) => continue,
        }
    }
    routes
}

/// The topic of a route's event. Where `consumed_events` gives it, what the entry says of it is the same; where a topic
/// of the entry gives it, `arrivals` has seen to that.
fn of_event(
    event: EventIndex,
    route: &LoweredRoute<'_>,
    events: &EventTable<'_>,
    sink: &mut Sink,
) -> Vec<Topic> {
    let Some(event) = events.get(event) else { return Vec::new() };
    let entry = route.entry;
    if let Some(named) = entry.names_topic_at()
        && !route.topics.is_empty()
        && !route.topics.contains(&event.topic)
    {
        let message = format!("`{}` does not travel on this topic", event.rust.name.value);
        let fault = Diagnostic::new(Code::Contradiction, message, named, "another topic")
            .also(event.declared, format!("it travels on `{}`", event.topic))
            .help("correct one of the two");
        sink.report(fault);
    } else if let Ok(Some(category)) = &entry.category
        && route.topics.is_empty()
        && Category::of(event.topic.kind()).is_some_and(|is| is != category.value)
    {
        sink.report(wrong_category(category, &Spanned::new(event.topic.clone(), event.declared)));
    }
    vec![event.topic.clone()]
}

fn whole(
    entry: &RouteDeclaration,
    brings: Brings,
    topics: Vec<Topic>,
    outputs: Vec<Spanned<EventIndex>>,
) -> Result<Route, Reported> {
    let ident = ident(&brings, entry)?;
    Ok(Route {
        brings,
        ident,
        topics,
        derived: None,
        category: entry.category?.map(|category| category.value),
        operation: entry.operation.clone()?,
        backend: entry.backend.clone()?,
        priority: entry.priority?,
        handler: entry.handler.clone()?,
        outputs,
        outputs_span: entry.outputs.span,
        key: entry.key.clone()?,
        exhausted: entry.exhausted?,
        span: entry.span,
    })
}

/// The name of a route in the node's module, where no type gives one. None: it has none that is an identifier.
fn ident(brings: &Brings, entry: &RouteDeclaration) -> Result<Option<String>, Reported> {
    let operation = entry.operation.as_ref().map_err(|reported| *reported)?;
    let name = match brings {
        Brings::Event(_) | Brings::Intent { .. } => return Ok(None),
        Brings::Operation { name, .. } => &name.value,
        Brings::Payload { payload_type, .. } => &payload_type.value,
        Brings::Topic { topic, .. } => {
            &operation.as_ref().map_or_else(|| topic.value.wire_type(), |name| name.value.clone())
        }
        // An intent without a type is no message that anybody else could take.
        Brings::Anything { .. } if !matches!(entry.intent, Ok(None)) => return Ok(None),
        Brings::Anything { .. } => DEFAULT,
    };
    Ok(joined_identifier(name).ok())
}

/// Gives each route that is found by no topic of the contract the one that it has all the same.
pub(super) fn derive_topics(node: &str, routes: &mut [Route]) {
    let mut functions: HashMap<String, usize> = HashMap::new();
    for route in routes.iter() {
        *functions.entry(route.handler.function.clone()).or_default() += 1;
    }
    for route in routes {
        route.derived = match &route.brings {
            Brings::Event(_) => None,
            Brings::Intent { intent_type, .. } => Some(Topic::of_intent(&intent_type.value)),
            _ if !route.topics.is_empty() => None,
            _ => Some(match route.asked() {
                Some(name) => Topic::own(node, &name.value),
                // One function for several routes is told apart by the names of these.
                None if functions[&route.handler.function] > 1 => {
                    Topic::own(node, route.ident.as_deref().unwrap_or(&route.handler.function))
                }
                None => Topic::own(node, &route.handler.function),
            }),
        };
    }
}

/// The route of the handler that takes what no other route takes.
pub(super) fn fallback(handler: &HandlerRef, bus: &Bus) -> Route {
    Route {
        brings: Brings::Anything { model: None },
        ident: Some(DEFAULT.to_owned()),
        topics: bus.subscribed.topics.iter().map(|joined| joined.topic.value.clone()).collect(),
        derived: None,
        category: None,
        operation: None,
        backend: None,
        priority: None,
        handler: handler.clone(),
        outputs: Vec::new(),
        outputs_span: None,
        key: None,
        exhausted: None,
        span: handler.name.span,
    }
}

/// What a route brings, what it is found by, and what messages call that.
fn resolved(
    brings: &BringsDeclaration<'_>,
    route: &LoweredRoute<'_>,
    events: &EventTable<'_>,
) -> (Brings, Option<(Arrival, Spanned<String>)>) {
    let named = |what: &'static str, name: Spanned<&str>| {
        let entry = route.entry;
        let bound = !matches!((&entry.topic, &entry.event_type), (Ok(None), Ok(None)));
        let arrival = Arrival::Named {
            what,
            name: name.value.to_owned(),
            topics: bound.then(|| route.topics.clone()),
            backend: entry.backend.as_ref().ok().and_then(|backend| Some(backend.as_ref()?.value.clone())),
        };
        Some((arrival, name.map(|name| format!("{what} `{name}`"))))
    };
    match brings {
        BringsDeclaration::Event(model) => {
            let event = events.resolve(&model.name);
            let name = event.map(|event| format!("event `{}`", events.name(event)));
            (Brings::Event(event), Some((Arrival::Event(event.value), name)))
        }
        BringsDeclaration::Intent { model, intent_type } => {
            let name = intent_type.map(|intent_type| format!("intent `{intent_type}`"));
            let arrival = Arrival::Intent(intent_type.value.as_str().to_owned());
            let brings =
                Brings::Intent { model: (*model).clone(), intent_type: intent_type.map(Clone::clone) };
            (brings, Some((arrival, name)))
        }
        BringsDeclaration::Operation { name, model } => {
            let arrival = named("operation", name.as_ref().map(String::as_str));
            (Brings::Operation { name: (*name).clone(), model: model.cloned() }, arrival)
        }
        BringsDeclaration::Payload { payload_type, model } => {
            let arrival = named("payload", payload_type.as_ref().map(String::as_str));
            (Brings::Payload { payload_type: (*payload_type).clone(), model: model.cloned() }, arrival)
        }
        BringsDeclaration::Topic { topic, model } => {
            // A topic may carry several operations and several types.
            let operation = route.entry.operation.as_ref().ok().and_then(Option::as_ref);
            let of =
                [operation.map(|name| name.value.as_str()), model.map(|model| model.name.value.as_str())];
            let arrival = Arrival::Named {
                what: "topic",
                name: of.into_iter().flatten().collect::<Vec<_>>().join(" "),
                topics: Some(route.topics.clone()),
                backend: None,
            };
            let arrival = Some((arrival, Spanned::new(format!("topic `{}`", topic.value), topic.span)));
            (Brings::Topic { topic: topic.clone(), model: model.cloned() }, arrival)
        }
        BringsDeclaration::Anything { model } => (Brings::Anything { model: model.cloned() }, None),
    }
}

fn outputs(
    declaration: &RouteDeclaration,
    events: &EventTable<'_>,
    sink: &mut Sink,
) -> Vec<Spanned<EventIndex>> {
    let mut outputs: Vec<Spanned<EventIndex>> = Vec::new();
    let mut seen = HashMap::new();
    for name in &declaration.outputs.items {
        let output = events.resolve(name);
        match seen.insert(output.value, output.span) {
            None => outputs.push(output),
            Some(first) => {
                let message = format!("`output_events` lists `{}` twice", name.value);
                let fault = Diagnostic::new(Code::DuplicateEntry, message, output.span, "listed again here");
                sink.report(fault.also(first, "first listed here").help("remove one of the two"));
            }
        }
    }
    outputs
}

fn check_handler(handler: &HandlerRef, bus: &Bus, seen: &mut HashMap<String, Span>, sink: &mut Sink) {
    if let Some(first) = seen.insert(handler.function.clone(), handler.name.span) {
        if bus.subscribed.given {
            // A class can take several types, a function takes one.
            sink.defer(not_in_this_version("one handler for several events", handler.name.span));
            return;
        }
        let message = format!("two routes have the handler `{}`", handler.function);
        let fault = Diagnostic::new(Code::DuplicateHandler, message, handler.name.span, "used again here")
            .also(first, "first used here")
            .help("a route has a handler of its own: rename one of the two");
        sink.report(fault);
    }
}

fn duplicate_route(name: &Spanned<String>, first: Span) -> Diagnostic {
    let message = format!("the {} has two routes", name.value);
    Diagnostic::new(Code::DuplicateRoute, message, name.span, "routed again here")
        .also(first, "first routed here")
        .help("one handler answers what arrives: remove one of the two")
}
