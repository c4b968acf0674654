//! What goes for development, staging and production where nobody says otherwise.

use std::collections::BTreeMap;
use std::fmt;

use super::{Config, JournalConfig, ParallelConfig, RetryConfig, TimeoutConfig};

/// Where a program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Environment {
    /// One retry after 100 ms, two steps at once, ten minutes for a run and one for a step. Where nothing is said.
    #[default]
    Development,
    /// Three retries, five steps at once, five minutes for a run.
    Staging,
    /// Five retries from 500 ms on, ten steps at once, three minutes for a run and 20 s for a step.
    Production,
}

impl Environment {
    pub(super) const ALL: [Environment; 3] = [Self::Development, Self::Staging, Self::Production];

    /// As files and variables write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.as_str() == name)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

pub(super) fn config(environment: Environment) -> Config {
    let config = Config {
        environment,
        retry: RetryConfig {
            max_retries: 3,
            retry_delay_ms: 1000,
            exponential_backoff: true,
            backoff_multiplier: 2.0,
            max_retry_delay_ms: 30_000,
        },
        parallel: ParallelConfig { max_parallel_steps: 5, batch_size: 10 },
        timeout: TimeoutConfig {
            global_timeout_ms: 300_000,
            step_timeout_ms: 30_000,
            shutdown_timeout_ms: 10_000,
        },
        journal: JournalConfig::default(),
        track_actions: true,
        max_actions_per_workflow: 1000,
        topics: BTreeMap::new(),
        domain: serde_json::Map::new(),
    };
    let (retry, parallel, timeout) = (config.retry, config.parallel, config.timeout);
    match environment {
        Environment::Development => Config {
            retry: RetryConfig { max_retries: 1, retry_delay_ms: 100, exponential_backoff: false, ..retry },
            parallel: ParallelConfig { max_parallel_steps: 2, ..parallel },
            timeout: TimeoutConfig { global_timeout_ms: 600_000, step_timeout_ms: 60_000, ..timeout },
            ..config
        },
        Environment::Staging => config,
        Environment::Production => Config {
            retry: RetryConfig { max_retries: 5, retry_delay_ms: 500, ..retry },
            parallel: ParallelConfig { max_parallel_steps: 10, ..parallel },
            timeout: TimeoutConfig { global_timeout_ms: 180_000, step_timeout_ms: 20_000, ..timeout },
            ..config
        },
    }
}
