//! The keys as a table: what each takes, its bounds, and where it goes. Files and variables are read by the same one.

use super::error::Fault;
use super::{Config, Environment};
use crate::journal::Durability;

/// A value, from wherever.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Integer(i64),
    Number(f64),
    Switch(bool),
    Text(String),
}

/// What a key takes, and where it goes.
#[derive(Clone, Copy)]
pub(super) enum Takes {
    Environment,
    Integer {
        min: u64,
        max: u64,
        set: fn(&mut Config, u64),
    },
    Number {
        min: f64,
        max: f64,
        set: fn(&mut Config, f64),
    },
    Switch(fn(&mut Config, bool)),
    /// The path of a file.
    Path(fn(&mut Config, &str)),
    Durability(fn(&mut Config, Durability)),
    /// It is so, and cannot be otherwise.
    Only(bool, &'static str),
    /// It is known, and whatever it is, it is not said here.
    Nothing(&'static str),
}

pub(super) struct Key {
    pub(super) path: &'static str,
    pub(super) takes: Takes,
}

/// The key that is read first, since all others are over what it has.
pub(super) const ENVIRONMENT: &str = "environment";
/// Sections whose keys are the program's own.
pub(super) const TOPICS: &str = "topics";
pub(super) const DOMAIN: &str = "domain_specific_config";

pub(super) static KEYS: &[Key] = &[
    Key { path: ENVIRONMENT, takes: Takes::Environment },
    integer("retry_config.max_retries", 0, 10, |config, value| config.retry.max_retries = value as u32),
    integer("retry_config.retry_delay_ms", 100, 60_000, |config, value| config.retry.retry_delay_ms = value),
    switch("retry_config.exponential_backoff", |config, value| config.retry.exponential_backoff = value),
    Key {
        path: "retry_config.backoff_multiplier",
        takes: Takes::Number {
            min: 1.0,
            max: 5.0,
            set: |config, value| config.retry.backoff_multiplier = value,
        },
    },
    integer("retry_config.max_retry_delay_ms", 1000, 300_000, |config, value| {
        config.retry.max_retry_delay_ms = value;
    }),
    integer("parallel_config.max_parallel_steps", 1, 100, |config, value| {
        config.parallel.max_parallel_steps = value as u32;
    }),
    integer("parallel_config.batch_size", 1, 1000, |config, value| config.parallel.batch_size = value as u32),
    Key {
        path: "parallel_config.load_balancing_enabled",
        takes: Takes::Only(
            true,
            "what a batch has to do always goes to whichever of its workers is free, and nothing else has workers; leave it out",
        ),
    },
    Key {
        path: "parallel_config.step_isolation",
        takes: Takes::Only(true, "what a step does wrong is always kept from the others; leave it out"),
    },
    integer("timeout_config.global_timeout_ms", 1000, 3_600_000, |config, value| {
        config.timeout.global_timeout_ms = value;
    }),
    integer("timeout_config.step_timeout_ms", 100, 300_000, |config, value| {
        config.timeout.step_timeout_ms = value;
    }),
    integer("timeout_config.shutdown_timeout_ms", 1000, 60_000, |config, value| {
        config.timeout.shutdown_timeout_ms = value;
    }),
    Key {
        path: "failure_strategy",
        takes: Takes::Nothing(
            "a contract's strategy is the same wherever it runs; say `failure_recovery_strategy` in its `coordination_rules`",
        ),
    },
    Key {
        path: "dependency_resolution_enabled",
        takes: Takes::Only(true, "dependencies are resolved when the contract is compiled; leave it out"),
    },
    Key {
        path: "cycle_detection_enabled",
        takes: Takes::Only(true, "a contract with a cycle does not compile; leave it out"),
    },
    Key { path: "journal.path", takes: Takes::Path(|config, path| config.journal.path = Some(path.into())) },
    Key {
        path: "journal.durability",
        takes: Takes::Durability(|config, durability| config.journal.durability = Some(durability)),
    },
    switch("track_actions", |config, value| config.track_actions = value),
    integer("max_actions_per_workflow", 1, 100_000, |config, value| {
        config.max_actions_per_workflow = value as u32;
    }),
];

const DURABILITIES: &str = "`strict`, `relaxed` or `memory`";

fn named(name: &str) -> Option<Durability> {
    Durability::ALL.into_iter().find(|durability| durability.as_str() == name)
}

const fn integer(path: &'static str, min: u64, max: u64, set: fn(&mut Config, u64)) -> Key {
    Key { path, takes: Takes::Integer { min, max, set } }
}

const fn switch(path: &'static str, set: fn(&mut Config, bool)) -> Key {
    Key { path, takes: Takes::Switch(set) }
}

pub(super) fn find(path: &str) -> Result<&'static Key, Fault> {
    KEYS.iter().find(|key| key.path == path).ok_or_else(|| unknown(path))
}

pub(super) fn unknown(path: &str) -> Fault {
    let known = KEYS.iter().map(|key| key.path).chain([TOPICS, DOMAIN]);
    let close = known.map(|known| (strsim::jaro_winkler(path, known), known));
    let closest =
        close.filter(|(similar, _)| *similar > 0.8).max_by(|(one, _), (other, _)| one.total_cmp(other));
    Fault::UnknownKey { key: path.to_owned(), closest: closest.map(|(_, known)| known) }
}

impl Key {
    /// Gives the key its value.
    pub(super) fn set(&'static self, config: &mut Config, value: &Scalar) -> Result<(), Fault> {
        let key = self.path;
        let other_type =
            |expected| Fault::OtherType { key: key.to_owned(), expected, found: value.describe() };
        let out_of_bounds =
            |min: String, max: String| Fault::OutOfBounds { key, value: value.to_string(), min, max };
        match (self.takes, value) {
            (Takes::Environment, Scalar::Text(name)) if Environment::named(name).is_some() => {}
            (Takes::Environment, _) => return Err(other_type("`development`, `staging` or `production`")),
            (Takes::Integer { min, max, set }, Scalar::Integer(value)) => match u64::try_from(*value) {
                Ok(value) if (min..=max).contains(&value) => set(config, value),
                Ok(_) | Err(_) => return Err(out_of_bounds(min.to_string(), max.to_string())),
            },
            (Takes::Integer { .. }, _) => return Err(other_type("a whole number")),
            (Takes::Number { min, max, set }, Scalar::Integer(_) | Scalar::Number(_)) => {
                let number = match value {
                    Scalar::Integer(value) => *value as f64,
                    Scalar::Number(value) => *value,
                    Scalar::Switch(_) | Scalar::Text(_) => f64::NAN,
                };
                if !(min..=max).contains(&number) {
                    return Err(out_of_bounds(format!("{min:?}"), format!("{max:?}")));
                }
                set(config, number);
            }
            (Takes::Number { .. }, _) => return Err(other_type("a number")),
            (Takes::Switch(set), Scalar::Switch(value)) => set(config, *value),
            // SQLite takes none for a file of its own, which is gone when it is closed.
            (Takes::Path(set), Scalar::Text(path)) if !path.is_empty() => set(config, path),
            (Takes::Path(_), _) => return Err(other_type("the path of a file")),
            (Takes::Durability(set), Scalar::Text(name)) => match named(name) {
                Some(durability) => set(config, durability),
                None => return Err(other_type(DURABILITIES)),
            },
            (Takes::Durability(_), _) => return Err(other_type(DURABILITIES)),
            (Takes::Switch(_), _) => return Err(other_type("`true` or `false`")),
            (Takes::Only(only, _), Scalar::Switch(value)) if *value == only => {}
            (Takes::Only(_, why), Scalar::Switch(_)) | (Takes::Nothing(why), _) => {
                return Err(Fault::Refused { key, value: value.to_string(), why });
            }
            (Takes::Only(..), _) => return Err(other_type("`true` or `false`")),
        }
        Ok(())
    }
}

impl Scalar {
    fn describe(&self) -> String {
        match self {
            Scalar::Integer(value) => format!("the whole number {value}"),
            Scalar::Number(value) => format!("the number {value:?}"),
            Scalar::Switch(value) => format!("`{value}`"),
            Scalar::Text(value) => format!("the text {value:?}"),
        }
    }
}

impl std::fmt::Display for Scalar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Scalar::Integer(value) => write!(f, "{value}"),
            Scalar::Number(value) => write!(f, "{value:?}"),
            Scalar::Switch(value) => write!(f, "{value}"),
            Scalar::Text(value) => write!(f, "{value:?}"),
        }
    }
}
