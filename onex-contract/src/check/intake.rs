//! Who answers what arrives: the entries of `handler_routing`, or the one handler of the older forms as an entry.

use std::collections::BTreeSet;

use crate::contract::{Backend, HandlerRef, Routing, RoutingStrategy};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::read::{Declarations, Given, List, RouteDeclaration, RoutingDeclaration};
use crate::source::Spanned;

/// The most entries of `handlers`: each may be for each topic, and more of both would take long.
const MOST_ROUTES: usize = 1_000;

/// The entries, and by what they are matched.
pub(super) struct Intake {
    pub(super) entries: Vec<RouteDeclaration>,
    /// What the strategy is, where it could be read.
    pub(super) strategy: Given<RoutingStrategy>,
    /// Whether the contract says what the strategy is.
    pub(super) stated: Option<Spanned<RoutingStrategy>>,
    /// The entries stand for one handler that takes whatever arrives.
    pub(super) only: bool,
    /// There is somebody who takes what no entry takes.
    pub(super) fallback: bool,
    /// The same, where it is a function beside the entries.
    pub(super) beside: Option<HandlerRef>,
    /// A function is called first and decides by itself.
    pub(super) entry_point: bool,
    /// Some entries could not be read.
    pub(super) broken: Option<Reported>,
}

impl Intake {
    /// Whether the contract says at all who answers.
    pub(super) fn is_silent(&self) -> bool {
        self.entries.is_empty() && !self.fallback && !self.entry_point && self.broken.is_none()
    }
}

pub(super) fn resolve(declared: &Declarations, sink: &mut Sink) -> Intake {
    let routing = declared.routing.as_ref();
    let routing = routing.map(Option::as_ref);
    let (routing, broken) = match routing {
        Ok(routing) => (routing, None),
        Err(reported) => (None, Some(*reported)),
    };
    let (only, only_broken) = match &declared.only_handler {
        Ok(only) => (only.as_ref(), None),
        Err(reported) => (None, Some(*reported)),
    };
    let mut intake = Intake {
        entries: Vec::new(),
        strategy: broken.map_or(Ok(RoutingStrategy::default()), Err),
        stated: None,
        only: false,
        fallback: false,
        beside: None,
        entry_point: false,
        broken: broken.or(only_broken),
    };
    let fallback = routing.and_then(|routing| routing.default_handler.as_ref().ok()?.as_ref());
    if let Some(routing) = routing {
        intake.entries.clone_from(&routing.handlers.items);
        intake.broken =
            intake.broken.or(routing.handlers.broken).or(routing.default_handler.as_ref().err().copied());
        intake.entry_point = !matches!(routing.entry_point, Ok(None));
        intake.fallback =
            fallback.is_some() || !routing.backends.items.is_empty() || routing.backends.broken.is_some();
        intake.strategy = match &routing.strategy {
            Ok(given) => {
                intake.stated = *given;
                Ok(given.map_or_else(|| inferred(&intake.entries), |given| given.value))
            }
            Err(reported) => Err(*reported),
        };
        check_backends(routing, sink);
    }

    if let Some(entry) = intake.entries.get(MOST_ROUTES) {
        let message = format!("`handlers` has {} entries, and may have {MOST_ROUTES}", intake.entries.len());
        let fault = Diagnostic::new(Code::TooManyRoutes, message, entry.span, "the first that is too many");
        intake.broken = Some(sink.report(fault));
        intake.entries.truncate(MOST_ROUTES);
    }
    let only_handler = only.and_then(|only| Some((only, only.handler.as_ref().ok()?)));
    intake.broken = intake.broken.or(only.and_then(|only| only.handler.as_ref().err().copied()));
    if let Some((_, handler)) = only_handler
        && intake.broken.is_none()
    {
        check_only(handler, &intake.entries, fallback, sink);
    }
    if intake.entries.is_empty() && intake.broken.is_none() {
        let input = only.map_or(Ok(None), |only| only.input.clone());
        if let Some(handler) = only_handler.map(|(_, handler)| handler).or(fallback) {
            intake.entries.push(takes_anything(handler, input));
            intake.only = true;
        } else if let Some(routing) = routing
            && intake.is_silent()
            && routing.handlers.span.is_none()
        {
            sink.report(nobody(routing));
        }
    } else if let Some(fallback) = fallback
        && !intake.entries.iter().all(|entry| is_handled_by(entry, fallback))
    {
        intake.beside = Some(fallback.clone());
    }
    intake
}

/// What the contract has of `handler_routing`, if nothing is wrong.
pub(super) fn finish(intake: &Intake, declared: &Declarations) -> Given<Option<Routing>> {
    let Some(routing) = declared.routing.as_ref().map_err(|reported| *reported)? else { return Ok(None) };
    Ok(Some(Routing {
        strategy: intake.strategy?,
        default_handler: routing.default_handler.clone()?,
        entry_point: routing.entry_point.clone()?,
        backends: whole(&routing.backends)?,
        default_backend: routing.default_backend.clone()?,
        mode: routing.mode?.map(|given| given.value).unwrap_or_default(),
        max_timeout_seconds: routing.max_timeout_seconds?.map(|given| given.value),
        partial_failure_handling: routing.partial_failure_handling?.is_some_and(|given| given.value),
        aggregation: routing.aggregation.clone()?,
        accepts: whole(&routing.accepts)?,
    }))
}

