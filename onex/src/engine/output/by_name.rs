//! The steps of a report by their names, each once: a batch has most of them once for each item.

use std::collections::BTreeMap;

use serde_json::value::{RawValue, to_raw_value};

use super::NotRunCause;
use crate::engine::contain::contained;
use crate::engine::map::map_of;
use crate::engine::report::{RunReport, StepReport};
use crate::run::{StepId, StepState};

/// What a step came to; of a batch, for all items together: the worst, as far as something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Failed,
    Completed,
    NotRun(NotRunCause),
}

impl RunReport {
    /// Those of one name stand together.
    pub(super) fn by_name(&self) -> impl Iterator<Item = &[StepReport]> + Clone {
        self.steps.chunk_by(|one, next| one.id == next.id)
    }

    /// The steps that have ended, and what they came to.
    pub(super) fn outcomes(&self) -> impl Iterator<Item = (&'static str, Outcome)> {
        self.by_name().filter_map(|of| Some((of.first()?.id, outcome(of)?)))
    }

    /// What each completed step returned, as JSON; in a batch a list of that, with `null` for the items that it did not complete
    /// for. What does not serialise is not there: its journal would not have it either.
    pub(super) fn outputs_as_json(&self) -> BTreeMap<&'static str, Box<RawValue>> {
        let mut first = 0;
        map_of(self.by_name().filter_map(|of| {
            let steps = (first..).map(StepId).take(of.len());
            first += of.len() as u32;
            let outputs: Vec<_> = steps.map(|step| self.output_as_json(step)).collect();
            let is_once = of.iter().all(|step| step.item.is_none());
            let output = match outputs.iter().flatten().next() {
                None => return None,
                Some(only) if is_once => only.clone(),
                Some(_) => to_raw_value(&outputs).ok()?,
            };
            Some((of.first()?.id, output))
        }))
    }

    fn output_as_json(&self, step: StepId) -> Option<Box<RawValue>> {
        let output = self.outputs().of(step).get(self.outputs().row(step).0)?;
        // The value's `Serialize` is the user's, and may panic.
        contained(|| output.to_json()).ok()?.ok()
    }
}

fn outcome(of: &[StepReport]) -> Option<Outcome> {
    let any = |is: fn(StepState) -> bool| of.iter().any(|step| is(step.state));
    let skipped = || of.iter().find_map(|step| step.skipped_because);
    if any(|state| matches!(state, StepState::Failed | StepState::Indeterminate)) {
        Some(Outcome::Failed)
    } else if any(|state| !state.is_final()) {
        None
    } else if any(|state| state == StepState::Completed) {
        Some(Outcome::Completed)
    } else if any(|state| state == StepState::Cancelled) {
        Some(Outcome::NotRun(NotRunCause::GivenUp))
    } else if any(|state| state == StepState::NotRun) {
        Some(Outcome::NotRun(NotRunCause::RunStopped))
    } else {
        skipped().map(NotRunCause::Skipped).map(Outcome::NotRun)
    }
}
