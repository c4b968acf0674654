//! How a step ended, for a handler that runs however that was. It must not know how a run is driven.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

/// How a step ended: a parameter `name: Outcome<&T>`, with which a handler runs either way and is told.
///
/// A text is the step's last error, as a [`RunReport`](crate::RunReport) tells it. It is the same each time that the
/// handler is called, also in the process that takes a run over: it follows from what is journalled.
///
/// ```
/// use onex::Outcome;
///
/// // The handler of a step with `depends_on: [charge]`, where `charge` may fail and the run goes on.
/// fn receipt(charge: Outcome<&u64>) -> String {
///     match charge {
///         Outcome::Completed(cents) => format!("paid {cents} cents"),
///         Outcome::Failed(error) => format!("not paid: {error}"),
///         Outcome::Indeterminate(error) => format!("to be looked into: {error}"),
///         Outcome::Skipped(because) => format!("nothing to pay, as {because}"),
///         Outcome::Cancelled | Outcome::NotRun => "the order was stopped".to_owned(),
///     }
/// }
///
/// assert_eq!(receipt(Outcome::Completed(&450)), "paid 450 cents");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It completed: what it returned.
    Completed(T),
    /// It failed for good and certainly has no effect outside.
    Failed(Arc<str>),
    /// It is an effect that did not complete, and may have taken place all the same.
    Indeterminate(Arc<str>),
    /// It was not to run.
    Skipped(SkipCause),
    /// It was started, and given up because the run stopped. No parameter has this value: a run that stops begins no
    /// other step.
    Cancelled,
    /// The run stopped before its turn came. No parameter has this value, for the same reason.
    NotRun,
}

impl<T> Outcome<T> {
    /// What it returned, if it completed.
    pub fn completed(self) -> Option<T> {
        match self {
            Self::Completed(output) => Some(output),
            _ => None,
        }
    }

    /// Why it failed, if it did or if that is not known.
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Failed(error) | Self::Indeterminate(error) => Some(error),
            _ => None,
        }
    }

    /// The same of a borrowed output.
    pub fn as_ref(&self) -> Outcome<&T> {
        match self {
            Self::Completed(output) => Outcome::Completed(output),
            Self::Failed(error) => Outcome::Failed(Arc::clone(error)),
            Self::Indeterminate(error) => Outcome::Indeterminate(Arc::clone(error)),
            Self::Skipped(because) => Outcome::Skipped(*because),
            Self::Cancelled => Outcome::Cancelled,
            Self::NotRun => Outcome::NotRun,
        }
    }

    /// The same with the output as something else; `None` where `then` gives `None`.
    pub(crate) fn and_then<U>(self, then: impl FnOnce(T) -> Option<U>) -> Option<Outcome<U>> {
        Some(match self {
            Self::Completed(output) => Outcome::Completed(then(output)?),
            Self::Failed(error) => Outcome::Failed(error),
            Self::Indeterminate(error) => Outcome::Indeterminate(error),
            Self::Skipped(because) => Outcome::Skipped(because),
            Self::Cancelled => Outcome::Cancelled,
            Self::NotRun => Outcome::NotRun,
        })
    }
}

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
