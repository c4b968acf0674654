//! What is the same of the actions of all runs of a workflow: made once, from its plan.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::workflow::StepDef;
use crate::node::mount::EachFns;
use crate::plan::WorkflowRow;
use crate::run::{Need, Plan, StepId};

/// The action of one step, and what undoes it.
#[derive(Debug)]
pub(crate) struct ActionRow {
    pub(super) step: usize,
    pub(super) priority: u32,
    pub(super) timeout_ms: u64,
    pub(super) retries: u32,
    pub(super) undo_timeout_ms: u64,
    pub(super) undo_retries: u32,
    /// The steps whose actions it waits for.
    pub(super) after: Box<[Awaited]>,
    /// The steps whose outputs it is given, and their names.
    pub(super) given: Box<[(u32, &'static str)]>,
    /// Where the input of its run is among the outputs, if it depends on no step.
    pub(super) input: Option<u32>,
    /// The list that it goes over.
    pub(super) each: Option<EachFns>,
}

/// A step that another waits for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Awaited {
    pub(super) step: usize,
    /// Its name.
    pub(super) id: &'static str,
    /// It goes over a list, and is waited for as a whole.
    pub(super) is_list: bool,
}

impl Awaited {
    fn of<C>(step: usize, defs: &[StepDef<C>]) -> Self {
        let StepDef { id, each, .. } = &defs[step];
        Awaited { step, id, is_list: each.is_some() }
    }
}

/// A row for each step that has a function, none before one that it waits for; else in declaration order.
/// `row`: which step of the workflow a step of the plan is.
pub(crate) fn table<C>(
    workflow: &WorkflowRow,
    plan: &Plan,
    defs: &[StepDef<C>],
    row: impl Fn(StepId) -> usize,
) -> Arc<[ActionRow]> {
    let mut after: Vec<Vec<u32>> = vec![Vec::new(); plan.len()];
    let mut rows = Vec::with_capacity(plan.len());
    for step in in_order(plan) {
        let (index, spec) = (step.index(), plan.step(step));
        let mut awaited = Vec::new();
        for &(dependency, need) in &spec.depends_on {
            // What has no function is nobody's work: what it waits for is waited for through it.
            let def = &defs[row(dependency)];
            match (need, def.run) {
                (Need::Else, _) => {}
                (_, Some(_)) => awaited.push(row(dependency) as u32),
                (_, None) => awaited.extend(&after[dependency.index()]),
            }
        }
        awaited.sort_unstable();
        awaited.dedup();
        after[index] = awaited;
        let def = &defs[row(step)];
        if def.run.is_none() {
            continue;
        }
        let is_given = |step: StepId, need| {
            matches!(need, Need::Required | Need::Optional) || def.told.contains(&(row(step) as u32))
        };
        rows.push(ActionRow {
            step: row(step),
            priority: workflow.steps[row(step)].priority,
            timeout_ms: as_ms(def.timeout),
            retries: spec.retries,
            undo_timeout_ms: as_ms(def.compensation_timeout),
            undo_retries: spec.compensation_retries.unwrap_or(plan.policy().compensation_retries),
            after: after[index].iter().map(|step| Awaited::of(*step as usize, defs)).collect(),
            given: (spec.depends_on.iter())
                .filter(|(dependency, need)| is_given(*dependency, *need))
                .map(|(dependency, _)| (row(*dependency) as u32, defs[row(*dependency)].id))
                .collect(),
            // It comes after the outputs of all steps.
            input: spec.depends_on.is_empty().then_some(defs.len() as u32),
            each: def.each,
        });
    }
    rows.into()
}

/// Every step after those that it depends on.
fn in_order(plan: &Plan) -> Vec<StepId> {
    let mut blockers: Vec<usize> = plan.steps().map(|(_, spec)| spec.depends_on.len()).collect();
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..plan.len()).filter(|step| blockers[*step] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(plan.len());
    while let Some(Reverse(next)) = ready.pop() {
        let step = StepId(next as u32);
        order.push(step);
        for (dependent, _) in plan.dependents(step) {
            let blockers = &mut blockers[dependent.index()];
            *blockers -= 1;
            if *blockers == 0 {
                ready.push(Reverse(dependent.index()));
            }
        }
    }
    order
}

fn as_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
