//! What a run was for: the output of its last step, with its type, or why there is none.

use std::fmt;
use std::sync::Arc;

use super::error::StartError;
use super::report::{OutputError, RunReport};
use crate::message::StepValue;
use crate::node::step::StepOutput;
use crate::node::{Completes, Node};

/// What a run of the workflow of `N` is for: what its last step gives.
pub type OutputOf<N> = <<N as Completes>::Last as StepOutput>::Type;

impl RunReport {
    /// What a step returned, by its name in the contract: `report.get::<order_workflow::charge>()`.
    ///
    /// # Errors
    /// The step has not completed, or the run is of another node.
    pub fn get<S>(&self) -> Result<Arc<S::Type>, OutputError>
    where
        S: StepOutput<Type: StepValue>,
    {
        let of = S::Node::TABLE.name;
        if of != self.node {
            return Err(OutputError::OtherNode { step: S::ID, of, node: self.node });
        }
        self.output(S::ID)
    }

    /// What the last step returned: `report.last::<OrderWorkflow>()`. It does not compile where several steps come last.
    ///
    /// # Errors
    /// The step has not completed, or the run is of another node.
    pub fn last<N>(&self) -> Result<Arc<OutputOf<N>>, OutputError>
    where
        N: Completes<Last: StepOutput<Type: StepValue>>,
    {
        self.get::<N::Last>()
    }
}

/// Why a program did not get what it started a run for.
#[derive(Debug, thiserror::Error)]
pub enum RunFailed {
    /// The run did not start, or this engine stopped driving it before its end.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The run came to its end, or is parked, and its last step has no output.
    #[error("{}", WithoutOutput(report, source))]
    NoOutput {
        /// What became of it.
        report: Box<RunReport>,
        /// What is missing.
        source: OutputError,
    },
}

impl RunFailed {
    pub(super) fn unless_complete<N>(report: RunReport) -> Result<Arc<OutputOf<N>>, Self>
    where
        N: Completes<Last: StepOutput<Type: StepValue>>,
    {
        report.last::<N>().map_err(|source| Self::NoOutput { report: Box::new(report), source })
    }

    /// What became of the run, if it was driven to its end.
    #[must_use]
    pub fn report(&self) -> Option<&RunReport> {
        match self {
            Self::Start(_) => None,
            Self::NoOutput { report, .. } => Some(report),
        }
    }
}

/// The same of a run that is a step of another.
pub(super) fn without_output(report: &RunReport, missing: &OutputError) -> String {
    WithoutOutput(report, missing).to_string()
}

/// Why a run came to nothing, in one sentence.
struct WithoutOutput<'r>(&'r RunReport, &'r OutputError);

impl fmt::Display for WithoutOutput<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(report, source) = self;
        let RunReport { run, workflow, .. } = report;
        write!(f, "run {run} of `{workflow}` has no output")?;
        match report.failure() {
            (Some(step), message) => write!(f, ": step `{step}`: {message}"),
            (None, message) if !message.is_empty() => write!(f, ": {message}"),
            _ => {
                let skipped = report.steps.iter().find_map(|step| match source {
                    OutputError::NoOutput { step: id, .. } if step.id == *id => step.skipped_because,
                    _ => None,
                });
                match skipped {
                    Some(because) => write!(f, ": its last step is skipped, as {because}"),
                    None => write!(f, ": {source}"),
                }
            }
        }
    }
}
