//! What is wrong with a configuration, and where it was said.

use std::fmt;
use std::path::PathBuf;

/// All that is wrong with a configuration: first the files, then the variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// At least one.
    pub problems: Vec<ConfigProblem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin}: {fault}")]
pub struct ConfigProblem {
    /// Where it was said.
    pub origin: Origin,
    /// What is wrong.
    pub fault: Fault,
}

/// Where something was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In a file.
    File {
        /// Its path, as it was given.
        path: PathBuf,
        /// From 1. 0: the file as a whole.
        line: usize,
        /// From 1, in characters.
        column: usize,
    },
    /// In an environment variable, by its name.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File { path, line: 0, .. } => write!(f, "{}", path.display()),
            Origin::File { path, line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Origin::Variable(name) => write!(f, "the variable {name}"),
        }
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// It is no TOML.
    #[error("it is no TOML: {0}")]
    Syntax(String),
    /// There is no such key.
    #[error("there is no key `{key}`{}", suggestion(*closest))]
    UnknownKey {
        /// What was said.
        key: String,
        /// What may have been meant.
        closest: Option<&'static str>,
    },
    /// It is of another type.
    #[error("`{key}` is {expected}, and this is {found}")]
    OtherType {
        /// The key.
        key: String,
        /// What it takes.
        expected: &'static str,
        /// What was given.
        found: String,
    },
    /// It is out of its bounds.
    #[error("`{key}` is {value}, which is not from {min} to {max}")]
    OutOfBounds {
        /// The key.
        key: &'static str,
        /// What was given.
        value: String,
        /// The least.
        min: String,
        /// The most.
        max: String,
    },
    /// It is known, and cannot be configured to that.
    #[error("`{key}` cannot be {value}: {why}")]
    Refused {
        /// The key.
        key: &'static str,
        /// What was given.
        value: String,
        /// Why not, and what to do.
        why: &'static str,
    },
    /// It does not go together with what another key is.
    #[error("`{key}` is {value}, and no delay is longer than `{limit}`, {max}")]
    TooLong {
        /// The key.
        key: &'static str,
        /// Its value.
        value: u64,
        /// The other.
        limit: &'static str,
        /// Its value.
        max: u64,
    },
}

fn suggestion(closest: Option<&'static str>) -> String {
    closest.map_or_else(String::new, |closest| format!("; did you mean `{closest}`?"))
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [problem] => problem.fmt(f),
            problems => {
                write!(f, "the configuration cannot be used, for {} reasons:", problems.len())?;
                problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

impl std::error::Error for ConfigError {}
