//! Rules of a workflow that contradict each other, or that belong to others that are not there.

use std::collections::HashSet;

use super::rules::GivenRules;
use crate::contract::{ErrorAction, Mode, OnExhausted, StepKind, Strategy, WorkflowType};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::executable::not_in_this_version;
use crate::read::agree::contradiction;
use crate::read::{Declarations, Given, Rules, StepDeclaration, WorkflowDeclaration};
use crate::source::{Span, Spanned};

pub(super) fn check(
    node: &Declarations,
    declared: &WorkflowDeclaration,
    given: &GivenRules,
    sink: &mut Sink,
) {
    let Ok(rules) = &declared.rules else { return };
    let steps = declared.steps.as_ref().ok();
    let whole = steps.filter(|steps| steps.list.broken.is_none()).map(|steps| &steps.list.items[..]);
    let steps = steps.map(|steps| &steps.list.items[..]).unwrap_or_default();

    check_always_on(rules, sink);
    check_mode(rules, given, sink);
    check_dead_letters(rules, sink);
    check_checkpoints(declared, rules, sink);
    check_retries(given, whole, sink);
    check_saga(given, sink);
    check_circuits(node, given, steps, sink);
    check_rollback(rules, given, sink);
    check_compensations(rules, given, steps, whole.is_some(), sink);
    if let Some(steps) = whole {
        check_conditional(given, steps, sink);
    }
}

/// What is always done cannot be switched off.
fn check_always_on(rules: &Rules, sink: &mut Sink) {
    for (key, switch) in &rules.always_on {
        let Ok(Some(switch)) = switch else { continue };
        if switch.value {
            continue;
        }
        let message = format!("`{key}` cannot be `false`");
        let why = match *key {
            "dependency_resolution_enabled" => "a step always waits for what it depends on",
            _ => "a run of steps that depend on each other in a circle would never end",
        };
        let fault = Diagnostic::new(Code::UnknownValue, message, switch.span, "this is always done")
            .note(why)
            .help("remove the key");
        sink.report(fault);
    }
}

fn check_mode(rules: &Rules, given: &GivenRules, sink: &mut Sink) {
    let Ok(mode) = given.mode else { return };
    if let (Some(mode), Ok(Some(allowed))) = (mode, rules.parallel_allowed)
        && mode.value == Mode::Parallel
        && !allowed.value
    {
        let message = "the workflow is parallel, and parallel execution is not allowed";
        sink.report(contradiction(message, (allowed.span, "not allowed here"), (mode.span, "parallel here")));
    }
    if let (Some(mode), Ok(Some(strategy))) = (mode, given.strategy)
        && mode.value == Mode::Streaming
        && strategy.value == Strategy::Compensate
    {
        let message = "a stream cannot be undone";
        let (one, other) = ((strategy.span, "undone by this"), (mode.span, "a stream"));
        let fault = contradiction(message, one, other)
            .note("a stream has no end at which its steps could be undone")
            .help("choose another strategy, or another mode");
        sink.report(fault);
    }
    if let Ok(Some(size)) = rules.batch_size
        && mode.map_or(Mode::default(), |mode| mode.value) != Mode::Batch
    {
        let message = "`batch_size` belongs to the mode `batch`";
        let fault = Diagnostic::new(Code::MisplacedKey, message, size.span, "nothing is taken in groups");
        let fault = match mode {
            Some(mode) => fault.also(mode.span, "the mode"),
            None => fault.note("the default of `execution_mode` is `sequential`"),
        };
        sink.report(fault.help("remove it, or write `execution_mode: batch`"));
    }
}

fn check_checkpoints(declared: &WorkflowDeclaration, rules: &Rules, sink: &mut Sink) {
    let beside = declared.settings.as_ref().and_then(|settings| settings.checkpoint_interval_ms.ok()?);
    if let Some(interval) = rules.checkpoint_interval_ms.ok().flatten().or(beside)
        && let Ok(Some(enabled)) = rules.checkpoints
        && !enabled.value
    {
        let message = "a run is to be saved every so often, and not at all";
        let (one, other) = ((interval.span, "every so often"), (enabled.span, "not at all"));
        sink.report(contradiction(message, one, other));
    }
}

