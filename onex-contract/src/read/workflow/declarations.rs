//! What a workflow declares, before anybody looked whether it fits together.

use crate::contract::{
    Branching, Compensation, CompensationPlan, Ended, ErrorAction, Literal, Mode, OnDuplicate, OnExhausted,
    Operator, RunBackoff, RunBreaker, RunIf, StepKind, Strategy, Version, WorkflowConditions, WorkflowType,
};
use crate::read::{Given, List};
use crate::source::{Span, Spanned};

/// A value that need not be given.
pub(crate) type Maybe<T> = Given<Option<Spanned<T>>>;

/// `workflow_coordination`.
#[derive(Debug)]
pub(crate) struct WorkflowDeclaration {
    pub(crate) key: Span,
    pub(crate) metadata: Given<Metadata>,
    pub(crate) steps: Given<Steps>,
    pub(crate) rules: Given<Rules>,
    pub(crate) conditions: Given<Option<WorkflowConditions>>,
    /// What stands beside the definition.
    pub(crate) settings: Option<Settings>,
}

/// The keys of `workflow_coordination` beside the definition.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) mode: Maybe<Mode>,
    pub(crate) strategy: Maybe<Strategy>,
    pub(crate) max_retries: Maybe<u32>,
    pub(crate) retry_delay_ms: Maybe<u64>,
    pub(crate) exponential: Maybe<bool>,
    pub(crate) max_parallel_branches: Maybe<u32>,
    pub(crate) max_concurrent_runs: Maybe<u32>,
    pub(crate) timeout_ms: Maybe<u64>,
    pub(crate) step_timeout_ms: Maybe<u64>,
    pub(crate) checkpoint_interval_ms: Maybe<u64>,
}

/// `workflow_metadata`.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) name: Given<Spanned<String>>,
    pub(crate) version: Given<Version>,
    pub(crate) description: Given<Option<String>>,
    pub(crate) workflow_type: Maybe<WorkflowType>,
    pub(crate) mode: Maybe<Mode>,
    pub(crate) timeout_ms: Maybe<u64>,
}

/// `execution_graph.nodes`.
#[derive(Debug)]
pub(crate) struct Steps {
    pub(crate) list: List<StepDeclaration>,
    pub(crate) span: Span,
}

/// An entry of `execution_graph.nodes`.
#[derive(Debug)]
pub(crate) struct StepDeclaration {
    pub(crate) id: Given<StepId>,
    pub(crate) kind: Given<Spanned<StepKind>>,
    pub(crate) description: Given<Option<String>>,
    pub(crate) depends_on: List<Spanned<String>>,
    /// `dependencies`: another name for `depends_on`.
    pub(crate) dependencies: List<Spanned<String>>,
    pub(crate) timeout_ms: Maybe<u64>,
    pub(crate) gate_timeout_ms: Maybe<u64>,
    pub(crate) retry_count: Maybe<u32>,
    pub(crate) continue_on_error: Maybe<bool>,
    pub(crate) error_action: Maybe<ErrorAction>,
    pub(crate) enabled: Maybe<bool>,
    pub(crate) skip_on_failure: Maybe<bool>,
    pub(crate) priority: Maybe<u32>,
    pub(crate) order_index: Maybe<u32>,
    pub(crate) parallel_group: Maybe<String>,
    pub(crate) max_parallel_instances: Maybe<u32>,
    pub(crate) max_memory_mb: Maybe<u32>,
    pub(crate) max_cpu_percent: Maybe<u32>,
    pub(crate) compensation: Given<Option<Compensation>>,
    pub(crate) key: Maybe<String>,
    pub(crate) on_duplicate: Maybe<OnDuplicate>,
    pub(crate) outputs: List<Spanned<String>>,
    pub(crate) run_if: Maybe<RunIf>,
    pub(crate) condition: Maybe<ConditionDeclaration>,
    /// `conditions`: a list in place of one condition.
    pub(crate) conditions: Maybe<ConditionDeclaration>,
    pub(crate) branch_group: Maybe<String>,
    pub(crate) circuit: Maybe<String>,
    pub(crate) for_each: Given<Option<PathDeclaration>>,
    pub(crate) workflow: Maybe<String>,
    pub(crate) node_name: Maybe<String>,
    pub(crate) config: Given<StepConfig>,
    pub(crate) span: Span,
}

/// `step_config`.
#[derive(Debug)]
pub(crate) struct StepConfig {
    /// `event_pattern`: empty if none is given.
    pub(crate) patterns: Given<Vec<Spanned<String>>>,
    pub(crate) event_type: Maybe<String>,
    /// `intent_filter`: empty if none is given.
    pub(crate) intents: Given<Vec<Spanned<String>>>,
    /// `compute_node`, `effect_node`, ..: who executes the step, and the kind of step that the key is for.
    pub(crate) executors: Vec<Executor>,
    /// A key that names executors could not be read.
    pub(crate) executors_read: Given<()>,
    pub(crate) candidates: List<Spanned<String>>,
    pub(crate) aggregation: Maybe<String>,
    pub(crate) routing_field: Maybe<String>,
    pub(crate) skip_condition: Maybe<String>,
}

