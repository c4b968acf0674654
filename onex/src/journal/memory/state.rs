//! What is behind the mutex: checked as a whole, then applied as a whole. Knows nothing of locking.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use uuid::Uuid;

use super::inbox::Inbox;
use super::letters::Letters;
use super::{Retention, fresh_lease_id};
use crate::hashing::IdMap;
use crate::journal::{
    Append, BegunCalls, Commit, CommitError, Committed, DeadLetter, EntityChange, EntityId, EntityRecord,
    InboxMark, Lease, PinnedPlan, RunIdentity, RunRecord, RunStart, RunSummary, Timer, TimerKey,
};
use crate::message::{Envelope, RunId};
use crate::plan::OnDuplicate;
use crate::run::Fact;

/// Room for a run of seven steps, so that most runs do not outgrow theirs commit by commit.
const FACTS_OF_A_SHORT_RUN: usize = 16;

#[derive(Debug)]
pub(super) struct State {
    retention: Retention,
    owner: Option<Lease>,
    runs: IdMap<RunId, RunRecord>,
    /// The latest run of each identity.
    identities: HashSet<OfIdentity>,
    ended: VecDeque<RunId>,
    inbox: Inbox,
    entities: HashMap<EntityId, EntityRecord>,
    outbox: IdMap<Uuid, (u64, Arc<Envelope>)>,
    published: u64,
    /// How many calls have begun, by envelope and subscriber.
    begun: BTreeMap<(Uuid, Arc<str>), u32>,
    /// The attempt that failed, and when each is due.
    timers: BTreeMap<TimerKey, (u32, u64)>,
    letters: Letters,
}

/// A run as one of its identity, which it has anyway: a second copy of that would be a good part of what a run takes.
#[derive(Debug)]
struct OfIdentity(Arc<RunStart>);

impl Borrow<RunIdentity> for OfIdentity {
    fn borrow(&self) -> &RunIdentity {
        &self.0.identity
    }
}

impl PartialEq for OfIdentity {
    fn eq(&self, other: &Self) -> bool {
        self.0.identity == other.0.identity
    }
}

impl Eq for OfIdentity {}

impl Hash for OfIdentity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.identity.hash(state);
    }
}

/// What a commit pushed out of retention.
#[derive(Debug, Default)]
pub(super) struct Forgotten {
    _run: Option<RunRecord>,
    _letters: Vec<Arc<DeadLetter>>,
    _entity: Option<EntityRecord>,
}

impl State {
    pub(super) fn new(retention: Retention) -> Self {
        State {
            retention,
            owner: None,
            runs: IdMap::default(),
            identities: HashSet::new(),
            ended: VecDeque::new(),
            inbox: Inbox::new(retention.inbox_marks),
            entities: HashMap::new(),
            outbox: IdMap::default(),
            published: 0,
            begun: BTreeMap::new(),
            timers: BTreeMap::new(),
            letters: Letters::new(retention.dead_letters),
        }
    }

    pub(super) fn acquire(&mut self, owner: &str) -> Lease {
        let epoch = self.owner.as_ref().map_or(0, |lease| lease.epoch) + 1;
        let lease = Lease { lease_id: fresh_lease_id(), epoch, owner: owner.into() };
        self.owner = Some(lease.clone());
        lease
    }

    pub(super) fn owner(&self) -> Option<&Lease> {
        self.owner.as_ref()
    }

    pub(super) fn check(&self, lease: &Lease, commit: &Commit<'_>) -> Result<(), CommitError> {
        self.check_lease(lease)?;
        if let Some(mark) = commit.inbox
            && self.inbox.contains(mark)
        {
            let InboxMark { subscriber, envelope_id } = mark.clone();
            return Err(CommitError::AlreadyHandled { subscriber, envelope_id });
        }
        if let Some(start) = commit.start
            && start.on_duplicate != OnDuplicate::NewRun
            && let Some(run) = self.find(&start.identity)
        {
            return Err(CommitError::DuplicateRun { run, key: start.identity.key.clone() });
        }
        if let Some(start) = commit.start
            && let Some(record) = self.runs.get(&start.run)
        {
            return Err(CommitError::WrongSeq { run: start.run, expected: 0, actual: record.seq() });
        }
        commit.entity.map_or(Ok(()), |change| self.check_entity(change))?;
        commit.append.as_ref().map_or(Ok(()), |append| self.check_append(append, commit.start))
    }

