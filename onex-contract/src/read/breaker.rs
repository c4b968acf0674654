//! `circuit_breaker`: when a target that keeps failing is left alone.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, names};
use crate::contract::{BackendBreaker, CircuitBreaker};
use crate::diagnostic::Sink;
use crate::language::{Key, Section as Table, Shape};

const FAILURES: Shape = Shape::Integer { min: 1, max: 100 };
const RESET: Shape = Shape::Integer { min: 1_000, max: 600_000 };
const TRIALS: Shape = Shape::Integer { min: 1, max: 10 };

pub(super) static BREAKER: Table = Table::new(
    "`circuit_breaker`",
    "When a target that keeps failing is left alone.",
    &[
        Key::default("enabled", Shape::Boolean, "true", "Whether there is one."),
        Key::optional("description", Shape::TEXT, "Why, in words.").documents(),
        Key::default(
            "failure_threshold",
            FAILURES,
            "5",
            "After so many failures in a row the target is left alone.",
        ),
        Key::default(
            "success_threshold",
            Shape::Integer { min: 1, max: 20 },
            "2",
            "After so many successes it is trusted again.",
        ),
        Key::default("reset_timeout_ms", RESET, "60000", "How long it is left alone, in milliseconds."),
        Key::optional("timeout_ms", RESET, "Another name for `reset_timeout_ms`."),
        Key::default("half_open_max_requests", TRIALS, "3", "How many are let through to try it."),
        Key::optional("half_open_requests", TRIALS, "Another name for `half_open_max_requests`."),
        Key::optional("half_open_max_calls", TRIALS, "Another name for `half_open_max_requests`."),
        Key::default(
            "per_backend",
            Shape::Boolean,
            "false",
            "Whether each backend has a breaker of its own.",
        )
        .documents(),
        Key::optional(
            "backends",
            Shape::List(&Shape::Section(&BACKEND)),
            "The targets that have numbers of their own: steps name them as their `circuit`.",
        ),
        Key::optional("transport_type", Shape::TEXT, "What leads to the target, for reports.").documents(),
    ],
);

static BACKEND: Table = Table::new(
    "a backend of `circuit_breaker`",
    "A target that has numbers of its own.",
    &[
        Key::required("name", Shape::TEXT, "Its name, which no other has."),
        Key::optional("failure_threshold", FAILURES, "Without it, that of the node."),
        Key::optional("reset_timeout_ms", RESET, "Without it, that of the node."),
    ],
);

pub(super) fn breaker(field: Field<'_>, sink: &mut Sink) -> Given<CircuitBreaker> {
    let mut section = Section::open(field, &BREAKER, sink)?;
    let enabled = section.optional("enabled", sink, field::boolean);
    let description = section.optional("description", sink, field::text);
    let failures = section.optional("failure_threshold", sink, field::integer::<u32>);
    let successes = section.optional("success_threshold", sink, field::integer::<u32>);
    let reset = section.either(&["reset_timeout_ms", "timeout_ms"], sink, field::integer::<u64>);
    let trials = section.either(
        &["half_open_max_requests", "half_open_requests", "half_open_max_calls"],
        sink,
        field::integer::<u32>,
    );
    let per_backend = section.optional("per_backend", sink, field::boolean);
    let transport = section.optional("transport_type", sink, field::text);
    let failure_threshold = failures.map(|given| given.map_or(5, |given| given.value));
    let reset_timeout_ms = reset.map(|given| given.map_or(60_000, |given| given.value));
    let backends = section.list("backends", sink, |field, sink| {
        let mut section = Section::open(field, &BACKEND, sink)?;
        let name = section.required("name", sink, names::non_empty);
        let failures = section.optional("failure_threshold", sink, field::integer::<u32>);
        let reset = section.optional("reset_timeout_ms", sink, field::integer::<u64>);
        section.close();
        Ok(BackendBreaker {
            name: name?,
            failure_threshold: failures?.map_or(failure_threshold, |given| Ok(given.value))?,
            reset_timeout_ms: reset?.map_or(reset_timeout_ms, |given| Ok(given.value))?,
        })
    });
    section.close();
    description.and(transport)?;
    per_backend?;
    Ok(CircuitBreaker {
        enabled: enabled?.is_none_or(|enabled| enabled.value),
        failure_threshold: failure_threshold?,
        success_threshold: successes?.map_or(2, |given| given.value),
        reset_timeout_ms: reset_timeout_ms?,
        half_open_max_requests: trials?.map_or(3, |given| given.value),
        backends: backends.all()?,
        span: field.key,
    })
}
