//! What moving a run to another plan is asked with, and what is told of it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::held::HeldCause;
use crate::journal::CommitError;
use crate::message::RunId;
use crate::run::Obstacle;

/// How the steps of a run's old plan are called in the program's. A step that is not mentioned keeps its name.
///
/// ```
/// use onex::engine::Migration;
///
/// let map = Migration::new().rename("charge", "settle").give_up("gift");
/// assert_eq!(map.to_string(), "charge=settle, gift=");
/// assert_eq!(Migration::new().with("charge=settle")?.with("gift=")?, map);
/// # Ok::<(), onex::engine::NotAMapping>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Migration {
    /// By the old names. None: the step is given up.
    steps: BTreeMap<String, Option<String>>,
}

/// What is no `OLD=NEW`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{written}` is no mapping of a step: `old=new` renames it, `old=` gives it up")]
pub struct NotAMapping {
    /// What was written.
    pub written: String,
}

impl Migration {
    /// One in which every step keeps its name.
    #[must_use]
    pub fn new() -> Self {
        Migration::default()
    }

    /// The same, and the step `old` is called `new` now.
    #[must_use]
    pub fn rename(mut self, old: impl Into<String>, new: impl Into<String>) -> Self {
        self.steps.insert(old.into(), Some(new.into()));
        self
    }

    /// The same, and the step `old` is given up.
    #[must_use]
    pub fn give_up(mut self, old: impl Into<String>) -> Self {
        self.steps.insert(old.into(), None);
        self
    }

    /// The same with what `old=new` or `old=` says.
    ///
    /// # Errors
    /// It says neither.
    pub fn with(self, mapping: &str) -> Result<Self, NotAMapping> {
        match mapping.split_once('=') {
            Some((old, "")) if !old.is_empty() => Ok(self.give_up(old)),
            Some((old, new)) if !old.is_empty() && !new.contains('=') => Ok(self.rename(old, new)),
            _ => Err(NotAMapping { written: mapping.to_owned() }),
        }
    }

    /// The steps of the old plan that it mentions, and what they are called in the new one.
    pub(crate) fn mentioned(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.steps.iter().map(|(old, new)| (old.as_str(), new.as_deref()))
    }

    /// What a step is called in the new plan; `None`: it is given up.
    pub(crate) fn name<'a>(&'a self, old: &'a str) -> Option<&'a str> {
        self.steps.get(old).map_or(Some(old), Option::as_deref)
    }
}

impl fmt::Display for Migration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (old, new)) in self.mentioned().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{old}={}", new.unwrap_or_default())?;
        }
        Ok(())
    }
}

/// A run that was moved to another plan, or can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The run.
    pub run: RunId,
    /// The fingerprint of the plan that it was on, and its `workflow_version`.
    pub from: (Uuid, (u32, u32, u32)),
    /// Those of the plan that it is on now. If nothing differs, nothing was written.
    pub to: (Uuid, (u32, u32, u32)),
    /// The steps of the old plan, in its order, and what they are called in the new one; `None`: given up.
    pub steps: Vec<(String, Option<String>)>,
    /// The steps of the new plan that the old one did not have, in the order of the contract.
    pub new: Vec<String>,
}

/// Why a run is not moved. Nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MigrateError {
    /// It is not in the journal, or not any more.
    #[error("run {run} is not in the journal")]
    Unknown {
        /// The run.
        run: RunId,
    },
    /// This program cannot read it: its workflow is not mounted, or its plan was not kept.
    #[error("run {run} cannot be moved by this program: {cause}")]
    NotHere {
        /// The run.
        run: RunId,
        /// Why.
        cause: HeldCause,
    },
    /// An attempt of it is in flight in this runtime.
    #[error("run {run} has attempts in flight; pause it, and move it when they have ended")]
    Busy {
        /// The run.
        run: RunId,
    },
    /// Something stands against it.
    #[error("run {run} cannot be moved: {}", list(reasons))]
    Refused {
        /// The run.
        run: RunId,
        /// All that does.
        reasons: Vec<MigrateObstacle>,
    },
    /// The journal refused.
    #[error(transparent)]
    Journal(#[from] CommitError),
}

/// What stands against moving a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrateObstacle {
    /// The map mentions a step that the old plan does not have.
    #[error("the plan of the run has no step `{step}`")]
    NoSuchStep {
        /// What it mentions.
        step: String,
    },
    /// The map gives a step a name that the new plan does not have.
    #[error("`{step}` would become `{to}`, which the workflow does not have")]
    NoSuchName {
        /// The step.
        step: String,
        /// The name.
        to: String,
    },
    /// The new plan has no step of the name of this one, and the map does not say what becomes of it.
    #[error("the workflow has no step `{step}` any more: `{step}=NEW` renames it, `{step}=` gives it up")]
    Gone {
        /// The step.
        step: String,
    },
    /// What was returned cannot be read as what the step returns now.
    #[error("{what} is of another type now: {message}")]
    OtherType {
        /// The input, or a step.
        what: String,
        /// What does not fit.
        message: String,
    },
    /// What the run has come to does not go on on the new plan.
    #[error("{told}")]
    Stands {
        /// What it is, by the numbers of the steps.
        obstacle: Obstacle,
        /// The same with their names.
        told: String,
    },
}

fn list(reasons: &[MigrateObstacle]) -> String {
    reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
