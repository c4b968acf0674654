//! `consumed_events` and `published_events`: which event travels on which topic.

use super::declarations::EventDeclaration;
use super::field::{self, Field};
use super::section::Section;
use super::{Given, names};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, text};
use crate::source::{Span, Spanned};
use crate::syntax::Shortened;
use crate::topic::Topic;

const TOPIC: Key =
    Key::required("topic", Shape::Text(&text::TOPIC), "Where the event travels; one event type for a topic.");
const EVENT_TYPE: Key = Key::required("event_type", Shape::Text(&text::TYPE_NAME), "The event's Rust type.");
const DESCRIPTION: Key = Key::optional("description", Shape::TEXT, "What the event says.").documents();

pub(super) static CONSUMED: Table = Table::new(
    "an entry of `consumed_events`",
    "An event that the node subscribes to.",
    &[
        TOPIC,
        EVENT_TYPE,
        Key::default("external", Shape::Boolean, "false", "The event is produced outside this program."),
        DESCRIPTION,
    ],
);

pub(super) static PUBLISHED: Table = Table::new(
    "an entry of `published_events`",
    "An event that the node may publish.",
    &[TOPIC, EVENT_TYPE, DESCRIPTION],
);

pub(super) fn consumed(field: Field<'_>, sink: &mut Sink) -> Given<EventDeclaration> {
    let mut section = Section::open(field, &CONSUMED, sink)?;
    let external = section.optional("external", sink, field::boolean);
    let external = external.map(|given| given.is_some_and(|external| external.value));
    Ok(declaration(section, external, sink))
}

pub(super) fn published(field: Field<'_>, sink: &mut Sink) -> Given<EventDeclaration> {
    let section = Section::open(field, &PUBLISHED, sink)?;
    Ok(declaration(section, Ok(false), sink))
}

fn declaration(mut section: Section<'_>, external: Given<bool>, sink: &mut Sink) -> EventDeclaration {
    let declaration = EventDeclaration {
        topic: section.required("topic", sink, topic),
        event_type: section.required("event_type", sink, names::identifier),
        external,
        description: section.optional("description", sink, field::text),
        span: section.field.span(),
    };
    section.close();
    declaration
}

fn topic(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<Topic>> {
    let text = field::spanned_text(field, sink)?;
    Topic::parse(&text.value).map(|topic| Spanned::new(topic, text.span)).map_err(|error| {
        let part = &text.value[error.range.clone()];
        let message = format!("`{}` is not a topic: {error}", Shortened(&text.value));
        let label = if part.is_empty() {
            "this is empty".to_owned()
        } else {
            format!("wrong: `{}`", Shortened(part))
        };
        let fault = Diagnostic::new(Code::BadTopic, message, within(&text, &error.range), label);
        sink.report(match error.corrected {
            Some(topic) => fault.replace("write", text.span, format!("\"{topic}\"")),
            None => fault.help("a topic is written `onex.evt.orders.order-placed.v1`"),
        })
    })
}

/// The place of a part of a text, where the text stands in the file as it is.
fn within(text: &Spanned<String>, part: &std::ops::Range<usize>) -> Span {
    let quotes = (text.span.end - text.span.start).saturating_sub(text.value.len());
    match quotes {
        0 | 2 if !part.is_empty() => {
            let start = text.span.start + quotes / 2;
            Span { start: start + part.start, end: start + part.end }
        }
        _ => text.span,
    }
}
