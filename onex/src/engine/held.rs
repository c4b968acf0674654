//! Runs of the journal that cannot go on in this program, and why.

use crate::journal::{RunIdentity, StorageError};
use crate::message::RunId;
use crate::run::{FactError, StepKind};

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
    /// Its workflow is another one now, and its own plan is not in the journal: it is a batch, or was started before plans were
    /// kept.
    #[error(
        "it was started on another plan of its workflow, version {}.{}.{}, which is not in the journal; finish it with the \
         program that started it",
        version.0, version.1, version.2
    )]
    OtherPlan {
        /// The `workflow_version` that it was started on.
        version: (u32, u32, u32),
    },
    /// It is on another plan than this program's, which the program's functions cannot finish.
    #[error(
        "it is on another plan of its workflow, version {}.{}.{}, and this program cannot finish it: {}; finish it with the \
         program that started it, or move it to the plan of this one",
        version.0, version.1, version.2, list(steps)
    )]
    Unfit {
        /// The `workflow_version` that it was started on.
        version: (u32, u32, u32),
        /// What does not fit, in the order of its steps.
        steps: Vec<Misfit>,
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

/// Why a step of a run that is on another plan cannot be done by this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The program has no step of its name.
    #[error("there is no step `{step}` any more")]
    Gone {
        /// The step.
        step: String,
    },
    /// It is another kind of step, goes over a list now or no longer, or is a workflow now or no longer.
    #[error(
        "step `{step}` was {was:?} and is {is:?} now, or differs in whether it goes over a list or is a workflow"
    )]
    OtherKind {
        /// The step.
        step: String,
        /// What it was.
        was: StepKind,
        /// What it is.
        is: StepKind,
    },
    /// Its handler, its condition or what undoes it takes an output that it need not have on the plan of the run.
    #[error("step `{step}` takes what `{takes}` returns, which it need not have there")]
    TakesMore {
        /// The step.
        step: String,
        /// The step that returns it.
        takes: String,
    },
    /// Nothing evaluates its condition any more.
    #[error("step `{step}` has no condition any more")]
    NoCondition {
        /// The step.
        step: String,
    },
    /// It may have to be undone, and nothing does any more.
    #[error("step `{step}` may have to be undone, and has no compensation any more")]
    NotUndone {
        /// The step.
        step: String,
    },
}

fn list(misfits: &[Misfit]) -> String {
    misfits.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl From<StorageError> for HeldCause {
    fn from(error: StorageError) -> Self {
        HeldCause::Unreadable { message: error.to_string() }
    }
}
