//! `circuit_breaker` and `branching`: settings of a workflow that stand together.

use super::declarations::{BreakerDeclaration, Maybe};
use crate::contract::{Branching, Evaluation, Merge, RunBreaker};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words};
use crate::read::Given;
use crate::read::agree::{agree, or};
use crate::read::field::{self, Field};
use crate::read::section::Section;
use crate::source::Spanned;

const OPEN_FOR: Shape = Shape::Integer { min: 1_000, max: 600_000 };
const PROBES: Shape = Shape::Integer { min: 1, max: 10 };

pub(super) static BREAKER: Table = Table::new(
    "the circuit breaker of a workflow",
    "When a target that keeps failing is left alone.",
    &[
        Key::default("enabled", Shape::Boolean, "true", "Whether there is one."),
        Key::default(
            "failure_threshold",
            Shape::Integer { min: 1, max: 100 },
            "5",
            "So many failures open the circuit, in a row or in the time that `window_seconds` gives.",
        ),
        Key::default(
            "success_threshold",
            Shape::Integer { min: 1, max: 20 },
            "2",
            "So many successes close it again.",
        ),
        Key::default(
            "timeout_ms",
            OPEN_FOR,
            "60000",
            "How long it is open before the target is probed, in milliseconds.",
        ),
        Key::optional("reset_timeout_ms", OPEN_FOR, "Another name for `timeout_ms`."),
        Key::default("half_open_requests", PROBES, "3", "How many attempts probe the target at once."),
        Key::optional("half_open_max_calls", PROBES, "Another name for `half_open_requests`."),
        Key::optional(
            "window_seconds",
            Shape::Integer { min: 30, max: 3_600 },
            "In what time failures are counted, in seconds; without it, in a row, however long it takes.",
        ),
        Key::optional(
            "failure_rate",
            Shape::Number { min: 0.0, max: 1.0 },
            "The share of failures, of the attempts in that time, below which the circuit stays closed however many they are; without it, their number alone decides.",
        ),
        Key::optional(
            "min_requests",
            Shape::Integer { min: 1, max: 1_000 },
            "So many attempts before the share is looked at.",
        ),
    ],
);

pub(super) static BRANCHING: Table = Table::new(
    "`branching`",
    "How conditions are evaluated.",
    &[
        Key::default(
            "condition_timeout_ms",
            Shape::Integer { min: 1, max: 300_000 },
            "1000",
            "How long a condition may take, in milliseconds.",
        )
        .later(),
        Key::default(
            "max_branch_depth",
            Shape::Integer { min: 1, max: 100 },
            "10",
            "How deep branches may be in branches.",
        )
        .later(),
        Key::default(
            "branch_merge_strategy",
            Shape::Word(Merge::WORDS),
            "wait_all",
            "What a step waits for behind branches.",
        )
        .later(),
        Key::default("evaluation", Shape::Word(Evaluation::WORDS), "eager", "When conditions are evaluated.")
            .later(),
    ],
);

pub(super) fn breaker(field: Field<'_>, sink: &mut Sink) -> Given<BreakerDeclaration> {
    let mut section = Section::open(field, &BREAKER, sink)?;
    let enabled = section.optional("enabled", sink, field::boolean);
    let failure_threshold = section.optional("failure_threshold", sink, field::integer);
    let success_threshold = section.optional("success_threshold", sink, field::integer);
    let timeout_ms: Maybe<u64> = section.optional("timeout_ms", sink, field::integer);
    let reset_timeout_ms: Maybe<u64> = section.optional("reset_timeout_ms", sink, field::integer);
    let half_open_requests: Maybe<u32> = section.optional("half_open_requests", sink, field::integer);
    let half_open_max_calls: Maybe<u32> = section.optional("half_open_max_calls", sink, field::integer);
    let window_seconds: Maybe<u32> = section.optional("window_seconds", sink, field::integer);
    let failure_rate: Maybe<f64> =
        section.optional("failure_rate", sink, |field, sink| at_its_key(field, field::number(field, sink)));
    let min_requests: Maybe<u32> =
        section.optional("min_requests", sink, |field, sink| at_its_key(field, field::integer(field, sink)));
    section.close();
    belongs(
        ("failure_rate", failure_rate),
        ("window_seconds", window_seconds.map(|given| given.is_some())),
        sink,
    )?;
    belongs(
        ("min_requests", min_requests),
        ("failure_rate", failure_rate.map(|given| given.is_some())),
        sink,
    )?;
    let section = "circuit_breaker";
    let timeout_ms =
        agree(&[("timeout_ms", section, timeout_ms), ("reset_timeout_ms", section, reset_timeout_ms)], sink);
    let half_open = agree(
        &[
            ("half_open_requests", section, half_open_requests),
            ("half_open_max_calls", section, half_open_max_calls),
        ],
        sink,
    );
    let usual = RunBreaker::default();
    let breaker = RunBreaker {
        failure_threshold: or(failure_threshold, usual.failure_threshold)?,
        success_threshold: or(success_threshold, usual.success_threshold)?,
        timeout_ms: or(timeout_ms, usual.timeout_ms)?,
        half_open_requests: or(half_open, usual.half_open_requests)?,
        window_seconds: window_seconds?.map(|given| given.value),
        failure_rate: failure_rate?.map(|given| given.value),
        min_requests: min_requests?.map(|given| given.value),
    };
    Ok(BreakerDeclaration { enabled: enabled?, breaker })
}

/// A value that is told of by its key.
fn at_its_key<T>(field: Field<'_>, given: Given<Spanned<T>>) -> Given<Spanned<T>> {
    given.map(|given| Spanned::new(given.value, field.key))
}

/// What says something about another key, which is not there.
fn belongs<T>(
    (key, given): (&str, Maybe<T>),
    (to, is_given): (&str, Given<bool>),
    sink: &mut Sink,
) -> Given<()> {
    let (Ok(Some(given)), Ok(false)) = (given, is_given) else { return Ok(()) };
    let message = format!("`{key}` belongs to `{to}`");
    let fault = Diagnostic::new(Code::MisplacedKey, message, given.span, format!("there is no `{to}`"));
    Err(sink.report(fault.help(format!("give `{to}`, too, or remove `{key}`"))))
}

pub(super) fn branching(field: Field<'_>, sink: &mut Sink) -> Given<Branching> {
    let mut section = Section::open(field, &BRANCHING, sink)?;
    let condition_timeout_ms = section.optional("condition_timeout_ms", sink, field::integer);
    let max_depth = section.optional("max_branch_depth", sink, field::integer);
    let merge: Maybe<Merge> = section.optional("branch_merge_strategy", sink, field::word);
    let evaluation: Maybe<Evaluation> = section.optional("evaluation", sink, field::word);
    section.close();
    let usual = Branching::default();
    Ok(Branching {
        condition_timeout_ms: or(condition_timeout_ms, usual.condition_timeout_ms)?,
        max_depth: or(max_depth, usual.max_depth)?,
        merge: or(merge, Merge::default())?,
        evaluation: or(evaluation, Evaluation::default())?,
    })
}
