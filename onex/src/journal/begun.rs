//! Calls of handlers that may end their process: counted before they are made. Semantics 14.

use serde::{Deserialize, Serialize};

use super::InboxMark;

/// How many calls of a subscriber's handler for one envelope were begun and never came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BegunCalls {
    /// Whose handler, and for which envelope.
    pub mark: InboxMark,
    /// How many. A commit replaces what was counted before; of 0, nothing is kept.
    pub calls: u32,
}
