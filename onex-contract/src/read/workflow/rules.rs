//! `coordination_rules`: how a run is executed.

use super::compensation;
use super::declarations::Rules;
use super::policies;
use crate::contract::{Mode, OnExhausted, RunBackoff, Strategy};
use crate::diagnostic::Sink;
use crate::language::{Key, Section as Table, Shape, Words};
use crate::read::field::{self, Field};
use crate::read::section::Section;
use crate::read::{Given, header};
use crate::source::Span;
use crate::syntax::{Mapping, Node, Value};

pub(super) const RUN_TIMEOUT: Shape = Shape::Integer { min: 1_000, max: 86_400_000 };
pub(super) const PARALLEL: Shape = Shape::Integer { min: 1, max: 100 };
pub(super) const RETRIES: Shape = Shape::Integer { min: 0, max: 10 };
pub(super) const RETRY_DELAY: Shape = Shape::Integer { min: 100, max: 60_000 };
const MULTIPLIER: Shape = Shape::Number { min: 1.0, max: 5.0 };
const MANY: Shape = Shape::Integer { min: 1, max: 100_000 };

/// Switches for what is always done: to turn one off is a fault of the contract.
pub(super) const ALWAYS_ON: [&str; 4] =
    ["detect_cycles", "fail_on_cycle", "cycle_detection_enabled", "dependency_resolution_enabled"];

