//! The routes, each with its events; one route for what arrives, one handler for a route.

use std::collections::HashMap;

use super::events::EventTable;
use crate::contract::{Brings, EventIndex, HandlerRef, Route};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::read::{BringsDeclaration, Declarations, RouteDeclaration};
use crate::source::{Span, Spanned};

/// The routes that could be read, no two for the same thing.
pub(super) struct Routes<'a> {
    pub(super) list: Vec<Route>,
    /// Where each thing is routed, by the routes of `list` and by those whose handler could not be read.
    arrivals: HashMap<Arrival<'a>, Span>,
    /// Some routes could not be read.
    pub(super) broken: Option<Reported>,
}

/// What a route is found by.
#[derive(PartialEq, Eq, Hash)]
enum Arrival<'a> {
    Event(EventIndex),
    Intent(&'a str),
}

impl Routes<'_> {
    /// Where an event is routed, if it is.
    pub(super) fn of_event(&self, event: EventIndex) -> Option<Span> {
        self.arrivals.get(&Arrival::Event(event)).copied()
    }
}

pub(super) fn resolve<'a>(
    declared: &'a Declarations,
    events: &EventTable<'_>,
    sink: &mut Sink,
) -> Routes<'a> {
    let mut routes = Routes { list: Vec::new(), arrivals: HashMap::new(), broken: None };
    let routing = match &declared.routing {
        Ok(Some(routing)) => routing,
        Ok(None) => return routes,
        Err(reported) => return Routes { broken: Some(*reported), ..routes },
    };
    routes.broken = routing.handlers.broken;

    let mut handlers = HashMap::new();
    for declaration in &routing.handlers.items {
        let outputs = outputs(declaration, events, sink);
        let (brings, arrival, name) = match arrival(declaration, events) {
            Ok(found) => found,
            Err(reported) => {
                routes.broken = Some(reported);
                continue;
            }
        };
        if let Some(first) = routes.arrivals.get(&arrival) {
            sink.report(duplicate_route(&name, *first));
            continue;
        }
        routes.arrivals.insert(arrival, name.span);
        let Ok(handler) = &declaration.handler else { continue };
        check_handler(handler, &mut handlers, sink);
        routes.list.push(Route {
            brings,
            handler: handler.clone(),
            outputs,
            outputs_span: declaration.outputs.span,
            span: declaration.span,
        });
    }
    routes
}

/// What a route brings, what it is found by, and what messages call that.
fn arrival<'a>(
    declaration: &'a RouteDeclaration,
    events: &EventTable<'_>,
) -> Result<(Brings, Arrival<'a>, Spanned<String>), Reported> {
    match declaration.brings.as_ref().map_err(|reported| *reported)? {
        BringsDeclaration::Event(model) => {
            let event = events.resolve(&model.name);
            let name = event.map(|event| format!("event `{}`", events.name(event)));
            Ok((Brings::Event(event), Arrival::Event(event.value), name))
        }
        BringsDeclaration::Intent { model, intent_type } => {
            let intent_type = intent_type.as_ref().map_err(|reported| *reported)?;
            let name = intent_type.as_ref().map(|intent_type| format!("intent `{intent_type}`"));
            let brings = Brings::Intent { model: model.clone(), intent_type: intent_type.clone() };
            Ok((brings, Arrival::Intent(intent_type.value.as_str()), name))
        }
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

fn check_handler<'a>(handler: &'a HandlerRef, seen: &mut HashMap<&'a str, Span>, sink: &mut Sink) {
    if let Some(first) = seen.insert(&handler.function, handler.name.span) {
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
