//! The steps: their ids, what they depend on, and the steps of the contract at last.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::conditions::Looks;
use super::entry::Awaited;
use super::events::EventTable;
use super::graph::Dependency;
use super::rules::Resolved;
use crate::contract::{
    Condition, ErrorAction, Executor, IntentFilter, OutputPath, Step, StepIndex, StepKind, Strategy,
};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink, closest};
use crate::names::without_model;
use crate::read::{Given, List, Maybe, PathDeclaration, StepConfig, StepDeclaration};
use crate::source::{Span, Spanned};
use crate::syntax::Shortened;

/// A message lists no more steps than this.
const LISTED: usize = 10;

/// So many names are compared in search of what an unknown one may mean, for all unknown names of a workflow together:
/// thousands of them in thousands of steps would take long, and are not read.
const COMPARED: usize = 200_000;

/// The steps by their ids.
pub(super) struct Ids<'a> {
    index: HashMap<&'a str, StepIndex>,
    steps: &'a [StepDeclaration],
    /// Some steps, or their ids, could not be read.
    broken: Option<Reported>,
    /// How many names may still be compared.
    comparisons: Cell<usize>,
}

impl<'a> Ids<'a> {
    /// Ids that are given twice are reported.
    pub(super) fn of(steps: &'a List<StepDeclaration>, sink: &mut Sink) -> Self {
        let mut ids: HashMap<&str, (StepIndex, Span)> = HashMap::new();
        for (position, step) in steps.items.iter().enumerate() {
            let Ok(id) = &step.id else { continue };
            match ids.get(id.written.value.as_str()) {
                None => {
                    ids.insert(&id.written.value, (position, id.written.span));
                }
                Some((_, first)) => {
                    let message = format!("two steps have the `node_id` `{}`", id.written.value);
                    let fault =
                        Diagnostic::new(Code::DuplicateName, message, id.written.span, "defined again here");
                    sink.report(fault.also(*first, "first defined here"));
                }
            }
        }
        Self {
            index: ids.into_iter().map(|(id, (position, _))| (id, position)).collect(),
            steps: &steps.items,
            broken: steps.broken.or(steps.items.iter().find_map(|step| step.id.as_ref().err().copied())),
            comparisons: Cell::new(COMPARED),
        }
    }

    /// The step of an id. One that there is not is reported, unless it may be among those that could not be read.
    pub(super) fn find(
        &self,
        name: &Spanned<String>,
        own: Option<&str>,
        sink: &mut Sink,
    ) -> Given<StepIndex> {
        self.find_or(name, || self.unknown(name, &[], own), sink)
    }

    /// The step of a path to its output.
    pub(super) fn find_output(
        &self,
        path: &PathDeclaration,
        own: Option<&str>,
        sink: &mut Sink,
    ) -> Given<StepIndex> {
        self.find_or(&path.step, || self.unknown(&path.step, &path.fields, own), sink)
    }

    fn find_or(
        &self,
        name: &Spanned<String>,
        unknown: impl FnOnce() -> Diagnostic,
        sink: &mut Sink,
    ) -> Given<StepIndex> {
        match (self.index.get(name.value.as_str()), self.broken) {
            (Some(found), _) => Ok(*found),
            (None, Some(reported)) => Err(reported),
            (None, None) => Err(sink.report(unknown())),
        }
    }

    /// The name stands in front of fields, if there are any. Every step has an id, or nothing is unknown.
    fn unknown(&self, name: &Spanned<String>, fields: &[String], own: Option<&str>) -> Diagnostic {
        let others = || {
            let ids =
                self.steps.iter().filter_map(|step| Some(step.id.as_ref().ok()?.written.value.as_str()));
            ids.filter(|id| Some(*id) != own)
        };
        let message = format!("there is no step `{}`", Shortened(&name.value));
        let fault = Diagnostic::new(Code::UnknownStep, message, name.span, "unknown step");
        let mut listed = others().take(LISTED).map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
        let more = self.steps.len().saturating_sub(LISTED + usize::from(own.is_some()));
        if more > 0 {
            listed.push_str(&format!(" and {more} more"));
        }
        let fault =
            if listed.is_empty() { fault } else { fault.note(format!("the other steps are {listed}")) };
        let Some(left) = self.comparisons.get().checked_sub(self.steps.len()) else { return fault };
        self.comparisons.set(left);
        match closest(&name.value, others()) {
            Some(meant) => {
                let path: Vec<&str> =
                    std::iter::once(meant).chain(fields.iter().map(String::as_str)).collect();
                fault.replace(format!("there is a step `{meant}`"), name.span, path.join("."))
            }
            None => fault,
        }
    }
}

