//! One entry of `execution_graph.nodes`.

use super::compensation::{COMPENSATION, compensation};
use super::condition::{self, CONDITION, CONDITIONS};
use super::declarations::{StepConfig, StepDeclaration};
use super::step_config::{self, STEP_CONFIG};
use super::{bounded_text, filled_list, path};
use crate::contract::{ErrorAction, OnDuplicate, RunIf, StepKind};
use crate::diagnostic::Sink;
use crate::language::{Foreign, Key, Section as Table, Shape, Words, text};
use crate::read::field::{self, Field};
use crate::read::section::Section;
use crate::read::{Given, List, header, names};

const GROUP: usize = 100;
const TARGET: usize = 255;

pub(super) static STEP: Table = Table::new(
    "a step",
    "One step of the workflow.",
    &[
        Key::required(
            "node_id",
            Shape::Text(&text::STEP_NAME),
            "The step's name: in `depends_on`, as the path of its handler's slot, and as the parameter by which another step takes its output.",
        ),
        Key::required("node_type", Shape::Word(StepKind::WORDS), "What kind of work the step does."),
        Key::optional("description", Shape::TEXT, "What the step does.").documents(),
        Key::optional("depends_on", Shape::TEXTS, "The steps that come before this one."),
        Key::optional("dependencies", Shape::TEXTS, "Another name for `depends_on`."),
        Key::optional("step_config", Shape::Section(&STEP_CONFIG), "What else the step is told."),
        Key::optional(
            "timeout_ms",
            Shape::Integer { min: 100, max: 300_000 },
            "How long one attempt may take, in milliseconds; without it, `step_timeout_ms` of the rules.",
        ),
        Key::optional(
            "retry_count",
            Shape::Integer { min: 0, max: 10 },
            "Additional attempts, under any strategy; without it, `max_retries` under the strategy `retry` and none under the others.",
        ),
        Key::default(
            "continue_on_error",
            Shape::Boolean,
            "false",
            "A failure of this step does not fail the run.",
        ),
        Key::optional(
            "error_action",
            Shape::Word(ErrorAction::WORDS),
            "What a failure of this step means; without it, what the strategy says.",
        ),
        Key::default("enabled", Shape::Boolean, "true", "`false`: the step is skipped."),
        Key::default(
            "skip_on_failure",
            Shape::Boolean,
            "false",
            "The step is skipped once another one has failed.",
        ),
        Key::default(
            "priority",
            Shape::Integer { min: 1, max: 1_000 },
            "100",
            "Which of several steps that may run goes first: the lower.",
        ),
        Key::default(
            "order_index",
            Shape::COUNT,
            "0",
            "Which of several steps of one `priority` that may run goes first, before the order of the file: the lower.",
        ),
        Key::optional("parallel_group", Shape::TEXT, "Steps of one group are executed at once, or not at all.").later(),
        Key::default(
            "max_parallel_instances",
            Shape::Integer { min: 1, max: 100 },
            "1",
            "How many instances of the step are executed at once.",
        ),
        Key::optional(
            "max_memory_mb",
            Shape::Integer { min: 1, max: 32_768 },
            "How much memory the step may take, in mebibytes.",
        )
        .later(),
        Key::optional(
            "max_cpu_percent",
            Shape::Integer { min: 1, max: 100 },
            "How much of a processor the step may take.",
        )
        .later(),
        Key::optional("compensation", COMPENSATION, "What undoes this step."),
        Key::optional(
            "key",
            Shape::Text(&text::FIELD),
            "The field of the event that is the run's identity; without it, each event is a run of its own. A step that waits in the middle of a run, and each of several that start one, must have it.",
        ),
        Key::default(
            "on_duplicate",
            Shape::Word(OnDuplicate::WORDS),
            "reject",
            "What a second event with the same key does.",
        ),
        Key::optional(
            "gate_timeout_ms",
            Shape::Integer { min: 1_000, max: 2_592_000_000 },
            "How long a step in the middle of a run waits for its event, in milliseconds; without it, as long as the run.",
        ),
        Key::optional(
            "output_events",
            Shape::List(&Shape::Text(&text::TYPE_NAME)),
            "The output of this step is one of these events, published when the step is recorded.",
        ),
        Key::default(
            "run_if",
            Shape::Word(RunIf::WORDS),
            "default",
            "What the step does without the outputs that it may take.",
        ),
        Key::optional(
            "condition",
            CONDITION,
            "What must hold for the step to run; it is skipped otherwise.",
        ),
        Key::optional("conditions", CONDITIONS, "Several conditions, each of which must hold."),
        Key::optional(
            "branch_group",
            Shape::TEXT,
            "Of the steps of one group the first whose condition holds runs, and the others are skipped.",
        ),
        Key::optional(
            "circuit",
            Shape::TEXT,
            "The target whose circuit breaker guards this step: one of the `backends`, a node, or a name that steps share; without it, one of its own.",
        ),
        Key::optional(
            "for_each",
            Shape::Text(&text::OUTPUT),
            "The list in an earlier output, of which each entry is an instance of this step; steps that depend on it take a list of outputs.",
        ),
        Key::optional(
            "workflow",
            Shape::TEXT,
            "The name of the workflow that is this step: each of its attempts is a run of that workflow, and its output is that of the run.",
        ),
        Key::optional(
            "node_name",
            Shape::Text(&text::NODE_NAME),
            "The node that executes the step, in place of a handler here.",
        )
        .later(),
        Key::optional("target_node_type", Shape::TEXT, "The kind of that node.").documents(),
        Key::optional("contract_ref", Shape::TEXT, "Where its contract is.").documents(),
        super::version(),
    ],
)
.with_foreign(&[Foreign { name: "metadata", what: "Whatever else is to be said of the step." }]);

