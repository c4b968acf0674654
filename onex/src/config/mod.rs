//! A program's configuration: from a file, from environment variables, from code, each over the one before.
//!
//! It fills what contracts leave unset ([`Defaults`]), the values of topics' placeholders, how long a shutdown may
//! take, and what the journal is. It changes nothing that a contract says, and no strategy, mode or `enabled` at all: a program does what its contracts
//! say wherever it runs.
//!
//! ```
//! use onex::Runtime;
//! use onex::config::{Config, Environment, Source};
//!
//! # let folder = std::env::temp_dir().join(format!("onex-config-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("onex.toml");
//! # std::fs::write(&path, "environment = \"staging\"\n[timeout_config]\nstep_timeout_ms = 20_000\n[topics]\nenv = \"dev\"\n")?;
//! // The file, then variables such as ONEX__TIMEOUT_CONFIG__STEP_TIMEOUT_MS.
//! let mut config = Config::load(Source::new().file(&path).variables("ONEX"))?;
//! assert_eq!((config.environment, config.timeout.step_timeout_ms), (Environment::Staging, 20_000));
//! // Then the program itself.
//! config.retry.max_retries = 4;
//! let runtime = Runtime::builder(()).config(&config).build()?;
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Every key of a file is known, or it is an error with its line: [`Config`] has the keys. A variable is the key's path in
//! capitals, each part after two underscores: `ONEX__RETRY_CONFIG__MAX_RETRIES`. Every variable that begins so is one of ours, and one
//! that is not known is an error, too.

mod environment;
mod error;
mod file;
mod keys;
mod load;
mod variables;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use serde::de::DeserializeOwned;

pub use self::environment::Environment;
pub use self::error::{ConfigError, ConfigProblem, Fault, Origin};
pub use self::load::Source;
use crate::engine::{Defaults, Disclose};
use crate::journal::Durability;
use crate::run::{Backoff, Growth};

/// What a program is configured with. What is not given in a file or a variable is what its
/// [environment](Environment) has.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// `environment`.
    pub environment: Environment,
    /// `[retry_config]`.
    pub retry: RetryConfig,
    /// `[parallel_config]`.
    pub parallel: ParallelConfig,
    /// `[timeout_config]`.
    pub timeout: TimeoutConfig,
    /// `[journal]`.
    pub journal: JournalConfig,
    /// `track_actions`: whether what is told of a run lists its actions; see [`disclose`](Config::disclose). Default true.
    pub track_actions: bool,
    /// `max_actions_per_workflow`: 1 to 100,000, default 1,000. See [`Defaults::max_actions`].
    pub max_actions_per_workflow: u32,
    /// `[topics]`: the values of topics' placeholders, `env = "dev"` for `{env}`.
    pub topics: BTreeMap<String, String>,
    /// `[domain_specific_config]`.
    domain: serde_json::Map<String, serde_json::Value>,
}

/// `[retry_config]`: retries of workflows whose contracts do not say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetryConfig {
    /// 0 to 10, default 3.
    pub max_retries: u32,
    /// 100 to 60,000, default 1,000; at most `max_retry_delay_ms`.
    pub retry_delay_ms: u64,
    /// Whether delays grow. Default true.
    pub exponential_backoff: bool,
    /// By how much: 1.0 to 5.0, default 2.0.
    pub backoff_multiplier: f64,
    /// 1,000 to 300,000, default 30,000.
    pub max_retry_delay_ms: u64,
}

/// `[parallel_config]`.
///
/// The file may also have `load_balancing_enabled = true` and `step_isolation = true`, which is how it is: what a batch has to do
/// goes to whichever of its workers is free, and what a step does wrong is kept from the others. Their contraries are errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParallelConfig {
    /// 1 to 100, default 5.
    pub max_parallel_steps: u32,
    /// 1 to 1,000, default 10: how many items a step of a batch takes at once.
    pub batch_size: u32,
}

/// `[timeout_config]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeoutConfig {
    /// Of a run: 1,000 to 3,600,000, default 300,000.
    pub global_timeout_ms: u64,
    /// Of an attempt: 100 to 300,000, default 30,000.
    pub step_timeout_ms: u64,
    /// How long steps may take to stop, see [`Settings::grace`](crate::Settings::grace): 1,000 to 60,000, default 10,000.
    pub shutdown_timeout_ms: u64,
}

/// `[journal]`: what a program's journal is. Whoever opens it reads this: `durable_as` of `onex-sqlite`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JournalConfig {
    /// `path`: its file; one that is relative is so to the working directory. Default: none, and then it is in memory.
    pub path: Option<PathBuf>,
    /// `durability`: `strict`, `relaxed` or `memory`. Default: `strict` where there is a path, and `memory` where there is none.
    pub durability: Option<Durability>,
}

impl Config {
    /// Reads the sources, in their order.
    ///
    /// # Errors
    /// Everything that is wrong with them, at once, each with its place.
    pub fn load(source: Source) -> Result<Self, ConfigError> {
        load::load(source)
    }

    /// What an environment has, without a file or variables.
    #[must_use]
    pub fn for_environment(environment: Environment) -> Self {
        environment::config(environment)
    }

    /// What it says for contracts that say nothing.
    #[must_use]
    pub fn defaults(&self) -> Defaults {
        let RetryConfig { max_retries, retry_delay_ms, exponential_backoff, .. } = self.retry;
        let factor = if exponential_backoff { self.retry.backoff_multiplier } else { 1.0 };
        Defaults {
            run_timeout: Some(Duration::from_millis(self.timeout.global_timeout_ms)),
            step_timeout: Some(Duration::from_millis(self.timeout.step_timeout_ms)),
            max_retries: Some(max_retries),
            max_parallel_steps: NonZeroU32::new(self.parallel.max_parallel_steps),
            batch_size: NonZeroU32::new(self.parallel.batch_size),
            pace: Some(Backoff {
                growth: Growth::Times(factor),
                ..Backoff::exponential(
                    Duration::from_millis(retry_delay_ms),
                    factor,
                    Duration::from_millis(self.retry.max_retry_delay_ms),
                )
            }),
            max_actions: Some(self.max_actions_per_workflow),
        }
    }

    /// What may be told of runs: nothing of what they carried, and their actions if they are tracked.
    #[must_use]
    pub fn disclose(&self) -> Disclose {
        Disclose { actions: self.track_actions, ..Disclose::default() }
    }

    /// `[domain_specific_config]`, as the program's own type. It is empty where the file has none.
    ///
    /// # Errors
    /// It is none of those.
    pub fn domain_specific<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_value(serde_json::Value::Object(self.domain.clone()))
    }
}