/// What each step depends on, resolved. References to nothing are reported.
pub(super) fn dependencies(ids: &Ids<'_>, sink: &mut Sink) -> Vec<Vec<Dependency>> {
    let resolve = |step: &StepDeclaration| {
        check_one_list(step, sink);
        let own = step.id.as_ref().ok().map(|id| id.written.value.as_str());
        let mut dependencies: Vec<Dependency> = Vec::new();
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for name in &step.before().items {
            if let Some(first) = seen.insert(&name.value, name.span) {
                sink.report(listed_twice("depends_on", name, first));
            } else if own == Some(&name.value) {
                sink.report(self_dependency(name));
            } else if let Ok(index) = ids.find(name, own, sink) {
                dependencies.push(Spanned::new(index, name.span));
            }
        }
        dependencies
    };
    ids.steps.iter().map(resolve).collect()
}

/// `depends_on` and `dependencies` are one list.
fn check_one_list(step: &StepDeclaration, sink: &mut Sink) {
    let (one, other) = (&step.depends_on, &step.dependencies);
    let (Some(span), Some(other_span), None, None) = (one.span, other.span, one.broken, other.broken) else {
        return;
    };
    let names = |list: &'_ List<Spanned<String>>| -> HashSet<String> {
        list.items.iter().map(|name| name.value.clone()).collect()
    };
    if names(one) != names(other) {
        let message = "`depends_on` and `dependencies` are one list, given with different steps";
        let fault = Diagnostic::new(Code::Contradiction, message, other_span, "these steps")
            .also(span, "and other steps")
            .help("remove one of the two");
        sink.report(fault);
    }
}

/// What other stages found out about the steps.
pub(super) struct Parts<'a> {
    pub(super) dependencies: Vec<Vec<Dependency>>,
    pub(super) awaited: Vec<Option<Awaited>>,
    pub(super) filters: Vec<Option<IntentFilter>>,
    pub(super) looks: Vec<Looks>,
    pub(super) rules: &'a Resolved,
    pub(super) events: &'a EventTable<'a>,
}

/// The steps of the contract.
pub(super) fn finish(steps: &List<StepDeclaration>, parts: Parts<'_>) -> Given<Vec<Step>> {
    steps.broken.map_or(Ok(()), Err)?;
    let Parts { dependencies, awaited, filters, looks, rules, events } = parts;
    let found = dependencies.into_iter().zip(awaited).zip(filters).zip(looks);
    steps
        .items
        .iter()
        .zip(found)
        .map(|(step, (((depends_on, awaited), sends), looks))| {
            let step_rules = action(step, rules)?;
            finish_one(step, Found { depends_on, awaited, sends, looks, action: step_rules }, rules, events)
        })
        .collect()
}

/// What was found out about one step.
struct Found {
    depends_on: Vec<Dependency>,
    awaited: Option<Awaited>,
    sends: Option<IntentFilter>,
    looks: Looks,
    action: Action,
}

/// What a failure of a step means.
struct Action {
    error_action: Option<ErrorAction>,
    retry_count: Option<u32>,
    continue_on_error: bool,
}

fn action(step: &StepDeclaration, rules: &Resolved) -> Given<Action> {
    let error_action = value(&step.error_action)?;
    let retries = match error_action {
        Some(ErrorAction::Retry) => Some(rules.max_retries),
        Some(ErrorAction::Stop) => Some(0),
        Some(ErrorAction::Continue | ErrorAction::Compensate) | None => {
            rules.effect_retries.filter(|_| acts(step) && rules.strategy != Strategy::Retry)
        }
    };
    Ok(Action {
        error_action,
        retry_count: value(&step.retry_count)?.or(retries),
        continue_on_error: value(&step.continue_on_error)?.unwrap_or(false)
            || error_action == Some(ErrorAction::Continue),
    })
}

/// A handler executes it, and acts outside.
fn acts(step: &StepDeclaration) -> bool {
    let sends =
        step.config.as_ref().is_ok_and(|config| config.intents.as_ref().is_ok_and(|of| !of.is_empty()));
    step.kind.is_ok_and(|kind| kind.value == StepKind::Effect) && step.patterns().is_empty() && !sends
}

