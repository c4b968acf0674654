//! Runs of the journal that cannot go on in this program, and why.

use crate::journal::{RunIdentity, StorageError};
use crate::message::RunId;
use crate::run::FactError;

/// An unfinished run that cannot go on here. Nothing was written about it: a program that can run it still will.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldRun {
    /// The run.
    pub run: RunId,
    /// Its identity.
    pub identity: RunIdentity,
    /// Why it cannot.
    pub cause: HeldCause,
}

/// Why a run cannot go on here.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HeldCause {
    /// Its workflow is not mounted.
    #[error("its workflow is not mounted")]
    NotMounted,
    /// Its workflow is another one now.
    #[error(
        "it was started on another plan of its workflow, version {}.{}.{}; finish it with the program that started it",
        version.0, version.1, version.2
    )]
    OtherPlan {
        /// The `workflow_version` that it was started on.
        version: (u32, u32, u32),
    },
    /// Its facts are none of its plan's: the journal is damaged.
    #[error(transparent)]
    Facts(#[from] FactError),
    /// What it was given, or a step of it returned, is of another type now.
    #[error("{what} is of another type now: {message}")]
    OtherType {
        /// The input, or a step.
        what: String,
        /// What does not fit.
        message: String,
    },
    /// It cannot be read.
    #[error("{message}")]
    Unreadable {
        /// Why.
        message: String,
    },
}

impl From<StorageError> for HeldCause {
    fn from(error: StorageError) -> Self {
        HeldCause::Unreadable { message: error.to_string() }
    }
}
