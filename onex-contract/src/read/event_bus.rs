//! `event_bus` and the keys beside it that name topics.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, List, header, topic_metadata, topics};
use crate::contract::PartitionStrategy;
use crate::diagnostic::Sink;
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::source::{Span, Spanned};
use crate::topic::Topic;

pub(super) const TOPIC: Shape = Shape::Text(&text::TOPIC);
pub(super) const TOPICS: Shape = Shape::List(&TOPIC);
/// Topics, each alone or with what is said about it.
pub(super) const TOPICS_OR_USES: Shape =
    Shape::List(&Shape::Either(&[TOPIC, Shape::Section(&topic_metadata::USE)]));

pub(super) static EVENT_BUS: Table = Table::new(
    "`event_bus`",
    "The topics that the node is joined to.",
    &[
        Key::optional("subscribe_topics", TOPICS_OR_USES, "The topics that it subscribes to."),
        Key::optional("publish_topics", TOPICS_OR_USES, "The topics that it may publish on."),
        Key::optional("subscribe_topic_metadata", topic_metadata::METADATA, "What arrives on each topic."),
        Key::optional("publish_topic_metadata", topic_metadata::METADATA, "What is published on each topic."),
        Key::optional("subscribe", Shape::Section(&SUBSCRIBE), "The older form of `subscribe_topics`."),
        Key::optional("publish", Shape::Section(&PUBLISH), "The older form of `publish_topics`."),
        Key::optional("dlq_topics", TOPICS, "Where what could not be processed goes.").later(),
        Key::optional("consumer_group", Shape::TEXT, "Who shares the messages of a topic.").later(),
        Key::default(
            "plugin_managed",
            Shape::Boolean,
            "false",
            "A plugin of the program subscribes, and decides who gets what.",
        )
        .only_off(),
        Key::default(
            "event_bus_enabled",
            Shape::Boolean,
            "true",
            "Whether the node is joined to its topics.",
        ),
        Key::optional(
            "partition_key_field",
            Shape::Text(&text::FIELD),
            "The field that keeps messages in order.",
        )
        .later(),
        Key::optional(
            "partition_strategy",
            Shape::Word(PartitionStrategy::WORDS),
            "How messages are spread over partitions.",
        )
        .later(),
        Key::optional("topic_base", TOPIC, "The topic that a hook publishes on.").later(),
        Key::optional("terminal_event", TOPIC, "The topic whose message says that the work is done.")
            .documents(),
        Key::optional("version", header::VERSION, "The version of this section.").documents(),
    ],
);

static SUBSCRIBE: Table = Table::new(
    "`subscribe`",
    "The one topic that the node subscribes to.",
    &[
        Key::required("topic", TOPIC, "The topic."),
        Key::optional("consumer_group", Shape::TEXT, "Who shares the messages of the topic.").later(),
    ],
);

static PUBLISH: Table = Table::new(
    "`publish`",
    "The topics of the two outcomes.",
    &[
        Key::optional("success_topic", TOPIC, "Where success is published."),
        Key::optional("failure_topic", TOPIC, "Where failure is published."),
    ],
);

/// `event_bus` and the keys of the contract that belong to it.
#[derive(Debug)]
pub(crate) struct BusDeclaration {
    /// Lists of subscribed topics, in the order of their keys.
    pub(crate) subscribed: Side,
    pub(crate) published: Side,
    pub(crate) dead_letters: List<Spanned<Topic>>,
    pub(crate) consumer_group: Given<Option<Spanned<String>>>,
    pub(crate) plugin_managed: Given<bool>,
    pub(crate) enabled: Given<Spanned<bool>>,
    pub(crate) partition_key: Given<Option<Spanned<String>>>,
    pub(crate) partition_strategy: Given<Option<Spanned<PartitionStrategy>>>,
    pub(crate) topic_base: Given<Option<Spanned<Topic>>>,
    /// Under either of its two keys.
    pub(crate) terminal: [Given<Option<Spanned<Topic>>>; 2],
    pub(crate) externally_consumed: List<Spanned<Topic>>,
}

/// What a contract says of the topics of one direction.
#[derive(Debug)]
pub(crate) struct Side {
    /// The list in `event_bus`.
    pub(crate) list: List<topic_metadata::UseDeclaration>,
    /// The list beside `event_bus`.
    pub(crate) beside: List<topic_metadata::UseDeclaration>,
    /// The older form.
    pub(crate) nested: List<Spanned<Topic>>,
    pub(crate) metadata: List<topic_metadata::UseDeclaration>,
}

impl Side {
    fn absent() -> Self {
        Self {
            list: List::absent(),
            beside: List::absent(),
            nested: List::absent(),
            metadata: List::absent(),
        }
    }

    /// Whether there is any list of topics.
    pub(crate) fn is_given(&self) -> bool {
        let Self { list, beside, nested, .. } = self;
        [list.span, beside.span, nested.span].iter().any(Option::is_some)
            || [list.broken, beside.broken, nested.broken].iter().any(Option::is_some)
    }

