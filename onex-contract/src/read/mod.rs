//! A tree of values as declarations of the language.
//!
//! It knows which keys there are and what values they take, each on its own. Whether declarations fit together
//! is the concern of `check`.

mod declarations;
mod events;
mod field;
mod foreign;
mod header;
mod intents;
mod names;
mod routing;
mod rules;
mod section;
mod step;
mod workflow;

pub(crate) use declarations::*;

use self::field::Field;
use self::section::Section;
use crate::contract::NodeKind;
use crate::diagnostic::{Reported, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::syntax::Node;

/// A value of the contract, or the proof that it was reported why there is none.
pub(crate) type Given<T> = Result<T, Reported>;

pub(crate) static CONTRACT: Table = Table::new(
    "the contract",
    "The contract of a node.",
    &[
        Key::required("name", Shape::Text(&text::NODE_NAME), "How other contracts name this node."),
        Key::required("node_type", Shape::Word(NodeKind::WORDS), "The kind of node."),
        Key::required("contract_version", header::VERSION, "The version of the contract."),
        Key::optional("node_version", header::VERSION, "The version of the node.").documents(),
        Key::optional("description", Shape::TEXT, "What the node does.").documents(),
        Key::optional(
            "input_model",
            header::MODEL,
            "The type that a program starts the workflow with, where no event does.",
        ),
        Key::optional("output_model", header::MODEL, "The type that the node gives back.").documents(),
        Key::optional("handler_routing", Shape::Section(&routing::ROUTING), "Who answers what arrives."),
        Key::optional(
            "consumed_events",
            Shape::List(&Shape::Section(&events::CONSUMED)),
            "The events that the node subscribes to.",
        ),
        Key::optional(
            "published_events",
            Shape::List(&Shape::Section(&events::PUBLISHED)),
            "The events that the node may publish.",
        ),
        Key::optional(
            "intent_consumption",
            Shape::Section(&intents::CONSUMPTION),
            "Which node executes which intent.",
        ),
        Key::optional(
            "workflow_coordination",
            Shape::Section(&workflow::COORDINATION),
            "The workflow of an orchestrator.",
        ),
    ],
)
.with_foreign(foreign::FOREIGN);

static ROOT: Shape = Shape::Section(&CONTRACT);

/// Reads all declarations.
///
/// # Errors
///
/// The root is no mapping. What is wrong below it stands in the declarations.
pub(crate) fn read(root: &Node, sink: &mut Sink) -> Given<Declarations> {
    let mut contract = Section::open(Field::of("the contract", root, &ROOT), &CONTRACT, sink)?;
    let declarations = Declarations {
        name: contract.required("name", sink, names::node_name),
        kind: contract.required("node_type", sink, header::node_kind),
        contract_version: contract.required("contract_version", sink, header::version),
        node_version: contract.optional("node_version", sink, header::version),
        description: contract.optional("description", sink, field::text),
        input_model: contract.optional("input_model", sink, header::model),
        output_model: contract.optional("output_model", sink, header::model),
        routing: contract.optional("handler_routing", sink, routing::routing),
        consumed: contract.list("consumed_events", sink, events::consumed),
        published: contract.list("published_events", sink, events::published),
        intents: contract.optional("intent_consumption", sink, intents::consumption),
        workflow: contract.optional("workflow_coordination", sink, workflow::coordination),
    };
    contract.close();
    Ok(declarations)
}
