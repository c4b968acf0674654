//! The naive model: it remembers every commit that was applied, and answers by reading all of them again.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fixtures::{OwnedAppend, OwnedCommit, entity, identity, mark, run_id};
use super::snapshot::{Answers, ENTITIES, KEYS, MARKS, RUNS};
use crate::journal::{
    CommitError, Committed, EntityChange, EntityId, EntityRecord, InboxMark, RunIdentity, RunRecord,
    RunStart, RunSummary,
};
use crate::message::{Envelope, RunId};
use crate::plan::OnDuplicate;
use crate::run::Fact;

/// What was applied, and who acquired.
#[derive(Debug, Default)]
pub(super) struct Model {
    applied: Vec<OwnedCommit>,
    /// The owner of each epoch, from 1.
    owners: Vec<Arc<str>>,
}

impl Model {
    /// Gives back the epoch.
    pub(super) fn acquire(&mut self, owner: &str) -> usize {
        self.owners.push(owner.into());
        self.owners.len()
    }

    pub(super) fn commit(&mut self, epoch: usize, commit: OwnedCommit) -> Result<Committed, CommitError> {
        self.check(epoch, &commit)?;
        let run = commit.append.as_ref().map(|append| append.run);
        self.applied.push(commit);
        Ok(Committed { seq: run.map_or(0, |run| self.seq(run)) })
    }

    /// How many facts a run has.
    pub(super) fn seq(&self, run: RunId) -> u64 {
        self.appends(run).map(|append| append.facts.len() as u64).sum()
    }

    fn check(&self, epoch: usize, commit: &OwnedCommit) -> Result<(), CommitError> {
        if let Some(held_by) = self.owners.last()
            && epoch != self.owners.len()
        {
            let (held_by, your_epoch) = (Arc::clone(held_by), epoch as u64);
            return Err(CommitError::Fenced { held_by, epoch: self.owners.len() as u64, your_epoch });
        }
        if let Some(seen) = &commit.inbox
            && self.applied.iter().any(|applied| applied.inbox.as_ref() == Some(seen))
        {
            let (subscriber, envelope_id) = (Arc::clone(&seen.subscriber), seen.envelope_id);
            return Err(CommitError::AlreadyHandled { subscriber, envelope_id });
        }
        if let Some(start) = &commit.start {
            if start.on_duplicate != OnDuplicate::NewRun
                && let Some(run) = self.find(&start.identity)
            {
                return Err(CommitError::DuplicateRun { run, key: start.identity.key.clone() });
            }
            if self.is_known(start.run) {
                let actual = self.seq(start.run);
                return Err(CommitError::WrongSeq { run: start.run, expected: 0, actual });
            }
        }
        if let Some(EntityChange { id, expected_version, .. }) = &commit.entity
            && self.version(id) != *expected_version
        {
            let (EntityId { node, key }, actual) = (id.clone(), self.version(id));
            return Err(CommitError::StaleEntity { node, key, expected: *expected_version, actual });
        }
        let Some(OwnedAppend { run, expected_seq, .. }) = commit.append else { return Ok(()) };
        let reopens = commit
            .append
            .as_ref()
            .is_some_and(|append| matches!(append.facts.first(), Some(Fact::RunReopened { .. })));
        if self.ended(run).is_some() && !reopens {
            return Err(CommitError::RunEnded { run });
        }
        let begins = commit.start.as_ref().is_some_and(|start| start.run == run);
        if self.seq(run) == expected_seq && (begins || self.is_known(run)) {
            return Ok(());
        }
        Err(CommitError::WrongSeq { run, expected: expected_seq, actual: self.seq(run) })
    }

    /// How often an entity has changed.
    pub(super) fn version(&self, id: &EntityId) -> u64 {
        self.changes(id).count() as u64
    }

    fn changes(&self, id: &EntityId) -> impl Iterator<Item = &EntityChange> {
        self.applied
            .iter()
            .filter_map(|applied| applied.entity.as_ref())
            .filter(move |change| change.id == *id)
    }

    fn starts(&self) -> impl DoubleEndedIterator<Item = &Arc<RunStart>> {
        self.applied.iter().filter_map(|applied| applied.start.as_ref())
    }

