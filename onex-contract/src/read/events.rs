//! `consumed_events` and `published_events`: which event travels on which topic.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, List, names, topic_config, topics};
use crate::contract::{Category, EventPattern, TopicConfig};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::source::{Span, Spanned};
use crate::syntax::{Shortened, Value};
use crate::topic::Topic;

const EXTERNAL: Key =
    Key::default("external", Shape::Boolean, "false", "The event is produced outside this program.");
const CATEGORY: Key = Key::optional(
    "message_category",
    Shape::Word(Category::WORDS),
    "What kind of message it is; the topic says it.",
)
.documents();
const DESCRIPTION: Key = Key::optional("description", Shape::TEXT, "What the event says.").documents();

pub(super) static CONSUMED: Table = Table::new(
    "an entry of `consumed_events`",
    "An event that the node subscribes to; or a pattern, and the function for what it matches.",
    &[
        Key::optional(
            "topic",
            Shape::Text(&text::TOPIC),
            "Where the event travels; one event type for a topic.",
        ),
        Key::optional("event_type", Shape::Text(&text::TYPE_NAME), "The event's Rust type."),
        EXTERNAL,
        CATEGORY,
        Key::optional(
            "direct_handler",
            Shape::Either(&[Shape::Boolean, Shape::TEXT]),
            "Who answers it without a route.",
        )
        .later(),
        Key::optional(
            "event_pattern",
            Shape::Text(&text::EVENT_PATTERN),
            "The topic or the event types that `handler_function` is for.",
        ),
        Key::optional("handler_function", Shape::TEXT, "The function for what the pattern matches.").later(),
        DESCRIPTION,
    ],
);

pub(super) static PUBLISHED: Table = Table::new(
    "an entry of `published_events`",
    "An event that the node may publish.",
    &[
        Key::optional(
            "topic",
            Shape::Text(&text::TOPIC),
            "Where the event travels; one event type for a topic.",
        ),
        Key::optional("topic_suffix", Shape::Text(&text::TOPIC), "The same as `topic`."),
        Key::optional(
            "full_topic_pattern",
            Shape::TEXT,
            "The topic, with or without a placeholder of the environment before it.",
        )
        .documents(),
        Key::required("event_type", Shape::Text(&text::TYPE_NAME), "The event's Rust type."),
        Key::default("external", Shape::Boolean, "false", "The event is consumed outside this program.")
            .documents(),
        CATEGORY,
        Key::optional("topic_config", Shape::Section(&topic_config::CONFIG), "How a broker keeps the topic.")
            .later(),
        Key::optional("trigger", Shape::TEXT, "When it is published.").documents(),
        Key::optional(
            "payload_fields",
            Shape::Either(&[Shape::TEXTS, Shape::Table { keys: &text::FREE, values: &Shape::Anything }]),
            "What is in it.",
        )
        .documents(),
        DESCRIPTION,
    ],
);

/// An entry of `consumed_events` or `published_events`, or what means the same.
#[derive(Debug, Clone)]
pub(crate) struct EventDeclaration {
    pub(crate) topic: Given<Spanned<Topic>>,
    pub(crate) event_type: Given<Spanned<String>>,
    pub(crate) external: Given<bool>,
    pub(crate) category: Given<Option<Spanned<Category>>>,
    pub(crate) trigger: Option<String>,
    pub(crate) topic_config: Given<Option<TopicConfig>>,
    pub(crate) description: Given<Option<String>>,
    pub(crate) span: Span,
}

/// An entry of `consumed_events`.
#[derive(Debug)]
pub(crate) enum ConsumedDeclaration {
    Event(Box<EventDeclaration>),
    Pattern(EventPattern),
}

pub(super) fn consumed(field: Field<'_>, sink: &mut Sink) -> Given<ConsumedDeclaration> {
    let mut section = Section::open(field, &CONSUMED, sink)?;
    let external = section.optional("external", sink, field::boolean);
    let external = external.map(|given| given.is_some_and(|external| external.value));
    let category = section.optional("message_category", sink, field::word::<Category>);
    let direct = section.optional("direct_handler", sink, boolean_or_text);
    let function = section.optional("handler_function", sink, field::text);
    let description = section.optional("description", sink, field::text);
    let [topic, event_type] = ["topic", "event_type"].map(|key| section.take(key));
    if let Some(pattern) = section.take("event_pattern") {
        section.close();
        if let Some(other) = topic.or(event_type) {
            let message = format!("an entry has an `event_pattern` or {other}, not both");
            let fault = Diagnostic::new(Code::MisplacedKey, message, other.key, "this belongs to one event")
                .also(pattern.key, "this may match several")
                .help("write two entries");
            return Err(sink.report(fault));
        }
        let pattern = field::spanned_text(pattern, sink);
        direct.and(description).and(external)?;
        category?;
        return Ok(ConsumedDeclaration::Pattern(EventPattern { pattern: pattern?, function: function? }));
    }
    let pattern_meant = if topic.is_none() { section.unreadable("event_pattern") } else { None };
    if let Some(reported) = pattern_meant {
        return Err(reported);
    }
    let declaration = EventDeclaration {
        topic: section.required("topic", sink, topics::topic),
        event_type: section.required("event_type", sink, names::identifier),
        external: direct.and(external),
        category,
        trigger: None,
        topic_config: Ok(None),
        description: function.and(description),
        span: field.span(),
    };
    section.close();
    Ok(ConsumedDeclaration::Event(Box::new(declaration)))
}

