//! What undoes steps: the compensation of one, and the plan for all.

use super::declarations::Maybe;
use super::{or, value};
use crate::contract::{
    Compensation, CompensationActions, CompensationOrder, CompensationPlan, CompensationStrategy,
};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::read::field::{self, Field};
use crate::read::section::Section;
use crate::read::{Given, names};
use crate::source::Spanned;
use crate::syntax::Value;
use std::collections::HashMap;

/// A name, or a name with how it is done.
pub(super) const COMPENSATION: Shape =
    Shape::Either(&[Shape::Text(&text::STEP_NAME), Shape::Section(&COMPENSATION_KEYS)]);

const ATTEMPT: Shape = Shape::Integer { min: 1_000, max: 300_000 };
const RETRIES: Shape = Shape::Integer { min: 0, max: 10 };
const PRIORITY: Shape = Shape::Integer { min: 1, max: 1_000 };
const DELAY: Shape = Shape::Integer { min: 0, max: 60_000 };
const ACTIONS: Shape = Shape::List(&Shape::Text(&text::STEP_NAME));

static COMPENSATION_KEYS: Table = Table::new(
    "a compensation",
    "What undoes a step, and how that is done.",
    &[
        Key::required("name", Shape::Text(&text::STEP_NAME), "The name of what undoes the step."),
        Key::optional(
            "timeout_ms",
            ATTEMPT,
            "How long one attempt to undo it may take, in milliseconds; without it, as long as the plan says, or an attempt of the step.",
        ),
        Key::optional(
            "retry_count",
            RETRIES,
            "Additional attempts to undo it; without it, `max_retries` of the plan, or of the workflow.",
        ),
        Key::default(
            "delay_ms",
            DELAY,
            "0",
            "How long to wait before it is undone, when its turn has come, in milliseconds.",
        ),
        Key::default(
            "priority",
            PRIORITY,
            "100",
            "What is undone first: the lower goes first, before the order of the plan, and is over before the next begins.",
        ),
    ],
);

pub(super) static PLAN: Table = Table::new(
    "`compensation_plan`",
    "How the steps of a failed run are undone.",
    &[
        Key::default("strategy", Shape::Word(CompensationStrategy::WORDS), "rollback", "In which direction."),
        Key::default("order", Shape::Word(CompensationOrder::WORDS), "reverse", "In which order."),
        Key::optional(
            "total_timeout_ms",
            Shape::Integer { min: 1_000, max: 3_600_000 },
            "How long undoing a run may take, in milliseconds; what is not undone then is left to a person. Without it, as long as its attempts may.",
        ),
        Key::default(
            "action_timeout_ms",
            ATTEMPT,
            "30000",
            "How long one attempt to undo a step may take, in milliseconds, where its compensation does not say.",
        ),
        Key::default(
            "max_retries",
            RETRIES,
            "3",
            "Additional attempts to undo a step, where its compensation does not say.",
        ),
        Key::default("priority", PRIORITY, "100", "Which of several failed runs is undone first: the lower.")
            .later(),
        Key::default("delay_ms", DELAY, "0", "How long to wait before undoing starts, in milliseconds."),
        Key::optional(
            "rollback_actions",
            ACTIONS,
            "What is done to undo the run, besides the compensations of its steps.",
        )
        .later(),
        Key::optional("recovery_actions", ACTIONS, "What is done to complete the run by other means.")
            .later(),
        Key::optional("cleanup_actions", ACTIONS, "What is done when nothing is left to undo.").later(),
        Key::optional("notification_actions", ACTIONS, "Who is told.").later(),
    ],
);

pub(super) fn compensation(field: Field<'_>, sink: &mut Sink) -> Given<Compensation> {
    if !matches!(field.node.value, Value::Map(_)) {
        return names::compensation(field, sink);
    }
    let mut section = Section::open(field, &COMPENSATION_KEYS, sink)?;
    let named = section.required("name", sink, names::compensation);
    let timeout_ms: Maybe<u64> = section.optional("timeout_ms", sink, field::integer);
    let retry_count: Maybe<u32> = section.optional("retry_count", sink, field::integer);
    let delay_ms: Maybe<u64> = section.optional("delay_ms", sink, field::integer);
    let priority: Maybe<u32> = section.optional("priority", sink, field::integer);
    section.close();
    Ok(Compensation {
        timeout_ms: value(timeout_ms)?,
        retry_count: value(retry_count)?,
        delay_ms: value(delay_ms)?,
        priority: value(priority)?,
        ..named?
    })
}

pub(super) fn plan(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<CompensationPlan>> {
    let mut section = Section::open(field, &PLAN, sink)?;
    let strategy: Maybe<CompensationStrategy> = section.optional("strategy", sink, field::word);
    let order: Maybe<CompensationOrder> = section.optional("order", sink, field::word);
    let total_timeout_ms: Maybe<u64> = section.optional("total_timeout_ms", sink, field::integer);
    let action_timeout_ms = section.optional("action_timeout_ms", sink, field::integer);
    let max_retries = section.optional("max_retries", sink, field::integer);
    let priority = section.optional("priority", sink, field::integer);
    let delay_ms: Maybe<u64> = section.optional("delay_ms", sink, field::integer);
    let mut actions = |key| section.optional(key, sink, actions).map(Option::unwrap_or_default);
    let (rollback, recovery) = (actions("rollback_actions"), actions("recovery_actions"));
    let (cleanup, notification) = (actions("cleanup_actions"), actions("notification_actions"));
    section.close();
    let delay_ms = begins_in_time(delay_ms, total_timeout_ms, sink);
    let plan = CompensationPlan {
        strategy: or(strategy, CompensationStrategy::default())?,
        order: or(order, CompensationOrder::default())?,
        total_timeout_ms: value(total_timeout_ms)?,
        action_timeout_ms: or(action_timeout_ms, 30_000)?,
        max_retries: or(max_retries, 3)?,
        priority: or(priority, 100)?,
        delay_ms: or(delay_ms, 0)?,
        actions: CompensationActions {
            rollback: rollback?,
            recovery: recovery?,
            cleanup: cleanup?,
            notification: notification?,
        },
    };
    Ok(Spanned::new(plan, field.key))
}

/// The delay, if it leaves time to undo anything.
fn begins_in_time(delay: Maybe<u64>, timeout: Maybe<u64>, sink: &mut Sink) -> Maybe<u64> {
    let (Ok(Some(delay)), Ok(Some(timeout))) = (delay, timeout) else { return delay };
    if delay.value < timeout.value {
        return Ok(Some(delay));
    }
    let message = format!(
        "nothing is ever undone: `delay_ms` is {}, and `total_timeout_ms` {}",
        delay.value, timeout.value
    );
    let fault = Diagnostic::new(Code::Contradiction, message, delay.span, "undoing begins after this")
        .also(timeout.span, "and is given up after this, the delay included");
    Err(sink.report(fault.help("shorten the delay, or give undoing more time")))
}

/// Names of which none stands twice.
fn actions(field: Field<'_>, sink: &mut Sink) -> Given<Vec<Spanned<String>>> {
    let actions =
        field::list(field, sink, |field, sink| names::compensation(field, sink).map(|action| action.name))?;
    let mut seen = HashMap::new();
    for action in &actions.items {
        if let Some(first) = seen.insert(action.value.as_str(), action.span) {
            let message = format!("{field} lists `{}` twice", action.value);
            let fault = Diagnostic::new(Code::DuplicateEntry, message, action.span, "listed again here");
            return Err(sink.report(fault.also(first, "first listed here").help("remove one of the two")));
        }
    }
    actions.broken.map_or(Ok(actions.items), Err)
}
