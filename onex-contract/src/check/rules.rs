//! The rules of a workflow with their defaults: each from one place, or from several that agree.

use super::inherited;
use super::steps::{Ids, listed_twice};
use crate::contract::{
    Coordination, Mode, OnExhausted, RunBackoff, RunBreaker, Said, StepIndex, Strategy, WorkflowType,
};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::agree::{Place, agree, contradiction, or};
use crate::read::{Given, Maybe, Metadata, Rules, Settings, WorkflowDeclaration};
use crate::source::Spanned;
use std::collections::HashMap;

const RULES: &str = "coordination_rules";
const METADATA: &str = "workflow_metadata";
const BESIDE: &str = "workflow_coordination";

/// What is given for the rules that others have to do with, each from wherever it stands.
pub(super) struct GivenRules {
    pub(super) mode: Maybe<Mode>,
    pub(super) strategy: Maybe<Strategy>,
    pub(super) max_retries: Maybe<u32>,
    pub(super) workflow_type: Maybe<WorkflowType>,
    /// Whether there are circuit breakers.
    pub(super) circuits: Given<bool>,
}

/// The rules that a run follows.
#[derive(Clone)]
pub(super) struct Resolved {
    pub(super) mode: Mode,
    pub(super) strategy: Strategy,
    pub(super) workflow_type: WorkflowType,
    pub(super) max_retries: u32,
    pub(super) timeout_ms: u64,
    pub(super) step_timeout_ms: u64,
    pub(super) max_parallel_steps: u32,
    pub(super) retry_delay_ms: u64,
    pub(super) backoff_multiplier: f64,
    pub(super) max_retry_delay_ms: u64,
    pub(super) said: Said,
    /// Whether a timeout of all steps, or of all effects, is given.
    pub(super) says_step_timeout: bool,
    pub(super) dead_letter: bool,
    /// Additional attempts of an effect step, where neither it nor the strategy says.
    pub(super) effect_retries: Option<u32>,
    /// How long one attempt of an effect step may take, where neither it nor the workflow says.
    pub(super) effect_timeout_ms: Option<u64>,
    pub(super) coordination: Coordination,
}

/// Finds what is given.
pub(super) fn given(declared: &WorkflowDeclaration, sink: &mut Sink) -> Given<GivenRules> {
    let rules = declared.rules.as_ref().map_err(|reported| *reported)?;
    let metadata = declared.metadata.as_ref().ok();
    let settings = declared.settings.as_ref();
    Ok(GivenRules {
        mode: agree(
            &[
                ("execution_mode", METADATA, from(metadata, |metadata| metadata.mode)),
                ("execution_mode", RULES, rules.mode),
                ("execution_mode", BESIDE, beside(settings, |settings| settings.mode)),
            ],
            sink,
        ),
        strategy: agree(
            &[
                ("failure_recovery_strategy", RULES, rules.strategy),
                ("failure_strategy", RULES, rules.failure_strategy),
                ("failure_recovery_strategy", BESIDE, beside(settings, |settings| settings.strategy)),
            ],
            sink,
        )
        .and_then(|strategy| Ok(strategy.or(by_rollback(rules)?))),
        max_retries: agree(
            &[
                ("max_retries", RULES, rules.max_retries),
                ("max_retries", BESIDE, beside(settings, |settings| settings.max_retries)),
            ],
            sink,
        ),
        workflow_type: metadata.map_or(Ok(None), |metadata| metadata.workflow_type),
        circuits: circuits(rules, sink),
    })
}

