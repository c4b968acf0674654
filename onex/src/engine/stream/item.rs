//! One item on its way through the steps, and what is told of it when it has come out.

use std::sync::Arc;

use tokio::time::Instant;

use super::super::messages::Messages;
use super::super::outcome::skip_cause;
use super::super::report::OutputError;
use super::super::workflow::Workflow;
use crate::message::StepValue;
use crate::node::step::Outputs;
use crate::node::{SkipCause, StopSignal};
use crate::plan::WorkflowRow;
use crate::run::{Run, RunState, StepState, StepStatus, StopCause};

/// An item in flight: a run of the kernel, of which nothing is journalled but that it is over.
pub(super) struct Item {
    pub(super) position: u64,
    pub(super) next_position: u64,
    pub(super) run: Run,
    pub(super) outputs: Arc<Outputs>,
    pub(super) messages: Messages,
    /// When its time is up; `None` once it was, and while it cannot be.
    pub(super) deadline: Option<Instant>,
    /// Tells its attempts to stop. Made for the first that could listen.
    pub(super) signal: Option<StopSignal>,
}

impl Item {
    pub(super) fn new<C>(workflow: &Workflow<C>, fed: super::source::Fed, now: Instant) -> Self {
        let outputs = Outputs::new(workflow.steps.len());
        outputs.set_input(fed.item);
        Item {
            position: fed.position,
            next_position: fed.next_position,
            run: Run::new(Arc::clone(&workflow.plan)),
            outputs,
            messages: Messages::default(),
            deadline: now.checked_add(workflow.plan.policy().timeout),
            signal: None,
        }
    }

    pub(super) fn report(self, row: &'static WorkflowRow) -> ItemReport {
        ItemReport {
            position: self.position,
            row,
            run: self.run,
            outputs: self.outputs,
            messages: self.messages,
        }
    }
}

/// An item that has gone through the steps of a stream.
#[derive(Debug)]
pub struct ItemReport {
    position: u64,
    row: &'static WorkflowRow,
    run: Run,
    outputs: Arc<Outputs>,
    messages: Messages,
}

impl ItemReport {
    /// Where it began in its source: how many items came before it, unless the source counts something else.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// How it ended, as a run of the same steps would have.
    #[must_use]
    pub fn state(&self) -> RunState {
        self.run.state()
    }

    /// What a step returned, by its `node_id`.
    ///
    /// # Errors
    /// There is no such step, it has not completed, or it returned another type.
    pub fn output<T: StepValue>(&self, step: &str) -> Result<Arc<T>, OutputError> {
        let Some((index, id)) = self.find(step) else {
            return Err(OutputError::NoSuchStep { workflow: self.row.name, step: step.to_owned() });
        };
        let state = self.run.step(crate::run::StepId(index)).state;
        let output = self.outputs.get(index).ok_or(OutputError::NoOutput { step: id, state })?;
        output.get().map_err(|source| OutputError::OtherType { step: id, source })
    }

    /// All that is known of a step, by its `node_id`.
    #[must_use]
    pub fn step(&self, step: &str) -> Option<StepStatus> {
        let (index, _) = self.find(step)?;
        Some(self.run.step(crate::run::StepId(index)))
    }

    /// The step that decided that the item did not complete, or the first that failed, and why. `None`: it completed, or was
    /// not failed by a step.
    #[must_use]
    pub fn error(&self) -> Option<(&'static str, &str)> {
        let decisive = match self.run.stop_cause() {
            Some(StopCause::StepFailed { step }) => Some(step),
            _ => None,
        };
        let failed =
            |status: &StepStatus| matches!(status.state, StepState::Failed | StepState::Indeterminate);
        let first = || self.run.steps().find(|(_, status)| failed(status)).map(|(step, _)| step);
        let step = decisive.or_else(first)?;
        let message = self.messages.of(step.0, false).unwrap_or("it had not stopped when its time was up");
        Some((self.row.steps[step.index()].id, message))
    }

    /// The same for a report; of an item of which no step decided it, its time.
    pub(super) fn what_went_wrong(&self) -> (Option<&'static str>, String) {
        match self.error() {
            Some((step, message)) if self.state() != RunState::TimedOut => (Some(step), message.to_owned()),
            _ => (None, "its time ran out".to_owned()),
        }
    }

    /// How each step ended, and what was said of it, in declaration order.
    pub(super) fn steps(&self) -> impl Iterator<Item = (StepStatus, Option<&str>)> {
        self.run.steps().map(|(step, status)| (status, self.messages.of(step.0, false)))
    }

    pub(super) fn skipped_because(&self, status: StepStatus) -> Option<SkipCause> {
        Some(skip_cause(status.skipped_because?, |step| self.row.steps[step.index()].id))
    }

    fn find(&self, step: &str) -> Option<(u32, &'static str)> {
        let index = self.row.steps.iter().position(|row| row.id == step)?;
        Some((u32::try_from(index).ok()?, self.row.steps[index].id))
    }
}
