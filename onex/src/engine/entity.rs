//! What a program sees of a reducer: the state of one entity.

use std::sync::Arc;

use crate::journal::{EntityId, EntityRecord, StorageError};
use crate::message::DecodeError;
use crate::node::reduce::{Entity, MachineState, Reducer, ReducerState};

/// The state of an entity of the reducer `N`, as it was when it was asked for.
#[derive(Debug)]
pub struct EntityState<N: Reducer> {
    /// The state that its machine is in.
    pub state: N::State,
    /// What was folded.
    pub data: N::Data,
    /// How many events were folded into it.
    pub version: u64,
}

/// Why the state of an entity cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum EntityError {
    /// It was journalled by a version of the program whose state was another type.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// It was journalled by a version of the contract that had this state.
    #[error("the contract has no state `{state}`")]
    UnknownState {
        /// The name that is journalled.
        state: String,
    },
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] StorageError),
}

impl<N: Reducer<Data: ReducerState>> EntityState<N> {
    pub(super) fn read(record: &EntityRecord) -> Result<Self, EntityError> {
        let entity: Arc<Entity<N::Data>> = record.state.get()?;
        let Entity { state: name, data } = Arc::unwrap_or_clone(entity);
        let state = N::State::ALL.iter().find(|state| state.name() == name);
        let state = *state.ok_or_else(|| EntityError::UnknownState { state: name.clone().into_owned() })?;
        Ok(EntityState { state, data, version: record.version })
    }

    pub(super) fn id(key: &str) -> EntityId {
        EntityId { node: N::TABLE.name.into(), key: key.into() }
    }
}