/// Fills in what is not given.
pub(super) fn resolve(
    declared: &WorkflowDeclaration,
    given: &GivenRules,
    ids: Option<&Ids<'_>>,
    sink: &mut Sink,
) -> Given<Resolved> {
    let rules = declared.rules.as_ref().map_err(|reported| *reported)?;
    let metadata = declared.metadata.as_ref().map_err(|reported| *reported)?;
    let settings = declared.settings.as_ref();
    let timeout_ms = agree(
        &[
            ("timeout_ms", METADATA, metadata.timeout_ms),
            ("timeout_ms", RULES, rules.timeout_ms),
            ("global_timeout_ms", RULES, rules.global_timeout_ms),
        ],
        sink,
    );
    let max_parallel_steps = agree(
        &[
            ("max_parallel_steps", RULES, rules.max_parallel_steps),
            ("max_parallel_branches", RULES, rules.max_parallel_branches),
            ("max_parallel_branches", BESIDE, beside(settings, |settings| settings.max_parallel_branches)),
        ],
        sink,
    );
    let backoff = backoff(rules, settings, sink);
    let multiplier = multiplier(rules, &backoff, sink);
    let delays = delays(rules, settings, sink);
    let synchronization_points = synchronization_points(rules, ids, sink);
    let workflow_type = or(given.workflow_type, WorkflowType::default());
    let coordination = coordination(declared, rules, given, backoff, synchronization_points, sink);

    let (retry_delay_ms, max_retry_delay_ms) = delays?;
    let says_timeout = timeout_ms?.is_some()
        || given.workflow_type?.is_some()
        || beside(settings, |settings| settings.timeout_ms)?.is_some();
    let said = Said {
        timeout: says_timeout,
        retries: given.max_retries?.is_some() || rules.max_actions?.is_some(),
        parallel_steps: max_parallel_steps?.is_some(),
        batch_size: rules.batch_size?.is_some(),
        pace: inherited::says_its_pace(rules, settings),
        actions: rules.max_actions?.is_some(),
    };
    let says_step_timeout =
        rules.step_timeout_ms?.is_some() || beside(settings, |settings| settings.step_timeout_ms)?.is_some();
    let usual_timeout_ms = match beside(settings, |settings| settings.timeout_ms)? {
        Some(given) => given.value,
        None => workflow_type?.timeout_ms(),
    };
    let usual_step_timeout_ms = or(beside(settings, |settings| settings.step_timeout_ms), 30_000)?;
    Ok(Resolved {
        mode: or(given.mode, Mode::default())?,
        strategy: or(given.strategy, Strategy::default())?,
        workflow_type: workflow_type?,
        max_retries: or(given.max_retries, 3)?,
        timeout_ms: or(timeout_ms, usual_timeout_ms)?,
        step_timeout_ms: or(rules.step_timeout_ms, usual_step_timeout_ms)?,
        max_parallel_steps: or(max_parallel_steps, 5)?,
        retry_delay_ms,
        backoff_multiplier: multiplier?,
        max_retry_delay_ms,
        said,
        says_step_timeout,
        dead_letter: or(rules.dead_letter, true)?,
        effect_retries: None,
        effect_timeout_ms: None,
        coordination: coordination?,
    })
}

/// How many steps there may be.
pub(super) fn max_steps(declared: &WorkflowDeclaration) -> Maybe<u32> {
    declared.rules.as_ref().map_err(|reported| *reported)?.max_steps
}

fn from<T>(section: Option<&Metadata>, read: impl FnOnce(&Metadata) -> Maybe<T>) -> Maybe<T> {
    section.map_or(Ok(None), read)
}

fn beside<T>(section: Option<&Settings>, read: impl FnOnce(&Settings) -> Maybe<T>) -> Maybe<T> {
    section.map_or(Ok(None), read)
}

/// `rollback_enabled: true` is a strategy where no other is given.
fn by_rollback(rules: &Rules) -> Maybe<Strategy> {
    let enabled = rules.rollback?.filter(|enabled| enabled.value);
    Ok(enabled.map(|enabled| Spanned::new(Strategy::Compensate, enabled.span)))
}

/// `circuit_breaker_enabled`, or a `circuit_breaker` that is not switched off.
fn circuits(rules: &Rules, sink: &mut Sink) -> Given<bool> {
    let breaker = rules.circuit.as_ref().map_err(|reported| *reported)?;
    let enabled = agree(
        &[
            ("circuit_breaker_enabled", RULES, rules.circuit_enabled),
            ("enabled", "circuit_breaker", Ok(breaker.as_ref().and_then(|breaker| breaker.enabled))),
        ],
        sink,
    );
    or(enabled, breaker.is_some())
}

fn backoff(rules: &Rules, settings: Option<&Settings>, sink: &mut Sink) -> Maybe<RunBackoff> {
    let exponential = agree(
        &[
            ("exponential_backoff", RULES, rules.exponential),
            ("exponential_backoff", BESIDE, beside(settings, |settings| settings.exponential)),
        ],
        sink,
    )?;
    match (rules.backoff?, exponential) {
        (Some(backoff), Some(grows)) if grows.value != (backoff.value == RunBackoff::Exponential) => {
            let message = format!(
                "the backoff is `{}`, and `exponential_backoff` says otherwise",
                backoff.value.as_str()
            );
            let (one, other) = ((grows.span, "this says otherwise"), (backoff.span, "the backoff"));
            Err(sink.report(contradiction(message, one, other)))
        }
        (Some(backoff), _) => Ok(Some(backoff)),
        (None, exponential) => Ok(exponential.map(|grows| {
            let backoff = if grows.value { RunBackoff::Exponential } else { RunBackoff::Constant };
            Spanned::new(backoff, grows.span)
        })),
    }
}

/// What each delay is multiplied by: nothing, where delays do not grow by multiplication.
fn multiplier(rules: &Rules, backoff: &Maybe<RunBackoff>, sink: &mut Sink) -> Given<f64> {
    let given = agree(
        &[
            ("backoff_multiplier", RULES, rules.backoff_multiplier),
            ("retry_backoff_multiplier", RULES, rules.retry_backoff_multiplier),
        ],
        sink,
    )?;
    match (*backoff)?.filter(|backoff| backoff.value != RunBackoff::Exponential) {
        None => or(Ok(given), 2.0),
        Some(backoff) => match given.filter(|given| given.value > 1.0) {
            None => Ok(1.0),
            Some(given) => {
                let message = "delays are multiplied, and the backoff is not exponential";
                let (one, other) = ((given.span, "multiplied by this"), (backoff.span, "not exponential"));
                Err(sink.report(contradiction(message, one, other)))
            }
        },
    }
}

