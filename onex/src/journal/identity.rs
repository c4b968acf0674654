//! What makes two runs the same run.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A run's identity, unique for as long as the run is retained. Semantics 3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunIdentity {
    /// The contract name of the node.
    pub node: Cow<'static, str>,
    /// `workflow_name`.
    pub workflow: Cow<'static, str>,
    /// What sets this run apart from the others of the workflow.
    pub key: RunKey,
}

/// A program has few workflows, so runs of one key are few: their names tell them apart, and need not be hashed for every
/// run.
impl Hash for RunIdentity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

/// What sets a run apart from the others of its workflow.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKey {
    /// The value of the field that the contract declares as `key`, or what a program gave.
    Declared(Arc<str>),
    /// No key is declared: the envelope that started the run, or the run itself where a program started it.
    Envelope(Uuid),
}

impl fmt::Display for RunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunKey::Declared(key) => f.write_str(key),
            RunKey::Envelope(id) => id.fmt(f),
        }
    }
}
