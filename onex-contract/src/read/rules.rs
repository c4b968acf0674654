//! `coordination_rules`: how a run is executed.

use super::Given;
use super::declarations::Rules;
use super::field::{self, Field};
use super::section::{Keys, Section};
use crate::contract::{Mode, Strategy};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::source::Spanned;

const RULES: Keys = Keys {
    section: "`coordination_rules`",
    known: &[
        "execution_mode",
        "parallel_execution_allowed",
        "failure_recovery_strategy",
        "max_retries",
        "timeout_ms",
        "max_parallel_steps",
        "max_parallel_branches",
        "retry_delay_ms",
        "backoff_multiplier",
        "max_retry_delay_ms",
        "dead_letter_queue_enabled",
        "circuit_breaker_enabled",
        "rollback_enabled",
        "checkpoint_enabled",
        "state_persistence_enabled",
        "recovery_enabled",
    ],
    later: &["checkpoint_interval_ms", "synchronization_points", "batch_size"],
    foreign: &[],
};

/// What this version does not do, and may be told not to do.
const ONLY_OFF: [&str; 5] = [
    "circuit_breaker_enabled",
    "rollback_enabled",
    "checkpoint_enabled",
    "state_persistence_enabled",
    "recovery_enabled",
];

const MODES: &[(&str, Mode)] = &[("sequential", Mode::Sequential), ("parallel", Mode::Parallel)];

const STRATEGIES: &[(&str, Strategy)] = &[
    ("fail_fast", Strategy::FailFast),
    ("continue_on_error", Strategy::ContinueOnError),
    ("retry", Strategy::Retry),
    ("compensate", Strategy::Compensate),
];

pub(super) fn rules(field: Field<'_>, sink: &mut Sink) -> Given<Rules> {
    let mut section = Section::open(field, &RULES, sink)?;
    let rules = Rules {
        mode: section.optional("execution_mode", sink, mode),
        parallel_allowed: section.optional("parallel_execution_allowed", sink, field::boolean),
        strategy: section.optional("failure_recovery_strategy", sink, field::one_of(STRATEGIES, &[])),
        max_retries: section.optional("max_retries", sink, field::integer(0..=10)),
        timeout_ms: section.optional("timeout_ms", sink, run_timeout),
        max_parallel_steps: section.optional("max_parallel_steps", sink, field::integer(1..=100)),
        max_parallel_branches: section.optional("max_parallel_branches", sink, field::integer(1..=100)),
        retry_delay_ms: section.optional("retry_delay_ms", sink, field::integer(100..=60_000)),
        backoff_multiplier: section.optional("backoff_multiplier", sink, field::number(1.0..=5.0)),
        max_retry_delay_ms: section.optional("max_retry_delay_ms", sink, field::integer(1_000..=300_000)),
        dead_letter: section.optional("dead_letter_queue_enabled", sink, field::boolean),
    };
    let mut refused: Option<Reported> = None;
    for key in ONLY_OFF {
        refused = section.optional(key, sink, off).err().or(refused);
    }
    section.close();
    refused.map_or(Ok(rules), Err)
}

/// `execution_mode`.
pub(super) fn mode(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<Mode>> {
    field::one_of(MODES, &["conditional", "batch", "streaming"])(field, sink)
}

/// `timeout_ms` of a run.
pub(super) fn run_timeout(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<u64>> {
    field::integer(1_000..=86_400_000)(field, sink)
}

fn off(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let enabled = field::boolean(field, sink)?;
    if !enabled.value {
        return Ok(());
    }
    let message = format!("{field}: `true` is not supported in this version");
    let fault =
        Diagnostic::new(Code::NotInThisVersion, message, enabled.span, "this version does not execute it");
    Err(sink.report(fault.help("remove the key, or set it to `false`")))
}