fn finish_one(
    step: &StepDeclaration,
    found: Found,
    rules: &Resolved,
    events: &EventTable<'_>,
) -> Given<Step> {
    step.before().broken.map_or(Ok(()), Err)?;
    step.outputs.broken.map_or(Ok(()), Err)?;
    let config = step.config.as_ref().map_err(|reported| *reported)?;
    config.executors_read?;
    config.candidates.broken.map_or(Ok(()), Err)?;
    let id = step.id.clone()?;
    let (entry, gate) = match found.awaited {
        Some(Awaited::Entry(entry)) => (Some(entry), None),
        Some(Awaited::Gate(gate)) => (None, Some(gate)),
        None => (None, None),
    };
    let (condition, for_each): (Option<Condition>, Option<OutputPath>) =
        (found.looks.condition?, found.looks.for_each?);
    Ok(Step {
        id: id.written,
        ident: id.ident,
        kind: step.kind?.value,
        kind_span: step.kind?.span,
        description: step.description.clone()?,
        depends_on: found.depends_on,
        depends_on_span: step.before().span,
        timeout_ms: value(&step.timeout_ms)?
            .or(rules.effect_timeout_ms.filter(|_| acts(step)))
            .unwrap_or(rules.step_timeout_ms),
        says_timeout: value(&step.timeout_ms)?.is_some()
            || rules.says_step_timeout
            || (acts(step) && rules.effect_timeout_ms.is_some()),
        retry_count: found.action.retry_count,
        continue_on_error: found.action.continue_on_error,
        error_action: found.action.error_action,
        enabled: value(&step.enabled)?.unwrap_or(true),
        skip_on_failure: value(&step.skip_on_failure)?.unwrap_or(false),
        priority: value(&step.priority)?.unwrap_or(100),
        order_index: value(&step.order_index)?.unwrap_or(0),
        parallel_group: value(&step.parallel_group)?,
        max_parallel_instances: value(&step.max_parallel_instances)?.unwrap_or(1),
        max_memory_mb: value(&step.max_memory_mb)?,
        max_cpu_percent: value(&step.max_cpu_percent)?,
        compensation: step.compensation.clone()?,
        entry,
        gate,
        sends: found.sends,
        publishes: publishes(step, events),
        run_if: value(&step.run_if)?.unwrap_or_default(),
        condition,
        branch_group: step.branch_group.clone()?,
        circuit: step.circuit.clone()?,
        for_each,
        workflow: step.workflow.clone()?,
        executors: executors(step, config)?,
        candidates: config.candidates.items.clone(),
        aggregation: config.aggregation.clone()?,
        routing_field: config.routing_field.clone()?,
        skip_condition: config.skip_condition.clone()?,
        span: step.span,
    })
}

/// The node of `node_name` is of the kind of the step, and each other one of the kind that its key is for.
fn executors(step: &StepDeclaration, config: &StepConfig) -> Given<Vec<Executor>> {
    let kind = step.kind?.value;
    let named = step.node_name.clone()?.map(|node| Executor { node, kind: kind.of_node() });
    let others = config.executors.iter();
    let others = others.map(|executor| Executor { node: executor.name.clone(), kind: executor.of.of_node() });
    Ok(named.into_iter().chain(others).collect())
}

/// Each event once, in the order of the file.
fn publishes(step: &StepDeclaration, events: &EventTable<'_>) -> Vec<Spanned<usize>> {
    let mut seen = HashSet::new();
    let named = step.publishes().filter(|name| seen.insert(without_model(&name.value)));
    named.map(|name| events.resolve(name)).collect()
}

fn value<T: Clone>(given: &Maybe<T>) -> Given<Option<T>> {
    given.as_ref().map(|given| given.as_ref().map(|given| given.value.clone())).map_err(|reported| *reported)
}

fn self_dependency(name: &Spanned<String>) -> Diagnostic {
    let message = format!("the step `{}` depends on itself", name.value);
    Diagnostic::new(Code::SelfDependency, message, name.span, "this is the step itself").help("remove it")
}

/// What a list of names must not have.
pub(super) fn listed_twice(key: &str, name: &Spanned<String>, first: Span) -> Diagnostic {
    let message = format!("`{key}` lists `{}` twice", Shortened(&name.value));
    Diagnostic::new(Code::DuplicateEntry, message, name.span, "listed again here")
        .also(first, "first listed here")
        .help("remove one of the two")
}
