//! Which share of its steps a run has completed, and whether that is enough. Decides nothing.

use super::plan::{Need, StepId};
use super::skip::SkipReason;
use super::state::Run;
use super::status::{StepState, StepStatus};

impl Run {
    /// How many steps completed, and how many were to: all but those that were skipped for another reason than that
    /// something has failed. Steps that have not ended are not counted.
    ///
    /// It looks at every step and dependency, once.
    #[must_use]
    pub fn completed_of(&self) -> (usize, usize) {
        let completed = self.steps().filter(|(_, status)| status.state == StepState::Completed).count();
        (completed, completed + self.missing())
    }

    /// That share in percent; 100 where none was to complete.
    #[must_use]
    pub fn completed_percent(&self) -> f64 {
        match self.completed_of() {
            (_, 0) => 100.0,
            (completed, of) => completed as f64 * 100.0 / of as f64,
        }
    }

    /// Every step has ended, some have failed, which was allowed, and too many of them.
    pub(super) fn has_completed_too_few(&self) -> bool {
        self.open == 0
            && self.first_error.is_some()
            && self.decisive.is_none()
            && self.plan().policy().min_completed_percent.is_some_and(|min| self.completed_percent() < min)
    }

    /// Steps that failed, those that were not to run after that, and those skipped that might have taken an output of one.
    fn missing(&self) -> usize {
        let mut is_missing = vec![false; self.plan().len()];
        let fails = |(step, status): (StepId, StepStatus)| {
            let failed =
                matches!(status.state, StepState::Failed | StepState::Indeterminate | StepState::Cancelled);
            let after = matches!(status.skipped_because, Some(SkipReason::AfterFailure { .. }));
            (failed || after).then_some(step)
        };
        let mut found: Vec<StepId> = self.steps().filter_map(fails).collect();
        let mut missing = 0;
        while let Some(step) = found.pop() {
            if std::mem::replace(&mut is_missing[step.index()], true) {
                continue;
            }
            missing += 1;
            let takers = self.plan().dependents(step).iter().filter(|&&(dependent, need)| {
                let because = self.step(dependent).skipped_because;
                matches!(need, Need::Required | Need::Optional)
                    && matches!(because, Some(SkipReason::NoOutput { .. }))
            });
            found.extend(takers.map(|(dependent, _)| *dependent));
        }
        missing
    }
}
