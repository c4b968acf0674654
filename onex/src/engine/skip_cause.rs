//! Why a step is skipped, with the names of the steps that it is about.

use std::fmt;

use serde::Serialize;

use crate::run::{SkipReason, StepId};

/// Why a step is skipped; it prints as an end of the sentence "it is skipped because".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum SkipCause {
    /// The contract says `enabled: false`.
    Disabled,
    /// An output that it requires is absent, or all that it may take are.
    NoOutput {
        /// `node_id` of the step whose absent output decided it.
        of: &'static str,
    },
    /// Another branch of its group runs.
    OtherBranch {
        /// `node_id` of that branch.
        runs: &'static str,
    },
    /// The contract says `skip_on_failure: true`.
    AfterFailure {
        /// `node_id` of the first step that failed.
        of: &'static str,
    },
    /// Its condition does not hold.
    ConditionFalse,
}

impl SkipCause {
    pub(crate) fn new(reason: SkipReason, id: impl Fn(StepId) -> &'static str) -> Self {
        match reason {
            SkipReason::Disabled => Self::Disabled,
            SkipReason::NoOutput { of } => Self::NoOutput { of: id(of) },
            SkipReason::OtherBranch { runs } => Self::OtherBranch { runs: id(runs) },
            SkipReason::AfterFailure { of } => Self::AfterFailure { of: id(of) },
            SkipReason::ConditionFalse => Self::ConditionFalse,
        }
    }
}

impl fmt::Display for SkipCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disabled => f.write_str("it is disabled"),
            Self::NoOutput { of } => write!(f, "`{of}` has no output"),
            Self::OtherBranch { runs } => write!(f, "the branch `{runs}` runs"),
            Self::AfterFailure { of } => write!(f, "`{of}` failed"),
            Self::ConditionFalse => f.write_str("its condition does not hold"),
        }
    }
}
