//! The edges of a plan, from dependency to dependent, and the search for a cycle. Knows nothing of policies.

use super::plan::{Need, StepId, StepSpec};

/// Who depends on each step: compressed sparse rows, so that a step's dependents are one slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dependents {
    /// `edges[offsets[step]..offsets[step + 1]]` are those of `step`.
    offsets: Vec<usize>,
    edges: Vec<(StepId, Need)>,
}

impl Dependents {
    /// Expects every dependency to be one of `steps`.
    pub(super) fn of(steps: &[StepSpec]) -> Self {
        let mut offsets = vec![0; steps.len() + 1];
        for (dependency, _) in steps.iter().flat_map(|spec| &spec.depends_on) {
            offsets[dependency.index() + 1] += 1;
        }
        for index in 1..offsets.len() {
            offsets[index] += offsets[index - 1];
        }
        let mut next = offsets.clone();
        let mut edges = vec![(StepId(0), Need::Required); offsets[steps.len()]];
        for (index, spec) in steps.iter().enumerate() {
            for &(dependency, need) in &spec.depends_on {
                let slot = &mut next[dependency.index()];
                edges[*slot] = (StepId(index as u32), need);
                *slot += 1;
            }
        }
        Self { offsets, edges }
    }

    #[inline]
    pub(super) fn of_step(&self, step: StepId) -> &[(StepId, Need)] {
        &self.edges[self.offsets[step.index()]..self.offsets[step.index() + 1]]
    }
}

/// The steps of one cycle, each depending on the next, if there is a cycle.
pub(super) fn find_cycle(steps: &[StepSpec], dependents: &Dependents) -> Option<Vec<StepId>> {
    let blockers = blockers_left(steps, dependents);
    let mut current = blockers.iter().position(|&left| left > 0)?;
    let mut path = Vec::new();
    let mut position = vec![None; steps.len()];
    // A blocked step has a blocked dependency, so this walk goes on until it meets itself.
    loop {
        if let Some(start) = position[current] {
            return Some(path.split_off(start));
        }
        position[current] = Some(path.len());
        path.push(StepId(current as u32));
        let (blocked, _) =
            steps[current].depends_on.iter().find(|(dependency, _)| blockers[dependency.index()] > 0)?;
        current = blocked.index();
    }
}

/// For each step, how many dependencies never become final: all zero when there is no cycle.
fn blockers_left(steps: &[StepSpec], dependents: &Dependents) -> Vec<usize> {
    let mut blockers: Vec<usize> = steps.iter().map(|spec| spec.depends_on.len()).collect();
    let mut free: Vec<usize> = (0..steps.len()).filter(|&step| blockers[step] == 0).collect();
    while let Some(step) = free.pop() {
        for (dependent, _) in dependents.of_step(StepId(step as u32)) {
            blockers[dependent.index()] -= 1;
            if blockers[dependent.index()] == 0 {
                free.push(dependent.index());
            }
        }
    }
    blockers
}
