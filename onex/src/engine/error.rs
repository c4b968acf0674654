//! What a program is told when the engine does not take what it gives.

use std::sync::Arc;

use super::size::TooLarge;
use super::stream::SourceError;
use crate::journal::{CommitError, RunKey};
use crate::message::{DecodeError, RunId, Topic};

/// Why an event or envelope was not accepted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PublishError {
    /// No mounted node consumes the event.
    #[error(
        "no mounted node consumes the event `{event}`; mount one whose contract does, or `deliver` an envelope"
    )]
    NotConsumed {
        /// The event's name.
        event: &'static str,
    },
    /// Mounted nodes consume events of this name on several topics.
    #[error(
        "mounted nodes consume the event `{event}` on several topics ({}); `deliver` an envelope",
        list(topics)
    )]
    Ambiguous {
        /// The event's name.
        event: &'static str,
        /// The topics.
        topics: Vec<Topic>,
    },
    /// Nobody subscribes to the topic. The envelope is kept as a dead letter.
    #[error("nobody subscribes to the topic `{topic}`; the envelope is a dead letter")]
    Unroutable {
        /// The topic.
        topic: Topic,
    },
    /// The node that is asked is not mounted.
    #[error("the node `{node}` is not mounted; add `.mount::<..>()` for it")]
    NotMounted {
        /// Its contract name.
        node: &'static str,
    },
    /// It is larger than the program allows. The envelope is not accepted.
    #[error("`{wire_type}` takes {size}")]
    TooLarge {
        /// The name that the envelope bears.
        wire_type: Arc<str>,
        /// How large it is, and how large it may be.
        size: TooLarge,
    },
    /// The runtime is shut down, or about to be.
    #[error("the runtime accepts nothing any more: it is being shut down")]
    Closed,
    /// The journal refused. The envelope is not accepted.
    #[error(transparent)]
    Journal(#[from] CommitError),
}

fn list(topics: &[Topic]) -> String {
    topics.iter().map(|topic| format!("`{topic}`")).collect::<Vec<_>>().join(", ")
}

/// Why a program's run did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The node is not mounted.
    #[error("the node `{node}` is not mounted; add `.mount::<..>()` for it")]
    NotMounted {
        /// Its contract name.
        node: &'static str,
    },
    /// The node has no workflow.
    #[error("the node `{node}` has no workflow")]
    NoWorkflow {
        /// Its contract name.
        node: &'static str,
    },
    /// The input is not what the workflow takes.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The source of a stream cannot go on where the stream was.
    #[error("the source cannot go to where the stream was: {source}")]
    Source {
        /// Why.
        source: SourceError,
    },
    /// A run with this key exists and the workflow says `on_duplicate: reject`.
    #[error("run {run} already has the key `{key}`, and the workflow rejects another")]
    DuplicateRun {
        /// The run that exists.
        run: RunId,
        /// Their common key.
        key: RunKey,
    },
    /// The runtime is shut down, or about to be.
    #[error("the runtime starts nothing any more: it is being shut down")]
    Closed,
    /// The journal refused.
    #[error(transparent)]
    Journal(CommitError),
    /// The run began, and this engine stopped driving it before its end.
    #[error(transparent)]
    Lost(#[from] super::RunLost),
}

/// Why a payload is no input for a workflow.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// It is of another type.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It has more items than fit into one batch.
    #[error("{items} items of {steps} steps are more than the {most} that one batch may have")]
    TooManyItems {
        /// The items.
        items: usize,
        /// The steps of each.
        steps: usize,
        /// The most steps in all.
        most: usize,
    },
    /// Reading it, or the key in it, panicked.
    #[error("reading the input panicked: {message}")]
    Panicked {
        /// The panic's message.
        message: String,
    },
}

/// Why a subscription names nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// The node is not mounted.
    #[error("the node `{node}` is not mounted; add `.mount::<..>()` for it")]
    NotMounted {
        /// Its contract name.
        node: &'static str,
    },
    /// Its contract gives the event no topic.
    #[error("the contract of `{node}` gives the event `{event}` no topic")]
    NoSuchEvent {
        /// The node's contract name.
        node: &'static str,
        /// The event's name.
        event: &'static str,
    },
}
