//! What leaves the process of a run: the output model of an orchestrator, in its JSON shape, with nothing in it that was
//! not asked for. Made of a [`RunReport`] alone.

mod by_name;
mod document;
mod error_type;
mod items;
mod rfc3339;
mod standing;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::value::RawValue;

use self::by_name::Outcome;
pub use self::error_type::ErrorType;
pub use self::standing::{ErrorPlace, Failures, RunError, Standing};
use super::action::{Action, ActionPayload};
use super::map::map_of;
use super::report::RunReport;
use crate::node::SkipCause;

/// What of a run may leave the process. By default neither what customers gave and steps returned, nor what handlers said:
/// an error's text is whatever its author, or a library below it, put in.
///
/// ```
/// use onex::engine::Disclose;
///
/// assert!(!Disclose::default().outputs && !Disclose::default().messages);
/// // To a person who may see what is in the journal anyway:
/// let _all = Disclose { outputs: true, messages: true, ..Disclose::default() };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disclose {
    /// What steps returned: `step_outputs`, `output_variables`, `final_result`, and what `actions_emitted` were given.
    /// Default: no.
    pub outputs: bool,
    /// The text of handlers' errors and panics, and the words of whoever cancelled. Without it an error says its type, its
    /// step, and what the engine itself knows. Default: no.
    pub messages: bool,
    /// What was dispatched: `actions_emitted`. Without [`outputs`](Self::outputs) there is nothing of a user in it.
    /// Default: yes.
    pub actions: bool,
}

impl Default for Disclose {
    fn default() -> Self {
        Disclose { outputs: false, messages: false, actions: true }
    }
}

/// A run as it is told to the outside. See [`RunReport::to_output`].
///
/// It serialises to the output model of an orchestrator: `execution_status`, `execution_time_ms`, `start_time`, `end_time`,
/// `completed_steps`, `failed_steps`, `skipped_steps`, `step_outputs`, `final_result`, `output_variables`,
/// `actions_emitted`, `errors`, `metrics`, `parallel_executions`.
#[derive(Debug, Clone)]
pub struct RunOutput {
    /// How the run stands, and what went wrong if something did: `execution_status`, `failed_steps` and `errors` are all of
    /// this, so they cannot contradict each other.
    pub standing: Standing,
    /// From the start to the end, or so far.
    pub execution_time: Duration,
    /// Milliseconds since the Unix epoch.
    pub started_unix_ms: u64,
    /// The steps that have their output, in declaration order. In a batch, a step completed if it did for an item and failed for
    /// none: in which of the lists it is, is the worst that it came to.
    pub completed_steps: Vec<&'static str>,
    /// The steps that did not run or were given up, in declaration order, and why.
    pub skipped_steps: Vec<SkippedStep>,
    /// What each completed step returned, as JSON, if it was asked for. Of a batch, a step has a list of what it returned for
    /// each item, with `null` where it did not complete.
    pub step_outputs: BTreeMap<&'static str, Box<RawValue>>,
    /// What the workflow gives to its outside, if it was asked for: the outputs of the steps that no other depends on.
    pub output_variables: BTreeMap<&'static str, Box<RawValue>>,
    /// The one of them, where the workflow ends in one step.
    pub final_result: Option<Box<RawValue>>,
    /// What was dispatched, in the order of [`RunReport::actions`].
    pub actions_emitted: Vec<Action>,
    /// Numbers about the run.
    pub metrics: BTreeMap<&'static str, f64>,
    /// How often steps of it were in flight together: from when a second one is, until no more than one is.
    pub parallel_executions: u32,
    /// Of a batch, the calls that were given to workers: see [`RunReport::load_balanced_operations`]. One of the `metrics`, too.
    pub load_balanced_operations: u64,
}

/// A step that has no output and did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SkippedStep {
    /// `node_id`.
    pub step: &'static str,
    /// Why it did not run.
    pub because: NotRunCause,
}

/// Why a step has no output although it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotRunCause {
    /// It was not to run.
    Skipped(SkipCause),
    /// The run stopped before its turn came.
    RunStopped,
    /// It had begun, and was given up because the run stopped.
    GivenUp,
}

impl RunReport {
    /// The run as it may be told to the outside.
    ///
    /// ```
    /// # use onex::RunReport;
    /// # use onex::engine::Disclose;
    /// fn tell(report: &RunReport) -> serde_json::Result<String> {
    ///     serde_json::to_string(&report.to_output(Disclose::default()))
    /// }
    /// ```
    #[must_use]
    pub fn to_output(&self, disclose: Disclose) -> RunOutput {
        let step_outputs = if disclose.outputs { self.outputs_as_json() } else { BTreeMap::new() };
        let last = self.by_name().filter_map(|of| of.first()).filter(|step| step.is_last).map(|step| step.id);
        let output_variables =
            map_of(last.clone().filter_map(|id| Some((id, step_outputs.get(id)?.clone()))));
        let final_result = if last.count() == 1 { output_variables.values().next().cloned() } else { None };
        let (completed_steps, skipped_steps) = (self.completed(), self.skipped());
        let mut actions_emitted = self.actions_emitted();
        let tell = if disclose.outputs { ActionPayload::disclose } else { ActionPayload::conceal };
        actions_emitted.iter_mut().for_each(|action| tell(&mut action.payload));
        let metrics = self.metrics(completed_steps.len(), skipped_steps.len(), actions_emitted.len());
        RunOutput {
            standing: Standing::of(self, disclose.messages),
            execution_time: self.duration,
            started_unix_ms: self.started_unix_ms,
            completed_steps,
            skipped_steps,
            step_outputs,
            output_variables,
            final_result,
            actions_emitted: if disclose.actions { actions_emitted } else { Vec::new() },
            metrics,
            parallel_executions: self.parallel_executions,
            load_balanced_operations: self.load_balanced_operations,
        }
    }

    /// How the run stands, without anybody's words.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing::of(self, false)
    }

    /// `execution_status` in the words of the output model: see [`Standing::status`].
    #[must_use]
    pub fn execution_status(&self) -> &'static str {
        standing::status_of(self.state)
    }

    fn completed(&self) -> Vec<&'static str> {
        self.outcomes().filter(|(_, outcome)| *outcome == Outcome::Completed).map(|(step, _)| step).collect()
    }

    fn skipped(&self) -> Vec<SkippedStep> {
        let skipped = self.outcomes().filter_map(|(step, outcome)| match outcome {
            Outcome::NotRun(because) => Some(SkippedStep { step, because }),
            Outcome::Failed | Outcome::Completed => None,
        });
        skipped.collect()
    }

    fn metrics(&self, completed: usize, skipped: usize, actions: usize) -> BTreeMap<&'static str, f64> {
        let failed = self.outcomes().filter(|(_, outcome)| *outcome == Outcome::Failed);
        let crashes: u32 = self.steps.iter().map(|step| step.crashes).sum();
        let average = if completed == 0 { 0.0 } else { self.duration.as_secs_f64() * 1e3 / completed as f64 };
        let of_steps = [
            ("completed_count", completed as f64),
            ("failed_count", failed.count() as f64),
            ("skipped_count", skipped as f64),
            ("actions_count", actions as f64),
            ("retries_count", f64::from(self.retries())),
            ("crashes_count", f64::from(crashes)),
            ("avg_step_time_ms", average),
        ];
        map_of(of_steps.into_iter().chain(items::metrics(self)))
    }
}
