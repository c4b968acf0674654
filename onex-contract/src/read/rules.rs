//! `coordination_rules`: how a run is executed.

use super::Given;
use super::declarations::Rules;
use super::field::{self, Field};
use super::section::Section;
use crate::contract::{Mode, Strategy};
use crate::diagnostic::{Reported, Sink};
use crate::language::{Key, Section as Table, Shape, Words};

pub(super) const RUN_TIMEOUT: Shape = Shape::Integer { min: 1_000, max: 86_400_000 };
const PARALLEL: Shape = Shape::Integer { min: 1, max: 100 };

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
        Key::default(
            "max_retries",
            Shape::Integer { min: 0, max: 10 },
            "3",
            "Additional attempts of a step, under the strategy `retry`.",
        ),
        Key::default("timeout_ms", RUN_TIMEOUT, "300000", "How long a run may be active, in milliseconds."),
        Key::default("max_parallel_steps", PARALLEL, "5", "How many steps of a run are executed at once."),
        Key::optional("max_parallel_branches", PARALLEL, "Another name for `max_parallel_steps`."),
        Key::default(
            "retry_delay_ms",
            Shape::Integer { min: 100, max: 60_000 },
            "1000",
            "The delay before the first retry, in milliseconds.",
        ),
        Key::default(
            "backoff_multiplier",
            Shape::Number { min: 1.0, max: 5.0 },
            "2.0",
            "What each further delay is multiplied by.",
        ),
        Key::default(
            "max_retry_delay_ms",
            Shape::Integer { min: 1_000, max: 300_000 },
            "30000",
            "The longest delay, in milliseconds.",
        ),
        Key::default(
            "dead_letter_queue_enabled",
            Shape::Boolean,
            "true",
            "Whether a run that fails is also a dead letter.",
        ),
        Key::default(
            "circuit_breaker_enabled",
            Shape::Boolean,
            "false",
            "Whether a target that keeps failing is left alone for a while.",
        )
        .only_off(),
        Key::default("rollback_enabled", Shape::Boolean, "false", "Another word for `compensate`.")
            .only_off(),
        Key::default("checkpoint_enabled", Shape::Boolean, "false", "Whether runs survive the process.")
            .only_off(),
        Key::default(
            "state_persistence_enabled",
            Shape::Boolean,
            "false",
            "Whether runs survive the process.",
        )
        .only_off(),
        Key::default("recovery_enabled", Shape::Boolean, "false", "Whether runs go on after a crash.")
            .only_off(),
    ],
);

/// What is read for its type only.
const SWITCHES: [&str; 5] = [
    "circuit_breaker_enabled",
    "rollback_enabled",
    "checkpoint_enabled",
    "state_persistence_enabled",
    "recovery_enabled",
];

pub(super) fn rules(field: Field<'_>, sink: &mut Sink) -> Given<Rules> {
    let mut section = Section::open(field, &RULES, sink)?;
    let rules = Rules {
        mode: section.optional("execution_mode", sink, field::word),
        parallel_allowed: section.optional("parallel_execution_allowed", sink, field::boolean),
        strategy: section.optional("failure_recovery_strategy", sink, field::word),
        max_retries: section.optional("max_retries", sink, field::integer),
        timeout_ms: section.optional("timeout_ms", sink, field::integer),
        max_parallel_steps: section.optional("max_parallel_steps", sink, field::integer),
        max_parallel_branches: section.optional("max_parallel_branches", sink, field::integer),
        retry_delay_ms: section.optional("retry_delay_ms", sink, field::integer),
        backoff_multiplier: section.optional("backoff_multiplier", sink, field::number),
        max_retry_delay_ms: section.optional("max_retry_delay_ms", sink, field::integer),
        dead_letter: section.optional("dead_letter_queue_enabled", sink, field::boolean),
    };
    let mut refused: Option<Reported> = None;
    for key in SWITCHES {
        refused = section.optional(key, sink, field::boolean).err().or(refused);
    }
    section.close();
    refused.map_or(Ok(rules), Err)
}
