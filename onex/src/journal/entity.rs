//! What reducers keep: the state of one entity, and how often it has changed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::message::Payload;

/// Whose state: an entity of a reducer.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EntityId {
    /// The contract name of the reducer.
    pub node: Arc<str>,
    /// The field that its contract names as `key`; empty where the node has one state.
    pub key: Arc<str>,
}

/// The state of an entity as it was after its last change.
#[derive(Debug, Clone)]
pub struct EntityRecord {
    /// How many changes it has had, from 1.
    pub version: u64,
    /// Not serialised here; a journal that needs text asks the payload for it.
    pub state: Payload,
}

/// A change of an entity. It applies to the version that it was made from, and to no other.
#[derive(Debug, Clone)]
pub struct EntityChange {
    /// Whose state.
    pub id: EntityId,
    /// The version that this was made from; 0 if there was none.
    pub expected_version: u64,
    /// The next state.
    pub state: Payload,
}
