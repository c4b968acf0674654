//! From the tables of a node, and the functions of its handlers, to a workflow that can be run.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::{Arm, Gate, Sends, StepDef, Workflow};
use crate::bus::routing::Routing;
use crate::engine::action;
use crate::engine::admission::Admission;
use crate::engine::batch::once;
use crate::engine::circuit::Circuits;
use crate::engine::defaults::{Defaults, Numbers};
use crate::engine::meters::WorkflowMeters;
use crate::engine::pin::{pin, pin_of_batch};
use crate::node::mount::{ArmFns, Mounted, StepFns};
use crate::plan::{self, ErrorAction, Kind, PaceRow, StepRow, WorkflowRow};
use crate::run::{
    Backoff, Mode, Need, OnFailure, Plan, PlanError, Policy, StepId, StepKind, StepSpec, Strategy, UndoOrder,
    Undoing,
};

impl<C> Workflow<C> {
    /// Expects as many functions as there are steps.
    pub(crate) fn compile(
        mounted: &Mounted<C>,
        row: &'static WorkflowRow,
        routing: &Routing,
        circuits: &mut Circuits,
        defaults: &Defaults,
    ) -> Result<Self, PlanError> {
        let numbers = defaults.fill(row);
        let decided_by = |of: usize| decided_by(mounted, row, of);
        let specs = (row.steps.iter().zip(&mounted.steps).enumerate())
            .map(|(index, (step, fns))| spec(row, &numbers, step, fns, &decided_by(index)))
            .collect();
        let plan = Arc::new(Plan::new(policy(row, &numbers, mounted), specs)?);
        let steps: Arc<[StepDef<C>]> = (row.steps.iter().zip(&mounted.steps).enumerate())
            .map(|(index, (step, fns))| StepDef {
                id: step.id,
                kind: kind(step, fns),
                run: fns.run,
                group: fns.group,
                fold: fns.fold,
                compensate: fns.compensate,
                read: fns.read,
                condition: fns.condition,
                decided_by: decided_by(index).into(),
                told: fns.told.as_slice().into(),
                undo_told: fns.undo_told.as_slice().into(),
                takes: takes(step, fns, &decided_by(index)),
                timeout: defaults.step_timeout(step),
                compensation_timeout: (step.compensation.and_then(|row| row.timeout_ms))
                    .map_or_else(|| defaults.step_timeout(step), Duration::from_millis),
                calls: fns
                    .calls
                    .map(|callee| (callee, step.says_timeout.then(|| defaults.step_timeout(step)))),
                circuit: (kind(step, fns) == StepKind::Effect && fns.calls.is_none())
                    .then(|| circuits.of_step(mounted.table.name, step.id))
                    .flatten(),
                publishes: step
                    .publishes
                    .and_then(|event| mounted.table.events.get(event))
                    .and_then(|event| routing.event(event.topic))
                    .cloned(),
                each: mounted.each.iter().find(|(step, _)| *step == index).map(|(_, each)| *each),
                sends: mounted.sends.iter().find(|(of, _)| *of == index).map(|(_, asked)| Sends {
                    asked: *asked,
                    intents: (step.sends.iter())
                        .filter_map(|intent| mounted.table.intents.get(*intent))
                        .filter_map(|intent| routing.intent(intent.intent_type).cloned())
                        .collect(),
                    timeout: step.says_timeout.then(|| Duration::from_millis(step.timeout_ms)),
                }),
                gate: step.gate.zip(mounted.gates.iter().find(|(step, _)| *step == index)).map(
                    |(row, (_, event))| Gate {
                        event: *event,
                        timeout: row.timeout_ms.map(Duration::from_millis),
                    },
                ),
            })
            .collect();
        let action_rows = action::table(row, &plan, &steps, StepId::index);
        let pin = Arc::new(if row.mode == plan::Mode::Batch { pin_of_batch(&plan) } else { pin(&plan) });
        let once = (row.mode == plan::Mode::Batch).then(|| once(row.steps));
        let admission = row.max_concurrent_runs.map(|most| Admission::new(most.max(1) as usize));
        let action_limit = defaults.action_limit(row, &plan);
        let (node, start, meters) = (mounted.table.name, mounted.start, Arc::new(WorkflowMeters::new(row)));
        let (at_once, batch_size, places) = (numbers.max_parallel_steps, numbers.batch_size, None);
        let arm = |arm: &ArmFns| {
            let topic = routing.event(mounted.table.events.get(arm.event)?.topic)?.topic.clone();
            Some(Arm { step: StepId(u32::try_from(arm.step).ok()?), topic, read: arm.read })
        };
        let arms = mounted.arms.iter().filter_map(arm).collect();
        Ok(Workflow {
            node,
            row,
            plan,
            pin,
            steps,
            start,
            admission,
            action_limit,
            is_called: false,
            meters,
            action_rows,
            at_once,
            batch_size,
            arms,
            once,
            places,
        })
    }
}

