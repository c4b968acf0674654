//! Why a run stopped, and why an output of it cannot be had.

use serde::Serialize;

use crate::message::DecodeError;
use crate::run::StepState;

/// Why a run stopped before every step had its turn, or failed when all had it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum RunCause {
    /// A step failed, or its outcome is unknown.
    StepFailed {
        /// `node_id`.
        step: &'static str,
        /// Its error.
        message: String,
    },
    /// The run's `timeout_ms` was used up.
    TimedOut {
        /// The budget, in milliseconds.
        after_ms: u64,
    },
    /// Somebody asked for it.
    Cancelled {
        /// Why, in the words of whoever did.
        reason: String,
    },
    /// Somebody asked for it, and that nothing be undone.
    Killed {
        /// Why, in the words of whoever did.
        reason: String,
    },
    /// The source of a stream failed.
    SourceFailed {
        /// The error's text.
        message: String,
    },
    /// Failures were tolerated, and there were too many: every step had its turn, and fewer completed than
    /// `min_required_steps_completion_percent` asks for. See [`Run::completed_of`](crate::run::Run::completed_of).
    TooFewCompleted {
        /// How many completed.
        completed: usize,
        /// Of how many that were to.
        of: usize,
        /// The share that must, in percent.
        required_percent: f64,
    },
}

/// Why a step's output cannot be had from a report.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The workflow has no such step.
    #[error("the workflow `{workflow}` has no step `{step}`")]
    NoSuchStep {
        /// The workflow.
        workflow: &'static str,
        /// What was asked for.
        step: String,
    },
    /// The run is of another node.
    #[error("`{step}` is a step of `{of}`, and this is a run of `{node}`")]
    OtherNode {
        /// What was asked for.
        step: &'static str,
        /// The contract name of its node.
        of: &'static str,
        /// That of the run's node.
        node: &'static str,
    },
    /// The step has not completed.
    #[error("step `{step}` has no output: it is `{state:?}`")]
    NoOutput {
        /// The step.
        step: &'static str,
        /// Where it is.
        state: StepState,
    },
    /// The output is of another type.
    #[error("step `{step}` returned something else: {source}")]
    OtherType {
        /// The step.
        step: &'static str,
        /// What does not fit.
        source: DecodeError,
    },
}

pub(in crate::engine) fn too_few(completed: usize, of: usize, required_percent: f64) -> String {
    format!("{completed} of {of} steps completed, and {required_percent} % must")
}
