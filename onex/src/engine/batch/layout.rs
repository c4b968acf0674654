//! The steps of a run that has many items: each step of the workflow once for each item, or once for all of them.

use std::sync::Arc;

use crate::plan::{Kind, StepRow};
use crate::run::{Need, Plan, StepId, StepSpec};

/// Where the steps of a run are, whose plan has them step by step and within that item by item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// By the workflow's steps: the first of its steps in the run.
    first: Box<[u32]>,
    items: u32,
    /// By the workflow's steps: it is done once, for all items.
    once: Arc<[bool]>,
}

/// Which steps are done once, for all items: reducers, and what depends on nothing else.
pub(crate) fn once(steps: &[StepRow]) -> Arc<[bool]> {
    let mut once = vec![false; steps.len()];
    // What a step depends on may stand behind it, and no chain is longer than there are steps.
    for _ in 0..steps.len() {
        let mut changed = false;
        for (index, step) in steps.iter().enumerate() {
            let of_those_only = || step.depends_on.iter().all(|on| once[*on as usize]);
            let is = step.kind == Kind::Reducer || (!step.depends_on.is_empty() && of_those_only());
            changed |= is && !once[index];
            once[index] |= is;
        }
        if !changed {
            break;
        }
    }
    once.into()
}

impl Layout {
    pub(crate) fn new(once: &Arc<[bool]>, items: u32) -> Self {
        let mut next = 0;
        let first = once
            .iter()
            .map(|once| {
                let first = next;
                next += if *once { 1 } else { items };
                first
            })
            .collect();
        Layout { first, items, once: Arc::clone(once) }
    }

    /// How many steps a run over so many items has, if that is a number for steps.
    pub(crate) fn steps(once: &[bool], items: usize) -> Option<usize> {
        let of_items = once.iter().filter(|once| !**once).count().checked_mul(items)?;
        of_items.checked_add(once.iter().filter(|once| **once).count())
    }

    /// The workflow's step that this one is.
    pub(crate) fn row(&self, step: StepId) -> StepId {
        // Of several that begin at one place, the first ones have no items.
        let behind = self.first.partition_point(|first| *first <= step.0);
        StepId(behind.saturating_sub(1) as u32)
    }

    /// The item that a step is for; `None`: all of them.
    pub(crate) fn item(&self, step: StepId) -> Option<u32> {
        let row = self.row(step).index();
        (!self.once[row]).then(|| step.0 - self.first[row])
    }

    /// The step for an item, or for all where that is how it is done.
    pub(crate) fn step(&self, row: StepId, item: u32) -> StepId {
        let first = self.first[row.index()];
        StepId(if self.is_once(row) { first } else { first + item })
    }

    pub(crate) fn is_once(&self, row: StepId) -> bool {
        self.once[row.index()]
    }

    /// The plan of a run, made of that of one item.
    pub(crate) fn expand(&self, one: &Plan) -> Plan {
        let mut steps = Vec::new();
        for (row, spec) in one.steps() {
            if self.is_once(row) {
                let depends_on = spec.depends_on.iter().flat_map(|&(on, need)| self.all(on, need)).collect();
                steps.push(StepSpec { depends_on, ..spec.clone() });
                continue;
            }
            for item in 0..self.items {
                let depends_on =
                    spec.depends_on.iter().map(|&(on, need)| (self.step(on, item), need)).collect();
                steps.push(StepSpec {
                    id: format!("{}[{item}]", spec.id).into(),
                    depends_on,
                    ..spec.clone()
                });
            }
        }
        let policy = *one.policy();
        Plan::new(policy, steps).expect("the items of a sound plan make a sound one")
    }

    /// What a step that is done once has of another: that itself, or of each item, whether or not it came to an output.
    fn all(&self, on: StepId, need: Need) -> Vec<(StepId, Need)> {
        if self.is_once(on) {
            return vec![(self.step(on, 0), need)];
        }
        (0..self.items).map(|item| (self.step(on, item), Need::Order)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use super::*;
    use crate::run::{Backoff, Mode, Policy, StepKind, Strategy, Undoing};

    fn one() -> Plan {
        let policy = Policy {
            mode: Mode::Parallel { max_steps: NonZeroU32::MIN },
            strategy: Strategy::FailFast,
            backoff: Backoff::exponential(Duration::ZERO, 1.0, Duration::ZERO),
            compensation_retries: 0,
            undoing: Undoing::USUAL,
            min_completed_percent: None,
            timeout: Duration::from_secs(1),
        };
        let mut steps = ["a", "b", "sum", "c"].map(|id| StepSpec::new(id, StepKind::Compute));
        steps[1].depends_on = vec![(StepId(0), Need::Required)];
        steps[2].depends_on = vec![(StepId(1), Need::Required)];
        steps[3].depends_on = vec![(StepId(0), Need::Optional), (StepId(2), Need::Required)];
        Plan::new(policy, steps.into()).unwrap()
    }

    #[test]
    fn each_item_has_its_steps_and_a_barrier_waits_for_all() {
        let layout = Layout::new(&[false, false, true, false].into(), 2);
        let plan = layout.expand(&one());
        let ids: Vec<&str> = plan.steps().map(|(_, spec)| spec.id.as_ref()).collect();
        assert_eq!(ids, ["a[0]", "a[1]", "b[0]", "b[1]", "sum", "c[0]", "c[1]"]);
        let on = |step| plan.step(StepId(step)).depends_on.clone();
        assert_eq!(on(3), [(StepId(1), Need::Required)], "of its own item");
        assert_eq!(on(4), [(StepId(2), Need::Order), (StepId(3), Need::Order)]);
        assert_eq!(on(6), [(StepId(1), Need::Optional), (StepId(4), Need::Required)]);
        let places: Vec<_> =
            (0..7).map(|step| (layout.row(StepId(step)).0, layout.item(StepId(step)))).collect();
        let expected =
            [(0, Some(0)), (0, Some(1)), (1, Some(0)), (1, Some(1)), (2, None), (3, Some(0)), (3, Some(1))];
        assert_eq!(places, expected);
    }

    #[test]
    fn without_items_only_what_is_done_once_is_left() {
        let layout = Layout::new(&[false, false, true, false].into(), 0);
        let plan = layout.expand(&one());
        assert_eq!(plan.len(), 1);
        assert_eq!(layout.row(StepId(0)), StepId(2));
    }
}
