//! What can be told of a stream.

use std::time::Duration;

use serde::Serialize;

use crate::journal::CommitError;
use crate::message::RunId;
use crate::run::RunState;

/// A stream, as far as it has come.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct StreamReport {
    /// The run that the stream is.
    pub run: RunId,
    /// The contract name of the node.
    pub node: &'static str,
    /// `workflow_name`.
    pub workflow: &'static str,
    /// Where it is, or how it ended. [`RunState::CompletedWithErrors`] if the source is at its end and an item failed.
    pub state: RunState,
    /// Why it stopped before its source was at its end.
    pub cause: Option<StreamCause>,
    /// Items that were taken from the source.
    pub taken: u64,
    /// Items that completed.
    pub completed: u64,
    /// Items that completed although steps failed.
    pub completed_with_errors: u64,
    /// Items that a step's failure stopped.
    pub failed: u64,
    /// Items whose time ran out.
    pub timed_out: u64,
    /// Items that were given up because the stream stopped.
    pub cancelled: u64,
    /// Items that have been taken and have not come out.
    pub in_flight: usize,
    /// Where the first item begins that is not done: all before it came out and will not run again.
    pub watermark: u64,
    /// Milliseconds since the Unix epoch.
    pub started_unix_ms: u64,
    /// Since it was opened here, or from there to its end.
    pub duration: Duration,
}

/// Why a stream stopped before its source was at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamCause {
    /// An item did not complete, and the strategy does not go on without it.
    ItemFailed {
        /// Where it began in the source.
        position: u64,
        /// The step that failed; `None` where the item's time ran out.
        step: Option<&'static str>,
        /// Why.
        message: String,
    },
    /// The source failed.
    SourceFailed {
        /// The error's text.
        message: String,
    },
    /// Somebody asked for it.
    Cancelled {
        /// Their words.
        reason: String,
    },
}

/// A stream that this engine has stopped driving, as the journal refused a commit. A durable one goes on from its watermark when
/// it is opened again.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the stream {run} is not driven any more: {cause}")]
pub struct StreamLost {
    /// The run that the stream is.
    pub run: RunId,
    /// Why.
    #[source]
    pub cause: CommitError,
}
