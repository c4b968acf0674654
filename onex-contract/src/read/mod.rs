//! A tree of values as declarations of the language.
//!
//! It knows which keys there are and what values they take, each on its own. Whether declarations fit together
//! is the concern of `check`.

mod declarations;
mod events;
mod field;
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
use self::section::{Keys, Section};
use crate::diagnostic::{Reported, Sink};
use crate::syntax::Node;

/// A value of the contract, or the proof that it was reported why there is none.
pub(crate) type Given<T> = Result<T, Reported>;

const CONTRACT: Keys = Keys {
    section: "the contract",
    known: &[
        "name",
        "node_type",
        "contract_version",
        "node_version",
        "description",
        "input_model",
        "output_model",
        "handler_routing",
        "consumed_events",
        "published_events",
        "intent_consumption",
        "workflow_coordination",
    ],
    later: &[
        "state_machine",
        "intent_emission",
        "event_bus",
        "error_handling",
        "dependencies",
        "io_operations",
        "default_handler",
    ],
    foreign: FOREIGN,
};

/// Sections that belong to other tools. They may stand in a contract, and nothing in them is read.
const FOREIGN: &[&str] = &[
    "metadata",
    "mcp",
    "feature_flags",
    "descriptor",
    "capabilities",
    "runtime_profiles",
    "tags",
    "author",
    "license",
];

/// Reads all declarations.
///
/// # Errors
///
/// The root is no mapping. What is wrong below it stands in the declarations.
pub(crate) fn read(root: &Node, sink: &mut Sink) -> Given<Declarations> {
    let mut contract = Section::open(Field::of("the contract", root), &CONTRACT, sink)?;
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