/// How many steps the kernel dispatches at once. Of a batch whose steps take groups, so many that each worker has one.
fn in_flight<C>(row: &WorkflowRow, numbers: &Numbers, mounted: &Mounted<C>) -> NonZeroU32 {
    let in_groups = row.mode == plan::Mode::Batch && mounted.steps.iter().any(|fns| fns.group.is_some());
    let of_each = if in_groups { numbers.batch_size } else { NonZeroU32::MIN };
    numbers.max_parallel_steps.saturating_mul(of_each)
}

fn policy<C>(row: &WorkflowRow, numbers: &Numbers, mounted: &Mounted<C>) -> Policy {
    Policy {
        mode: match row.mode {
            plan::Mode::Sequential | plan::Mode::Conditional => Mode::Sequential,
            plan::Mode::Parallel | plan::Mode::Batch | plan::Mode::Streaming => {
                Mode::Parallel { max_steps: in_flight(row, numbers, mounted) }
            }
        },
        strategy: match row.strategy {
            plan::Strategy::FailFast => Strategy::FailFast,
            plan::Strategy::ContinueOnError => Strategy::ContinueOnError,
            plan::Strategy::Retry => Strategy::Retry,
            plan::Strategy::Compensate => Strategy::Compensate,
        },
        backoff: numbers.pace,
        compensation_retries: numbers.max_retries,
        undoing: Undoing {
            order: match row.undoing.order {
                plan::UndoOrder::Reverse => UndoOrder::LatestFirst,
                plan::UndoOrder::Forward => UndoOrder::EarliestFirst,
                plan::UndoOrder::Parallel => UndoOrder::AtOnce { most: numbers.max_parallel_steps },
            },
            delay: Duration::from_millis(row.undoing.delay_ms),
            timeout: row.undoing.timeout_ms.map(Duration::from_millis),
        },
        min_completed_percent: row.min_completed_percent,
        timeout: numbers.run_timeout,
    }
}

pub(in crate::engine) fn backoff(pace: &PaceRow) -> Backoff {
    Backoff {
        initial: Duration::from_millis(pace.initial_delay_ms),
        growth: pace.growth,
        max: Duration::from_millis(pace.max_delay_ms),
        jitter: pace.jitter,
    }
}

/// The steps that the functions of a step's condition look at; the run's input is no step.
fn decided_by<C>(mounted: &Mounted<C>, row: &WorkflowRow, step: usize) -> Vec<u32> {
    let looked_at =
        mounted.decided_by.iter().filter(|(by, looked)| *by == step && (*looked as usize) < row.steps.len());
    let mut looked_at: Vec<u32> = looked_at.map(|(_, looked)| *looked).collect();
    looked_at.sort_unstable();
    looked_at.dedup();
    looked_at
}

