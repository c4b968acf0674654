//! `step_config`: what a step is told besides.

use super::declarations::{Executor, StepConfig};
use super::{bounded_text, filled_list};
use crate::contract::StepKind;
use crate::diagnostic::Sink;
use crate::language::{Key, Section as Table, Shape, text};
use crate::read::field::{self, Field};
use crate::read::section::Section;
use crate::read::{Given, List, names};
use crate::source::Spanned;
use crate::syntax::Value;

const NODE: Shape = Shape::Text(&text::NODE_NAME);
const NODES: Shape = Shape::List(&NODE);

pub(super) static STEP_CONFIG: Table = Table::new(
    "`step_config`",
    "What a step is told besides.",
    &[
        Key::optional(
            "event_pattern",
            Shape::Either(&[
                Shape::Text(&text::EVENT_PATTERN),
                Shape::List(&Shape::Text(&text::EVENT_PATTERN)),
            ]),
            "The events that complete this step; nothing is executed for it. Where nothing comes before the step, its event starts a run; elsewhere the run waits for it. Of several events any does, and the step gives an enumeration of them.",
        ),
        Key::optional(
            "event_type",
            Shape::Text(&text::TYPE_NAME),
            "The event that the step publishes, as in `output_events`; beside `event_pattern`, an event that the pattern matches.",
        ),
        Key::optional(
            "intent_filter",
            Shape::Either(&[
                Shape::Text(&text::INTENT_PATTERN),
                Shape::List(&Shape::Text(&text::INTENT_PATTERN)),
            ]),
            "The intents of what the step depends on that it sends by the routing table; nothing else is executed for it. It completes when each of them was executed or is a dead letter, and gives what became of them; with nothing to send it is skipped.",
        ),
        Key::optional(
            "compute_node",
            NODE,
            "The compute node that executes the step, in place of a handler here.",
        )
        .later(),
        Key::optional("adjudicator_node", NODE, "Another name for `compute_node`, where the node judges.")
            .later(),
        Key::optional(
            "effect_node",
            NODE,
            "The effect node that executes the step, in place of a handler here.",
        )
        .later(),
        Key::optional("effect_nodes", NODES, "The effect nodes that execute the step, each of them.").later(),
        Key::optional("available_compute_nodes", NODES, "The nodes of which the step chooses one.").later(),
        Key::optional(
            "routing_field",
            Shape::Text(&text::FIELD),
            "The field of the input by which the step chooses.",
        )
        .later(),
        Key::optional(
            "aggregation_strategy",
            Shape::TEXT,
            "How the outcomes that come together here are judged.",
        )
        .later(),
        Key::optional(
            "skip_condition",
            Shape::Text(&text::EXPRESSION),
            "The step is skipped where this holds.",
        )
        .later(),
        Key::default("parallel_checks", Shape::Boolean, "false", "The step's work is done in parallel.")
            .only_off(),
        Key::default("time_injection", Shape::Boolean, "false", "The step is told the time.").only_off(),
        Key::default("timeout_evaluation", Shape::Boolean, "false", "The step judges whether time is up.")
            .only_off(),
        Key::optional(
            "handler",
            Shape::TEXT,
            "The function that executes the step; the attribute on the function is the link.",
        )
        .documents(),
        Key::optional("internal_handler", Shape::TEXT, "The same, for a step of the orchestrator itself.")
            .documents(),
        Key::optional("protocol", Shape::TEXT, "The interface that the step's handler uses.").documents(),
        Key::optional("operation", Shape::TEXT, "The operation of that interface.").documents(),
        Key::optional("projection_name", Shape::TEXT, "The projection that the step reads.").documents(),
        Key::optional("reducer_protocol", Shape::TEXT, "The interface that the reducer has.").documents(),
        Key::optional(
            "output_type",
            Shape::TEXT,
            "The type of the step's output, in words; rustc knows it from the handler.",
        )
        .documents(),
    ],
);

/// Keys for people and tools.
const DOCUMENTS: [&str; 7] = [
    "handler",
    "internal_handler",
    "protocol",
    "operation",
    "projection_name",
    "reducer_protocol",
    "output_type",
];
/// What this version takes only as `false`.
const SWITCHES: [&str; 3] = ["parallel_checks", "time_injection", "timeout_evaluation"];
/// An expression has no more characters than this.
const EXPRESSION: usize = 500;

impl StepConfig {
    pub(super) fn absent() -> Self {
        Self {
            patterns: Ok(Vec::new()),
            event_type: Ok(None),
            intents: Ok(Vec::new()),
            executors: Vec::new(),
            executors_read: Ok(()),
            candidates: List::absent(),
            aggregation: Ok(None),
            routing_field: Ok(None),
            skip_condition: Ok(None),
        }
    }
}

pub(super) fn step_config(field: Field<'_>, sink: &mut Sink) -> Given<StepConfig> {
    let mut section = Section::open(field, &STEP_CONFIG, sink)?;
    let mut config = StepConfig {
        patterns: section.optional("event_pattern", sink, patterns).map(Option::unwrap_or_default),
        event_type: section.optional("event_type", sink, names::identifier),
        intents: section.optional("intent_filter", sink, patterns).map(Option::unwrap_or_default),
        candidates: section.list("available_compute_nodes", sink, names::node_name),
        aggregation: section.optional("aggregation_strategy", sink, bounded_text(EXPRESSION)),
        routing_field: section.optional("routing_field", sink, names::field_path),
        skip_condition: section.optional("skip_condition", sink, bounded_text(EXPRESSION)),
        ..StepConfig::absent()
    };
    for (key, of) in [
        ("compute_node", StepKind::Compute),
        ("adjudicator_node", StepKind::Compute),
        ("effect_node", StepKind::Effect),
    ] {
        match section.optional(key, sink, names::node_name) {
            Ok(name) => config.executors.extend(name.map(|name| Executor { key, of, name })),
            Err(reported) => config.executors_read = Err(reported),
        }
    }
    let nodes = section.list("effect_nodes", sink, names::node_name);
    config.executors_read = nodes.broken.map_or(config.executors_read, Err);
    let named = |name| Executor { key: "effect_nodes", of: StepKind::Effect, name };
    config.executors.extend(nodes.items.into_iter().map(named));

    let mut said = Ok(());
    for key in DOCUMENTS {
        said = said.and(section.optional(key, sink, field::text).map(drop));
    }
    for key in SWITCHES {
        said = said.and(section.optional(key, sink, field::boolean).map(drop));
    }
    section.close();
    said?;
    Ok(config)
}

/// A pattern, or a list of at least one.
fn patterns(field: Field<'_>, sink: &mut Sink) -> Given<Vec<Spanned<String>>> {
    if !matches!(field.node.value, Value::Seq(_)) {
        return field::spanned_text(field, sink).map(|pattern| vec![pattern]);
    }
    let patterns = filled_list(field, sink, field::spanned_text)?;
    patterns.broken.map_or(Ok(patterns.items), Err)
}
