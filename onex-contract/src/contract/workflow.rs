//! A workflow: who it is, its steps in order, and how a run of it is executed.

use super::{BranchGroup, Condition, Coordination, Step, Version, WorkflowConditions};
use crate::language::words;
use crate::source::{Span, Spanned};

/// An index into [`Workflow::steps`].
pub type StepIndex = usize;

/// A workflow: metadata, steps in declaration order, rules.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// `workflow_metadata.workflow_name`.
    pub name: Spanned<String>,
    /// `workflow_metadata.workflow_version`.
    pub version: Version,
    /// `workflow_metadata.description`.
    pub description: Option<String>,
    /// `workflow_metadata.workflow_type`.
    pub workflow_type: WorkflowType,
    /// The steps, in the order of the file. The graph has no cycle.
    pub steps: Vec<Step>,
    /// The indexes of `steps` in topological order; ties in the order of the file.
    pub order: Vec<StepIndex>,
    /// The steps whose events start a run, in the order of the file. None: only a program starts it.
    pub entries: Vec<StepIndex>,
    /// The steps of which one runs, in the order of the file.
    pub branch_groups: Vec<BranchGroup>,
    /// `execution_mode`.
    pub mode: Mode,
    /// `failure_recovery_strategy`.
    pub strategy: Strategy,
    /// `max_retries`: 0 to 10, default 3.
    pub max_retries: u32,
    /// `timeout_ms` of the run: 1,000 to 86,400,000; the default is that of the workflow's type.
    pub timeout_ms: u64,
    /// `max_parallel_steps`: 1 to 100, default 5.
    pub max_parallel_steps: u32,
    /// `retry_delay_ms`: 100 to 60,000, default 1,000.
    pub retry_delay_ms: u64,
    /// `backoff_multiplier`: 1.0 to 5.0, default 2.0, or up to 10.0 from a `retry_policy`; 1.0 where the backoff is not exponential.
    pub backoff_multiplier: f64,
    /// `max_retry_delay_ms`: 1,000 to 300,000, default 30,000.
    pub max_retry_delay_ms: u64,
    /// Which of these rules the contract gives. All others are defaults.
    pub said: Said,
    /// `dead_letter_queue_enabled`: whether a run that fails is also a dead letter; default true.
    pub dead_letter: bool,
    /// The rules besides.
    pub coordination: Coordination,
    /// `workflow_conditions`.
    pub conditions: Option<WorkflowConditions>,
    /// The `nodes` list.
    pub span: Span,
}

/// Which rules of a workflow its contract gives, in whichever place. What it does not, a program's configuration may fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// How long a run may take: a timeout, or a `workflow_type`, which has one.
    pub timeout: bool,
    /// `max_retries`, or a bound on actions that they must keep.
    pub retries: bool,
    /// `max_parallel_steps`.
    pub parallel_steps: bool,
    /// `batch_size`.
    pub batch_size: bool,
    /// Anything about the delays between attempts; `retry_policy` of the node's `error_handling`, too.
    pub pace: bool,
    /// `max_actions_per_workflow`.
    pub actions: bool,
}

impl Workflow {
    /// The step whose event starts a run. What is executed has at most one.
    pub fn entry(&self) -> Option<StepIndex> {
        self.entries.first().copied()
    }

    /// The conditions of all steps, in the order of the file.
    pub fn step_conditions(&self) -> impl Iterator<Item = &Condition> {
        self.steps.iter().filter_map(|step| step.condition.as_ref())
    }
}

words! {
    /// `workflow_type`: what sort of work it is, and with it how long a run takes if nothing else is said.
    pub enum WorkflowType default Standard {
        /// Anything; a run takes at most 5 minutes.
        Standard = "standard";
        /// Data that is processed in several stages; 10 minutes.
        DataPipeline = "data_pipeline";
        /// Bulk operations; 30 minutes.
        BatchProcessing = "batch_processing";
        /// What an event sets off; 1 minute.
        EventDriven = "event_driven";
        /// A transaction over several services, undone when it fails; 5 minutes. Its strategy is `compensate`.
        Saga = "saga";
        /// Extract, transform, load; 1 hour.
        Etl = "etl";
        /// People decide at gates; 24 hours.
        Approval = "approval";
        /// Something is sent; 30 seconds.
        Notification = "notification";
        /// Something is probed; 10 seconds.
        HealthCheck = "health_check";
    }
}

impl WorkflowType {
    /// How long a run may be active, in milliseconds, where the contract does not say.
    pub fn timeout_ms(self) -> u64 {
        match self {
            Self::Standard | Self::Saga => 300_000,
            Self::DataPipeline => 600_000,
            Self::BatchProcessing => 1_800_000,
            Self::EventDriven => 60_000,
            Self::Etl => 3_600_000,
            Self::Approval => 86_400_000,
            Self::Notification => 30_000,
            Self::HealthCheck => 10_000,
        }
    }
}

words! {
    /// `execution_mode`.
    pub enum Mode default Sequential {
        /// One step at a time.
        Sequential = "sequential";
        /// Every step whose dependencies are done.
        Parallel = "parallel";
        /// One step at a time, those whose conditions hold.
        Conditional = "conditional";
        /// One run over many inputs, which each step takes in groups.
        Batch = "batch";
        /// One run over an endless stream of items.
        Streaming = "streaming";
    }
}

words! {
    /// `failure_recovery_strategy`.
    pub enum Strategy default FailFast {
        /// The first failed step stops the run.
        FailFast = "fail_fast" | "abort" | "none";
        /// What needs the failed step is skipped, all else runs.
        ContinueOnError = "continue_on_error" | "continue";
        /// Every step is retried `max_retries` times, then as `fail_fast`.
        Retry = "retry";
        /// The first failed step stops the run and completed effects are undone, latest first.
        Compensate = "compensate" | "rollback";
    }
}
