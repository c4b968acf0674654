//! `retry_policy`: how often and when a failed operation is tried again.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, names};
use crate::contract::{Backoff, RetryPolicy};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words};
use crate::source::Spanned;
use crate::syntax::Value;

const DELAY: Shape = Shape::Integer { min: 0, max: 3_600_000 };
const BASE: Shape = Shape::Number { min: 1.0, max: 10.0 };
const JITTER: Shape = Shape::Number { min: 0.0, max: 0.5 };

const MAX_RETRIES: u32 = 3;
const INITIAL_DELAY_MS: u64 = 1_000;
const MAX_DELAY_MS: u64 = 30_000;

pub(super) static RETRY: Table = Table::new(
    "`retry_policy`",
    "How often and when a failed operation is tried again.",
    &[
        Key::default("enabled", Shape::Boolean, "true", "Whether it is tried again at all."),
        Key::optional("description", Shape::TEXT, "Why, in words.").documents(),
        Key::default("max_retries", Shape::Integer { min: 0, max: 100 }, "3", "Additional attempts."),
        Key::default("initial_delay_ms", DELAY, "1000", "The delay before the first, in milliseconds."),
        Key::optional("base_delay_ms", DELAY, "Another name for `initial_delay_ms`."),
        Key::optional("retry_delay_ms", DELAY, "Another name for `initial_delay_ms`."),
        Key::default("max_delay_ms", DELAY, "30000", "The longest delay, in milliseconds."),
        Key::optional("max_retry_delay_ms", DELAY, "Another name for `max_delay_ms`."),
        Key::default("exponential_base", BASE, "2.0", "What each further delay is multiplied by."),
        Key::optional("backoff_multiplier", BASE, "Another name for `exponential_base`."),
        Key::default("backoff", Shape::Word(Backoff::WORDS), "exponential", "How delays grow."),
        Key::optional("backoff_strategy", Shape::Word(Backoff::WORDS), "Another name for `backoff`."),
        Key::default("jitter_factor", JITTER, "0.1", "The part of a delay that is random."),
        Key::optional(
            "jitter",
            Shape::Either(&[JITTER, Shape::Boolean]),
            "Another name for `jitter_factor`; `false` is 0 and `true` is 0.1.",
        ),
        Key::optional(
            "retry_on",
            Shape::TEXTS,
            "The errors that are tried again; without it, all are. A name in capitals is one of `error_types` or `error_codes`.",
        ),
    ],
);

pub(super) fn retry(field: Field<'_>, sink: &mut Sink) -> Given<RetryPolicy> {
    let mut section = Section::open(field, &RETRY, sink)?;
    let enabled = section.optional("enabled", sink, field::boolean);
    let description = section.optional("description", sink, field::text);
    let max_retries = section.optional("max_retries", sink, field::integer::<u32>);
    let initial =
        section.either(&["initial_delay_ms", "base_delay_ms", "retry_delay_ms"], sink, field::integer::<u64>);
    let longest = section.either(&["max_delay_ms", "max_retry_delay_ms"], sink, field::integer::<u64>);
    let base = section.either(&["exponential_base", "backoff_multiplier"], sink, field::number);
    let backoff = section.either(&["backoff", "backoff_strategy"], sink, field::word::<Backoff>);
    let jitter = section.either(&["jitter_factor", "jitter"], sink, jitter);
    let retry_on = section.list("retry_on", sink, names::non_empty).all();
    section.close();

    let enabled = enabled?.is_none_or(|enabled| enabled.value);
    let max_retries = max_retries?.map_or(MAX_RETRIES, |given| given.value);
    let (initial_delay_ms, max_delay_ms) = delays(initial?, longest?, sink)?;
    description?;
    Ok(RetryPolicy {
        max_retries: if enabled { max_retries } else { 0 },
        initial_delay_ms,
        max_delay_ms,
        base: base?.map_or(2.0, |given| given.value),
        backoff: backoff?.map_or(Backoff::default(), |given| given.value),
        jitter: jitter?.unwrap_or(0.1),
        retry_on: retry_on?,
        span: field.key,
    })
}

fn jitter(field: Field<'_>, sink: &mut Sink) -> Given<f64> {
    match field.node.value {
        Value::Bool(given) if matches!(field.shape, Shape::Either(_)) => Ok(if given { 0.1 } else { 0.0 }),
        _ => field::number(field, sink).map(|given| given.value),
    }
}

fn delays(
    initial: Option<Spanned<u64>>,
    longest: Option<Spanned<u64>>,
    sink: &mut Sink,
) -> Given<(u64, u64)> {
    let initial_ms = initial.map_or(INITIAL_DELAY_MS, |given| given.value);
    let max_ms = longest.map_or(MAX_DELAY_MS, |given| given.value);
    match (initial, longest) {
        (Some(initial), _) if initial_ms > max_ms => {
            let message =
                format!("the first delay is {initial_ms} ms, and no delay is longer than {max_ms} ms");
            let fault = Diagnostic::new(Code::Contradiction, message, initial.span, "the first delay");
            Err(sink.report(match longest {
                Some(longest) => fault.also(longest.span, "the longest delay"),
                None => fault.note("this is the default of `max_delay_ms`"),
            }))
        }
        // The default of the first delay gives way to a longest one that was given.
        _ => Ok((initial_ms.min(max_ms), max_ms)),
    }
}