pub(super) fn step(field: Field<'_>, sink: &mut Sink) -> Given<StepDeclaration> {
    let mut section = Section::open(field, &STEP, sink)?;
    let step = StepDeclaration {
        id: section.required("node_id", sink, names::step_id),
        kind: section.required("node_type", sink, field::word),
        description: section.optional("description", sink, field::text),
        depends_on: section.list("depends_on", sink, field::spanned_text),
        dependencies: section.list("dependencies", sink, field::spanned_text),
        timeout_ms: section.optional("timeout_ms", sink, field::integer),
        gate_timeout_ms: section.optional("gate_timeout_ms", sink, field::integer),
        retry_count: section.optional("retry_count", sink, field::integer),
        continue_on_error: section.optional("continue_on_error", sink, field::boolean),
        error_action: section.optional("error_action", sink, field::word),
        enabled: section.optional("enabled", sink, field::boolean),
        skip_on_failure: section.optional("skip_on_failure", sink, field::boolean),
        priority: section.optional("priority", sink, field::integer),
        order_index: section.optional("order_index", sink, field::integer),
        parallel_group: section.optional("parallel_group", sink, bounded_text(GROUP)),
        max_parallel_instances: section.optional("max_parallel_instances", sink, field::integer),
        max_memory_mb: section.optional("max_memory_mb", sink, field::integer),
        max_cpu_percent: section.optional("max_cpu_percent", sink, field::integer),
        compensation: section.optional("compensation", sink, compensation),
        key: section.optional("key", sink, names::field_path),
        on_duplicate: section.optional("on_duplicate", sink, field::word),
        outputs: section
            .optional("output_events", sink, |field, sink| filled_list(field, sink, names::identifier))
            .map_or_else(List::unreadable, |list| list.unwrap_or_else(List::absent)),
        run_if: section.optional("run_if", sink, field::word),
        condition: section.optional("condition", sink, condition::of_step),
        conditions: section.optional("conditions", sink, condition::all_of_step),
        branch_group: section.optional("branch_group", sink, bounded_text(GROUP)),
        circuit: section.optional("circuit", sink, bounded_text(TARGET)),
        for_each: section.optional("for_each", sink, path::path),
        workflow: section.optional("workflow", sink, bounded_text(TARGET)),
        node_name: section.optional("node_name", sink, names::node_name),
        config: section
            .optional("step_config", sink, step_config::step_config)
            .map(|config| config.unwrap_or_else(StepConfig::absent)),
        span: field.span(),
    };
    let said = [
        section.optional("target_node_type", sink, field::text).map(drop),
        section.optional("contract_ref", sink, field::text).map(drop),
        section.optional("version", sink, header::version).map(drop),
    ];
    section.close();
    said.into_iter().collect::<Given<()>>()?;
    Ok(step)
}
