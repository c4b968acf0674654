//! A batch, item by item.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::super::report::{OutputError, RunReport, StepReport};
use crate::message::StepValue;
use crate::run::{RunState, StepState};

/// A batch, as far as it has come. What it says of the run, it says of all items together.
#[derive(Debug, Clone)]
pub struct BatchReport(RunReport);

/// One item of a batch.
#[derive(Clone, Copy)]
pub struct BatchItem<'r> {
    report: &'r RunReport,
    position: u32,
}

impl BatchReport {
    /// A report by its items. Of a run that is no batch there are none.
    #[must_use]
    pub fn new(report: RunReport) -> Self {
        BatchReport(report)
    }

    /// The items, in the order in which they were given.
    pub fn items(&self) -> impl ExactSizeIterator<Item = BatchItem<'_>> {
        items_of(&self.0)
    }
}

/// The items of a run, in the order in which they were given. Of one that is no batch there are none.
pub(in crate::engine) fn items_of(report: &RunReport) -> impl ExactSizeIterator<Item = BatchItem<'_>> {
    let items = report.outputs().items().len();
    (0..items).map(move |position| BatchItem { report, position: position as u32 })
}

impl Deref for BatchReport {
    type Target = RunReport;

    fn deref(&self) -> &RunReport {
        &self.0
    }
}

impl BatchItem<'_> {
    /// How many items were given before it.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position as usize
    }

    /// How it ended, as a run of its own would have; while the batch goes on, that it runs. It is [`RunState::Cancelled`] if
    /// the batch stopped, for whatever reason, before all of its steps had their turn.
    #[must_use]
    pub fn state(&self) -> RunState {
        let any = |is: fn(StepState) -> bool| self.steps().any(|step| is(step.state));
        let failed = any(|state| matches!(state, StepState::Failed | StepState::Indeterminate));
        if any(|state| !state.is_final()) {
            RunState::Running
        } else if any(|state| matches!(state, StepState::NotRun | StepState::Cancelled)) {
            if failed { RunState::Failed } else { RunState::Cancelled }
        } else if !failed {
            RunState::Completed
        } else if self.report.state == RunState::CompletedWithErrors {
            RunState::CompletedWithErrors
        } else {
            RunState::Failed
        }
    }

    /// Its steps, in declaration order; without those that are done once for all items.
    pub fn steps(&self) -> impl Iterator<Item = &StepReport> {
        let of_workflow = 0..self.report.outputs().steps() as u32;
        let steps = of_workflow.filter_map(|row| self.report.outputs().step(row, self.position));
        let steps = steps.filter_map(|step| self.report.steps.get(step.index()));
        // What is done once for all is at the same place for each.
        steps.filter(|step| step.item == Some(self.position))
    }

    /// A step, by its `node_id`.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&StepReport> {
        self.steps().find(|step| step.id == id)
    }

    /// What a step returned for it.
    ///
    /// # Errors
    /// There is no such step, it has not completed, or it returned another type.
    pub fn output<T: StepValue>(&self, id: &str) -> Result<Arc<T>, OutputError> {
        self.report.output_of(id, Some(self.position))
    }

    /// The first of its steps that failed, and why.
    #[must_use]
    pub fn error(&self) -> Option<(&'static str, &str)> {
        let step =
            self.steps().find(|step| matches!(step.state, StepState::Failed | StepState::Indeterminate))?;
        Some((step.id, step.error.as_deref().unwrap_or_default()))
    }
}

impl fmt::Debug for BatchItem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchItem").field("position", &self.position).field("state", &self.state()).finish()
    }
}
