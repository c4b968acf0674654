//! Keys that are often written at the top of a contract and belong elsewhere: what to write instead.

use crate::language::Misplaced;

const CONSUMED: &str =
    "what the node subscribes to stands in `consumed_events`, an event and its topic an entry";
const PUBLISHED: &str =
    "what the node publishes stands in `published_events`, an event and its topic an entry";
const TOPICS: &str =
    "topics stand with their events, in `consumed_events` and `published_events`, or in `event_bus`";
const ROUTES: &str = "what the node answers, and by which handler, stands in `handler_routing`";
const WORKFLOW: &str = "this belongs into `workflow_coordination`, in its `workflow_definition`";
const MACHINE: &str = "this belongs into `state_machine`";
const ERRORS: &str = "this belongs into `error_handling`";
const INTENTS: &str = "intents that the node emits stand in `intent_emission`, the nodes that execute them in `intent_consumption`";
const KIND: &str = "the kind of the node stands in `node_type`";
const MODELS: &str = "the types of the node stand in `input_model` and `output_model`";

pub(super) const MISPLACED: &[Misplaced] = &[
    misplaced("event_sources", CONSUMED),
    misplaced("input_subscriptions", CONSUMED),
    misplaced("subscriptions", CONSUMED),
    misplaced("subscribes", CONSUMED),
    misplaced("consumes", CONSUMED),
    misplaced("input_events", CONSUMED),
    misplaced("emits", PUBLISHED),
    misplaced("emitted_events", PUBLISHED),
    misplaced("produces", PUBLISHED),
    misplaced("produced_events", PUBLISHED),
    misplaced("publishes", PUBLISHED),
    misplaced("event_outputs", PUBLISHED),
    misplaced("output_events", PUBLISHED),
    misplaced("events", "events stand in `consumed_events` and `published_events`, each with its topic"),
    misplaced("topic", TOPICS),
    misplaced("topics", TOPICS),
    misplaced("subscribe_topics", TOPICS),
    misplaced("publish_topics", TOPICS),
    misplaced("dlq_topics", TOPICS),
    misplaced("consumer_group", "this belongs into `event_bus`"),
    misplaced(
        "handlers",
        "handlers stand in `handler_routing`, and what the node needs to be given in `dependencies`",
    ),
    misplaced("sub_handlers", ROUTES),
    misplaced("handler_class", ROUTES),
    misplaced("handler_module", ROUTES),
    misplaced("routing", ROUTES),
    misplaced("routes", ROUTES),
    misplaced("routing_rules", ROUTES),
    misplaced("routing_strategy", ROUTES),
    misplaced("sub_handler_dependencies", "what the node needs to be given stands in `dependencies`"),
    misplaced("requires", "what the node needs to be given stands in `dependencies`"),
    misplaced("protocol_dependencies", "what the node needs to be given stands in `dependencies`"),
    misplaced("workflow", WORKFLOW),
    misplaced("workflow_definition", WORKFLOW),
    misplaced("workflow_metadata", WORKFLOW),
    misplaced("execution_graph", WORKFLOW),
    misplaced("coordination_rules", WORKFLOW),
    misplaced("steps", WORKFLOW),
    misplaced("execution_mode", WORKFLOW),
    misplaced("states", MACHINE),
    misplaced("initial_state", MACHINE),
    misplaced("terminal_states", MACHINE),
    misplaced("transitions", MACHINE),
    misplaced("retry_policy", ERRORS),
    misplaced("retry", ERRORS),
    misplaced("circuit_breaker", ERRORS),
    misplaced("error_types", ERRORS),
    misplaced("error_codes", ERRORS),
    misplaced("intents", INTENTS),
    misplaced("intent_types", INTENTS),
    misplaced("emitted_intents", INTENTS),
    misplaced("intent_routing_table", "this belongs into `intent_consumption`"),
    misplaced("subscribed_intents", "this belongs into `intent_consumption`"),
    misplaced("node", KIND),
    misplaced("kind", KIND),
    misplaced("node_kind", KIND),
    misplaced("type", KIND),
    misplaced("models", MODELS),
    misplaced("input", MODELS),
    misplaced("output", MODELS),
    misplaced("input_models", MODELS),
];

const fn misplaced(name: &'static str, instead: &'static str) -> Misplaced {
    Misplaced { name, instead }
}
