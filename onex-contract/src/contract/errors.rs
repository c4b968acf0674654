//! What a node does about its failures.

use super::Version;
use crate::language::words;
use crate::source::{Span, Spanned};

/// `error_handling`.
#[derive(Debug, Clone)]
pub struct ErrorPolicy {
    /// `retry_policy`.
    pub retry: Option<RetryPolicy>,
    /// `circuit_breaker`.
    pub breaker: Option<CircuitBreaker>,
    /// `error_types`: the errors that the node knows, each name once.
    pub types: Vec<ErrorType>,
    /// `error_codes`, each once for a backend and an operation.
    pub codes: Vec<ErrorCode>,
    /// `error_sanitization.sanitize_patterns`, unless it is switched off: what never stands in a message.
    pub sanitized: Vec<Spanned<String>>,
    /// `timeout_policy`, in milliseconds.
    pub timeout: Option<Spanned<u64>>,
    /// `version`.
    pub version: Option<Version>,
}

/// `retry_policy`.
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    /// `max_retries`: additional attempts, 0 to 100, default 3.
    pub max_retries: u32,
    /// `initial_delay_ms`: the first delay, default 1,000.
    pub initial_delay_ms: u64,
    /// `max_delay_ms`: the longest delay, default 30,000.
    pub max_delay_ms: u64,
    /// `exponential_base`: what each further delay is multiplied by, 1.0 to 10.0, default 2.0.
    pub base: f64,
    /// `backoff`: how delays grow.
    pub backoff: Backoff,
    /// `jitter_factor`: the part of a delay that is random, 0.0 to 0.5, default 0.1.
    pub jitter: f64,
    /// `retry_on`: the errors that are retried; empty: all.
    pub retry_on: Vec<Spanned<String>>,
    /// The key.
    pub span: Span,
}

words! {
    /// `backoff`: how the delays between attempts grow.
    pub enum Backoff default Exponential {
        /// Each is the one before it, multiplied.
        Exponential = "exponential" | "exponential_backoff";
        /// Each is the one before it, and the first one more.
        Linear = "linear" | "linear_backoff";
        /// All are the same.
        Fixed = "fixed" | "constant";
    }
}

/// `circuit_breaker`: a target that keeps failing is left alone for a while.
#[derive(Debug, Clone)]
pub struct CircuitBreaker {
    /// `enabled`.
    pub enabled: bool,
    /// `failure_threshold`: after so many failures in a row it is left alone, 1 to 100, default 5.
    pub failure_threshold: u32,
    /// `success_threshold`: after so many successes it is trusted again, 1 to 20, default 2.
    pub success_threshold: u32,
    /// `reset_timeout_ms`: how long it is left alone, 1,000 to 600,000, default 60,000.
    pub reset_timeout_ms: u64,
    /// `half_open_max_requests`: how many are let through to try it, 1 to 10, default 3.
    pub half_open_max_requests: u32,
    /// `backends`: the targets that have a breaker of their own.
    pub backends: Vec<BackendBreaker>,
    /// The key.
    pub span: Span,
}

/// The breaker of one target.
#[derive(Debug, Clone)]
pub struct BackendBreaker {
    /// `name`.
    pub name: Spanned<String>,
    /// `failure_threshold`, or that of the node.
    pub failure_threshold: u32,
    /// `reset_timeout_ms`, or that of the node.
    pub reset_timeout_ms: u64,
}

/// An entry of `error_types`.
#[derive(Debug, Clone)]
pub struct ErrorType {
    /// `name`.
    pub name: Spanned<String>,
    /// `error_code`.
    pub code: Option<Spanned<String>>,
    /// `description`.
    pub description: Option<String>,
    /// `recoverable`: whether another attempt may succeed.
    pub recoverable: Option<Spanned<bool>>,
    /// `retry_strategy`: a word of the node's own; `none` is never.
    pub retry_strategy: Option<Spanned<String>>,
    /// `propagates`: whether callers see it; default true.
    pub propagates: bool,
}

/// An entry of `error_codes`.
#[derive(Debug, Clone)]
pub struct ErrorCode {
    /// `code`.
    pub code: Spanned<String>,
    /// `description`.
    pub description: Option<String>,
    /// `backend`: whose error it is.
    pub backend: Option<String>,
    /// `operation`: in which operation it occurs.
    pub operation: Option<String>,
    /// `retriable`: whether another attempt may succeed.
    pub retriable: Option<bool>,
}