    fn appends(&self, run: RunId) -> impl Iterator<Item = &OwnedAppend> {
        self.applied
            .iter()
            .filter_map(|applied| applied.append.as_ref())
            .filter(move |append| append.run == run)
    }

    fn is_known(&self, run: RunId) -> bool {
        self.starts().any(|start| start.run == run)
    }

    fn ended(&self, run: RunId) -> Option<u64> {
        self.appends(run).last().and_then(|append| append.ended_unix_ms)
    }

    fn find(&self, identity: &RunIdentity) -> Option<RunId> {
        self.starts().rev().find(|start| start.identity == *identity).map(|start| start.run)
    }

    fn record(&self, run: RunId) -> Option<RunRecord> {
        let start = self.starts().find(|start| start.run == run)?;
        Some(RunRecord {
            start: Arc::clone(start),
            facts: self.appends(run).flat_map(|append| append.facts.clone()).collect(),
            details: self.appends(run).flat_map(|append| append.details.clone()).collect(),
            active_ms: self.appends(run).last().map_or(0, |append| append.active_ms),
            ended_unix_ms: self.ended(run),
        })
    }

    /// All that can be read.
    pub(super) fn read(&self) -> String {
        let mut answers = Answers {
            records: (1..=RUNS).map(|run| self.record(run_id(run))).collect(),
            found: KEYS.iter().map(|key| self.find(&identity(key))).collect(),
            ..Answers::default()
        };
        for id in 1..=MARKS {
            let handled = self.applied.iter().any(|applied| applied.inbox.as_ref() == Some(&mark(id)));
            answers.handled.push(handled);
        }
        for record in answers.records.iter().flatten() {
            let summary = RunSummary {
                run: record.start.run,
                identity: record.start.identity.clone(),
                seq: record.seq(),
                started_unix_ms: record.start.started_unix_ms,
                ended_unix_ms: record.ended_unix_ms,
            };
            if summary.ended_unix_ms.is_none() {
                answers.unfinished.push(summary.clone());
            }
            answers.runs.push(summary);
        }
        for number in 1..=ENTITIES {
            let id = entity(number);
            let last = self.changes(&id).last();
            let record =
                last.map(|last| EntityRecord { version: self.version(&id), state: last.state.clone() });
            answers.entities.push(record);
        }
        let (mut timers, mut begun) = (BTreeMap::new(), BTreeMap::new());
        for applied in &self.applied {
            for sent in &applied.outbox {
                answers.outbox.retain(|pending| pending.envelope_id != sent.envelope_id);
                answers.outbox.push(Envelope::clone(sent));
            }
            answers.outbox.retain(|pending| !applied.delivered.contains(&pending.envelope_id));
            for counted in &applied.calls {
                begun.insert(
                    (counted.mark.envelope_id, Arc::clone(&counted.mark.subscriber)),
                    counted.clone(),
                );
            }
            timers.extend(applied.timers.iter().map(|timer| (timer.key, *timer)));
            timers.retain(|key, _| !applied.fired.contains(key));
            answers.dead_letters.extend(applied.dead_letters.iter().cloned());
        }
        let letters = &answers.dead_letters;
        let is_latest = |place: usize, mark: &InboxMark| {
            letters[place + 1..].iter().all(|later| later.parked_mark().as_ref() != Some(mark))
        };
        let is_parked = |place: usize, mark: InboxMark| {
            let is_pending = answers.outbox.iter().any(|sent| sent.envelope_id == mark.envelope_id);
            let is_handled = self.applied.iter().any(|applied| applied.inbox.as_ref() == Some(&mark));
            is_pending && !is_handled && is_latest(place, &mark)
        };
        let parked = letters
            .iter()
            .enumerate()
            .filter(|(place, letter)| letter.parked_mark().is_some_and(|mark| is_parked(*place, mark)));
        answers.parked = parked.map(|(_, letter)| Arc::clone(letter)).collect();
        answers.begun = begun.into_values().filter(|counted| counted.calls > 0).collect();
        answers.timers = timers.into_values().collect();
        answers.to_text()
    }
}
