//! `error_handling`: what a node does about its failures.

use super::breaker::{self, BREAKER};
use super::field::{self, Field};
use super::section::Section;
use super::{Given, header, names, retry};
use crate::contract::{ErrorCode, ErrorPolicy, ErrorType};
use crate::diagnostic::Sink;
use crate::executable::not_in_this_version;
use crate::language::{Key, Section as Table, Shape, text};
use crate::source::Spanned;
use crate::syntax::Value;

pub(super) static ERRORS: Table = Table::new(
    "`error_handling`",
    "What the node does about its failures.",
    &[
        Key::optional("version", header::VERSION, "The version of this section.").documents(),
        Key::optional("description", Shape::TEXT, "What is done, in words.").documents(),
        Key::optional(
            "retry_policy",
            Shape::Section(&retry::RETRY),
            "How often and when the handler of a route is called again after a failure, and an effect step whose workflow does not say.",
        ),
        Key::optional(
            "circuit_breaker",
            Shape::Section(&BREAKER),
            "When a target that keeps failing is left alone.",
        ),
        Key::optional("error_types", Shape::List(&Shape::Section(&TYPE)), "The errors that the node knows.")
            .documents(),
        Key::optional("error_codes", Shape::List(&Shape::Section(&CODE)), "The codes that its errors have.")
            .documents(),
        Key::optional("error_sanitization", Shape::Section(&SANITIZATION), "What never stands in a message."),
        Key::optional(
            "timeout_policy",
            Shape::Section(&TIMEOUT),
            "How long one attempt of a route's handler may take, and of an effect step whose workflow does not say.",
        ),
        Key::optional(
            "fallback_behavior",
            Shape::Table { keys: &text::FREE, values: &Shape::TEXT },
            "What the node does when something fails, in words, by what fails.",
        )
        .documents(),
        Key::optional("cold_start_policy", Shape::Anything, "What the node does without data, in words.")
            .documents(),
    ],
);

static TYPE: Table = Table::new(
    "an entry of `error_types`",
    "An error that the node knows.",
    &[
        Key::required("name", Shape::TEXT, "Its name, which no other has."),
        Key::optional("description", Shape::TEXT, "What happened.").documents(),
        Key::optional("recoverable", Shape::Boolean, "Whether another attempt may succeed.").documents(),
        Key::optional(
            "retry_strategy",
            Shape::TEXT,
            "How it is tried again: a word of the node's own; `none` is not at all.",
        )
        .documents(),
        Key::optional("error_code", Shape::TEXT, "Its code, which no other has.").documents(),
        Key::default("propagates", Shape::Boolean, "true", "Whether callers see it.").documents(),
    ],
);

static CODE: Table = Table::new(
    "an entry of `error_codes`",
    "A code that an error has.",
    &[
        Key::required("code", Shape::TEXT, "The code, once for a backend and an operation."),
        Key::optional("description", Shape::TEXT, "What happened.").documents(),
        Key::optional("backend", Shape::TEXT, "Whose error it is.").documents(),
        Key::optional("operation", Shape::TEXT, "In which operation it occurs; `all` is in any.").documents(),
        Key::optional("retriable", Shape::Boolean, "Whether another attempt may succeed.").documents(),
    ],
);

static SANITIZATION: Table = Table::new(
    "`error_sanitization`",
    "What never stands in a message.",
    &[
        Key::default(
            "enabled",
            Shape::Boolean,
            "true",
            "Whether anything is taken out; this version takes out nothing.",
        ),
        Key::optional("sanitize_patterns", Shape::TEXTS, "What is taken out."),
        Key::optional("utility", Shape::TEXT, "The module of the function that does it.").documents(),
    ],
);

static TIMEOUT: Table = Table::new(
    "`timeout_policy`",
    "How long an operation may take.",
    &[
        Key::optional("timeout_seconds", Shape::Number { min: 0.001, max: 86_400.0 }, "In seconds."),
        Key::optional("timeout_ms", Shape::Integer { min: 1, max: 86_400_000 }, "In milliseconds."),
        Key::optional("description", Shape::TEXT, "What it is for.").documents(),
    ],
);

