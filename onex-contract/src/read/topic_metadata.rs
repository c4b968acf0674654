//! What is said about a topic: in a table beside the lists of topics, or in the list itself.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, List, topics};
use crate::contract::{ExternalPublisher, TopicAbout};
use crate::diagnostic::Sink;
use crate::language::{Key, Section as Table, Shape, text};
use crate::source::Spanned;
use crate::syntax::Value;
use crate::topic::Topic;

const DESCRIPTION: Key = Key::optional("description", Shape::TEXT, "What travels on it.").documents();
const SCHEMA: Key = Key::optional("schema_ref", Shape::TEXT, "Where the payload's type is.").documents();
const CONTENT_TYPE: Key = Key::optional("content_type", Shape::TEXT, "How payloads are written.").documents();
const EXTERNAL: Key = Key::optional(
    "external_publisher",
    Shape::Section(&PUBLISHER),
    "Who produces it, outside of this program.",
);

/// A table of topics.
pub(super) const METADATA: Shape = Shape::Table { keys: &text::TOPIC, values: &Shape::Section(&ABOUT) };

static ABOUT: Table = Table::new(
    "what is said about a topic",
    "What travels on a topic.",
    &[DESCRIPTION, SCHEMA, CONTENT_TYPE, EXTERNAL],
);

pub(super) static USE: Table = Table::new(
    "a topic of a list",
    "A topic, and what travels on it.",
    &[
        Key::required("topic", Shape::Text(&text::TOPIC), "The topic."),
        DESCRIPTION,
        SCHEMA,
        CONTENT_TYPE,
        EXTERNAL,
    ],
);

static PUBLISHER: Table = Table::new(
    "`external_publisher`",
    "Who produces what travels on a topic, outside of this program.",
    &[
        Key::optional("repo", Shape::TEXT, "Where its source is.").documents(),
        Key::optional("module", Shape::TEXT, "The module that publishes.").documents(),
        Key::optional("topic_constant", Shape::TEXT, "What it calls the topic.").documents(),
        Key::default("multi_producer", Shape::Boolean, "false", "Whether there are several.").documents(),
        Key::optional("known_producers", Shape::List(&Shape::Section(&PRODUCER)), "Those that are known.")
            .documents(),
    ],
);

static PRODUCER: Table = Table::new(
    "an entry of `known_producers`",
    "One of several producers.",
    &[
        Key::optional("repo", Shape::TEXT, "Where its source is.").documents(),
        Key::optional("module", Shape::TEXT, "The module that publishes.").documents(),
        Key::optional("topic_constant", Shape::TEXT, "What it calls the topic.").documents(),
        Key::optional("description", Shape::TEXT, "When it publishes.").documents(),
    ],
);

/// A topic of a list, or a key of the table.
#[derive(Debug)]
pub(crate) struct UseDeclaration {
    pub(crate) topic: Spanned<Topic>,
    pub(crate) about: TopicAbout,
}

/// A topic alone, or with what is said about it.
pub(super) fn topic_or_use(field: Field<'_>, sink: &mut Sink) -> Given<UseDeclaration> {
    if !matches!(field.node.value, Value::Map(_)) {
        return Ok(UseDeclaration { topic: topics::topic(field, sink)?, about: TopicAbout::default() });
    }
    let mut section = Section::open(field, &USE, sink)?;
    let topic = section.required("topic", sink, topics::topic);
    let about = about(&mut section, sink);
    section.close();
    Ok(UseDeclaration { topic: topic?, about: about? })
}

/// A table of topics, in the order of the file.
pub(super) fn metadata(
    section: &mut Section<'_>,
    key: &'static str,
    sink: &mut Sink,
) -> List<UseDeclaration> {
    match section.optional(key, sink, table) {
        Ok(list) => list.unwrap_or_else(List::absent),
        Err(reported) => List::unreadable(reported),
    }
}

fn table(field: Field<'_>, sink: &mut Sink) -> Given<List<UseDeclaration>> {
    let table = match &field.node.value {
        Value::Map(table) => table,
        Value::Faulty(reported) => return Err(*reported),
        _ => return Err(field.expected("a mapping of topics to what is said about them", sink)),
    };
    let mut list = List { items: Vec::new(), span: Some(field.span()), broken: table.broken };
    for (key, node) in &table.entries {
        let topic = topics::parse(key, sink);
        let value = Field::under(Spanned::new(&key.value, key.span), node, field.shape.of_values());
        let about = Section::open(value, &ABOUT, sink).and_then(|mut section| {
            let about = about(&mut section, sink);
            section.close();
            about
        });
        match (topic, about) {
            (Ok(topic), Ok(about)) => list.items.push(UseDeclaration { topic, about }),
            (Err(reported), _) | (_, Err(reported)) => list.broken = Some(reported),
        }
    }
    Ok(list)
}

fn about(section: &mut Section<'_>, sink: &mut Sink) -> Given<TopicAbout> {
    let [description, schema, content_type] =
        ["description", "schema_ref", "content_type"].map(|key| section.optional(key, sink, field::text));
    let external = section.optional("external_publisher", sink, publisher);
    Ok(TopicAbout {
        description: description?,
        schema: schema?,
        content_type: content_type?,
        external: external?,
    })
}

fn publisher(field: Field<'_>, sink: &mut Sink) -> Given<ExternalPublisher> {
    let mut section = Section::open(field, &PUBLISHER, sink)?;
    let publisher = named(&mut section, sink);
    let several = section.optional("multi_producer", sink, field::boolean);
    let known = section.list("known_producers", sink, |field, sink| {
        let mut section = Section::open(field, &PRODUCER, sink)?;
        let producer = named(&mut section, sink);
        let description = section.optional("description", sink, field::text);
        section.close();
        description.and(producer)
    });
    section.close();
    let several = several?.is_some_and(|several| several.value);
    known.broken.map_or(Ok(()), Err)?;
    Ok(ExternalPublisher { several, known: known.items, ..publisher? })
}

fn named(section: &mut Section<'_>, sink: &mut Sink) -> Given<ExternalPublisher> {
    let [repo, module, constant] =
        ["repo", "module", "topic_constant"].map(|key| section.optional(key, sink, field::text));
    Ok(ExternalPublisher {
        repo: repo?,
        module: module?,
        constant: constant?,
        ..ExternalPublisher::default()
    })
}
