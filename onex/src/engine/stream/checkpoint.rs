//! How far a stream has come, in the journal: what goes on from there in another process.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::super::core::Engine;
use super::flow::Folded;
use crate::journal::{Commit, CommitError, EntityChange, EntityId, Journal, StorageError};
use crate::message::{DecodeError, Envelope, Payload, RunId};

/// What is journalled of a durable stream: of its items, only that all before the watermark are done.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Watermark {
    /// The same in every process: the keys of what the items do are made of it.
    pub(super) run: RunId,
    /// Where the first item begins that is not done.
    pub(super) position: u64,
    /// How many are done.
    pub(super) items: u64,
    /// What they have come to, by the steps that fold them.
    #[serde(default)]
    pub(super) folded: BTreeMap<String, Box<RawValue>>,
}

/// The place of a stream in the journal; without an entity it keeps no watermark, and only publishes.
pub(super) struct Checkpoint {
    entity: Option<Kept>,
    pub(super) mark: Watermark,
    /// The latest of what is in the mark, as it is folded.
    folded: Folded,
    outbox: Vec<Arc<Envelope>>,
    /// Something is not committed.
    dirty: bool,
    /// Items that are done since the last commit.
    pub(super) since: usize,
}

struct Kept {
    id: EntityId,
    version: u64,
    /// A commit was begun and not awaited to its end: it may have been applied.
    uncertain: bool,
}

/// Why a watermark cannot be read.
pub(super) enum Unreadable {
    Journal(StorageError),
    Decode(DecodeError),
}

impl Checkpoint {
    pub(super) fn none(run: RunId) -> Self {
        let mark = Watermark { run, position: 0, items: 0, folded: BTreeMap::new() };
        Checkpoint {
            entity: None,
            mark,
            folded: Folded::default(),
            outbox: Vec::new(),
            dirty: false,
            since: 0,
        }
    }

    /// That of the stream of this name, and whether there was one before. `fresh`: its run if there was none.
    pub(super) async fn of<J: Journal>(
        journal: &J,
        id: EntityId,
        fresh: RunId,
    ) -> Result<(Self, bool), Unreadable> {
        let record = journal.entity(&id).await.map_err(Unreadable::Journal)?;
        let mut checkpoint = Checkpoint::none(fresh);
        let version = match &record {
            Some(record) => {
                checkpoint.mark = Watermark::clone(&*record.state.get().map_err(Unreadable::Decode)?);
                record.version
            }
            None => 0,
        };
        checkpoint.entity = Some(Kept { id, version, uncertain: false });
        Ok((checkpoint, record.is_some()))
    }

    /// An item is done, and all before it.
    pub(super) fn done(&mut self, next_position: u64, folded: Folded) {
        self.mark.position = next_position;
        self.folded = folded;
        self.mark.items += 1;
        self.since += 1;
        self.dirty |= self.entity.is_some();
    }

    pub(super) fn publish(&mut self, envelopes: impl Iterator<Item = Arc<Envelope>>) {
        self.outbox.extend(envelopes);
        self.dirty |= !self.outbox.is_empty();
    }

    pub(super) fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Commits what is done, with what it publishes. May be dropped and begun again.
    pub(super) async fn commit<C, J>(&mut self, engine: &Arc<Engine<C, J>>) -> Result<(), CommitError>
    where
        C: Send + Sync + 'static,
        J: Journal,
    {
        if let Some(kept) = &mut self.entity
            && kept.uncertain
        {
            let record = engine.journal.entity(&kept.id).await.map_err(CommitError::from)?;
            kept.version = record.map_or(0, |record| record.version);
            kept.uncertain = false;
        }
        if self.entity.is_some() {
            for (step, folded) in self.folded.iter() {
                let json = folded.to_json().map_err(|source| CommitError::Unserialisable {
                    what: format!("what `{step}` has folded").into(),
                    why: source.to_string().into(),
                })?;
                self.mark.folded.insert((*step).to_owned(), json);
            }
        }
        let change = self.entity.as_mut().map(|kept| {
            kept.uncertain = true;
            EntityChange {
                id: kept.id.clone(),
                expected_version: kept.version,
                state: Payload::new(self.mark.clone()),
            }
        });
        let delivered = engine.undeliverable(&self.outbox);
        let commit = Commit {
            entity: change.as_ref(),
            outbox: &self.outbox,
            delivered: &delivered,
            ..Commit::default()
        };
        engine.commit(&commit).await?;
        if let Some(kept) = &mut self.entity {
            kept.uncertain = false;
            kept.version += 1;
        }
        self.dirty = false;
        self.since = 0;
        engine.spread(self.outbox.drain(..));
        Ok(())
    }
}