fn delays(rules: &Rules, settings: Option<&Settings>, sink: &mut Sink) -> Given<(u64, u64)> {
    let delay = agree(
        &[
            ("retry_delay_ms", RULES, rules.retry_delay_ms),
            ("retry_backoff_ms", RULES, rules.retry_backoff_ms),
            ("retry_delay_ms", BESIDE, beside(settings, |settings| settings.retry_delay_ms)),
        ],
        sink,
    )?;
    let max = rules.max_retry_delay_ms?;
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

fn synchronization_points(
    rules: &Rules,
    ids: Option<&Ids<'_>>,
    sink: &mut Sink,
) -> Given<Vec<Spanned<StepIndex>>> {
    let points = &rules.synchronization_points;
    let Some(ids) = ids else { return points.broken.map_or(Ok(Vec::new()), Err) };
    let mut seen = HashMap::new();
    let mut resolved = Vec::with_capacity(points.items.len());
    for name in &points.items {
        match seen.insert(name.value.as_str(), name.span) {
            Some(first) => {
                sink.report(listed_twice("synchronization_points", name, first));
            }
            None => resolved.push(ids.find(name, None, sink).map(|step| Spanned::new(step, name.span))),
        }
    }
    points.broken.map_or(Ok(()), Err)?;
    resolved.into_iter().collect()
}

/// What asks first for runs that survive the process.
fn lasting(rules: &Rules, intervals: [Maybe<u64>; 2]) -> Given<Option<Spanned<&'static str>>> {
    let switches = [
        ("checkpoint_enabled: true", rules.checkpoints),
        ("state_persistence_enabled: true", rules.persistence),
        ("recovery_enabled: true", rules.recovery),
    ];
    let mut asked = Vec::new();
    for (what, switch) in switches {
        asked.extend(switch?.filter(|switch| switch.value).map(|switch| Spanned::new(what, switch.span)));
    }
    for interval in intervals {
        asked.extend(interval?.map(|given| Spanned::new("checkpoint_interval_ms", given.span)));
    }
    Ok(asked.into_iter().min_by_key(|asked| asked.span))
}

fn coordination(
    declared: &WorkflowDeclaration,
    rules: &Rules,
    given: &GivenRules,
    backoff: Maybe<RunBackoff>,
    synchronization_points: Given<Vec<Spanned<StepIndex>>>,
    sink: &mut Sink,
) -> Given<Coordination> {
    let settings = declared.settings.as_ref();
    let interval: [Place<'_, u64>; 2] = [
        ("checkpoint_interval_ms", RULES, rules.checkpoint_interval_ms),
        ("checkpoint_interval_ms", BESIDE, beside(settings, |settings| settings.checkpoint_interval_ms)),
    ];
    let checkpoint_interval_ms = agree(&interval, sink);
    let breaker = rules.circuit.as_ref().map_err(|reported| *reported)?;
    let breaker = breaker.as_ref().map_or_else(RunBreaker::default, |declared| declared.breaker);
    let plan = rules.compensation_plan.as_ref().map_err(|reported| *reported)?;
    Ok(Coordination {
        max_steps: or(rules.max_steps, 1_000)?,
        max_actions: rules.max_actions?,
        max_depth: or(rules.max_depth, 10)?,
        max_depth_span: rules.max_depth?.map(|given| given.span),
        max_concurrent_runs: beside(settings, |settings| settings.max_concurrent_runs)?
            .map(|most| most.value),
        shutdown_timeout_ms: rules.shutdown_timeout_ms?.map(|given| given.value),
        batch_size: or(rules.batch_size, 10)?,
        load_balancing: or(rules.load_balancing, false)?,
        step_isolation: or(rules.step_isolation, true)?,
        track_actions: or(rules.track_actions, true)?,
        checkpoints: or(rules.checkpoints, false)?,
        checkpoint_interval_ms: or(checkpoint_interval_ms, 5_000)?,
        persistence: or(rules.persistence, false)?,
        lasting: lasting(rules, interval.map(|(_, _, given)| given))?,
        recovery: or(rules.recovery, false)?,
        rollback: or(rules.rollback, false)?,
        backoff: or(backoff, RunBackoff::default())?,
        jitter_factor: or(rules.jitter_factor, 0.5)?,
        on_exhausted: or(rules.on_exhausted, OnExhausted::default())?,
        min_completion_percent: rules.min_completion_percent?.map(|given| given.value),
        synchronization_points: synchronization_points?,
        circuit_breaker: given.circuits?.then_some(breaker),
        branching: rules.branching?.unwrap_or_default(),
        compensation_plan: plan.as_ref().map(|plan| plan.value.clone()),
    })
}