pub(super) fn errors(field: Field<'_>, sink: &mut Sink) -> Given<ErrorPolicy> {
    let mut section = Section::open(field, &ERRORS, sink)?;
    let description = section.optional("description", sink, field::text);
    let fallbacks = section.optional("fallback_behavior", sink, fallbacks);
    section.take("cold_start_policy");
    let version = section.optional("version", sink, header::version);
    let retry = section.optional("retry_policy", sink, retry::retry);
    let breaker = section.optional("circuit_breaker", sink, breaker::breaker);
    let types = section.list("error_types", sink, error_type).all();
    let codes = section.list("error_codes", sink, error_code).all();
    let sanitized = section.optional("error_sanitization", sink, sanitization);
    let timeout = section.optional("timeout_policy", sink, timeout);
    section.close();
    description?;
    fallbacks?;
    Ok(ErrorPolicy {
        retry: retry?,
        breaker: breaker?,
        types: types?,
        codes: codes?,
        sanitized: sanitized?.unwrap_or_default(),
        timeout: timeout?.flatten(),
        version: version?,
    })
}

fn error_type(field: Field<'_>, sink: &mut Sink) -> Given<ErrorType> {
    let mut section = Section::open(field, &TYPE, sink)?;
    let name = section.required("name", sink, names::non_empty);
    let code = section.optional("error_code", sink, names::non_empty);
    let description = section.optional("description", sink, field::text);
    let recoverable = section.optional("recoverable", sink, field::boolean);
    let retry_strategy = section.optional("retry_strategy", sink, field::spanned_text);
    let propagates = section.optional("propagates", sink, field::boolean);
    section.close();
    Ok(ErrorType {
        name: name?,
        code: code?,
        description: description?,
        recoverable: recoverable?,
        retry_strategy: retry_strategy?,
        propagates: propagates?.is_none_or(|propagates| propagates.value),
    })
}

fn error_code(field: Field<'_>, sink: &mut Sink) -> Given<ErrorCode> {
    let mut section = Section::open(field, &CODE, sink)?;
    let code = section.required("code", sink, names::non_empty);
    let description = section.optional("description", sink, field::text);
    let backend = section.optional("backend", sink, field::text);
    let operation = section.optional("operation", sink, field::text);
    let retriable = section.optional("retriable", sink, field::boolean);
    section.close();
    Ok(ErrorCode {
        code: code?,
        description: description?,
        backend: backend?,
        operation: operation?,
        retriable: retriable?.map(|retriable| retriable.value),
    })
}

fn sanitization(field: Field<'_>, sink: &mut Sink) -> Given<Vec<Spanned<String>>> {
    let mut section = Section::open(field, &SANITIZATION, sink)?;
    let enabled = switch(&mut section, "error_sanitization", sink);
    let patterns = section.list("sanitize_patterns", sink, names::non_empty).all();
    let utility = section.optional("utility", sink, field::text);
    section.close();
    utility?;
    Ok(if enabled? { patterns? } else { Vec::new() })
}

fn timeout(field: Field<'_>, sink: &mut Sink) -> Given<Option<Spanned<u64>>> {
    let key = field.key;
    let mut section = Section::open(field, &TIMEOUT, sink)?;
    let description = section.optional("description", sink, field::text);
    let timeout = section.either(&["timeout_ms", "timeout_seconds"], sink, |field, sink| match field.shape {
        Shape::Number { .. } => {
            field::number(field, sink).map(|given| (given.value * 1_000.0).round() as u64)
        }
        _ => field::integer(field, sink).map(|given| given.value),
    });
    section.close();
    description?;
    Ok(timeout?.map(|timeout| Spanned::new(timeout, key)))
}

fn fallbacks(field: Field<'_>, sink: &mut Sink) -> Given<()> {
    let entries = match &field.node.value {
        Value::Map(entries) => entries,
        Value::Faulty(reported) => return Err(*reported),
        _ => return Err(field.expected("a mapping of what fails to what is done", sink)),
    };
    let texts = entries.entries.iter().map(|(key, node)| {
        field::text(Field::under(Spanned::new(&key.value, key.span), node, field.shape.of_values()), sink)
    });
    texts.collect::<Given<Vec<String>>>().map(drop)
}

/// `enabled` of a section that this version does not execute unless it is off.
pub(super) fn switch(section: &mut Section<'_>, what: &str, sink: &mut Sink) -> Given<bool> {
    let enabled = section.optional("enabled", sink, field::boolean)?.is_none_or(|enabled| enabled.value);
    if enabled {
        let unexecuted = not_in_this_version(format!("`{what}`"), section.field.key);
        sink.defer(unexecuted.help("remove the section, or set `enabled: false` in it"));
    }
    Ok(enabled)
}
