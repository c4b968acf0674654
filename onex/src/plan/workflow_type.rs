//! What sort of work a workflow is, and what goes with that.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// `workflow_type`: what sort of work it is.
///
/// ```
/// use std::time::Duration;
///
/// use onex::plan::WorkflowType;
///
/// assert_eq!(WorkflowType::Etl.default_timeout(), Duration::from_secs(3600));
/// assert!(WorkflowType::Saga.requires_compensation());
/// let long: Vec<_> = WorkflowType::long_running().map(WorkflowType::as_str).collect();
/// assert_eq!(long, ["data_pipeline", "batch_processing", "saga", "etl"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkflowType {
    /// Anything.
    Standard,
    /// Data that is processed in several stages.
    DataPipeline,
    /// Bulk operations.
    BatchProcessing,
    /// What an event sets off.
    EventDriven,
    /// A transaction over several services, undone when it fails.
    Saga,
    /// Extract, transform, load.
    Etl,
    /// People decide at gates.
    Approval,
    /// Something is sent.
    Notification,
    /// Something is probed.
    HealthCheck,
}

impl WorkflowType {
    /// All of them.
    pub const ALL: [WorkflowType; 9] = [
        Self::Standard,
        Self::DataPipeline,
        Self::BatchProcessing,
        Self::EventDriven,
        Self::Saga,
        Self::Etl,
        Self::Approval,
        Self::Notification,
        Self::HealthCheck,
    ];

    /// As contracts write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::DataPipeline => "data_pipeline",
            Self::BatchProcessing => "batch_processing",
            Self::EventDriven => "event_driven",
            Self::Saga => "saga",
            Self::Etl => "etl",
            Self::Approval => "approval",
            Self::Notification => "notification",
            Self::HealthCheck => "health_check",
        }
    }

    /// How long a run may take where its contract says no more than this type.
    #[must_use]
    pub const fn default_timeout(self) -> Duration {
        Duration::from_secs(match self {
            Self::HealthCheck => 10,
            Self::Notification => 30,
            Self::EventDriven => 60,
            Self::Standard | Self::Saga => 300,
            Self::DataPipeline => 600,
            Self::BatchProcessing => 1800,
            Self::Etl => 3600,
            Self::Approval => 86_400,
        })
    }

    /// Its runs are undone when they fail: its contracts say `failure_recovery_strategy: compensate`.
    #[must_use]
    pub const fn requires_compensation(self) -> bool {
        matches!(self, Self::Saga)
    }

    /// Its steps gain by running at once.
    #[must_use]
    pub const fn supports_parallel_execution(self) -> bool {
        matches!(self, Self::DataPipeline | Self::BatchProcessing | Self::Etl)
    }

    /// Its runs usually take long.
    #[must_use]
    pub const fn is_long_running(self) -> bool {
        matches!(self, Self::DataPipeline | Self::BatchProcessing | Self::Etl | Self::Saga)
    }

    /// Its runs wait for people.
    #[must_use]
    pub const fn is_interactive(self) -> bool {
        matches!(self, Self::Approval)
    }

    /// Those whose runs usually take long.
    pub fn long_running() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|of| of.is_long_running())
    }

    /// Those whose runs wait for people.
    pub fn interactive() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|of| of.is_interactive())
    }
}
