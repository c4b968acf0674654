//! A tree of values as declarations of the language.
//!
//! It knows which keys there are and what values they take, each on its own. Whether declarations fit together
//! is the concern of `check`.

pub(crate) mod agree;
mod breaker;
mod declarations;
#[cfg(feature = "tools")]
mod document;
mod documentation;
mod emission;
mod errors;
mod event_bus;
mod events;
pub(crate) mod field;
mod foreign;
mod guard;
mod handler;
mod header;
mod intents;
mod kind;
mod machine;
mod machine_declarations;
mod misplaced;
mod model;
mod names;
mod needs;
mod operations;
mod retry;
mod route;
mod routing;
pub(crate) mod section;
mod topic_config;
mod topic_metadata;
mod topics;
mod transition;
mod workflow;

pub(crate) use declarations::*;
#[cfg(feature = "tools")]
pub(crate) use document::*;
pub(crate) use event_bus::{BusDeclaration, Side};
pub(crate) use events::EventDeclaration;
pub(crate) use kind::other_than_a_node;
pub(crate) use machine_declarations::*;
pub(crate) use route::{IntentDeclaration, RouteDeclaration};
pub(crate) use routing::RoutingDeclaration;
pub(crate) use topic_metadata::UseDeclaration;
pub(crate) use workflow::declarations::*;

