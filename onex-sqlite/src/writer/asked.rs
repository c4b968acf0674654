//! What is asked of the writer, and the answers.

use std::sync::Arc;

use onex::journal::{CommitError, Committed, Lease, StorageError};
use tokio::sync::oneshot;

use crate::apply::Claim;
use crate::error::Failure;
use crate::prepared::Prepared;
use crate::readers::Job;

/// What is asked of the writer's thread.
pub(crate) enum Asked {
    Write(Request),
    /// Of a journal in memory, which has no other connection.
    Read(Job),
}

/// What is to be written.
pub(crate) enum Request {
    Acquire {
        owner: String,
        reply: oneshot::Sender<Result<Lease, StorageError>>,
    },
    Commit {
        claim: Claim,
        /// Freed by whoever made it, since that is where memory of its kind is asked for again: given back before the answer is.
        commit: Arc<Prepared>,
        reply: Reply,
    },
    /// What came of a request, as JSON.
    Answer {
        claim: Claim,
        asked: u64,
        outcome: String,
        reply: Reply,
    },
}

/// Whoever waits for a commit.
type Reply = oneshot::Sender<Result<Committed, CommitError>>;

/// What is said after the sync.
pub(super) enum Outcome {
    Acquired(Lease),
    Committed(Result<Committed, CommitError>),
}

impl Request {
    /// Expects the outcome of this very request. Whoever asked may not wait any more: what was written stands.
    pub(super) fn answer(self, outcome: Outcome) {
        match (self, outcome) {
            (Request::Acquire { reply, .. }, Outcome::Acquired(lease)) => drop(reply.send(Ok(lease))),
            (Request::Commit { commit, reply, .. }, Outcome::Committed(outcome)) => {
                drop(commit);
                drop(reply.send(outcome));
            }
            (Request::Answer { reply, .. }, Outcome::Committed(outcome)) => drop(reply.send(outcome)),
            (Request::Acquire { .. }, Outcome::Committed(_))
            | (Request::Commit { .. } | Request::Answer { .. }, Outcome::Acquired(_)) => {}
        }
    }

    /// There is no room for it now.
    pub(super) fn put_off(self, error: &rusqlite::Error) {
        let why = || Arc::from(error.to_string());
        match self {
            Request::Acquire { reply, .. } => {
                let failure = Failure::Full { why: error.to_string() };
                drop(reply.send(Err(failure.storage())));
            }
            Request::Commit { reply, .. } | Request::Answer { reply, .. } => {
                drop(reply.send(Err(CommitError::Full { why: why() })));
            }
        }
    }

    pub(super) fn refuse(self, error: &StorageError) {
        match self {
            Request::Acquire { reply, .. } => drop(reply.send(Err(error.clone()))),
            Request::Commit { reply, .. } | Request::Answer { reply, .. } => {
                drop(reply.send(Err(error.clone().into())));
            }
        }
    }
}
