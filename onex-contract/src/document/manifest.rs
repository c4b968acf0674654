//! What a node is, needs and promises where it is deployed.
//!
//! Nothing of it is executed; all of it is checked.

use super::{Document, DocumentKind, Metadata, warnings};
use crate::contract::NodeKind;
use crate::diagnostic::Diagnostics;
use crate::language::words;
use crate::source::{Source, Spanned};

/// The manifest of a node.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Manifest {
    /// The text that every span points into.
    pub source: Source,
    /// `metadata`.
    pub metadata: Metadata,
    /// `specification`.
    pub specification: Specification,
    /// `dependencies.runtime`: names and the versions that are needed, in the order of the file.
    pub runtime: Vec<(Spanned<String>, Spanned<String>)>,
    /// `dependencies.internal`.
    pub internal: Vec<InternalDependency>,
    /// `contracts`, in the order of the roles.
    pub contracts: Vec<ContractFile>,
    /// The files that `contracts` names, if they were read: see [`load_document`](crate::load_document).
    pub files: Vec<(Role, Document)>,
    /// `testing`.
    pub testing: Testing,
    /// `monitoring.metrics`.
    pub metrics: Vec<Metric>,
    /// `monitoring.alerts`.
    pub alerts: Vec<Alert>,
}

impl Manifest {
    /// What the files that it names say and this version does not execute, as warnings, if they say such. All that a
    /// manifest says by itself is for people and tools.
    pub fn unexecuted(&self) -> Option<Diagnostics> {
        let unexecuted = self.files.iter().flat_map(|(_, file)| match file {
            Document::Workflow(workflow) => &workflow.unexecuted[..],
            Document::Subcontract(subcontract) => &subcontract.unexecuted,
            Document::Node(_) | Document::Manifest(_) => &[],
        });
        warnings(&self.source, unexecuted)
    }
}

/// `specification`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Specification {
    /// `node_class`; the same as `metadata.node_type`.
    pub node_class: Spanned<NodeKind>,
    /// `processing_type`.
    pub processing_type: Option<ProcessingType>,
    /// `stateful`.
    pub stateful: Option<bool>,
    /// `workflow`.
    pub workflow: WorkflowLimits,
    /// `performance`.
    pub performance: Performance,
    /// `reliability`.
    pub reliability: Reliability,
}

words! {
    /// `processing_type`.
    pub enum ProcessingType {
        /// The answer is waited for.
        Synchronous = "synchronous";
        /// The answer comes by an event.
        Asynchronous = "asynchronous";
    }
}

/// `specification.workflow`: which workflows the node can have.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct WorkflowLimits {
    /// `supports_sequential`.
    pub sequential: Option<Spanned<bool>>,
    /// `supports_parallel`.
    pub parallel: Option<Spanned<bool>>,
    /// `supports_conditional`.
    pub conditional: Option<Spanned<bool>>,
    /// `supports_compensation`.
    pub compensation: Option<Spanned<bool>>,
    /// `max_workflow_depth`.
    pub max_depth: Option<Spanned<u32>>,
    /// `max_steps_per_workflow`.
    pub max_steps: Option<Spanned<u32>>,
}

/// `specification.performance`.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Performance {
    /// `expected_latency_ms`.
    pub expected_latency_ms: Option<Spanned<u64>>,
    /// `max_latency_ms`.
    pub max_latency_ms: Option<Spanned<u64>>,
    /// `throughput_workflows_per_second`.
    pub throughput_workflows_per_second: Option<f64>,
    /// `memory_requirement_mb`.
    pub memory_requirement_mb: Option<u64>,
    /// `cpu_requirement_cores`.
    pub cpu_requirement_cores: Option<f64>,
    /// `scaling_factor`.
    pub scaling: Option<Scaling>,
}

words! {
    /// `scaling_factor`.
    pub enum Scaling {
        /// By more instances.
        Horizontal = "horizontal";
        /// By a larger one.
        Vertical = "vertical";
    }
}

