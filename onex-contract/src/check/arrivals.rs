//! Which of the subscribed topics are each route's own.
//!
//! A route owns the topic that it names, by `topic` or by `event_type`. One that names none owns all topics, if there
//! is one topic or one route, or if it takes messages of any type. Else it owns nothing, and that is a fault: what
//! would travel to it is lost without a sound.

use super::bus::{self, Bus, listed};
use super::intake::Intake;
use crate::contract::{Category, TypeRef};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::names::{kebab_case, without_model};
use crate::read::{Declarations, Given, RouteDeclaration};
use crate::source::Spanned;
use crate::topic::{Topic, TopicKind};

/// For each route the positions of its topics.
pub(super) struct Arrivals {
    pub(super) topics: Vec<Given<Vec<usize>>>,
    /// It is unknown what some routes own.
    pub(super) unknown: Option<Reported>,
}

pub(super) fn resolve(declared: &Declarations, intake: &Intake, bus: &Bus, sink: &mut Sink) -> Arrivals {
    let mut arrivals = Arrivals { topics: Vec::new(), unknown: intake.broken.or(bus.subscribed.broken) };
    for entry in &intake.entries {
        let topics = own(entry, declared, intake, bus, sink);
        if let Err(reported) = topics {
            arrivals.unknown = Some(reported);
        }
        arrivals.topics.push(topics);
    }
    let unbound = unbound(intake, bus, &arrivals);
    if unbound.len() > 1 {
        sink.report(unbound_operations(&unbound, bus));
    }
    for (entry, topics) in intake.entries.iter().zip(&arrivals.topics) {
        if let Ok(topics) = topics
            && (unbound.len() < 2 || !is_unbound(entry))
        {
            check_kinds(entry, topics, bus, sink);
        }
    }
    arrivals
}

fn own(
    entry: &RouteDeclaration,
    declared: &Declarations,
    intake: &Intake,
    bus: &Bus,
    sink: &mut Sink,
) -> Given<Vec<usize>> {
    let subscribed = &bus.subscribed;
    let topic = entry.topic.as_ref().map_err(|reported| *reported)?;
    let event_type = entry.event_type.as_ref().map_err(|reported| *reported)?;
    let model = entry.model.as_ref().map_err(|reported| *reported)?;
    if let Some(topic) = topic {
        return match subscribed.position(&topic.value) {
            Some(position) => Ok(vec![position]),
            None => Err(subscribed.broken.unwrap_or_else(|| {
                sink.report(bus::not_joined(topic, subscribed, "this node does not subscribe to"))
            })),
        };
    }
    let all = || (0..subscribed.topics.len()).collect();
    if let Some(event_type) = event_type {
        let meant = subscribed.carrying(&event_type.value);
        if meant.is_empty() {
            return Err(subscribed.broken.unwrap_or_else(|| sink.report(matches_none(event_type, bus))));
        }
        return Ok(meant.to_vec());
    }
    if !subscribed.given {
        // The routes are found by the events that `consumed_events` lists, and not the other way round.
        return Ok(Vec::new());
    }
    if !matches!(entry.intent, Ok(None)) {
        let positions = subscribed.topics.iter().enumerate();
        let intents = positions.filter(|(_, joined)| joined.topic.value.kind() == TopicKind::Intent);
        return Ok(intents.map(|(at, _)| at).collect());
    }
    let Some(model) = model else { return Ok(all()) };
    if let Some(position) = of_consumed_event(model, declared, bus) {
        return Ok(vec![position]);
    }
    match (subscribed.topics.len(), intake.entries.len(), intake.broken.or(subscribed.broken)) {
        (0 | 1, _, None) | (_, 1, None) => Ok(all()),
        (_, _, Some(reported)) => Err(reported),
        (_, _, None) => Err(sink.report(owns_nothing(entry, model, bus))),
    }
}

/// The topic that `consumed_events` gives the type of a route.
fn of_consumed_event(model: &TypeRef, declared: &Declarations, bus: &Bus) -> Option<usize> {
    let identity = without_model(&model.name.value);
    let event =
        declared.consumed.items.iter().find(|event| {
            event.event_type.as_ref().is_ok_and(|name| without_model(&name.value) == identity)
        })?;
    bus.subscribed.position(&event.topic.as_ref().ok()?.value)
}

/// An entry that says by nothing which topic it is for.
fn is_unbound(entry: &RouteDeclaration) -> bool {
    matches!(
        (&entry.topic, &entry.event_type, &entry.model, &entry.intent),
        (Ok(None), Ok(None), Ok(None), Ok(None))
    ) && matches!(entry.operation, Ok(Some(_)))
}

/// The entries that would each get everything, where there are several of them and several topics.
fn unbound<'a>(intake: &'a Intake, bus: &Bus, arrivals: &Arrivals) -> Vec<&'a RouteDeclaration> {
    if intake.entry_point
        || !bus.subscribed.given
        || bus.subscribed.topics.len() < 2
        || arrivals.unknown.is_some()
    {
        return Vec::new();
    }
    intake.entries.iter().filter(|entry| is_unbound(entry)).collect()
}

