//! A run that is over goes on from one of its steps, because a person wants it: that step, what comes after it, and whatever
//! did not come to an end that may stand are done again. All else keeps its output. A step that goes over a list is done again
//! as a whole: its list is counted anew, and each entry has the key that it had.

use std::sync::Arc;

use super::fact::Fact;
use super::plan::{StepId, StepKind};
use super::skip::SkipReason;
use super::state::Run;
use super::status::{CompensationState, StepState};

impl Run {
    /// Whether the run can be reopened at `from`: it is over or parked, and `from` is no entry, whose output is what the run
    /// began with.
    #[must_use]
    pub fn may_reopen(&self, from: StepId) -> bool {
        self.is_ended() && self.plan.contains(from) && self.plan.step(from).kind != StepKind::Entry
    }

    /// Whether any of its effects was undone, or was to be. What is undone and done again needs a new key, so such a run is
    /// forked, not retried.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        self.steps.iter().any(|record| record.status.compensation != CompensationState::None)
    }

    pub(super) fn reopen(&mut self, from: StepId) {
        let again = self.again(from);
        let plan = Arc::clone(&self.plan);
        let mut fresh = Run::new(Arc::clone(&plan));
        fresh.apply(&Fact::RunStarted).expect("it has not started");
        fresh.dispatches = self.dispatches;
        // What failed first decides what is skipped for it.
        self.first_error
            .filter(|first| !again[first.index()])
            .into_iter()
            .for_each(|first| fresh.note_error(first));
        for (step, _) in plan.steps() {
            let before = self.record(step);
            let record = &mut fresh.steps[step.index()];
            // What an attempt may have done outside, it may have done still.
            record.unknown_outcome = before.unknown_outcome;
            record.dispatch = before.dispatch;
            record.earlier_dispatch = before.earlier_dispatch;
            // It is the same action, under the same key.
            record.revision = before.revision;
            if !again[step.index()] {
                record.condition = before.condition;
                record.status = before.status;
                record.status.state = StepState::Waiting;
                if before.condition == Some(true) {
                    // The branch that was chosen stays chosen, also if it was skipped afterwards.
                    fresh.evaluate(step, true);
                }
                fresh.stands(step, before.status.state);
            }
        }
        fresh.keep_fans(self, &again);
        *self = fresh;
    }

    /// The step ended before, and that stands.
    fn stands(&mut self, step: StepId, state: StepState) {
        match self.step(step).failure {
            Some(failure) if matches!(state, StepState::Failed | StepState::Indeterminate) => {
                self.finish_badly(step, state, failure);
            }
            _ => self.finish(step, state),
        }
    }

    /// Which steps are done again.
    fn again(&self, from: StepId) -> Vec<bool> {
        let mut again = vec![false; self.plan.len()];
        let mut found = vec![from];
        let stale =
            self.plan.steps().filter(|(step, spec)| spec.kind != StepKind::Entry && !self.may_stand(*step));
        found.extend(stale.map(|(step, _)| step));
        let skipped = self.skipped_because_of_another();
        while let Some(step) = found.pop() {
            if std::mem::replace(&mut again[step.index()], true) {
                continue;
            }
            found.extend(self.plan.dependents(step).iter().map(|(dependent, _)| *dependent));
            // Everything has to be asked once more.
            let first = skipped.partition_point(|(of, _)| *of < step);
            let for_it = skipped[first..].iter().take_while(|(of, _)| *of == step);
            found.extend(for_it.map(|(_, other)| *other));
        }
        again
    }

    /// The steps that were skipped because of what another one came to, each behind that one, by the numbers of those.
    fn skipped_because_of_another(&self) -> Vec<(StepId, StepId)> {
        let mut skipped: Vec<_> = (self.steps())
            .filter_map(|(step, status)| match status.skipped_because? {
                SkipReason::OtherBranch { runs: of } | SkipReason::AfterFailure { of } => Some((of, step)),
                SkipReason::Disabled | SkipReason::NoOutput { .. } | SkipReason::ConditionFalse => None,
            })
            .collect();
        skipped.sort_unstable();
        skipped
    }

    /// It ended as it may stay.
    fn may_stand(&self, step: StepId) -> bool {
        let status = self.step(step);
        status.compensation == CompensationState::None
            && !self.has_undone_instances(step)
            && match status.state {
                StepState::Completed | StepState::Skipped => true,
                StepState::Failed | StepState::Indeterminate => self.tolerates(step),
                _ => false,
            }
    }
}