    fn check_entity(&self, change: &EntityChange) -> Result<(), CommitError> {
        let actual = self.entities.get(&change.id).map_or(0, |record| record.version);
        if actual == change.expected_version {
            return Ok(());
        }
        let EntityId { node, key } = change.id.clone();
        Err(CommitError::StaleEntity { node, key, expected: change.expected_version, actual })
    }

    fn check_append(&self, append: &Append<'_>, start: Option<&Arc<RunStart>>) -> Result<(), CommitError> {
        let (run, expected) = (append.run, append.expected_seq);
        match self.runs.get(&run) {
            Some(record) if record.ended_unix_ms.is_some() && !append.reopens() => {
                Err(CommitError::RunEnded { run })
            }
            Some(record) if record.seq() == expected => Ok(()),
            Some(record) => Err(CommitError::WrongSeq { run, expected, actual: record.seq() }),
            None if expected == 0 && start.is_some_and(|start| start.run == run) => Ok(()),
            None => Err(CommitError::WrongSeq { run, expected, actual: 0 }),
        }
    }

    fn check_lease(&self, lease: &Lease) -> Result<(), CommitError> {
        match &self.owner {
            Some(owner) if owner.epoch == lease.epoch && owner.lease_id == lease.lease_id => Ok(()),
            Some(owner) => Err(CommitError::Fenced {
                held_by: Arc::clone(&owner.owner),
                epoch: owner.epoch,
                your_epoch: lease.epoch,
            }),
            None => Err(CommitError::Fenced { held_by: "nobody".into(), epoch: 0, your_epoch: lease.epoch }),
        }
    }

    /// Expects `commit` to be checked. What it pushes out of retention is left in `forgotten`.
    pub(super) fn apply(&mut self, commit: &Commit<'_>, forgotten: &mut Forgotten) -> Committed {
        let mut committed = Committed { seq: 0 };
        if let Some(mark) = commit.inbox {
            self.inbox.insert(mark);
            forgotten._letters.extend(self.letters.handled(mark));
        }
        if let Some(start) = commit.start {
            self.start(start);
        }
        if let Some(append) = &commit.append {
            committed.seq = self.append(append);
            if let Some(plan) = commit.plan {
                self.migrate(append, plan);
            }
            if append.ended_unix_ms.is_some() {
                forgotten._run = self.end(append.run);
            }
        }
        if let Some(EntityChange { id, expected_version, state }) = commit.entity {
            let record = EntityRecord { version: expected_version + 1, state: state.clone() };
            forgotten._entity = self.entities.insert(id.clone(), record);
        }
        for envelope in commit.outbox {
            if !commit.delivered.contains(&envelope.envelope_id) {
                self.published += 1;
                self.outbox.insert(envelope.envelope_id, (self.published, Arc::clone(envelope)));
            }
        }
        for id in commit.delivered {
            self.outbox.remove(id);
        }
        for BegunCalls { mark, calls } in commit.calls {
            let of = (mark.envelope_id, Arc::clone(&mark.subscriber));
            match calls {
                0 => self.begun.remove(&of),
                _ => self.begun.insert(of, *calls),
            };
        }
        for timer in commit.timers {
            self.timers.insert(timer.key, (timer.attempt, timer.due_unix_ms));
        }
        for key in commit.fired {
            self.timers.remove(key);
        }
        for letter in commit.dead_letters {
            forgotten._letters.extend(self.letters.push(letter, |mark| self.inbox.contains(mark)));
        }
        committed
    }

    fn start(&mut self, start: &Arc<RunStart>) {
        let facts = Vec::with_capacity(FACTS_OF_A_SHORT_RUN);
        let record = RunRecord {
            start: Arc::clone(start),
            facts,
            details: Vec::new(),
            active_ms: 0,
            ended_unix_ms: None,
        };
        self.runs.insert(start.run, record);
        self.identities.replace(OfIdentity(Arc::clone(start)));
    }