fn spec<C>(
    row: &WorkflowRow,
    numbers: &Numbers,
    step: &StepRow,
    fns: &StepFns<C>,
    decided_by: &[u32],
) -> StepSpec {
    // Semantics 12: `retry_count` applies under every strategy; the strategy `retry` only sets the default.
    let default_retries = if row.strategy == plan::Strategy::Retry { numbers.max_retries } else { 0 };
    StepSpec {
        id: step.id.into(),
        kind: kind(step, fns),
        depends_on: dependencies(step, fns, decided_by),
        retries: step.retry_count.unwrap_or(default_retries),
        on_failure: match step.error_action {
            Some(ErrorAction::Stop) => Some(OnFailure::Stop),
            Some(ErrorAction::Compensate) => Some(OnFailure::Compensate),
            Some(ErrorAction::Continue) => Some(OnFailure::Continue),
            None => step.continue_on_error.then_some(OnFailure::Continue),
        },
        compensable: fns.compensate.is_some(),
        compensation_retries: step.compensation.and_then(|row| row.retries),
        compensation_priority: step.compensation.map_or(StepSpec::USUAL_PRIORITY, |row| row.priority),
        compensation_delay: Duration::from_millis(step.compensation.map_or(0, |row| row.delay_ms)),
        enabled: step.enabled,
        skip_on_failure: step.skip_on_failure,
        outlives_process: fns.calls.is_some(),
        // Semantics 11: what is told why an output is absent runs without it.
        runs_without_inputs: step.run_always || !fns.told.is_empty(),
        // What has nothing to send is skipped.
        conditional: fns.condition.is_some() || !step.sends.is_empty(),
        each: step.each.map(|each| NonZeroU32::new(each.at_once).unwrap_or(NonZeroU32::MIN)),
        precedence: (step.priority, step.order_index),
    }
}

/// What the functions of a step take, as far as a plan must give it to them.
fn takes<C>(step: &StepRow, fns: &StepFns<C>, decided_by: &[u32]) -> Box<[(u32, Need)]> {
    let list = step.each.and_then(|each| each.of);
    let looked_at = step.looks_at.iter().filter(|_| fns.condition.is_some()).chain(decided_by);
    let told = fns.told.iter().chain(&fns.undo_told).chain(looked_at).map(|row| (*row, Need::Order));
    let required = list.iter().chain(&fns.required).map(|row| (*row, Need::Required));
    required.chain(fns.optional.iter().map(|row| (*row, Need::Optional))).chain(told).collect()
}

/// Semantics 11: what is not taken as a parameter is required like a `&T`, unless the step is told to run anyway or
/// its condition looks at it, and so decides.
fn dependencies<C>(step: &StepRow, fns: &StepFns<C>, decided_by: &[u32]) -> Vec<(StepId, Need)> {
    let by_function = decided_by.iter().filter(|looked| !step.looks_at.contains(looked));
    let looks_at: Vec<u32> = step.looks_at.iter().chain(by_function).copied().collect();
    // Without its list there is nothing to do.
    let list = step.each.and_then(|each| each.of);
    let need = |dependency: &u32| {
        if list == Some(*dependency) || fns.required.contains(dependency) {
            Need::Required
        } else if fns.optional.contains(dependency) {
            Need::Optional
        } else if fns.told.contains(dependency) || step.run_always || looks_at.contains(dependency) {
            Need::Order
        } else {
            Need::Required
        }
    };
    let declared = step.depends_on.iter().map(|dependency| (StepId(*dependency), need(dependency)));
    // A step in between may be skipped before what comes before it has ended.
    let only_looked_at = looks_at.iter().filter(|looked| !step.depends_on.contains(looked));
    let looked_at = only_looked_at
        .map(|looked| (StepId(*looked), if list == Some(*looked) { Need::Required } else { Need::Order }));
    let else_of = step.else_of.map(|branch| (StepId(branch), Need::Else));
    let goes_over = list.filter(|list| !step.depends_on.contains(list) && !looks_at.contains(list));
    let goes_over = goes_over.map(|list| (StepId(list), Need::Required));
    declared.chain(looked_at).chain(goes_over).chain(else_of).collect()
}

fn kind<C>(step: &StepRow, fns: &StepFns<C>) -> StepKind {
    match (fns.run.is_some(), step.kind) {
        (false, _) if step.gate.is_some() || !step.sends.is_empty() => StepKind::Gate,
        (false, _) => StepKind::Entry,
        (true, Kind::Compute) => StepKind::Compute,
        (true, Kind::Reducer) => StepKind::Reducer,
        // What an orchestrator does as a step, it does outside the run.
        (true, Kind::Effect | Kind::Orchestrator) => StepKind::Effect,
    }
}
