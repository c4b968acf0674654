//! `coordination_rules` with their defaults, and what contradicts what.

use crate::contract::{Mode, NodeKind, Strategy};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::{Given, Metadata, Rules, WorkflowDeclaration};
use crate::source::{Span, Spanned};

/// The rules that a run follows.
pub(super) struct Resolved {
    pub(super) mode: Mode,
    pub(super) strategy: Strategy,
    pub(super) max_retries: u32,
    pub(super) timeout_ms: u64,
    pub(super) max_parallel_steps: u32,
    pub(super) retry_delay_ms: u64,
    pub(super) backoff_multiplier: f64,
    pub(super) max_retry_delay_ms: u64,
    pub(super) dead_letter: bool,
}

pub(super) fn resolve(declared: &WorkflowDeclaration, sink: &mut Sink) -> Given<Resolved> {
    let rules = declared.rules.as_ref().map_err(|reported| *reported)?;
    check_compensations(declared, rules, sink);
    let of_metadata = declared.metadata.as_ref().map_err(|reported| *reported);
    let Metadata { mode, timeout_ms, .. } = of_metadata?;

    let mode = same("execution_mode", *mode, rules.mode, sink);
    if let Ok(mode) = &mode {
        check_parallel_allowed(*mode, rules, sink);
    }
    let timeout_ms = same("timeout_ms", *timeout_ms, rules.timeout_ms, sink);
    let max_parallel_steps = same_key(rules, sink);
    let (retry_delay_ms, max_retry_delay_ms) = delays(rules, sink)?;
    Ok(Resolved {
        mode: or(mode, Mode::default())?,
        strategy: or(rules.strategy, Strategy::default())?,
        max_retries: or(rules.max_retries, 3)?,
        timeout_ms: or(timeout_ms, 300_000)?,
        max_parallel_steps: or(max_parallel_steps, 5)?,
        retry_delay_ms,
        backoff_multiplier: or(rules.backoff_multiplier, 2.0)?,
        max_retry_delay_ms,
        dead_letter: or(rules.dead_letter, true)?,
    })
}

fn or<T>(given: Given<Option<Spanned<T>>>, default: T) -> Given<T> {
    Ok(given?.map_or(default, |given| given.value))
}

/// A value that may stand in the metadata, in the rules, or in both if it is the same.
fn same<T: Copy + PartialEq>(
    key: &str,
    metadata: Given<Option<Spanned<T>>>,
    rules: Given<Option<Spanned<T>>>,
    sink: &mut Sink,
) -> Given<Option<Spanned<T>>> {
    let (metadata, rules) = (metadata?, rules?);
    match (metadata, rules) {
        (Some(one), Some(other)) if one.value != other.value => {
            let message = format!("`{key}` is given twice, with different values");
            Err(sink.report(contradiction(
                message,
                (other.span, "in `coordination_rules`"),
                (one.span, "in `workflow_metadata`"),
            )))
        }
        _ => Ok(rules.or(metadata)),
    }
}

/// `max_parallel_steps`, which may also be spelt `max_parallel_branches`.
fn same_key(rules: &Rules, sink: &mut Sink) -> Given<Option<Spanned<u32>>> {
    let (steps, branches) = (rules.max_parallel_steps?, rules.max_parallel_branches?);
    match (steps, branches) {
        (Some(steps), Some(branches)) if steps.value != branches.value => {
            let message =
                "`max_parallel_steps` and `max_parallel_branches` are one rule, given with different values";
            Err(sink.report(contradiction(
                message,
                (branches.span, "one value"),
                (steps.span, "another value"),
            )))
        }
        _ => Ok(steps.or(branches)),
    }
}

fn check_parallel_allowed(mode: Option<Spanned<Mode>>, rules: &Rules, sink: &mut Sink) {
    if let (Some(mode), Ok(Some(allowed))) = (mode, rules.parallel_allowed)
        && mode.value == Mode::Parallel
        && !allowed.value
    {
        let message = "the workflow is parallel, and parallel execution is not allowed";
        sink.report(contradiction(message, (allowed.span, "not allowed here"), (mode.span, "parallel here")));
    }
}

fn delays(rules: &Rules, sink: &mut Sink) -> Given<(u64, u64)> {
    let (delay, max) = (rules.retry_delay_ms?, rules.max_retry_delay_ms?);
    let (delay_ms, max_ms) = (or(Ok(delay), 1_000)?, or(Ok(max), 30_000)?);
    // The default delay is no longer than the least maximum, so a delay that is too long was given.
    let Some(delay) = delay.filter(|_| delay_ms > max_ms) else { return Ok((delay_ms, max_ms)) };
    let message =
        format!("`retry_delay_ms` is {delay_ms}, and no delay is longer than `max_retry_delay_ms`, {max_ms}");
    let fault = Diagnostic::new(Code::Contradiction, message, delay.span, "the first delay");
    Err(sink.report(match max {
        Some(max) => fault.also(max.span, "the longest delay"),
        None => fault.note("this is the default of `max_retry_delay_ms`"),
    }))
}

/// The strategy `compensate` needs compensations, and they need it.
fn check_compensations(declared: &WorkflowDeclaration, rules: &Rules, sink: &mut Sink) {
    let (Ok(strategy), Ok(steps)) = (&rules.strategy, &declared.steps) else { return };
    let steps = &steps.list;
    let all_read = steps.broken.is_none() && steps.items.iter().all(|step| step.compensation.is_ok());
    let compensated = || steps.items.iter().filter(|step| matches!(step.compensation, Ok(Some(_))));
    // One on a step that cannot have it is a fault of the step.
    let compensations: Vec<Span> = compensated()
        .filter(|step| {
            step.kind.is_ok_and(|kind| kind.value == NodeKind::Effect) && step.event_pattern == Ok(None)
        })
        .filter_map(|step| step.compensation.as_ref().ok()?.as_ref())
        .map(|compensation| compensation.name.span)
        .collect();
    match (strategy, &compensations[..]) {
        (Some(strategy), [])
            if strategy.value == Strategy::Compensate && all_read && compensated().next().is_none() =>
        {
            let message = "the strategy is `compensate`, and no step has a compensation";
            let fault =
                Diagnostic::new(Code::NoCompensation, message, strategy.span, "nothing would be undone")
                    .help("give the steps to be undone a `compensation`, or choose another strategy");
            sink.report(fault);
        }
        (Some(strategy), [..]) if strategy.value == Strategy::Compensate => {}
        (strategy, [first, others @ ..]) => {
            let message = "a compensation never runs, as the strategy is not `compensate`";
            let mut fault = Diagnostic::new(Code::IdleCompensation, message, *first, "this never runs");
            for other in others {
                fault = fault.also(*other, "this never runs either");
            }
            sink.report(match strategy {
                Some(strategy) => fault.also(strategy.span, "the strategy"),
                None => fault.note("the default of `failure_recovery_strategy` is `fail_fast`"),
            });
        }
        (_, []) => {}
    }
}

fn contradiction(message: impl Into<String>, one: (Span, &str), other: (Span, &str)) -> Diagnostic {
    Diagnostic::new(Code::Contradiction, message, one.0, one.1)
        .also(other.0, other.1)
        .help("remove one of the two")
}