pub(super) static RULES: Table = Table::new(
    "`coordination_rules`",
    "How a run is executed.",
    &[
        Key::default("execution_mode", Shape::Word(Mode::WORDS), "sequential", "In which order steps run."),
        Key::default(
            "parallel_execution_allowed",
            Shape::Boolean,
            "true",
            "`false` forbids the mode `parallel`.",
        )
        .documents(),
        Key::default(
            "failure_recovery_strategy",
            Shape::Word(Strategy::WORDS),
            "fail_fast",
            "What a failed step means for the run.",
        ),
        Key::optional(
            "failure_strategy",
            Shape::Word(Strategy::WORDS),
            "Another name for `failure_recovery_strategy`.",
        ),
        Key::default(
            "max_retries",
            RETRIES,
            "3",
            "Additional attempts of a step, under the strategy `retry` or with `error_action: retry`.",
        ),
        Key::optional(
            "timeout_ms",
            RUN_TIMEOUT,
            "How long a run may be active, in milliseconds; without it, as long as is usual for its `workflow_type`.",
        ),
        Key::optional(
            "global_timeout_ms",
            Shape::Integer { min: 1_000, max: 3_600_000 },
            "Another name for `timeout_ms`.",
        ),
        Key::default(
            "step_timeout_ms",
            Shape::Integer { min: 100, max: 300_000 },
            "30000",
            "How long one attempt of a step may take, in milliseconds, where the step does not say.",
        ),
        Key::optional(
            "shutdown_timeout_ms",
            Shape::Integer { min: 1_000, max: 60_000 },
            "How long steps may take to stop when they are told to, in milliseconds; without it, as long as the program says.",
        ),
        Key::default(
            "max_parallel_steps",
            PARALLEL,
            "5",
            "How many steps of a run are executed at once, and in any mode how many are undone at once, where `order` is `parallel`.",
        ),
        Key::optional("max_parallel_branches", PARALLEL, "Another name for `max_parallel_steps`."),
        Key::default(
            "retry_delay_ms",
            RETRY_DELAY,
            "1000",
            "The delay before the first retry, in milliseconds.",
        ),
        Key::optional("retry_backoff_ms", RETRY_DELAY, "Another name for `retry_delay_ms`."),
        Key::default("backoff_multiplier", MULTIPLIER, "2.0", "What each further delay is multiplied by."),
        Key::optional("retry_backoff_multiplier", MULTIPLIER, "Another name for `backoff_multiplier`."),
        Key::default(
            "max_retry_delay_ms",
            Shape::Integer { min: 1_000, max: 300_000 },
            "30000",
            "The longest delay, in milliseconds.",
        ),
        Key::default(
            "exponential_backoff",
            Shape::Boolean,
            "true",
            "Whether delays grow; `false` is `backoff_strategy: constant`.",
        ),
        Key::default(
            "backoff_strategy",
            Shape::Word(RunBackoff::WORDS),
            "exponential",
            "How the delay grows from one attempt to the next.",
        ),
        Key::default(
            "jitter_factor",
            Shape::Number { min: 0.0, max: 0.5 },
            "0.5",
            "The part of a delay that is random.",
        ),
        Key::default(
            "dead_letter_queue_enabled",
            Shape::Boolean,
            "true",
            "Whether a run that fails is also a dead letter.",
        ),
        Key::default(
            "on_exhausted",
            Shape::Word(OnExhausted::WORDS),
            "dead_letter",
            "What becomes of a run that has failed for good.",
        ),
        Key::default(
            "batch_size",
            Shape::Integer { min: 1, max: 1_000 },
            "10",
            "How many inputs a step takes at once, in the mode `batch`.",
        ),
        Key::default(
            "load_balancing_enabled",
            Shape::Boolean,
            "false",
            "Whether the work is spread over workers, in the mode `batch`, where it always is.",
        ),
        Key::default(
            "step_isolation",
            Shape::Boolean,
            "true",
            "A fault in one step is kept from the others.",
        )
        .only_on(),
        Key::default("track_actions", Shape::Boolean, "true", "What is dispatched is journalled.").only_on(),
        Key::default(
            "circuit_breaker_enabled",
            Shape::Boolean,
            "false",
            "Whether a target that keeps failing is left alone for a while.",
        ),
        Key::optional(
            "circuit_breaker",
            Shape::Section(&policies::BREAKER),
            "When a target that keeps failing is left alone; to give it is to want it.",
        ),
        Key::default(
            "rollback_enabled",
            Shape::Boolean,
            "false",
            "Another word for `failure_recovery_strategy: compensate`.",
        ),
        Key::optional(
            "compensation_plan",
            Shape::Section(&compensation::PLAN),
            "How the steps of a failed run are undone, under the strategy `compensate`.",
        ),
        Key::default(
            "checkpoint_enabled",
            Shape::Boolean,
            "false",
            "Whether runs must survive the process: then no runtime is built whose journal is in memory.",
        ),
        Key::default(
            "checkpoint_interval_ms",
            Shape::Integer { min: 100, max: 600_000 },
            "5000",
            "How often a run is saved at least, in milliseconds. What happens in it is saved as it happens, so any interval is kept; to give it is to want `checkpoint_enabled`.",
        ),
        Key::default(
            "state_persistence_enabled",
            Shape::Boolean,
            "false",
            "Another word for `checkpoint_enabled`.",
        ),
        Key::default(
            "recovery_enabled",
            Shape::Boolean,
            "false",
            "Whether runs must go on after a crash. What survives the process does, so it asks for the same as `checkpoint_enabled`.",
        ),
        Key::optional(
            "synchronization_points",
            Shape::TEXTS,
            "Steps that wait for all that stand above them, and that all below them wait for.",
        )
        .later(),
        Key::optional(
            "min_required_steps_completion_percent",
            Shape::Number { min: 0.0, max: 100.0 },
            "The share of the steps that must complete where failures are tolerated: below it the run has failed. Steps that were not to run do not count. Without it, a run whose failures are all tolerated completes with errors.",
        ),
        Key::optional("branching", Shape::Section(&policies::BRANCHING), "How conditions are evaluated.")
            .later(),
        Key::default("max_steps_per_workflow", MANY, "1000", "How many steps the workflow may have."),
        Key::optional(
            "max_actions_per_workflow",
            MANY,
            "How often a run may dispatch a step or undo one, each attempt counted; what its steps and their retries come to must be within it.",
        ),
        Key::default(
            "max_workflow_depth",
            Shape::Integer { min: 1, max: 100 },
            "10",
            "How deep workflows may be in this one: 1 if its steps are workflows and none of theirs is.",
        ),
        always_on("detect_cycles"),
        always_on("fail_on_cycle"),
        always_on("cycle_detection_enabled"),
        Key::default(
            "dependency_resolution_enabled",
            Shape::Boolean,
            "true",
            "A step waits for what it depends on, always; `false` is refused.",
        )
        .documents(),
        super::version(),
    ],
);

