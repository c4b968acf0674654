//! The rules of a workflow besides those that every run follows: limits, circuits, plans for undoing, conditions.

use super::StepIndex;
use crate::language::words;
use crate::source::{Span, Spanned};

/// Rules of `coordination_rules` and of `workflow_coordination` that have a default or need not be given.
#[derive(Debug, Clone)]
pub struct Coordination {
    /// `max_steps_per_workflow`: 1 to 100,000, default 1,000.
    pub max_steps: u32,
    /// `max_actions_per_workflow`: 1 to 100,000. What is executed never comes to more.
    pub max_actions: Option<Spanned<u32>>,
    /// `max_workflow_depth`: 1 to 100, default 10.
    pub max_depth: u32,
    /// Where that stands, if the contract says it.
    pub max_depth_span: Option<Span>,
    /// `max_concurrent_workflows`: 1 to 100; `None`: as many as the program allows.
    pub max_concurrent_runs: Option<u32>,
    /// `shutdown_timeout_ms`: 1,000 to 60,000; `None`: what the program says.
    pub shutdown_timeout_ms: Option<u64>,
    /// `batch_size`: 1 to 1,000, default 10.
    pub batch_size: u32,
    /// `load_balancing_enabled`.
    pub load_balancing: bool,
    /// `step_isolation`: a failure in one step is kept from others.
    pub step_isolation: bool,
    /// `track_actions`: what was dispatched is journalled.
    pub track_actions: bool,
    /// `checkpoint_enabled`.
    pub checkpoints: bool,
    /// `checkpoint_interval_ms`: 100 to 600,000, default 5,000.
    pub checkpoint_interval_ms: u64,
    /// `state_persistence_enabled`.
    pub persistence: bool,
    /// `recovery_enabled`.
    pub recovery: bool,
    /// What asks for runs that survive the process, if anything does: the first of `checkpoint_enabled: true`,
    /// `checkpoint_interval_ms`, `state_persistence_enabled: true` and `recovery_enabled: true`.
    pub lasting: Option<Spanned<&'static str>>,
    /// `rollback_enabled`.
    pub rollback: bool,
    /// `backoff_strategy`, or what `exponential_backoff` says.
    pub backoff: RunBackoff,
    /// `jitter_factor`: the part of a delay that is random, 0 to 0.5, default 0.5.
    pub jitter_factor: f64,
    /// `on_exhausted`.
    pub on_exhausted: OnExhausted,
    /// `min_required_steps_completion_percent`: 0 to 100; `None`: it does not matter how many complete.
    pub min_completion_percent: Option<f64>,
    /// `synchronization_points`: steps that no later one in the order of the file overtakes.
    pub synchronization_points: Vec<Spanned<StepIndex>>,
    /// `circuit_breaker`; `None`: there is none.
    pub circuit_breaker: Option<RunBreaker>,
    /// `branching`.
    pub branching: Branching,
    /// `compensation_plan`.
    pub compensation_plan: Option<CompensationPlan>,
}

words! {
    /// `backoff_strategy`: how the delay grows from one attempt to the next.
    pub enum RunBackoff default Exponential {
        /// It is multiplied by `backoff_multiplier`.
        Exponential = "exponential";
        /// It grows by `retry_delay_ms`.
        Linear = "linear";
        /// It stays as it is.
        Constant = "constant" | "fixed";
    }
}

words! {
    /// `on_exhausted`: what becomes of a run that has failed for good.
    pub enum OnExhausted default DeadLetter {
        /// It is a dead letter, and others with its key go on.
        DeadLetter = "dead_letter";
        /// It is kept for a person, and holds back what comes behind it.
        Park = "park", later;
    }
}

/// `circuit_breaker`: when a target that keeps failing is left alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunBreaker {
    /// `failure_threshold`: 1 to 100 failures in a row open it, default 5.
    pub failure_threshold: u32,
    /// `success_threshold`: 1 to 20 successes close it, default 2.
    pub success_threshold: u32,
    /// `timeout_ms`: how long it is open before it is probed, 1,000 to 600,000, default 60,000.
    pub timeout_ms: u64,
    /// `half_open_requests`: 1 to 10 at once while it is probed, default 3.
    pub half_open_requests: u32,
    /// `window_seconds`: in what time failures are counted, 30 to 3,600; `None`: in a row, however long it takes.
    pub window_seconds: Option<u32>,
    /// `failure_rate`: the share of failures that opens it, 0 to 1; `None`: their number alone does.
    pub failure_rate: Option<f64>,
    /// `min_requests`: 1 to 1,000 before the share is looked at.
    pub min_requests: Option<u32>,
}

