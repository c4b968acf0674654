//! The events that a contract names, each with its topic.

use std::collections::HashMap;

use super::bus::{Bus, listed};
use super::lowering::{BringsDeclaration, Lowered};
use crate::contract::{Event, EventIndex, TypeRef};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::names::without_model;
use crate::read::{Declarations, EventDeclaration, Given, List, StepDeclaration};
use crate::source::{Source, Span, Spanned};

/// The events in the order of first mention. Those whose topic is unknown keep their index.
#[derive(Debug)]
pub(super) struct EventTable<'a> {
    rust: Vec<TypeRef>,
    resolved: Vec<Given<Event>>,
    by_identity: HashMap<&'a str, EventIndex>,
    /// Some entries name no event that could be read.
    unnamed: Option<Reported>,
}

/// One place that names an event.
struct Mention<'a> {
    name: Spanned<&'a str>,
    role: Role<'a>,
}

/// What the place says about the event.
enum Role<'a> {
    Routed { module: Option<&'a Vec<String>> },
    Emitted,
    Consumed(&'a EventDeclaration),
    Published(&'a EventDeclaration),
}

impl EventTable<'_> {
    /// The event that a declaration names.
    pub(super) fn resolve(&self, name: &Spanned<String>) -> Spanned<EventIndex> {
        let index = self.by_identity.get(without_model(&name.value)).copied();
        Spanned::new(index.expect("every event that is named in the declarations is in the table"), name.span)
    }

    /// The name that is kept.
    pub(super) fn name(&self, event: EventIndex) -> &str {
        &self.rust[event].name.value
    }

    /// An event, if its topic is known.
    pub(super) fn get(&self, event: EventIndex) -> Option<&Event> {
        self.resolved[event].as_ref().ok()
    }

    /// The events that have a topic.
    pub(super) fn known(&self) -> impl Iterator<Item = (EventIndex, &Event)> {
        self.resolved
            .iter()
            .enumerate()
            .filter_map(|(index, event)| event.as_ref().ok().map(|event| (index, event)))
    }

    /// The proof that there are events whose topic is unknown, if there are.
    pub(super) fn unknown(&self) -> Option<Reported> {
        self.unnamed.or(self.resolved.iter().find_map(|event| event.as_ref().err().copied()))
    }

    pub(super) fn finish(self) -> Given<Vec<Event>> {
        self.resolved.into_iter().collect()
    }
}

/// Finds all events, and the topic of each.
pub(super) fn resolve<'a>(
    source: &Source,
    declared: &'a Declarations,
    lowered: &'a Lowered<'_>,
    bus: &Bus,
    sink: &mut Sink,
) -> EventTable<'a> {
    let mut by_identity: HashMap<&str, EventIndex> = HashMap::new();
    let mut mentions: Vec<Vec<Mention<'_>>> = Vec::new();
    for mention in in_order(source, declared, lowered) {
        let index = *by_identity.entry(without_model(mention.name.value)).or_insert(mentions.len());
        if index == mentions.len() {
            mentions.push(Vec::new());
        }
        mentions[index].push(mention);
    }

    let rust: Vec<TypeRef> = mentions.iter().map(|mentions| type_of(mentions)).collect();
    let untopical = untopical(&mentions, lowered, bus, sink);
    let resolved = mentions
        .iter()
        .zip(&rust)
        .map(|(mentions, rust)| event(mentions, rust, lowered, untopical, sink))
        .collect();
    let unnamed = unnamed(&lowered.consumed).or(unnamed(&lowered.published));
    EventTable { rust, resolved, by_identity, unnamed }
}

fn mention<'a>(name: &'a Spanned<String>, role: Role<'a>) -> Mention<'a> {
    Mention { name: name.as_ref().map(String::as_str), role }
}

fn in_order<'a>(source: &Source, declared: &'a Declarations, lowered: &'a Lowered<'_>) -> Vec<Mention<'a>> {
    let mut mentions = Vec::new();

    for route in &lowered.routes {
        if let Ok(BringsDeclaration::Event(model)) = &route.brings {
            mentions.push(mention(&model.name, Role::Routed { module: model.module.as_ref() }));
        }
        route.entry.outputs.items.iter().for_each(|output| mentions.push(mention(output, Role::Emitted)));
    }
    if let Ok(Some(workflow)) = &declared.workflow
        && let Ok(steps) = &workflow.steps
    {
        let outputs = steps.list.items.iter().flat_map(StepDeclaration::publishes);
        outputs.for_each(|output| mentions.push(mention(output, Role::Emitted)));
    }
    for declaration in &lowered.consumed.items {
        if let Ok(name) = &declaration.event_type {
            mentions.push(mention(name, Role::Consumed(declaration)));
        }
    }
    for declaration in &lowered.published.items {
        if let Ok(name) = &declaration.event_type {
            mentions.push(mention(name, Role::Published(declaration)));
        }
    }
    mentions.sort_by_cached_key(|mention| source.order(mention.name.span));
    mentions
}