fn check_dead_letters(rules: &Rules, sink: &mut Sink) {
    if let (Ok(Some(enabled)), Ok(Some(exhausted))) = (rules.dead_letter, rules.on_exhausted)
        && !enabled.value
        && exhausted.value == OnExhausted::DeadLetter
    {
        let message = "a run that has failed is to be a dead letter, and there are none";
        let (one, other) = ((exhausted.span, "a dead letter"), (enabled.span, "no dead letters"));
        sink.report(contradiction(message, one, other));
    }
}

/// Retries that a workflow asks for and never makes.
fn check_retries(given: &GivenRules, steps: Option<&[StepDeclaration]>, sink: &mut Sink) {
    let (Ok(Some(strategy)), Ok(Some(retries)), Some(steps)) = (given.strategy, given.max_retries, steps)
    else {
        return;
    };
    let retried = |step: &StepDeclaration| {
        step.error_action
            .map_or(true, |action| action.is_some_and(|action| action.value == ErrorAction::Retry))
    };
    if strategy.value == Strategy::FailFast && retries.value > 0 && !steps.iter().any(retried) {
        let message = format!("`max_retries` is {}, and the strategy is to fail at once", retries.value);
        let (one, other) = ((retries.span, "no step is retried"), (strategy.span, "the strategy"));
        let fault = contradiction(message, one, other).help(
            "write `failure_recovery_strategy: retry`, give steps a `retry_count`, or remove `max_retries`",
        );
        sink.report(fault);
    }
}

fn check_saga(given: &GivenRules, sink: &mut Sink) {
    let (Ok(Some(workflow_type)), Ok(strategy)) = (given.workflow_type, given.strategy) else { return };
    if workflow_type.value != WorkflowType::Saga
        || strategy.is_some_and(|strategy| strategy.value == Strategy::Compensate)
    {
        return;
    }
    let message = "a saga is undone when it fails, and the strategy is not `compensate`";
    let fault =
        Diagnostic::new(Code::Contradiction, message, workflow_type.span, "this is undone when it fails");
    let fault = match strategy {
        Some(strategy) => fault.also(strategy.span, "the strategy"),
        None => fault.note("the default of `failure_recovery_strategy` is `fail_fast`"),
    };
    sink.report(fault.help("write `failure_recovery_strategy: compensate`, or choose another type"));
}

/// A step acts on what has a breaker: of the workflow, or of that name.
fn check_circuits(node: &Declarations, given: &GivenRules, steps: &[StepDeclaration], sink: &mut Sink) {
    let Ok(errors) = &node.errors else { return };
    if given.circuits != Ok(false) {
        return;
    }
    let breaker =
        errors.as_ref().and_then(|errors| errors.breaker.as_ref()).filter(|breaker| breaker.enabled);
    let backends = breaker.into_iter().flat_map(|breaker| &breaker.backends);
    let own = node.name.as_ref().ok().filter(|_| breaker.is_some()).map(|name| name.value.as_str());
    let known: HashSet<&str> = backends.map(|backend| backend.name.value.as_str()).chain(own).collect();
    let named = steps.iter().filter_map(|step| step.circuit.as_ref().ok()?.as_ref());
    for circuit in named.filter(|circuit| !known.contains(circuit.value.as_str())) {
        let message = "`circuit` belongs to a workflow with circuit breakers";
        let fault =
            Diagnostic::new(Code::MisplacedKey, message, circuit.span, "no breaker counts for this step")
                .help("write `circuit_breaker_enabled: true` in `coordination_rules`, list it in the `backends` of `error_handling.circuit_breaker`, or remove the key");
        sink.report(fault);
    }
}