    fn append(&mut self, append: &Append<'_>) -> u64 {
        let Some(record) = self.runs.get_mut(&append.run) else { return 0 };
        if record.ended_unix_ms.is_some() {
            self.ended.retain(|ended| *ended != append.run);
        }
        record.facts.extend_from_slice(append.facts);
        record.details.extend_from_slice(append.details);
        record.active_ms = append.active_ms;
        record.ended_unix_ms = append.ended_unix_ms;
        record.seq()
    }

    /// Gives back the room that its next facts would take.
    pub(super) fn shrink(&mut self, run: RunId) {
        if let Some(record) = self.runs.get_mut(&run) {
            record.facts.shrink_to_fit();
            record.details.shrink_to_fit();
        }
    }

    fn migrate(&mut self, append: &Append<'_>, plan: &Arc<PinnedPlan>) {
        let version = append.facts.iter().rev().find_map(|fact| match fact {
            Fact::RunMigrated { version, .. } => Some(*version),
            _ => None,
        });
        if let (Some(version), Some(record)) = (version, self.runs.get_mut(&append.run)) {
            record.start = Arc::new(record.start.on(Arc::clone(plan), version));
        }
    }

    /// Counts the run as ended; gives back the one that is retained no longer.
    fn end(&mut self, run: RunId) -> Option<RunRecord> {
        self.ended.push_back(run);
        if self.ended.len() <= self.retention.runs {
            return None;
        }
        let oldest = self.ended.pop_front()?;
        let record = self.runs.remove(&oldest)?;
        // With `on_duplicate: new_run` the identity may belong to a later run by now.
        if let Some(of) = self.identities.take(&record.start.identity)
            && of.0.run != oldest
        {
            self.identities.insert(of);
        }
        Some(record)
    }

    pub(super) fn is_handled(&self, mark: &InboxMark) -> bool {
        self.inbox.contains(mark)
    }

    pub(super) fn run(&self, run: RunId) -> Option<&RunRecord> {
        self.runs.get(&run)
    }

    pub(super) fn find(&self, identity: &RunIdentity) -> Option<RunId> {
        self.identities.get(identity).map(|start| start.0.run)
    }

    pub(super) fn entity(&self, id: &EntityId) -> Option<&EntityRecord> {
        self.entities.get(id)
    }

    #[cfg(test)]
    pub(super) fn entities(&self) -> usize {
        self.entities.len()
    }

    pub(super) fn summaries(&self) -> impl Iterator<Item = RunSummary> {
        self.runs.values().map(|record| RunSummary {
            run: record.start.run,
            identity: record.start.identity.clone(),
            seq: record.seq(),
            started_unix_ms: record.start.started_unix_ms,
            ended_unix_ms: record.ended_unix_ms,
        })
    }

    pub(super) fn outbox(&self) -> impl Iterator<Item = (u64, Arc<Envelope>)> {
        self.outbox.values().cloned()
    }

    pub(super) fn begun(&self) -> impl Iterator<Item = BegunCalls> {
        self.begun.iter().map(|((envelope_id, subscriber), calls)| BegunCalls {
            mark: InboxMark { subscriber: Arc::clone(subscriber), envelope_id: *envelope_id },
            calls: *calls,
        })
    }

    pub(super) fn timers(&self) -> impl Iterator<Item = Timer> {
        self.timers.iter().map(|(key, (attempt, due_unix_ms))| Timer {
            key: *key,
            attempt: *attempt,
            due_unix_ms: *due_unix_ms,
        })
    }

    pub(super) fn dead_letters(&self) -> impl Iterator<Item = &Arc<DeadLetter>> {
        self.letters.all()
    }

    pub(super) fn parked(&self) -> impl Iterator<Item = &Arc<DeadLetter>> {
        self.letters.parked().filter(|letter| self.outbox.contains_key(&letter.envelope.envelope_id))
    }
}
