//! `topic_config`: how a broker is to keep a topic.

use super::Given;
use super::field::{self, Field};
use super::section::Section;
use crate::contract::TopicConfig;
use crate::diagnostic::Sink;
use crate::language::{Key, Section as Table, Shape, text};
use crate::source::Spanned;
use crate::syntax::Value;

pub(super) static CONFIG: Table = Table::new(
    "`topic_config`",
    "How a broker keeps a topic.",
    &[
        Key::optional("partitions", Shape::Integer { min: 1, max: 100_000 }, "How many parts it has."),
        Key::optional("replication_factor", Shape::Integer { min: 1, max: 100 }, "How many copies of each."),
        Key::optional(
            "kafka_config",
            Shape::Table { keys: &text::FREE, values: &Shape::Anything },
            "Settings of the broker, each a string, a number or a truth value.",
        ),
    ],
);

pub(super) fn config(field: Field<'_>, sink: &mut Sink) -> Given<TopicConfig> {
    let mut section = Section::open(field, &CONFIG, sink)?;
    let partitions = section.optional("partitions", sink, field::integer);
    let replication_factor = section.optional("replication_factor", sink, field::integer);
    let kafka = section.optional("kafka_config", sink, settings);
    section.close();
    Ok(TopicConfig {
        partitions: partitions?.map(|given| given.value),
        replication_factor: replication_factor?.map(|given| given.value),
        kafka: kafka?.unwrap_or_default(),
    })
}

fn settings(field: Field<'_>, sink: &mut Sink) -> Given<Vec<(String, String)>> {
    let table = match &field.node.value {
        Value::Map(table) => table,
        Value::Faulty(reported) => return Err(*reported),
        _ => return Err(field.expected("a mapping of settings to values", sink)),
    };
    let setting = |(key, node): &(Spanned<String>, _)| {
        let value = Field::under(Spanned::new(&key.value, key.span), node, field.shape.of_values());
        Ok((key.value.clone(), setting(value, sink)?))
    };
    table.entries.iter().map(setting).collect()
}

fn setting(field: Field<'_>, sink: &mut Sink) -> Given<String> {
    match &field.node.value {
        Value::Bool(value) => Ok(value.to_string()),
        Value::Int(value) => Ok(value.to_string()),
        Value::Float(value) => Ok(value.to_string()),
        Value::Str(value) => Ok(value.clone()),
        Value::Faulty(reported) => Err(*reported),
        _ => Err(field.expected("a string, a number or a truth value", sink)),
    }
}