    /// The proof that some topics could not be read, if so.
    pub(crate) fn broken(&self) -> Option<crate::diagnostic::Reported> {
        self.list.broken.or(self.beside.broken).or(self.nested.broken)
    }
}

impl BusDeclaration {
    /// What a contract says that says nothing of topics.
    pub(super) fn absent() -> Self {
        Self {
            subscribed: Side::absent(),
            published: Side::absent(),
            dead_letters: List::absent(),
            consumer_group: Ok(None),
            plugin_managed: Ok(false),
            enabled: Ok(Spanned::new(true, Span { start: 0, end: 0 })),
            partition_key: Ok(None),
            partition_strategy: Ok(None),
            topic_base: Ok(None),
            terminal: [Ok(None), Ok(None)],
            externally_consumed: List::absent(),
        }
    }
}

/// Reads what the contract's root says about topics.
pub(super) fn bus(contract: &mut Section<'_>, sink: &mut Sink) -> BusDeclaration {
    let bus = contract.optional("event_bus", sink, event_bus);
    let mut bus = match bus {
        Ok(bus) => bus.unwrap_or_else(BusDeclaration::absent),
        Err(reported) => {
            let mut bus = BusDeclaration::absent();
            bus.subscribed.list = List::unreadable(reported);
            bus.published.list = List::unreadable(reported);
            bus
        }
    };
    bus.subscribed.beside = contract.list("subscribe_topics", sink, topic_metadata::topic_or_use);
    bus.published.beside = contract.list("publish_topics", sink, topic_metadata::topic_or_use);
    bus.terminal[1] = contract.optional("terminal_event", sink, topics::topic);
    bus.externally_consumed = contract.list("externally_consumed_topics", sink, topics::topic);
    bus
}

fn event_bus(field: Field<'_>, sink: &mut Sink) -> Given<BusDeclaration> {
    let mut section = Section::open(field, &EVENT_BUS, sink)?;
    let (nested, group) = match section.optional("subscribe", sink, subscribe) {
        Ok(Some((topics, group))) => (topics, group),
        Ok(None) => (List::absent(), Ok(None)),
        Err(reported) => (List::unreadable(reported), Err(reported)),
    };
    let outcomes = match section.optional("publish", sink, publish) {
        Ok(topics) => topics.unwrap_or_else(List::absent),
        Err(reported) => List::unreadable(reported),
    };
    let consumer_group = section.optional("consumer_group", sink, field::spanned_text);
    let bus = BusDeclaration {
        subscribed: Side {
            list: section.list("subscribe_topics", sink, topic_metadata::topic_or_use),
            beside: List::absent(),
            nested,
            metadata: topic_metadata::metadata(&mut section, "subscribe_topic_metadata", sink),
        },
        published: Side {
            list: section.list("publish_topics", sink, topic_metadata::topic_or_use),
            beside: List::absent(),
            nested: outcomes,
            metadata: topic_metadata::metadata(&mut section, "publish_topic_metadata", sink),
        },
        dead_letters: section.list("dlq_topics", sink, topics::topic),
        consumer_group: match consumer_group {
            Ok(None) => group,
            given => given,
        },
        plugin_managed: section
            .optional("plugin_managed", sink, field::boolean)
            .map(|given| given.is_some_and(|given| given.value)),
        enabled: section
            .optional("event_bus_enabled", sink, field::boolean)
            .map(|given| given.unwrap_or(Spanned::new(true, field.key))),
        partition_key: section.optional("partition_key_field", sink, super::names::field_path),
        partition_strategy: section.optional("partition_strategy", sink, field::word),
        topic_base: section.optional("topic_base", sink, topics::topic),
        terminal: [section.optional("terminal_event", sink, topics::topic), Ok(None)],
        externally_consumed: List::absent(),
    };
    let version = section.optional("version", sink, header::version);
    section.close();
    version.map(|_| bus)
}

type Nested = (List<Spanned<Topic>>, Given<Option<Spanned<String>>>);

fn subscribe(field: Field<'_>, sink: &mut Sink) -> Given<Nested> {
    let mut section = Section::open(field, &SUBSCRIBE, sink)?;
    let topic = section.required("topic", sink, topics::topic);
    let group = section.optional("consumer_group", sink, field::spanned_text);
    section.close();
    Ok((one_by_one(field, [topic.map(Some)]), group))
}

fn publish(field: Field<'_>, sink: &mut Sink) -> Given<List<Spanned<Topic>>> {
    let mut section = Section::open(field, &PUBLISH, sink)?;
    let outcomes = ["success_topic", "failure_topic"].map(|key| section.optional(key, sink, topics::topic));
    section.close();
    Ok(one_by_one(field, outcomes))
}

/// Topics that stand under keys of their own, as a list.
fn one_by_one<const N: usize>(
    field: Field<'_>,
    topics: [Given<Option<Spanned<Topic>>>; N],
) -> List<Spanned<Topic>> {
    let mut list = List { items: Vec::new(), span: Some(field.span()), broken: None };
    for topic in topics {
        match topic {
            Ok(topic) => list.items.extend(topic),
            Err(reported) => list.broken = Some(reported),
        }
    }
    list
}
