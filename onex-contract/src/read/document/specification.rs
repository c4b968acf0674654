//! `specification`: what a node is and promises.

use super::values::{self, PERCENTAGE};
use crate::contract::NodeKind;
use crate::diagnostic::Sink;
use crate::document::{
    Performance, ProcessingType, Reliability, RetryPolicy, Scaling, Specification, WorkflowLimits,
};
use crate::language::{Key, Section as Table, Shape, Words};
use crate::read::Given;
use crate::read::field::{self, Field};
use crate::read::section::Section;

/// A day.
const MAX_MS: i64 = 86_400_000;

pub(super) static SPECIFICATION: Table = Table::new(
    "`specification`",
    "What a node is and promises.",
    &[
        Key::required(
            "node_class",
            Shape::Word(NodeKind::WORDS),
            "The kind of node, as in `metadata.node_type`.",
        ),
        Key::optional(
            "processing_type",
            Shape::Word(ProcessingType::WORDS),
            "Whether an answer is waited for.",
        )
        .documents(),
        Key::optional("stateful", Shape::Boolean, "Whether the node keeps state between messages.")
            .documents(),
        Key::optional("workflow", Shape::Section(&WORKFLOW), "Which workflows the node can have."),
        Key::optional(
            "performance",
            Shape::Section(&PERFORMANCE),
            "How fast it is, and what it takes for that.",
        )
        .documents(),
        Key::optional("reliability", Shape::Section(&RELIABILITY), "How often it may fail."),
    ],
);

static WORKFLOW: Table = Table::new(
    "`workflow` of a specification",
    "Which workflows a node can have; its workflow definition keeps to it.",
    &[
        Key::optional("supports_sequential", Shape::Boolean, "The mode `sequential`."),
        Key::optional("supports_parallel", Shape::Boolean, "The mode `parallel`."),
        Key::optional("supports_conditional", Shape::Boolean, "The mode `conditional`."),
        Key::optional(
            "supports_compensation",
            Shape::Boolean,
            "The strategy `compensate`, and compensations.",
        ),
        Key::optional(
            "max_workflow_depth",
            Shape::Integer { min: 1, max: 100 },
            "How deeply workflows may be nested.",
        )
        .documents(),
        Key::optional(
            "max_steps_per_workflow",
            Shape::Integer { min: 1, max: 1_000 },
            "How many steps a workflow may have.",
        ),
    ],
);

static PERFORMANCE: Table = Table::new(
    "`performance`",
    "How fast a node is, and what it takes for that.",
    &[
        Key::optional(
            "expected_latency_ms",
            Shape::Integer { min: 0, max: MAX_MS },
            "How long an answer takes as a rule.",
        )
        .documents(),
        Key::optional(
            "max_latency_ms",
            Shape::Integer { min: 1, max: MAX_MS },
            "How long it takes at most; no less than what is expected.",
        )
        .documents(),
        Key::optional(
            "throughput_workflows_per_second",
            Shape::Number { min: 0.0, max: 1_000_000.0 },
            "How many workflows it runs in a second.",
        )
        .documents(),
        Key::optional(
            "memory_requirement_mb",
            Shape::Integer { min: 1, max: 1_048_576 },
            "The memory that it needs, in MiB.",
        )
        .documents(),
        Key::optional(
            "cpu_requirement_cores",
            Shape::Number { min: 0.0, max: 1_024.0 },
            "The processors that it needs.",
        )
        .documents(),
        Key::optional("scaling_factor", Shape::Word(Scaling::WORDS), "How it takes more work.").documents(),
    ],
);

static RELIABILITY: Table = Table::new(
    "`reliability`",
    "How often a node may fail.",
    &[
        Key::optional("availability_target", Shape::Text(&PERCENTAGE), "How much of the time it answers.")
            .documents(),
        Key::optional("error_rate_target", Shape::Text(&PERCENTAGE), "How many answers may be errors.")
            .documents(),
        Key::optional(
            "recovery_time_target_seconds",
            Shape::Integer { min: 0, max: 604_800 },
            "How long it may be gone.",
        )
        .documents(),
        Key::optional(
            "circuit_breaker_enabled",
            Shape::Boolean,
            "Whether a target that keeps failing is left alone for a while; as in the workflow definition.",
        ),
        Key::optional(
            "retry_policy",
            Shape::Word(RetryPolicy::WORDS),
            "How the delays between attempts grow.",
        )
        .documents(),
        Key::optional("compensation_supported", Shape::Boolean, "The same as `supports_compensation`."),
    ],
);