use self::field::Field;
use self::section::Section;
use crate::contract::{NodeKind, Version};
use crate::diagnostic::{Reported, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::source::Spanned;
use crate::syntax::Node;

/// A value of the contract, or the proof that it was reported why there is none.
pub(crate) type Given<T> = Result<T, Reported>;

/// Other spellings of `name`.
const OTHER_NAMES: [&str; 3] = ["contract_name", "node_name", "node_id"];

pub(crate) static CONTRACT: Table = Table::new(
    "the contract",
    "The contract of a node.",
    &[
        Key::required_or(
            "name",
            &OTHER_NAMES,
            Shape::Text(&text::NODE_NAME),
            "How other contracts name this node.",
        ),
        Key::required("node_type", Shape::Word(NodeKind::WORDS), "The kind of node."),
        Key::required_or(
            "contract_version",
            &["version"],
            header::VERSION,
            "The version of the contract.",
        ),
        Key::optional("node_version", header::VERSION, "The version of the node.").documents(),
        Key::optional("description", Shape::TEXT, "What the node does.").documents(),
        Key::optional(
            "input_model",
            model::NODE_MODEL,
            "The type that a program starts the workflow with, where no event does.",
        ),
        Key::optional("output_model", model::NODE_MODEL, "The type that the node gives back.").documents(),
        Key::optional("handler_routing", Shape::Section(&routing::ROUTING), "Who answers what arrives."),
        Key::optional(
            "handler",
            Shape::Section(&handler::ONLY),
            "The one handler of the node, which answers whatever arrives.",
        ),
        Key::optional("event_bus", Shape::Section(&event_bus::EVENT_BUS), "The topics that it is joined to."),
        Key::optional("subscribe_topics", event_bus::TOPICS_OR_USES, "The same as in `event_bus`."),
        Key::optional("publish_topics", event_bus::TOPICS_OR_USES, "The same as in `event_bus`."),
        Key::optional(
            "terminal_event",
            event_bus::TOPIC,
            "The topic whose message says that the work is done.",
        )
        .documents(),
        Key::optional(
            "externally_consumed_topics",
            event_bus::TOPICS,
            "The published topics that are consumed outside of this program.",
        )
        .documents(),
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
        Key::optional(
            "intent_emission",
            Shape::Section(&emission::EMISSION),
            "The intents that a reducer emits by its actions; that of an orchestrator is executed with `enabled: false` only.",
        ),
        Key::optional("state_machine", Shape::Section(&machine::MACHINE), "The states of a reducer, by which its transitions are allowed."),
        Key::optional("state_transitions", Shape::Section(&machine::MACHINE), "Another name for `state_machine`."),
        Key::optional("fsm", Shape::Section(&machine::MACHINE), "Another name for `state_machine`."),
        Key::optional("state_model", model::NODE_MODEL, "The type of what a reducer folds its events into."),
        Key::optional(
            "error_handling",
            Shape::Section(&errors::ERRORS),
            "What the node does about its failures.",
        ),
        Key::optional(
            "dependencies",
            needs::DEPENDENCIES,
            "What must be there for the node to work: for people and for those who deploy it, as the types of its handlers prove what they are given.",
        )
        .documents(),
        Key::optional("capabilities", needs::CAPABILITIES, "What a registry finds the node by.").documents(),
        Key::optional("io_operations", operations::OPERATIONS, "What the node can be asked to do.").documents(),
        Key::optional("operations", operations::OPERATIONS, "Another name for `io_operations`.").documents(),
        Key::optional("inputs", documentation::PORTS, "The fields that the node takes.").documents(),
        Key::optional("outputs", documentation::PORTS, "The fields that the node gives back.").documents(),
        Key::optional(
            "output_models",
            Shape::List(&Shape::Section(&documentation::OUTPUT_MODEL)),
            "The types that the node gives back, where there are several.",
        )
        .documents(),
        Key::optional(
            "descriptor",
            Shape::Section(&documentation::DESCRIPTOR),
            "How the node behaves, for a registry.",
        ),
        Key::optional(
            "health_check",
            Shape::Section(&documentation::HEALTH_CHECK),
            "How a deployment asks whether the node is well.",
        ),
        Key::optional(
            "idempotency",
            Shape::Section(&documentation::IDEMPOTENCY),
            "By what the node knows that it was asked before.",
        ),
        Key::optional("transaction_management", Shape::Section(&SWITCH), "Whether effects are undone together."),
        Key::default(
            "load_balancing_enabled",
            Shape::Boolean,
            "false",
            "Whether work is spread over several instances of the node.",
        )
        .only_off(),
        Key::default(
            "failure_isolation_enabled",
            Shape::Boolean,
            "false",
            "Whether a failure of one of them is kept from the others.",
        )
        .only_off(),
        Key::optional("rate_limiting", Shape::Anything, "How often things may be done, in any form.").later(),
        Key::optional("retention_policy", Shape::Anything, "How long data is kept, in any form.").later(),
        Key::optional("validation", Shape::Anything, "What else input is checked for, in any form.").later(),
        Key::optional("validation_rules", Shape::Anything, "What else input is checked for, in any form.").later(),
        Key::optional(
            "operation_bindings",
            Shape::Anything,
            "Which parts of a message become which parameters, in any form; names of parameters say that here.",
        )
        .later(),
        Key::optional("contract_name", Shape::TEXT, "The same as `name`; `node_` in front may be left out.").documents(),
        Key::optional("node_name", Shape::TEXT, "The same as `name`; `node_` in front may be left out.").documents(),
        Key::optional("node_id", Shape::TEXT, "The same as `name`; `node_` in front may be left out.").documents(),
        Key::optional("uuid", Shape::Text(&text::UUID), "The node's name in a registry.").documents(),
        Key::optional(
            "version",
            header::VERSION,
            "The version of the node's package; where `contract_version` is absent, that too.",
        )
        .documents(),
    ],
)
.with_foreign(foreign::FOREIGN)
.with_misplaced(misplaced::MISPLACED);

static SWITCH: Table = Table::new(
    "`transaction_management`",
    "Whether effects are undone together.",
    &[Key::default("enabled", Shape::Boolean, "true", "Whether they are; this version does not.")],
);

static ROOT: Shape = Shape::Section(&CONTRACT);

/// Reads all declarations.
///
/// # Errors
///
/// The root is no mapping. What is wrong below it stands in the declarations.
pub(crate) fn read(root: &Node, sink: &mut Sink) -> Given<Declarations> {
    let mut contract = Section::open(Field::of("the contract", root, &ROOT), &CONTRACT, sink)?;
    let (consumed, patterns) = events::apart(contract.list("consumed_events", sink, events::consumed));
    let other_names: Vec<_> = OTHER_NAMES
        .into_iter()
        .filter_map(|key| contract.optional(key, sink, names::non_empty).ok().flatten())
        .collect();
    let declarations = Declarations {
        name: name(&mut contract, &other_names, sink),
        kind: contract.required("node_type", sink, field::word),
        contract_version: contract_version(&mut contract, sink),
        node_version: contract.optional("node_version", sink, header::version),
        description: contract.optional("description", sink, field::text),
        input_model: contract.optional("input_model", sink, model::of_node),
        output_model: contract.optional("output_model", sink, model::of_node),
        routing: contract.optional("handler_routing", sink, routing::routing),
        only_handler: contract.optional("handler", sink, handler::only),
        bus: event_bus::bus(&mut contract, sink),
        consumed,
        patterns,
        published: contract.list("published_events", sink, events::published),
        intents: contract.optional("intent_consumption", sink, intents::consumption),
        workflow: contract.optional("workflow_coordination", sink, workflow::coordination),
        machine: contract.either(&["state_machine", "state_transitions", "fsm"], sink, machine::machine),
        errors: contract.optional("error_handling", sink, errors::errors),
        needs: needs(&mut contract, sink),
        emission: contract.optional("intent_emission", sink, emission::emission),
        described_kind: contract.optional("descriptor", sink, documentation::descriptor).map(Option::flatten),
        other_names,
    };
    documents(&mut contract, sink);
    contract.close();
    Ok(declarations)
}

/// `name`; where it is absent, another spelling of it stands for it.
fn name(contract: &mut Section<'_>, others: &[Spanned<String>], sink: &mut Sink) -> Given<Spanned<String>> {
    match (contract.optional("name", sink, names::node_name)?, others.first()) {
        (Some(name), _) => Ok(name),
        (None, Some(other)) => names::node_name_of(other.clone(), sink),
        (None, None) => contract.required("name", sink, names::node_name),
    }
}

fn contract_version(contract: &mut Section<'_>, sink: &mut Sink) -> Given<Version> {
    let version = contract.optional("version", sink, header::version);
    match contract.optional("contract_version", sink, header::version)? {
        Some(given) => version.map(|_| given),
        None => match version? {
            Some(version) => Ok(version),
            None => contract.required("contract_version", sink, header::version),
        },
    }
}

fn needs(contract: &mut Section<'_>, sink: &mut Sink) -> NeedsDeclaration {
    let operations = |field: Field<'_>, sink: &mut Sink| field::list(field, sink, operations::operation);
    NeedsDeclaration {
        dependencies: List::of(contract.optional("dependencies", sink, needs::dependencies)),
        capabilities: contract.list("capabilities", sink, needs::capability),
        operations: List::of(contract.either(&["io_operations", "operations"], sink, operations)),
        state_model: contract.optional("state_model", sink, model::of_node),
    }
}

/// What is checked, and is no part of the contract's meaning. Its faults are in the sink.
fn documents(contract: &mut Section<'_>, sink: &mut Sink) {
    for key in ["inputs", "outputs"] {
        let _ = contract.optional(key, sink, documentation::ports);
    }
    let _ = contract.list("output_models", sink, documentation::output_model);
    let _ = contract.optional("health_check", sink, documentation::health_check);
    let _ = contract.optional("idempotency", sink, documentation::idempotency);
    let _ = contract.optional("transaction_management", sink, |field, sink| {
        let mut section = Section::open(field, &SWITCH, sink)?;
        let enabled = errors::switch(&mut section, "transaction_management", sink);
        section.close();
        enabled
    });
    let _ = contract.optional("uuid", sink, documentation::uuid);
    for key in ["load_balancing_enabled", "failure_isolation_enabled"] {
        let _ = contract.optional(key, sink, field::boolean);
    }
    for key in ["rate_limiting", "retention_policy", "validation", "validation_rules", "operation_bindings"] {
        contract.take(key);
    }
}