/// The mode `conditional` needs conditions.
fn check_conditional(given: &GivenRules, steps: &[StepDeclaration], sink: &mut Sink) {
    let Ok(Some(mode)) = given.mode else { return };
    let unconditional = |step: &StepDeclaration| {
        let skips = step.config.as_ref().map(|config| config.skip_condition == Ok(None));
        matches!((&step.condition, &step.conditions), (Ok(None), Ok(None))) && skips == Ok(true)
    };
    if mode.value == Mode::Conditional && steps.iter().all(unconditional) {
        let message = "the mode is `conditional`, and no step has a condition";
        let fault = Diagnostic::new(Code::NoCondition, message, mode.span, "nothing is decided")
            .help("give a step a `condition`, or write `execution_mode: sequential`, which does the same");
        sink.report(fault);
    }
}

/// `rollback_enabled: true` beside another strategy.
fn check_rollback(rules: &Rules, given: &GivenRules, sink: &mut Sink) {
    if let (Ok(Some(rollback)), Ok(Some(strategy))) = (rules.rollback, given.strategy)
        && rollback.value
        && strategy.value != Strategy::Compensate
    {
        let what = format!("`rollback_enabled: true` under the strategy `{}`", strategy.value.as_str());
        sink.defer(not_in_this_version(what, rollback.span).also(strategy.span, "the strategy"));
    }
}

/// The strategy `compensate` needs compensations, and they need it.
fn check_compensations(
    rules: &Rules,
    given: &GivenRules,
    steps: &[StepDeclaration],
    whole: bool,
    sink: &mut Sink,
) {
    let Ok(strategy) = &given.strategy else { return };
    let all_read = whole && steps.iter().all(|step| step.compensation.is_ok());
    let compensated = || steps.iter().filter(|step| matches!(step.compensation, Ok(Some(_))));
    // One on a step that cannot have it is a fault of the step.
    let compensations: Vec<Span> = compensated()
        .filter(|step| {
            step.kind.is_ok_and(|kind| matches!(kind.value, StepKind::Effect | StepKind::Orchestrator))
        })
        .filter(|step| step.patterns().is_empty())
        .filter_map(|step| step.compensation.as_ref().ok()?.as_ref())
        .map(|compensation| compensation.name.span)
        .collect();
    let compensates = strategy.is_some_and(|strategy| strategy.value == Strategy::Compensate);
    let undone = compensates
        || rules.rollback.map_or(true, |rollback| rollback.is_some_and(|rollback| rollback.value))
        || steps.iter().any(asks_for_compensation);
    let default = "the default of `failure_recovery_strategy` is `fail_fast`";
    let name_strategy = |fault: Diagnostic, strategy: &Option<Spanned<Strategy>>| match strategy {
        Some(strategy) => fault.also(strategy.span, "the strategy"),
        None => fault.note(default),
    };
    if let Ok(Some(plan)) = &rules.compensation_plan
        && !undone
    {
        let message = "`compensation_plan` belongs to the strategy `compensate`";
        let fault = Diagnostic::new(Code::MisplacedKey, message, plan.span, "nothing is ever undone");
        let fault = name_strategy(fault, strategy);
        sink.report(fault.help("write `failure_recovery_strategy: compensate`, or remove the plan"));
    }
    match (strategy, &compensations[..]) {
        (Some(strategy), []) if compensates && all_read && compensated().next().is_none() => {
            let message = "the strategy is `compensate`, and no step has a compensation";
            let fault =
                Diagnostic::new(Code::NoCompensation, message, strategy.span, "nothing would be undone")
                    .help("give the steps to be undone a `compensation`, or choose another strategy");
            sink.report(fault);
        }
        (strategy, [first, others @ ..]) if !undone => {
            let message = "a compensation never runs, as the strategy is not `compensate`";
            let mut fault = Diagnostic::new(Code::IdleCompensation, message, *first, "this never runs");
            for other in others {
                fault = fault.also(*other, "this never runs either");
            }
            sink.report(name_strategy(fault, strategy));
        }
        _ => {}
    }
}

/// Its failure undoes the run, or may.
fn asks_for_compensation(step: &StepDeclaration) -> bool {
    let asks: Given<bool> =
        step.error_action.map(|action| action.is_some_and(|action| action.value == ErrorAction::Compensate));
    asks.unwrap_or(true)
}