pub(super) fn specification(field: Field<'_>, sink: &mut Sink) -> Given<Specification> {
    let mut section = Section::open(field, &SPECIFICATION, sink)?;
    let node_class = section.required("node_class", sink, field::word);
    let processing_type = section.optional("processing_type", sink, field::word);
    let stateful = section.optional("stateful", sink, field::boolean);
    let workflow = section.optional("workflow", sink, workflow);
    let performance = section.optional("performance", sink, performance);
    let reliability = section.optional("reliability", sink, reliability);
    section.close();
    Ok(Specification {
        node_class: node_class?,
        processing_type: processing_type?.map(|given| given.value),
        stateful: stateful?.map(|given| given.value),
        workflow: workflow?.unwrap_or_default(),
        performance: performance?.unwrap_or_default(),
        reliability: reliability?.unwrap_or_default(),
    })
}

fn workflow(field: Field<'_>, sink: &mut Sink) -> Given<WorkflowLimits> {
    let mut section = Section::open(field, &WORKFLOW, sink)?;
    let sequential = section.optional("supports_sequential", sink, field::boolean);
    let parallel = section.optional("supports_parallel", sink, field::boolean);
    let conditional = section.optional("supports_conditional", sink, field::boolean);
    let compensation = section.optional("supports_compensation", sink, field::boolean);
    let max_depth = section.optional("max_workflow_depth", sink, field::integer);
    let max_steps = section.optional("max_steps_per_workflow", sink, field::integer);
    section.close();
    Ok(WorkflowLimits {
        sequential: sequential?,
        parallel: parallel?,
        conditional: conditional?,
        compensation: compensation?,
        max_depth: max_depth?,
        max_steps: max_steps?,
    })
}

fn performance(field: Field<'_>, sink: &mut Sink) -> Given<Performance> {
    let mut section = Section::open(field, &PERFORMANCE, sink)?;
    let expected_latency_ms = section.optional("expected_latency_ms", sink, field::integer);
    let max_latency_ms = section.optional("max_latency_ms", sink, field::integer);
    let throughput = section.optional("throughput_workflows_per_second", sink, field::number);
    let memory = section.optional("memory_requirement_mb", sink, field::integer::<u64>);
    let cpu = section.optional("cpu_requirement_cores", sink, field::number);
    let scaling = section.optional("scaling_factor", sink, field::word);
    section.close();
    Ok(Performance {
        expected_latency_ms: expected_latency_ms?,
        max_latency_ms: max_latency_ms?,
        throughput_workflows_per_second: throughput?.map(|given| given.value),
        memory_requirement_mb: memory?.map(|given| given.value),
        cpu_requirement_cores: cpu?.map(|given| given.value),
        scaling: scaling?.map(|given| given.value),
    })
}

fn reliability(field: Field<'_>, sink: &mut Sink) -> Given<Reliability> {
    let mut section = Section::open(field, &RELIABILITY, sink)?;
    let availability_percent = section.optional("availability_target", sink, values::percentage);
    let error_rate_percent = section.optional("error_rate_target", sink, values::percentage);
    let recovery = section.optional("recovery_time_target_seconds", sink, field::integer::<u64>);
    let circuit_breaker = section.optional("circuit_breaker_enabled", sink, field::boolean);
    let retry_policy = section.optional("retry_policy", sink, field::word);
    let compensation = section.optional("compensation_supported", sink, field::boolean);
    section.close();
    Ok(Reliability {
        availability_percent: availability_percent?,
        error_rate_percent: error_rate_percent?,
        recovery_time_seconds: recovery?.map(|given| given.value),
        circuit_breaker: circuit_breaker?,
        retry_policy: retry_policy?.map(|given| given.value),
        compensation: compensation?,
    })
}