const fn always_on(name: &'static str) -> Key {
    Key::default(
        name,
        Shape::Boolean,
        "true",
        "Steps that depend on each other in a circle are a fault, always; `false` is refused.",
    )
    .documents()
}

pub(super) fn rules(field: Field<'_>, sink: &mut Sink) -> Given<Rules> {
    let mut section = Section::open(field, &RULES, sink)?;
    let version = section.optional("version", sink, header::version);
    let rules = Rules {
        mode: section.optional("execution_mode", sink, field::word),
        parallel_allowed: section.optional("parallel_execution_allowed", sink, field::boolean),
        strategy: section.optional("failure_recovery_strategy", sink, field::word),
        failure_strategy: section.optional("failure_strategy", sink, field::word),
        max_retries: section.optional("max_retries", sink, field::integer),
        timeout_ms: section.optional("timeout_ms", sink, field::integer),
        global_timeout_ms: section.optional("global_timeout_ms", sink, field::integer),
        step_timeout_ms: section.optional("step_timeout_ms", sink, field::integer),
        shutdown_timeout_ms: section.optional("shutdown_timeout_ms", sink, field::integer),
        max_parallel_steps: section.optional("max_parallel_steps", sink, field::integer),
        max_parallel_branches: section.optional("max_parallel_branches", sink, field::integer),
        retry_delay_ms: section.optional("retry_delay_ms", sink, field::integer),
        retry_backoff_ms: section.optional("retry_backoff_ms", sink, field::integer),
        backoff_multiplier: section.optional("backoff_multiplier", sink, field::number),
        retry_backoff_multiplier: section.optional("retry_backoff_multiplier", sink, field::number),
        max_retry_delay_ms: section.optional("max_retry_delay_ms", sink, field::integer),
        exponential: section.optional("exponential_backoff", sink, field::boolean),
        backoff: section.optional("backoff_strategy", sink, field::word),
        jitter_factor: section.optional("jitter_factor", sink, field::number),
        dead_letter: section.optional("dead_letter_queue_enabled", sink, field::boolean),
        on_exhausted: section.optional("on_exhausted", sink, field::word),
        batch_size: section.optional("batch_size", sink, field::integer),
        load_balancing: section.optional("load_balancing_enabled", sink, field::boolean),
        step_isolation: section.optional("step_isolation", sink, field::boolean),
        track_actions: section.optional("track_actions", sink, field::boolean),
        checkpoints: section.optional("checkpoint_enabled", sink, field::boolean),
        checkpoint_interval_ms: section.optional("checkpoint_interval_ms", sink, field::integer),
        persistence: section.optional("state_persistence_enabled", sink, field::boolean),
        recovery: section.optional("recovery_enabled", sink, field::boolean),
        rollback: section.optional("rollback_enabled", sink, field::boolean),
        min_completion_percent: section.optional(
            "min_required_steps_completion_percent",
            sink,
            field::number,
        ),
        synchronization_points: section.list("synchronization_points", sink, field::spanned_text),
        max_steps: section.optional("max_steps_per_workflow", sink, field::integer),
        max_actions: section.optional("max_actions_per_workflow", sink, field::integer),
        max_depth: section.optional("max_workflow_depth", sink, field::integer),
        circuit_enabled: section.optional("circuit_breaker_enabled", sink, field::boolean),
        circuit: section.optional("circuit_breaker", sink, policies::breaker),
        branching: section.optional("branching", sink, policies::branching),
        compensation_plan: section.optional("compensation_plan", sink, compensation::plan),
        always_on: ALWAYS_ON.iter().map(|key| (*key, section.optional(key, sink, field::boolean))).collect(),
    };
    section.close();
    version?;
    Ok(rules)
}

/// The rules of a workflow that gives none.
pub(super) fn absent(at: Span, sink: &mut Sink) -> Given<Rules> {
    static SHAPE: Shape = Shape::Section(&RULES);
    let nothing = Node { value: Value::Map(Mapping { entries: Vec::new(), broken: None }), span: at };
    rules(Field::of("the rules", &nothing, &SHAPE), sink)
}