fn check_kinds(entry: &RouteDeclaration, topics: &[usize], bus: &Bus, sink: &mut Sink) {
    let topics = || topics.iter().map(|at| &bus.subscribed.topics[*at].topic);
    let of =
        |category: Category| topics().find(move |topic| Category::of(topic.value.kind()) == Some(category));
    let kinds: Vec<&Spanned<Topic>> =
        [Category::Command, Category::Event, Category::Intent].into_iter().filter_map(of).collect();
    if let [first, others @ ..] = &kinds[..]
        && !others.is_empty()
    {
        sink.report(mixed(entry, first, others));
        return;
    }
    if let (Ok(Some(category)), [topic]) = (&entry.category, &kinds[..])
        && Category::of(topic.value.kind()) != Some(category.value)
    {
        sink.report(wrong_category(category, topic));
    }
}

/// `message_category` says what the topic says.
pub(super) fn wrong_category(category: &Spanned<Category>, topic: &Spanned<Topic>) -> Diagnostic {
    let is = Category::of(topic.value.kind()).map_or("", Category::as_str);
    let message = format!(
        "the messages of `{}` are of the category `{is}`, not `{}`",
        topic.value,
        category.value.as_str()
    );
    Diagnostic::new(Code::WrongCategory, message, category.span, "not the category of the topic")
        .also(topic.span, format!("its kind is `{}`", topic.value.kind().as_str()))
        .replace("write", category.span, is)
}

fn mixed(entry: &RouteDeclaration, first: &Spanned<Topic>, others: &[&Spanned<Topic>]) -> Diagnostic {
    let kinds: Vec<&str> =
        std::iter::once(&first).chain(others.iter()).map(|topic| topic.value.kind().as_str()).collect();
    let name = entry.handler.as_ref().map_or("a route", |handler| &handler.name.value);
    let message =
        format!("`{name}` takes topics of {} kinds: {}", kinds.len(), listed(kinds.iter().copied()));
    let fault = Diagnostic::new(Code::MixedKinds, message, entry.span, "this takes all of them")
        .also(first.span, "one kind");
    let fault = others.iter().fold(fault, |fault, topic| fault.also(topic.span, "another kind"));
    fault
        .note("a command asks one node to do something, an event tells many what happened: they are routed apart")
        .help("write an entry for each kind, and give each its `topic`")
}

fn owns_nothing(entry: &RouteDeclaration, model: &TypeRef, bus: &Bus) -> Diagnostic {
    let handler = entry.handler.as_ref().map_or("this handler", |handler| &handler.name.value);
    let message =
        format!("`{handler}` gets nothing: no topic says that `{}` travels on it", model.name.value);
    let topics = &bus.subscribed.topics;
    let fault = Diagnostic::new(Code::NoTopic, message, model.name.span, "on which topic?").note(format!(
        "with several handlers and several topics, each entry names its own; the topics are {}",
        listed(bus.subscribed.names())
    ));
    let name = kebab_case(without_model(&model.name.value));
    match topics.iter().find(|joined| joined.topic.value.event_name() == name).or(topics.first()) {
        Some(meant) if meant.topic.value.event_name() == name => {
            fault.help(format!("add `event_type: {}` to the entry", meant.topic.value.wire_type()))
        }
        Some(first) => fault.help(format!(
            "add its `event_type` to the entry: that of the first topic is `{}`",
            first.topic.value.wire_type()
        )),
        None => fault,
    }
}

fn matches_none(event_type: &Spanned<String>, bus: &Bus) -> Diagnostic {
    let message = format!("no subscribed topic carries `{}`", event_type.value);
    let fault = Diagnostic::new(Code::UnknownTopic, message, event_type.span, "nothing brings this");
    let topics = &bus.subscribed.topics;
    if topics.is_empty() {
        return fault.help("add its topic to `subscribe_topics`");
    }
    let wire_types: Vec<String> = topics.iter().map(|joined| joined.topic.value.wire_type()).collect();
    let names = || wire_types.iter().map(String::as_str);
    let fault = fault.note(format!("the topics carry {}", listed(names())));
    match crate::diagnostic::closest(&event_type.value, names().take(bus::COMPARED)) {
        Some(meant) => fault.replace(format!("there is `{meant}`"), event_type.span, meant),
        None => fault.help("add its topic to `subscribe_topics`, or name one of these"),
    }
}

fn unbound_operations(entries: &[&RouteDeclaration], bus: &Bus) -> Diagnostic {
    let count = bus.subscribed.topics.len();
    let message =
        format!("nothing says which of {count} topics brings which of {} operations", entries.len());
    let operations: Vec<&Spanned<String>> =
        entries.iter().filter_map(|entry| entry.operation.as_ref().ok()?.as_ref()).collect();
    let mut operations = operations.into_iter();
    let first = operations.next().expect("an unbound entry has an operation");
    let fault = Diagnostic::new(Code::UnboundOperations, message, first.span, "this gets every message");
    operations
        .take(7)
        .fold(fault, |fault, operation| fault.also(operation.span, "and so does this"))
        .note(format!("the topics are {}", listed(bus.subscribed.names())))
        .help("give each entry its `topic`")
}
