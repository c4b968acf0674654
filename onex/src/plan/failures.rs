//! What a contract says about failures, as rows: when a target is left alone, how often and when something is tried again.

use super::At;
pub use crate::run::Growth;

/// `error_handling`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FailureRow {
    /// `circuit_breaker`: that of the node's own effects.
    pub breaker: Option<BreakerRow>,
    /// `circuit_breaker.backends`: further targets, which steps name as their `circuit`.
    pub backends: &'static [BackendRow],
    /// `retry_policy`, for the routes. What it means for the workflow is in its row.
    pub retry: Option<RetryRow>,
    /// `timeout_policy`, for one attempt of a route's handler, in milliseconds. For steps it is in their rows.
    pub timeout_ms: Option<u64>,
}

/// When a target is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakerRow {
    /// `failure_threshold`: so many failures, in a row or in the window.
    pub failure_threshold: u32,
    /// `window_seconds`, `failure_rate` and `min_requests`.
    pub window: Option<WindowRow>,
    /// `success_threshold`.
    pub success_threshold: u32,
    /// `reset_timeout_ms`.
    pub reset_timeout_ms: u64,
    /// `half_open_max_requests`.
    pub half_open_max_requests: u32,
}

/// In what time failures are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowRow {
    /// `window_seconds`.
    pub seconds: u32,
    /// `failure_rate`; 0: their number alone decides.
    pub failure_rate: f64,
    /// `min_requests`.
    pub min_requests: u32,
}

/// A target with a breaker of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BackendRow {
    /// `name`.
    pub name: &'static str,
    /// Its breaker.
    pub breaker: BreakerRow,
    /// Where the contract says so.
    pub at: At,
}

/// How often and when a handler is called again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryRow {
    /// `max_retries`: additional attempts.
    pub max_retries: u32,
    /// When.
    pub pace: PaceRow,
}

/// The delays between attempts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PaceRow {
    /// The first, in milliseconds.
    pub initial_delay_ms: u64,
    /// How it grows.
    pub growth: Growth,
    /// The longest, in milliseconds.
    pub max_delay_ms: u64,
    /// The part of each that is random, 0 to 1.
    pub jitter: f64,
}

/// What undoes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompensationRow {
    /// `name`.
    pub name: &'static str,
    /// `timeout_ms` of one attempt; `None`: as long as one of the step.
    pub timeout_ms: Option<u64>,
    /// `retry_count`: additional attempts; `None`: the workflow's `max_retries`.
    pub retries: Option<u32>,
    /// `priority`: the lower is undone first.
    pub priority: u32,
    /// `delay_ms` before the first attempt.
    pub delay_ms: u64,
}

/// How a run is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UndoingRow {
    /// `order`.
    pub order: UndoOrder,
    /// `delay_ms` before anything is undone.
    pub delay_ms: u64,
    /// `total_timeout_ms`; `None`: as long as it takes.
    pub timeout_ms: Option<u64>,
}

/// `order` of a `compensation_plan`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndoOrder {
    /// Latest dispatch first.
    Reverse,
    /// Earliest dispatch first.
    Forward,
    /// At most `max_parallel_steps` at once, whatever the mode.
    Parallel,
}

impl UndoingRow {
    /// A contract that says nothing.
    pub const NONE: UndoingRow = UndoingRow { order: UndoOrder::Reverse, delay_ms: 0, timeout_ms: None };
}

impl FailureRow {
    /// A contract that says nothing.
    pub const NONE: FailureRow = FailureRow { breaker: None, backends: &[], retry: None, timeout_ms: None };
}
