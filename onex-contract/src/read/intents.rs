//! `intent_consumption`: which node executes which intent.

use super::declarations::IntentTable;
use super::field::{self, Field};
use super::section::Section;
use super::{Given, emission, names};
use crate::contract::IntentTarget;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::intent_type::IntentType;
use crate::language::{Key, Section as Table, Shape, text};
use crate::source::Spanned;
use crate::syntax::{Shortened, Value};

pub(super) static CONSUMPTION: Table = Table::new(
    "`intent_consumption`",
    "Which node executes which intent.",
    &[
        Key::optional(
            "intent_routing_table",
            Shape::Table { keys: &text::INTENT_TYPE, values: &Shape::Text(&text::NODE_NAME) },
            "The effect node that each intent is sent to, by the name in its contract; in an orchestrator.",
        ),
        Key::optional(
            "subscribed_intents",
            emission::SUBSCRIBED_INTENTS,
            "The intents that the node executes itself.",
        )
        .later(),
    ],
);

pub(super) fn consumption(field: Field<'_>, sink: &mut Sink) -> Given<IntentTable> {
    let mut section = Section::open(field, &CONSUMPTION, sink)?;
    let subscribed = section.list("subscribed_intents", sink, emission::subscribed);
    let table = section.take("intent_routing_table");
    let targets = match table {
        None if subscribed.span.is_some() || subscribed.broken.is_some() => Ok(Vec::new()),
        _ => section.required("intent_routing_table", sink, routing_table),
    };
    section.close();
    Ok(IntentTable { key: field.key, targets: targets?, subscribed, table: table.map(|field| field.key) })
}

pub(super) fn intent_type(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<IntentType>> {
    parse(&field::spanned_text(field, sink)?, sink)
}

fn routing_table(field: Field<'_>, sink: &mut Sink) -> Given<Vec<Given<IntentTarget>>> {
    let table = match &field.node.value {
        Value::Map(table) => table,
        Value::Faulty(reported) => return Err(*reported),
        _ => return Err(field.expected("a mapping of intent types to node names", sink)),
    };
    let target = |(key, node): &(Spanned<String>, _)| {
        let intent_type = parse(key, sink);
        let node = names::node_name(
            Field::under(Spanned::new(&key.value, key.span), node, field.shape.of_values()),
            sink,
        );
        Ok(IntentTarget { intent_type: intent_type?, node: node? })
    };
    Ok(table.entries.iter().map(target).collect())
}

fn parse(text: &Spanned<String>, sink: &mut Sink) -> Given<Spanned<IntentType>> {
    IntentType::parse(&text.value).map(|intent_type| Spanned::new(intent_type, text.span)).map_err(|error| {
        let message = format!("`{}` is not an intent type", Shortened(&text.value));
        let fault = Diagnostic::new(Code::BadIntentType, message, text.span, "not an intent type");
        sink.report(match &error.corrected {
            Some(intent_type) => fault.replace("write", text.span, intent_type),
            None => fault.help(error.to_string()),
        })
    })
}
