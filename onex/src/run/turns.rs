//! The order in which steps that may run have their turns. Knows nothing of when they may.

use super::plan::{StepId, StepSpec};
use super::ready::ReadySet;

/// A step's place in the order of turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turns {
    /// By step and by place; both are empty where the places are those of the declaration, as they mostly are.
    place_of: Vec<StepId>,
    step_at: Vec<StepId>,
}

impl Turns {
    pub(super) fn of(steps: &[StepSpec]) -> Self {
        let as_declared = steps.is_sorted_by_key(|spec| spec.precedence);
        if as_declared {
            return Self { place_of: Vec::new(), step_at: Vec::new() };
        }
        let mut step_at: Vec<StepId> = (0..steps.len()).map(|index| StepId(index as u32)).collect();
        step_at.sort_by_key(|step| steps[step.index()].precedence);
        let mut place_of = vec![StepId(0); steps.len()];
        for (place, step) in step_at.iter().enumerate() {
            place_of[step.index()] = StepId(place as u32);
        }
        Self { place_of, step_at }
    }

    /// The step of `waiting`, a set of places, whose turn comes first.
    pub(super) fn first(&self, waiting: &ReadySet) -> Option<StepId> {
        let place = waiting.first()?;
        Some(self.step_at.get(place.index()).copied().unwrap_or(place))
    }

    /// The place of `step`, as sets of waiting steps hold it.
    pub(super) fn place(&self, step: StepId) -> StepId {
        self.place_of.get(step.index()).copied().unwrap_or(step)
    }
}