fn whole<T: Clone>(list: &List<T>) -> Given<Vec<T>> {
    list.broken.map_or_else(|| Ok(list.items.clone()), Err)
}

/// The strategy of a section that states none: what all entries can be matched by.
fn inferred(entries: &[RouteDeclaration]) -> RoutingStrategy {
    let all = |has: fn(&RouteDeclaration) -> bool| !entries.is_empty() && entries.iter().all(has);
    let given = |entry: &RouteDeclaration| {
        !matches!((&entry.model, &entry.intent, &entry.payload_type), (Ok(None), Ok(None), Ok(None)))
    };
    if entries.iter().any(given) {
        RoutingStrategy::PayloadTypeMatch
    } else if all(|entry| !matches!(entry.operation, Ok(None))) {
        RoutingStrategy::OperationMatch
    } else if all(|entry| !matches!(entry.topic, Ok(None))) {
        RoutingStrategy::TopicMatch
    } else {
        RoutingStrategy::PayloadTypeMatch
    }
}

fn takes_anything(handler: &HandlerRef, input: Given<Option<crate::contract::TypeRef>>) -> RouteDeclaration {
    RouteDeclaration {
        model: input,
        is_event: false,
        intent: Ok(None),
        payload_type: Ok(None),
        operation: Ok(None),
        topic: Ok(None),
        event_type: Ok(None),
        category: Ok(None),
        backend: Ok(None),
        priority: Ok(None),
        handler: Ok(handler.clone()),
        outputs: List::absent(),
        key: Ok(None),
        exhausted: Ok(None),
        span: handler.name.span,
    }
}

fn is_handled_by(entry: &RouteDeclaration, handler: &HandlerRef) -> bool {
    entry.handler.as_ref().map_or(true, |own| own.name.value == handler.name.value)
}

/// The older form beside the newer one repeats it.
fn check_only(
    handler: &HandlerRef,
    entries: &[RouteDeclaration],
    fallback: Option<&HandlerRef>,
    sink: &mut Sink,
) {
    let others: Vec<&HandlerRef> =
        entries.iter().filter_map(|entry| entry.handler.as_ref().ok()).chain(fallback).collect();
    let Some(other) = others.first() else { return };
    if others.iter().any(|other| other.name.value == handler.name.value) {
        return;
    }
    let message = format!("`handler` names `{}`, and `handler_routing` does not", handler.name.value);
    let fault = Diagnostic::new(Code::Contradiction, message, handler.name.span, "this handler")
        .also(other.name.span, "the handlers of `handler_routing`")
        .help("`handler` is the older form of `handler_routing`: keep the one that is right");
    sink.report(fault);
}

fn check_backends(routing: &RoutingDeclaration, sink: &mut Sink) {
    let mut seen = std::collections::HashMap::new();
    for Backend { name, .. } in &routing.backends.items {
        if let Some(first) = seen.insert(name.value.as_str(), name.span) {
            let message = format!("`backends` lists `{}` twice", name.value);
            let fault = Diagnostic::new(Code::DuplicateEntry, message, name.span, "listed again here");
            sink.report(fault.also(first, "first listed here").help("remove one of the two"));
        }
    }
    let entries = routing.handlers.items.iter();
    let named: BTreeSet<&str> =
        entries.filter_map(|entry| Some(entry.backend.as_ref().ok()?.as_ref()?.value.as_str())).collect();
    let whole = routing.backends.broken.is_none()
        && routing.handlers.broken.is_none()
        && routing.handlers.items.iter().all(|entry| entry.backend.is_ok());
    if let Ok(Some(default)) = &routing.default_backend
        && whole
        && !seen.contains_key(default.value.as_str())
        && !named.contains(&default.value.as_str())
    {
        let message = format!("there is no backend `{}`", default.value);
        let fault = Diagnostic::new(Code::UnknownValue, message, default.span, "unknown backend");
        let known: BTreeSet<&str> =
            routing.backends.items.iter().map(|it| it.name.value.as_str()).chain(named).collect();
        let fault = fault.note(format!("the backends are {}", super::bus::listed(known.iter().copied())));
        sink.report(match crate::diagnostic::closest(&default.value, known) {
            Some(meant) => fault.replace(format!("there is `{meant}`"), default.span, meant),
            None => fault,
        });
    }
}

fn nobody(routing: &RoutingDeclaration) -> Diagnostic {
    let message = "`handler_routing` names no handler";
    Diagnostic::new(Code::MissingKey, message, routing.key, "nobody answers here")
        .help("add `handlers`, or a `default_handler` that takes whatever arrives")
}