/// A node that executes a step.
#[derive(Debug)]
pub(crate) struct Executor {
    /// The key that names it.
    pub(crate) key: &'static str,
    pub(crate) of: StepKind,
    pub(crate) name: Spanned<String>,
}

/// `node_id`, as written and as a Rust identifier.
#[derive(Debug, Clone)]
pub(crate) struct StepId {
    pub(crate) written: Spanned<String>,
    pub(crate) ident: String,
}

/// `step.field.of.field`, the step not looked up.
#[derive(Debug, Clone)]
pub(crate) struct PathDeclaration {
    pub(crate) step: Spanned<String>,
    pub(crate) fields: Vec<String>,
    pub(crate) span: Span,
}

/// A condition whose steps are not looked up.
#[derive(Debug)]
pub(crate) enum ConditionDeclaration {
    Output { path: PathDeclaration, operator: Operator, value: Option<Literal> },
    Outcome { step: Spanned<String>, ended: Ended },
    Custom { name: Spanned<String>, ident: String },
    All(Vec<ConditionDeclaration>),
    Any(Vec<ConditionDeclaration>),
}

/// `coordination_rules`; what is not given has its default later.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) mode: Maybe<Mode>,
    pub(crate) parallel_allowed: Maybe<bool>,
    pub(crate) strategy: Maybe<Strategy>,
    pub(crate) failure_strategy: Maybe<Strategy>,
    pub(crate) max_retries: Maybe<u32>,
    pub(crate) timeout_ms: Maybe<u64>,
    pub(crate) global_timeout_ms: Maybe<u64>,
    pub(crate) step_timeout_ms: Maybe<u64>,
    pub(crate) shutdown_timeout_ms: Maybe<u64>,
    pub(crate) max_parallel_steps: Maybe<u32>,
    pub(crate) max_parallel_branches: Maybe<u32>,
    pub(crate) retry_delay_ms: Maybe<u64>,
    pub(crate) retry_backoff_ms: Maybe<u64>,
    pub(crate) backoff_multiplier: Maybe<f64>,
    pub(crate) retry_backoff_multiplier: Maybe<f64>,
    pub(crate) max_retry_delay_ms: Maybe<u64>,
    pub(crate) exponential: Maybe<bool>,
    pub(crate) backoff: Maybe<RunBackoff>,
    pub(crate) jitter_factor: Maybe<f64>,
    pub(crate) dead_letter: Maybe<bool>,
    pub(crate) on_exhausted: Maybe<OnExhausted>,
    pub(crate) batch_size: Maybe<u32>,
    pub(crate) load_balancing: Maybe<bool>,
    pub(crate) step_isolation: Maybe<bool>,
    pub(crate) track_actions: Maybe<bool>,
    pub(crate) checkpoints: Maybe<bool>,
    pub(crate) checkpoint_interval_ms: Maybe<u64>,
    pub(crate) persistence: Maybe<bool>,
    pub(crate) recovery: Maybe<bool>,
    pub(crate) rollback: Maybe<bool>,
    pub(crate) min_completion_percent: Maybe<f64>,
    pub(crate) synchronization_points: List<Spanned<String>>,
    pub(crate) max_steps: Maybe<u32>,
    pub(crate) max_actions: Maybe<u32>,
    pub(crate) max_depth: Maybe<u32>,
    pub(crate) circuit_enabled: Maybe<bool>,
    pub(crate) circuit: Given<Option<BreakerDeclaration>>,
    pub(crate) branching: Given<Option<Branching>>,
    pub(crate) compensation_plan: Given<Option<Spanned<CompensationPlan>>>,
    /// Switches that can only be on: the key, and what is given.
    pub(crate) always_on: Vec<(&'static str, Maybe<bool>)>,
}

/// `circuit_breaker`.
#[derive(Debug)]
pub(crate) struct BreakerDeclaration {
    pub(crate) enabled: Option<Spanned<bool>>,
    pub(crate) breaker: RunBreaker,
}

impl StepDeclaration {
    /// The steps that come before this one, under whichever name.
    pub(crate) fn before(&self) -> &List<Spanned<String>> {
        let named = self.depends_on.span.is_some() || self.depends_on.broken.is_some();
        if named { &self.depends_on } else { &self.dependencies }
    }

    /// `event_pattern`, if it could be read.
    pub(crate) fn patterns(&self) -> &[Spanned<String>] {
        self.config.as_ref().ok().and_then(|config| config.patterns.as_deref().ok()).unwrap_or_default()
    }

    /// The events that the step publishes: `output_events`, and the `event_type` of a step that waits for none.
    pub(crate) fn publishes(&self) -> impl Iterator<Item = &Spanned<String>> {
        let config = self.config.as_ref().ok();
        let waits_for_none = config.filter(|config| config.patterns.as_ref().is_ok_and(Vec::is_empty));
        let published = waits_for_none.and_then(|config| config.event_type.as_ref().ok()?.as_ref());
        self.outputs.items.iter().chain(published)
    }
}
