//! What the reference makes of a run that goes on: because a person wants it, or on another plan.

use onex::run::{CompensationState, RunState, SkipReason, StepId, StepKind, StepState};

use crate::reference::{RefStep, Reference};

impl Reference {
    pub(crate) fn may_reopen(&self, from: StepId) -> bool {
        let step = self.steps.get(from.index());
        step.is_some_and(|step| step.of.is_none()) && self.specs[from.index()].kind != StepKind::Entry
    }

    /// Of those that count.
    pub(crate) fn is_instance(&self, index: usize, of: usize) -> bool {
        self.steps[index].of == Some(of) && !self.steps[index].is_over
    }

    /// Of the list that was counted last, even if it does not count any more.
    pub(crate) fn latest_instances(&self, of: usize) -> Vec<usize> {
        let mut all: Vec<usize> =
            (0..self.steps.len()).filter(|&index| self.steps[index].of == Some(of)).collect();
        let lists = self.lists.iter().rfind(|(step, _, _)| *step == of);
        all.retain(|index| lists.is_some_and(|(_, first, items)| (*first..first + items).contains(index)));
        all
    }

    /// Each step is looked at again and again until no more of them has to be done again.
    pub(crate) fn reopen(&mut self, from: usize) {
        let plan: Vec<usize> =
            (0..self.steps.len()).filter(|&index| self.steps[index].of.is_none()).collect();
        let mut again: Vec<usize> = vec![from];
        loop {
            let more = plan.iter().find(|&&index| {
                let waits_for_one =
                    || self.specs[index].depends_on.iter().any(|(on, _)| again.contains(&on.index()));
                let was_skipped_for_one = match self.steps[index].skipped {
                    Some(SkipReason::OtherBranch { runs: of } | SkipReason::AfterFailure { of }) => {
                        again.contains(&of.index())
                    }
                    _ => false,
                };
                !again.contains(&index) && (!self.may_stand(index) || waits_for_one() || was_skipped_for_one)
            });
            match more {
                Some(&index) => again.push(index),
                None => break,
            }
        }
        for index in 0..self.steps.len() {
            let step = &self.steps[index];
            let (of, is_over) = (step.of, step.of.is_some_and(|of| step.is_over || again.contains(&of)));
            if is_over || again.contains(&index) {
                let acted_before = step.may_have_happened();
                let state = if is_over { StepState::NotRun } else { StepState::Waiting };
                self.steps[index] = RefStep { of, is_over, acted_before, state, ..self.blank() };
            }
        }
        self.note_errors_again(&plan);
        (self.state, self.stop, self.undo_begun) = (RunState::Running, None, false);
        self.later.clear();
    }

    /// The first stays the first, if it stands; of the others nobody knows any more which was first.
    fn note_errors_again(&mut self, plan: &[usize]) {
        let failed = |index: &usize| {
            matches!(self.steps[*index].state, StepState::Failed | StepState::Indeterminate)
                || (0..self.steps.len()).any(|other| {
                    self.is_instance(other, *index)
                        && matches!(self.steps[other].state, StepState::Failed | StepState::Indeterminate)
                })
        };
        let first = self.errors.first().copied().filter(failed);
        // Those whose instances failed, and which have completed without them, come after those that failed.
        let mut others: Vec<usize> = plan.iter().copied().filter(failed).collect();
        let counted = |index: usize| self.lists.iter().rposition(|(of, _, _)| *of == index);
        others.sort_by_key(|&index| match self.steps[index].state {
            StepState::Completed => (true, counted(index)),
            _ => (false, None),
        });
        self.errors = first.into_iter().chain(others).collect();
    }

    fn may_stand(&self, index: usize) -> bool {
        let undone = |step: &RefStep| step.undo != CompensationState::None;
        let is_undone = undone(&self.steps[index])
            || (0..self.steps.len())
                .any(|other| self.is_instance(other, index) && undone(&self.steps[other]));
        self.specs[index].kind == StepKind::Entry
            || !is_undone
                && match self.steps[index].state {
                    StepState::Completed | StepState::Skipped => true,
                    StepState::Failed | StepState::Indeterminate => self.tolerates(index),
                    _ => false,
                }
    }

    /// It goes on on a plan that is its own: what is in flight has crashed with its process, what is held or has not begun is
    /// asked for its condition again, unless others were skipped in its favour.
    pub(crate) fn carry(&mut self) {
        let chosen: Vec<usize> = (self.steps.iter())
            .filter_map(|step| match step.skipped? {
                SkipReason::OtherBranch { runs } => Some(runs.index()),
                _ => None,
            })
            .collect();
        for step in &mut self.steps {
            match step.state {
                StepState::Scheduled => {
                    step.state = StepState::RetryDue;
                    step.attempt -= 1;
                    // Of a run that is parked it was counted.
                    step.crashes += u32::from(self.state != RunState::Parked);
                }
                StepState::Held if step.was_tried() => step.state = StepState::RetryDue,
                StepState::Held => step.state = StepState::Waiting,
                _ => {}
            }
        }
        for (index, step) in self.steps.iter_mut().enumerate() {
            let is_asked_again = matches!(step.state, StepState::Waiting | StepState::Skipped);
            if is_asked_again && step.condition == Some(true) && !chosen.contains(&index) {
                step.condition = None;
            }
        }
    }
}