/// The shortest spelling, and the module from wherever it is given.
fn type_of(mentions: &[Mention<'_>]) -> TypeRef {
    let shortest = mentions.iter().min_by_key(|mention| mention.name.value.len());
    let name = shortest.expect("an event is in the table because something names it").name;
    let module = mentions.iter().find_map(|mention| match mention.role {
        Role::Routed { module } => module.cloned(),
        _ => None,
    });
    TypeRef { name: name.map(str::to_owned), module }
}

fn event(
    mentions: &[Mention<'_>],
    rust: &TypeRef,
    lowered: &Lowered<'_>,
    untopical: Option<Reported>,
    sink: &mut Sink,
) -> Given<Event> {
    let consumed = mentions.iter().find_map(|mention| match mention.role {
        Role::Consumed(declaration) => Some(declaration),
        _ => None,
    });
    let published = mentions.iter().find_map(|mention| match mention.role {
        Role::Published(declaration) => Some(declaration),
        _ => None,
    });
    let places = |wanted: fn(&Role<'_>) -> bool| -> Vec<Span> {
        mentions.iter().filter(|mention| wanted(&mention.role)).map(|mention| mention.name.span).collect()
    };
    let routed = places(|role| matches!(role, Role::Routed { .. }));
    let emitted = places(|role| matches!(role, Role::Emitted));

    let name = &rust.name.value;
    let consumed =
        declaration(consumed, &lowered.consumed, &routed, |at| not_consumed(name, at, published), sink);
    let published = match (published, untopical) {
        (None, Some(reported)) if !emitted.is_empty() => Err(reported),
        _ => {
            let missing = |at| not_published(name, at, &lowered.published);
            declaration(published, &lowered.published, &emitted, missing, sink)
        }
    };
    let (consumed, published) = (consumed?, published?);
    let declaration = consumed.or(published).expect("an event that is only routed or emitted was reported");
    let topic = declaration.topic.as_ref().map_err(|reported| *reported)?;
    Ok(Event {
        rust: rust.clone(),
        topic: topic.value.clone(),
        declared: declaration.span,
        topic_span: topic.span,
        consumed: consumed.is_some(),
        published: published.is_some(),
        external: consumed.map_or(Ok(false), |consumed| consumed.external)?,
        external_consumer: published.map_or(Ok(false), |published| published.external)?,
        description: declaration.description.clone()?,
        category: declaration.category?.map(|category| category.value),
        trigger: published.and_then(|published| published.trigger.clone()),
        topic_config: published.map_or(Ok(None), |published| published.topic_config.clone())?,
    })
}

/// One fault for all that is emitted, where there is no `published_events` and so no topic for any of it.
fn untopical(
    mentions: &[Vec<Mention<'_>>],
    lowered: &Lowered<'_>,
    bus: &Bus,
    sink: &mut Sink,
) -> Option<Reported> {
    let published = &lowered.published;
    if published.span.is_some()
        || published.broken.is_some()
        || !published.items.is_empty()
        || !bus.published.given
    {
        return None;
    }
    let emitted = mentions
        .iter()
        .filter_map(|mentions| mentions.iter().find(|mention| matches!(mention.role, Role::Emitted)));
    let mut emitted = emitted.map(|mention| mention.name);
    let (first, others) = (emitted.next()?, emitted.collect::<Vec<_>>());
    let message = match others.len() {
        0 => format!("`{}` is emitted, and nothing says on which topic", first.value),
        1 => format!("`{}` and one more event are emitted, and nothing says on which topics", first.value),
        more => {
            format!("`{}` and {more} more events are emitted, and nothing says on which topics", first.value)
        }
    };
    let fault = Diagnostic::new(Code::NotPublished, message, first.span, "on which topic?");
    let fault = others.iter().take(11).fold(fault, |fault, name| fault.also(name.span, "and this"));
    let names: Vec<&str> = bus.published.names().collect();
    let fault = match names[..] {
        [] => fault,
        _ => fault.note(format!("the topics that the node publishes on are {}", listed(names.into_iter()))),
    };
    Some(sink.report(fault.help("say it in `published_events`: `{ topic: ..., event_type: ... }` for each")))
}

/// The entry of a list that gives an event its topic; its absence is a fault where the event is used.
fn declaration<'a>(
    found: Option<&'a EventDeclaration>,
    list: &List<EventDeclaration>,
    uses: &[Span],
    missing: impl FnOnce(Span) -> Diagnostic,
    sink: &mut Sink,
) -> Given<Option<&'a EventDeclaration>> {
    match (found, uses, unnamed(list)) {
        (Some(_), _, _) | (None, [], None) => Ok(found),
        (None, _, Some(reported)) => Err(reported),
        (None, [first, others @ ..], None) => {
            let fault = missing(*first);
            Err(sink.report(others.iter().fold(fault, |fault, other| fault.also(*other, "also used here"))))
        }
    }
}

/// The proof that entries of a list name no event that could be read, if there are such.
fn unnamed(list: &List<EventDeclaration>) -> Option<Reported> {
    list.broken.or(list.items.iter().find_map(|declaration| declaration.event_type.as_ref().err().copied()))
}

fn not_consumed(name: &str, at: Span, published: Option<&EventDeclaration>) -> Diagnostic {
    let topic = published.and_then(|declaration| declaration.topic.as_ref().ok());
    let topic = topic.map_or("...".to_owned(), |topic| format!("\"{}\"", topic.value));
    Diagnostic::new(Code::NotConsumed, format!("nothing brings `{name}` to this node"), at, "this is routed")
        .help(format!("add `{{ topic: {topic}, event_type: {name} }}` to `consumed_events`"))
}

fn not_published(name: &str, at: Span, published: &List<EventDeclaration>) -> Diagnostic {
    let message = format!("`{name}` is emitted, and `published_events` does not list it");
    let fault = Diagnostic::new(Code::NotPublished, message, at, "this is emitted");
    let identity = without_model(name);
    let known =
        published.items.iter().filter_map(|event| Some(event.event_type.as_ref().ok()?.value.as_str()));
    // Not one that is merely alike: it may be emitted too.
    let mut known = known.take(super::bus::COMPARED).map(|name| (without_model(name), name));
    let meant = known.find(|(other, _)| other.starts_with(identity) || identity.starts_with(other));
    match meant {
        Some((_, meant)) => fault.replace(format!("it lists `{meant}`"), at, meant),
        None => fault.help(format!("add `{{ topic: ..., event_type: {name} }}` to `published_events`")),
    }
}