/// `specification.reliability`.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Reliability {
    /// `availability_target`, in percent.
    pub availability_percent: Option<f64>,
    /// `error_rate_target`, in percent.
    pub error_rate_percent: Option<f64>,
    /// `recovery_time_target_seconds`.
    pub recovery_time_seconds: Option<u64>,
    /// `circuit_breaker_enabled`.
    pub circuit_breaker: Option<Spanned<bool>>,
    /// `retry_policy`.
    pub retry_policy: Option<RetryPolicy>,
    /// `compensation_supported`; the same as `supports_compensation`.
    pub compensation: Option<Spanned<bool>>,
}

words! {
    /// `retry_policy`: how the delays between attempts grow.
    pub enum RetryPolicy {
        /// By a factor.
        ExponentialBackoff = "exponential_backoff";
        /// By an amount.
        LinearBackoff = "linear_backoff";
        /// Not at all.
        FixedDelay = "fixed_delay";
    }
}

/// An entry of `dependencies.internal`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct InternalDependency {
    /// The package.
    pub name: Spanned<String>,
    /// `version`: the versions that are needed.
    pub version: Option<Spanned<String>>,
    /// `components`: what of the package is used.
    pub components: Vec<String>,
}

/// An entry of `contracts`: a file that belongs to the node.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ContractFile {
    /// The key: what the file is for the node.
    pub role: Role,
    /// `contract_file`: its path, from the folder of the manifest.
    pub file: Spanned<String>,
    /// `validation_level`.
    pub level: ValidationLevel,
}

words! {
    /// What a file is for a node.
    pub enum Role {
        /// What it is given.
        Input = "input";
        /// What it gives back.
        Output = "output";
        /// What it is configured with.
        Config = "config";
        /// Its workflow.
        Workflow = "workflow";
    }
}

impl Role {
    /// The `kind` of the file.
    pub fn kind(self) -> DocumentKind {
        match self {
            Self::Input => DocumentKind::InputSubcontract,
            Self::Output => DocumentKind::OutputSubcontract,
            Self::Config => DocumentKind::ConfigSubcontract,
            Self::Workflow => DocumentKind::WorkflowDefinition,
        }
    }
}

words! {
    /// `validation_level`.
    pub enum ValidationLevel default Strict {
        /// What does not fit is refused.
        Strict = "strict";
    }
}

/// `testing`.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Testing {
    /// `unit_tests.coverage_minimum`, in percent.
    pub coverage_minimum: Option<f64>,
    /// `unit_tests.test_files`.
    pub files: Vec<String>,
    /// `integration_tests.required`.
    pub integration_required: Option<bool>,
    /// `integration_tests.test_scenarios`.
    pub scenarios: Vec<String>,
}

/// An entry of `monitoring.metrics`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Metric {
    /// `name`, as Prometheus takes it.
    pub name: Spanned<String>,
    /// `type`.
    pub kind: MetricKind,
    /// `description`.
    pub description: Option<String>,
    /// `labels`.
    pub labels: Vec<String>,
}

words! {
    /// `type` of a metric.
    pub enum MetricKind {
        /// A number that only grows.
        Counter = "counter";
        /// A number that goes up and down.
        Gauge = "gauge";
        /// How values are distributed, in buckets.
        Histogram = "histogram";
        /// How values are distributed, in quantiles.
        Summary = "summary";
    }
}

/// An entry of `monitoring.alerts`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Alert {
    /// `name`.
    pub name: Spanned<String>,
    /// `condition`, in the words of whoever watches: it is not evaluated.
    pub condition: String,
    /// `severity`.
    pub severity: AlertSeverity,
}

words! {
    /// `severity` of an alert.
    pub enum AlertSeverity {
        /// Worth knowing.
        Info = "info";
        /// Worth looking at.
        Warning = "warning";
        /// Somebody must act.
        Critical = "critical";
    }
}
