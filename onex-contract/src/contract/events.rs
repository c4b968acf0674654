//! Events and topics: what a node takes, what it publishes, and what is known about each topic.

use super::{Category, TypeRef};
use crate::language::words;
use crate::source::{Span, Spanned};
use crate::topic::Topic;

/// An event type and the one topic it travels on.
#[derive(Debug, Clone)]
pub struct Event {
    /// The type. Two spellings that differ only by a leading `Model` are one event; the shorter one is kept.
    pub rust: TypeRef,
    /// Where it travels.
    pub topic: Topic,
    /// The line that gives it its topic.
    pub declared: Span,
    /// Where the topic stands there.
    pub topic_span: Span,
    /// This node subscribes to its topic.
    pub consumed: bool,
    /// This node may publish it.
    pub published: bool,
    /// It is produced outside this program.
    pub external: bool,
    /// It is consumed outside this program.
    pub external_consumer: bool,
    /// `description`.
    pub description: Option<String>,
    /// `message_category`.
    pub category: Option<Category>,
    /// `trigger`: when it is published.
    pub trigger: Option<String>,
    /// `topic_config`.
    pub topic_config: Option<TopicConfig>,
}

/// How a broker is to keep a topic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopicConfig {
    /// `partitions`: 1 to 100,000.
    pub partitions: Option<u32>,
    /// `replication_factor`: 1 to 100.
    pub replication_factor: Option<u32>,
    /// `kafka_config`, each value as written.
    pub kafka: Vec<(String, String)>,
}

/// `event_bus`: the topics that a node is joined to.
#[derive(Debug, Clone, Default)]
pub struct EventBus {
    /// The topics that it subscribes to, once each.
    pub subscribed: Vec<TopicUse>,
    /// The topics that it may publish on, once each.
    pub published: Vec<TopicUse>,
    /// `dlq_topics`: where what it could not process goes.
    pub dead_letters: Vec<Spanned<Topic>>,
    /// `consumer_group`.
    pub consumer_group: Option<Spanned<String>>,
    /// `plugin_managed`: a plugin of the program subscribes and decides who gets what.
    pub plugin_managed: bool,
    /// `event_bus_enabled`.
    pub enabled: bool,
    /// `partition_key_field`.
    pub partition_key: Option<Spanned<String>>,
    /// `partition_strategy`.
    pub partition_strategy: PartitionStrategy,
    /// `topic_base`.
    pub topic_base: Option<Spanned<Topic>>,
    /// `terminal_event`: the topic whose message says that the work is done.
    pub terminal: Option<Spanned<Topic>>,
    /// `externally_consumed_topics`: published for consumers outside of this program.
    pub externally_consumed: Vec<Spanned<Topic>>,
    /// The entries of `consumed_events` that name a function for what a pattern matches.
    pub patterns: Vec<EventPattern>,
}

/// A topic that a node is joined to, and what is known about what travels on it.
#[derive(Debug, Clone)]
pub struct TopicUse {
    /// The topic.
    pub topic: Spanned<Topic>,
    /// What is said about it.
    pub about: TopicAbout,
}

/// An entry of `subscribe_topic_metadata` or `publish_topic_metadata`.
#[derive(Debug, Clone, Default)]
pub struct TopicAbout {
    /// `description`.
    pub description: Option<String>,
    /// `schema_ref`: where the payload's type is.
    pub schema: Option<String>,
    /// `content_type`.
    pub content_type: Option<String>,
    /// `external_publisher`.
    pub external: Option<ExternalPublisher>,
}

/// Who produces what travels on a topic, outside of this program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExternalPublisher {
    /// `repo`.
    pub repo: Option<String>,
    /// `module`.
    pub module: Option<String>,
    /// `topic_constant`.
    pub constant: Option<String>,
    /// `multi_producer`.
    pub several: bool,
    /// `known_producers`.
    pub known: Vec<Self>,
}

/// An entry of `consumed_events` that names a function for what a pattern matches.
#[derive(Debug, Clone)]
pub struct EventPattern {
    /// `event_pattern`: a topic, or a pattern of wire types.
    pub pattern: Spanned<String>,
    /// `handler_function`.
    pub function: Option<String>,
}

words! {
    /// `partition_strategy`.
    pub enum PartitionStrategy default Hash {
        /// By the hash of the key.
        Hash = "hash";
        /// One after the other.
        RoundRobin = "round_robin";
        /// Any.
        Random = "random";
    }
}