/// `branching`: how conditions are evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branching {
    /// `condition_timeout_ms`: 1 to 300,000, default 1,000.
    pub condition_timeout_ms: u64,
    /// `max_branch_depth`: 1 to 100, default 10.
    pub max_depth: u32,
    /// `branch_merge_strategy`.
    pub merge: Merge,
    /// `evaluation`.
    pub evaluation: Evaluation,
}

words! {
    /// `branch_merge_strategy`: what a step waits for behind branches.
    pub enum Merge default WaitAll {
        /// Each of them ended or was skipped.
        WaitAll = "wait_all";
    }
}

words! {
    /// `evaluation`: when conditions are evaluated.
    pub enum Evaluation default Eager {
        /// As soon as what they look at is known.
        Eager = "eager";
    }
}

/// `compensation_plan`: how the steps of a failed run are undone.
#[derive(Debug, Clone)]
pub struct CompensationPlan {
    /// `strategy`.
    pub strategy: CompensationStrategy,
    /// `order`.
    pub order: CompensationOrder,
    /// `total_timeout_ms`: 1,000 to 3,600,000; `None`: as long as its attempts may take.
    pub total_timeout_ms: Option<u64>,
    /// `action_timeout_ms`: 1,000 to 300,000, default 30,000.
    pub action_timeout_ms: u64,
    /// `max_retries`: 0 to 10, default 3.
    pub max_retries: u32,
    /// `priority`: 1 to 1,000, default 100.
    pub priority: u32,
    /// `delay_ms`: 0 to 60,000, default 0.
    pub delay_ms: u64,
    /// `rollback_actions`, `cleanup_actions`, `notification_actions`, `recovery_actions`: what is done besides.
    pub actions: CompensationActions,
}

/// What is done besides the compensations of steps, in this order.
#[derive(Debug, Clone, Default)]
pub struct CompensationActions {
    /// `rollback_actions`.
    pub rollback: Vec<Spanned<String>>,
    /// `recovery_actions`.
    pub recovery: Vec<Spanned<String>>,
    /// `cleanup_actions`.
    pub cleanup: Vec<Spanned<String>>,
    /// `notification_actions`.
    pub notification: Vec<Spanned<String>>,
}

words! {
    /// `strategy` of a compensation plan.
    pub enum CompensationStrategy default Rollback {
        /// What was done is undone.
        Rollback = "rollback";
        /// What is missing is done by other means.
        ForwardRecovery = "forward_recovery", later;
        /// First forward, then back.
        Mixed = "mixed", later;
    }
}

words! {
    /// `order` of a compensation plan.
    pub enum CompensationOrder default Reverse {
        /// Latest first.
        Reverse = "reverse";
        /// Earliest first.
        Forward = "forward";
        /// At once, as many as `max_parallel_steps` says.
        Parallel = "parallel";
    }
}

/// `workflow_conditions`: when runs may start and how many may fail.
#[derive(Debug, Clone)]
pub struct WorkflowConditions {
    /// `enable_condition`: an expression of at most 500 characters.
    pub enable: Option<Spanned<String>>,
    /// `skip_condition`: an expression of at most 500 characters.
    pub skip: Option<Spanned<String>>,
    /// `min_memory_mb`: 1 to 32,768.
    pub min_memory_mb: Option<u32>,
    /// `min_cpu_percent`: 1 to 100.
    pub min_cpu_percent: Option<u32>,
    /// `schedule_expression`: 5 or 6 fields of cron.
    pub schedule: Option<Spanned<String>>,
    /// `timeout_before_ms`: 1,000 to 86,400,000.
    pub timeout_before_ms: Option<u64>,
    /// `dependency_timeout_ms`: 1,000 to 3,600,000, default 300,000.
    pub dependency_timeout_ms: u64,
    /// `environments`; none: all.
    pub environments: Vec<Environment>,
    /// `max_failure_rate_percent`: 0 to 100.
    pub max_failure_rate_percent: Option<f64>,
    /// `max_consecutive_failures`: 1 to 100.
    pub max_consecutive_failures: Option<u32>,
}

words! {
    /// An entry of `environments`.
    pub enum Environment {
        /// Development.
        Dev = "dev" | "development";
        /// Tests.
        Test = "test";
        /// Before production.
        Staging = "staging";
        /// Production.
        Prod = "prod" | "production";
        /// A machine of one's own.
        Local = "local";
    }
}

impl Default for Branching {
    fn default() -> Self {
        Self {
            condition_timeout_ms: 1_000,
            max_depth: 10,
            merge: Merge::default(),
            evaluation: Evaluation::default(),
        }
    }
}

impl Default for RunBreaker {
    fn default() -> Self {
        Self {
            failure_threshold: 5,
            success_threshold: 2,
            timeout_ms: 60_000,
            half_open_requests: 3,
            window_seconds: None,
            failure_rate: None,
            min_requests: None,
        }
    }
}
