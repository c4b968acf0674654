//! `workflow_conditions`: when runs may start, and how many may fail.

use super::declarations::Maybe;
use super::{bounded_text, or, value};
use crate::contract::{Environment, WorkflowConditions};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::read::Given;
use crate::read::field::{self, Field};
use crate::read::section::Section;
use crate::source::Spanned;
use crate::syntax::Shortened;

/// An expression has no more characters than this.
const EXPRESSION: usize = 500;

pub(super) static CONDITIONS: Table = Table::new(
    "`workflow_conditions`",
    "When runs may start, and how many may fail.",
    &[
        Key::optional(
            "enable_condition",
            Shape::Text(&text::EXPRESSION),
            "Runs start only while this holds.",
        )
        .later(),
        Key::optional(
            "skip_condition",
            Shape::Text(&text::EXPRESSION),
            "A run does nothing where this holds.",
        )
        .later(),
        Key::optional(
            "min_memory_mb",
            Shape::Integer { min: 1, max: 32_768 },
            "How much memory must be free, in mebibytes.",
        )
        .later(),
        Key::optional(
            "min_cpu_percent",
            Shape::Integer { min: 1, max: 100 },
            "How much of the processors must be free.",
        )
        .later(),
        Key::optional("schedule_expression", Shape::Text(&text::SCHEDULE), "When runs start by themselves.")
            .later(),
        Key::optional(
            "timeout_before_ms",
            Shape::Integer { min: 1_000, max: 86_400_000 },
            "How long a run may wait for its conditions, in milliseconds.",
        )
        .later(),
        Key::default(
            "dependency_timeout_ms",
            Shape::Integer { min: 1_000, max: 3_600_000 },
            "300000",
            "How long a run may wait for what it depends on, in milliseconds.",
        )
        .later(),
        Key::optional(
            "environments",
            Shape::List(&Shape::Word(Environment::WORDS)),
            "Where runs start; without it, everywhere.",
        )
        .later(),
        Key::optional(
            "max_failure_rate_percent",
            Shape::Number { min: 0.0, max: 100.0 },
            "No more runs start above this share of failures.",
        )
        .later(),
        Key::optional(
            "max_consecutive_failures",
            Shape::Integer { min: 1, max: 100 },
            "No more runs start after so many failures in a row.",
        )
        .later(),
    ],
);

pub(super) fn conditions(field: Field<'_>, sink: &mut Sink) -> Given<WorkflowConditions> {
    let mut section = Section::open(field, &CONDITIONS, sink)?;
    let enable = section.optional("enable_condition", sink, bounded_text(EXPRESSION));
    let skip = section.optional("skip_condition", sink, bounded_text(EXPRESSION));
    let min_memory_mb = section.optional("min_memory_mb", sink, field::integer);
    let min_cpu_percent = section.optional("min_cpu_percent", sink, field::integer);
    let schedule = section.optional("schedule_expression", sink, schedule);
    let timeout_before_ms = section.optional("timeout_before_ms", sink, field::integer);
    let dependency_timeout_ms = section.optional("dependency_timeout_ms", sink, field::integer);
    let environments = section.list("environments", sink, field::word::<Environment>);
    let max_failure_rate_percent: Maybe<f64> =
        section.optional("max_failure_rate_percent", sink, field::number);
    let max_consecutive_failures = section.optional("max_consecutive_failures", sink, field::integer);
    section.close();
    environments.broken.map_or(Ok(()), Err)?;
    Ok(WorkflowConditions {
        enable: enable?,
        skip: skip?,
        min_memory_mb: value(min_memory_mb)?,
        min_cpu_percent: value(min_cpu_percent)?,
        schedule: schedule?,
        timeout_before_ms: value(timeout_before_ms)?,
        dependency_timeout_ms: or(dependency_timeout_ms, 300_000)?,
        environments: environments.items.into_iter().map(|environment| environment.value).collect(),
        max_failure_rate_percent: value(max_failure_rate_percent)?,
        max_consecutive_failures: value(max_consecutive_failures)?,
    })
}

/// Five or six fields of cron. What the fields mean is for whoever keeps the schedule.
fn schedule(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let text = field::spanned_text(field, sink)?;
    let fields: Vec<&str> = text.value.split_whitespace().collect();
    let is_field =
        |field: &&str| field.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*/,-?#".contains(&byte));
    if matches!(fields.len(), 5 | 6) && fields.iter().all(is_field) {
        return Ok(text);
    }
    let message = format!("{field}: `{}` is not a schedule", Shortened(&text.value));
    let fault = Diagnostic::new(Code::UnknownValue, message, text.span, "not five or six fields")
        .help("a schedule is written as for cron: `\"*/5 * * * *\"` is every five minutes");
    Err(sink.report(fault))
}
