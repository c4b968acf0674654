//! To how many actions a run may come: each attempt of its steps, and of what undoes them.
//!
//! What steps and retries come to is known when the runtime is built, and is judged there. How long a list is, is not: what is
//! done for its entries counts when they are counted, before the first of it begins.

use crate::run::{Plan, StepId, StepKind, StepSpec};

/// To how many actions a run may come, and how many are known of before any list is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ActionLimit {
    pub(crate) max: u32,
    pub(crate) known: u64,
}

impl ActionLimit {
    pub(crate) fn new(max: u32, plan: &Plan) -> Self {
        let steps = plan.steps().filter(|(_, spec)| spec.each.is_none());
        ActionLimit { max, known: steps.map(|(_, spec)| of_spec(plan, spec)).sum() }
    }

    pub(crate) fn allows(self, actions: u64) -> bool {
        actions <= u64::from(self.max)
    }
}

/// To how many a step may come; one that goes over a list, for one entry.
pub(crate) fn of_step(plan: &Plan, step: StepId) -> u64 {
    of_spec(plan, plan.step(step))
}

fn of_spec(plan: &Plan, spec: &StepSpec) -> u64 {
    if matches!(spec.kind, StepKind::Entry | StepKind::Gate) {
        return 0;
    }
    let undoing = spec.compensation_retries.unwrap_or(plan.policy().compensation_retries);
    1 + u64::from(spec.retries) + if spec.compensable { 1 + u64::from(undoing) } else { 0 }
}