pub(super) fn published(field: Field<'_>, sink: &mut Sink) -> Given<EventDeclaration> {
    let mut section = Section::open(field, &PUBLISHED, sink)?;
    let topic = published_topic(&mut section, sink);
    let external = section.optional("external", sink, field::boolean);
    let external = external.map(|given| given.is_some_and(|external| external.value));
    let trigger = section.optional("trigger", sink, field::text);
    let fields = section.optional("payload_fields", sink, payload_fields);
    let config = section.optional("topic_config", sink, topic_config::config);
    let declaration = EventDeclaration {
        topic,
        event_type: section.required("event_type", sink, names::identifier),
        external,
        category: section.optional("message_category", sink, field::word::<Category>),
        trigger: trigger.clone().ok().flatten(),
        topic_config: config,
        description: trigger.and(fields).and(section.optional("description", sink, field::text)),
        span: field.span(),
    };
    section.close();
    Ok(declaration)
}

/// The topic under whichever of its keys; those that are given agree.
fn published_topic(section: &mut Section<'_>, sink: &mut Sink) -> Given<Spanned<Topic>> {
    let topic = section.optional("topic", sink, topics::topic);
    let suffix = section.optional("topic_suffix", sink, topics::topic);
    let pattern = section.optional("full_topic_pattern", sink, field::spanned_text);
    let (topic, suffix, pattern) = (topic?, suffix?, pattern?);
    if let (Some(topic), Some(suffix)) = (&topic, &suffix)
        && topic.value != suffix.value
    {
        return Err(
            sink.report(disagree(topic.as_ref().map(Topic::as_str), suffix.as_ref().map(Topic::as_str)))
        );
    }
    let Some(topic) = topic.or(suffix) else {
        return match pattern {
            Some(pattern) => topics::parse(&Spanned::new(without_place(&pattern.value), pattern.span), sink),
            None => section.required("topic", sink, topics::topic),
        };
    };
    if let Some(pattern) = pattern
        && without_place(&pattern.value) != topic.value.as_str()
    {
        return Err(
            sink.report(disagree(topic.as_ref().map(Topic::as_str), pattern.as_ref().map(String::as_str)))
        );
    }
    Ok(topic)
}

/// A topic without the placeholder of the environment before it, which is no part of its name.
fn without_place(pattern: &str) -> String {
    match pattern.split_once("}.") {
        Some((place, topic)) if place.starts_with('{') && topic.starts_with("onex.") => topic.to_owned(),
        _ => pattern.to_owned(),
    }
}

fn disagree(first: Spanned<&str>, other: Spanned<&str>) -> Diagnostic {
    let message = format!(
        "one event is published on two topics: `{}` and `{}`",
        Shortened(first.value),
        Shortened(other.value)
    );
    Diagnostic::new(Code::Contradiction, message, other.span, "this one")
        .also(first.span, "and this one")
        .help("they are spellings of one key: keep the one that is right")
}

fn payload_fields(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    match &field.node.value {
        Value::Map(_) => Ok(()),
        _ => field::list(field, sink, field::text)?.broken.map_or(Ok(()), Err),
    }
}

fn boolean_or_text(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    match &field.node.value {
        Value::Bool(_) => Ok(()),
        _ => field::text(field, sink).map(|_| ()),
    }
}

/// The entries of `consumed_events`, events and patterns apart.
pub(super) fn apart(list: List<ConsumedDeclaration>) -> (List<EventDeclaration>, Vec<EventPattern>) {
    let (mut events, mut patterns) = (Vec::new(), Vec::new());
    for entry in list.items {
        match entry {
            ConsumedDeclaration::Event(event) => events.push(*event),
            ConsumedDeclaration::Pattern(pattern) => patterns.push(pattern),
        }
    }
    (List { items: events, span: list.span, broken: list.broken }, patterns)
}
