//! What a journal must hold: what was acknowledged, and a beginning of what was asked for and never answered. The writer takes
//! commits in the order in which they are asked, so what a crash leaves of them is a beginning, and nothing that was asked before
//! one that was acknowledged is missing in it. Who acquires a journal fences all who had it, so what is in it then is all of theirs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use onex::journal::{BegunCalls, Commit, InboxMark, Journal, Lease, PinnedPlan, Timer, TimerKey};
use onex::message::RunId;
use onex::run::{Fact, StepId};
use uuid::Uuid;

use crate::disk::ProcessId;

/// What can be read of a journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    pub epoch: u64,
    pub runs: BTreeMap<RunId, Recorded>,
    handled: BTreeSet<(String, Uuid)>,
    outbox: BTreeSet<Uuid>,
    /// How many calls of handlers have begun.
    begun: BTreeMap<(String, Uuid), u32>,
    timers: BTreeMap<TimerKey, u64>,
    dead_letters: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub key: String,
    pub steps: Vec<String>,
    pub facts: Vec<Fact>,
    /// Of each output and each text beside the facts: where it is, and what it says.
    details: Vec<(u64, String)>,
    has_ended: bool,
}

impl Recorded {
    /// The facts that are about the plan that the run is on.
    pub fn on_its_plan(&self) -> &[Fact] {
        let moved = self.facts.iter().rposition(|fact| matches!(fact, Fact::RunMigrated { .. }));
        &self.facts[moved.unwrap_or(0)..]
    }

    pub fn step(&self, name: &str) -> Option<StepId> {
        self.steps.iter().position(|step| step == name).map(|index| StepId(index as u32))
    }
}

/// What one commit would change.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Whose it is; of an acquisition, what it becomes.
    epoch: u64,
    acquires: bool,
    starts: Option<(RunId, String, Vec<String>)>,
    appends: Option<Appended>,
    /// The steps of the plan that the run of `appends` is moved to.
    moves: Option<Vec<String>>,
    handles: Option<(String, Uuid)>,
    sends: Vec<Uuid>,
    delivered: Vec<Uuid>,
    counts: Vec<((String, Uuid), u32)>,
    sets: Vec<Timer>,
    fires: Vec<TimerKey>,
    dead_letters: usize,
}

#[derive(Debug, Clone)]
struct Appended {
    run: RunId,
    seq: u64,
    facts: Vec<Fact>,
    details: Vec<(u64, String)>,
    ends: bool,
}

fn detail(detail: &onex::journal::Detail) -> (u64, String) {
    use onex::journal::DetailBody::{Error, Output, Reason};
    let text = match &detail.body {
        Output(payload) => {
            payload.to_json().map_or_else(|error| error.to_string(), |json| json.get().to_owned())
        }
        Error(text) | Reason(text) => text.to_string(),
    };
    (detail.seq, text)
}

fn counted(BegunCalls { mark, calls }: &BegunCalls) -> ((String, Uuid), u32) {
    ((mark.subscriber.to_string(), mark.envelope_id), *calls)
}

impl Change {
    pub fn acquisition(epoch: u64) -> Self {
        Change { epoch, acquires: true, ..Change::default() }
    }

    pub fn of(lease: &Lease, commit: &Commit<'_>) -> Self {
        let steps = |plan: &PinnedPlan| plan.steps.iter().map(ToString::to_string).collect();
        let starts =
            commit.start.map(|start| (start.run, start.identity.key.to_string(), steps(&start.plan)));
        let appends = commit.append.as_ref().map(|append| Appended {
            run: append.run,
            seq: append.expected_seq,
            facts: append.facts.to_vec(),
            details: append.details.iter().map(detail).collect(),
            ends: append.ended_unix_ms.is_some(),
        });
        Change {
            epoch: lease.epoch,
            acquires: false,
            starts,
            appends,
            moves: commit.plan.map(|plan| steps(plan)),
            handles: commit.inbox.map(|mark| (mark.subscriber.to_string(), mark.envelope_id)),
            sends: commit.outbox.iter().map(|envelope| envelope.envelope_id).collect(),
            delivered: commit.delivered.to_vec(),
            counts: commit.calls.iter().map(counted).collect(),
            sets: commit.timers.to_vec(),
            fires: commit.fired.to_vec(),
            dead_letters: commit.dead_letters.len(),
        }
    }

    /// What would have been refused changes nothing: false.
    fn apply(&self, state: &mut State) -> bool {
        if self.acquires {
            state.epoch = self.epoch;
            return true;
        }
        let taken = |key: &String| state.runs.values().any(|run| run.key == *key);
        let refused = self.epoch != state.epoch
            || self.handles.as_ref().is_some_and(|mark| state.handled.contains(mark))
            || self.starts.as_ref().is_some_and(|(run, key, _)| state.runs.contains_key(run) || taken(key))
            || self.appends.as_ref().is_some_and(|append| {
                state.runs.get(&append.run).map_or(0, |run| run.facts.len()) as u64 != append.seq
            });
        if refused {
            return false;
        }
        if let Some((run, key, steps)) = &self.starts {
            let (key, steps) = (key.clone(), steps.clone());
            let recorded = Recorded { key, steps, facts: vec![], details: vec![], has_ended: false };
            state.runs.insert(*run, recorded);
        }
        if let Some(append) = &self.appends
            && let Some(run) = state.runs.get_mut(&append.run)
        {
            if let Some(steps) = &self.moves {
                run.steps.clone_from(steps);
            }
            run.facts.extend(&append.facts);
            run.details.extend(append.details.iter().cloned());
            run.has_ended = append.ends;
        }
        state.handled.extend(self.handles.clone());
        state.outbox.extend(&self.sends);
        state.outbox.retain(|envelope| !self.delivered.contains(envelope));
        state.begun.extend(self.counts.iter().cloned());
        state.begun.retain(|_, calls| *calls > 0);
        for key in &self.fires {
            state.timers.remove(key);
        }
        state.timers.extend(self.sets.iter().map(|timer| (timer.key, timer.due_unix_ms)));
        state.dead_letters += self.dead_letters;
        true
    }
}

/// One that was asked for.
pub type Ticket = u64;

#[derive(Default)]
pub struct Ledger {
    books: Mutex<Books>,
    /// What was not as it must be. Handlers and tasks panic unheard, so it is kept for who drives the simulation.
    violations: Mutex<Vec<String>>,
    /// How often the story came to what it is about.
    came_to: Mutex<BTreeMap<&'static str, u64>>,
}

#[derive(Default)]
struct Books {
    acknowledged: State,
    /// In the order in which they were asked for.
    in_doubt: BTreeMap<Ticket, Asked>,
    asked: Ticket,
    /// Who has acquired the journal last, and what was in the outbox then.
    owner: Option<ProcessId>,
    left: BTreeSet<Uuid>,
    /// The disk may be full, so that one is put off and another, which was asked for later, is not.
    may_lack_room: bool,
}

/// What nobody was told of.
#[derive(Debug)]
struct Asked {
    by: ProcessId,
    change: Change,
    /// Its turn has come: it is in the journal, or had to be refused.
    is_answered: bool,
}

impl Ledger {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn claim(&self, holds: bool, or_else: impl FnOnce() -> String) {
        if !holds {
            self.violations.lock().unwrap_or_else(PoisonError::into_inner).push(or_else());
        }
    }

    pub fn count(&self, what: &'static str, times: u64) {
        *self.came_to.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += times;
    }

    pub fn came_to(&self) -> BTreeMap<&'static str, u64> {
        self.came_to.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was claimed and did not hold.
    pub fn violations(&self) -> Vec<String> {
        self.violations.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn ask(&self, process: ProcessId, change: Change) -> Ticket {
        let mut books = self.books();
        books.asked += 1;
        let ticket = books.asked;
        books.in_doubt.insert(ticket, Asked { by: process, change, is_answered: false });
        ticket
    }

    pub fn acknowledge(&self, ticket: Ticket) {
        let mut books = self.books();
        let Some(Asked { by, change, .. }) = books.in_doubt.remove(&ticket) else {
            return self
                .claim(false, || format!("acknowledged after another has acquired the journal: {ticket}"));
        };
        let latest = books.acknowledged.epoch;
        self.claim(change.epoch == latest, || {
            format!("acknowledged to who does not own the journal: {change:?}")
        });
        let applied = change.apply(&mut books.acknowledged);
        self.claim(applied, || format!("acknowledged, and must be refused: {change:?}"));
        if !books.may_lack_room {
            let before = books.in_doubt.range_mut(..ticket).map(|(_, asked)| asked);
            before.filter(|asked| asked.by == by).for_each(|asked| asked.is_answered = true);
        }
    }

    pub fn refuse(&self, ticket: Ticket) {
        self.books().in_doubt.remove(&ticket);
    }

    /// Whether the disk may be full at times from now on.
    pub fn expect_a_full_disk(&self, may_lack_room: bool) {
        self.books().may_lack_room = may_lack_room;
    }

    /// Whoever had the journal before can change nothing in it any more: what it holds now it has from them.
    pub async fn acquire(&self, ticket: Ticket, lease: &Lease, journal: &impl Journal) {
        let owner = self.books().in_doubt.get_mut(&ticket).map(|asked| {
            asked.is_answered = true;
            asked.by
        });
        self.check(journal).await;
        {
            let mut books = self.books();
            books.left = books.acknowledged.outbox.clone();
            books.owner = owner;
        }
        let epoch = self.epoch();
        self.claim(epoch == lease.epoch, || format!("acquired as epoch {}, and it is {epoch}", lease.epoch));
    }

    /// How many calls of a handler are counted for an envelope that was left to this program. `None`: it was not, or the journal has
    /// another owner.
    pub fn counted(&self, by: ProcessId, subscriber: &str, envelope: Uuid) -> Option<u32> {
        let books = self.books();
        let is_left = books.owner == Some(by) && books.left.contains(&envelope);
        let mark = (subscriber.to_owned(), envelope);
        is_left.then(|| books.acknowledged.begun.get(&mark).copied().unwrap_or(0))
    }

    /// What was acknowledged of a run.
    pub fn run<T>(&self, run: RunId, look: impl FnOnce(Option<&Recorded>) -> T) -> T {
        look(self.books().acknowledged.runs.get(&run))
    }

    pub fn epoch(&self) -> u64 {
        self.books().acknowledged.epoch
    }

    /// Holds a journal against what it must hold, and takes what it does hold for acknowledged from now on.
    pub async fn check(&self, journal: &impl Journal) {
        let found = self.read(journal).await;
        let mut books = self.books();
        let in_doubt = std::mem::take(&mut books.in_doubt);
        let mut by_process: BTreeMap<ProcessId, Vec<&Asked>> = BTreeMap::new();
        for asked in in_doubt.values() {
            by_process.entry(asked.by).or_default().push(asked);
        }
        // Who came later has fenced those before, so what was taken of theirs was taken first.
        let by_process: Vec<Vec<&Asked>> = by_process.into_values().collect();
        self.claim(may_become(&found, books.acknowledged.clone(), &by_process), || {
            let acknowledged = &books.acknowledged;
            format!(
                "the journal is not what was acknowledged, nor with a beginning of {in_doubt:#?}\nfound: {found:#?}\n\
                 acknowledged: {acknowledged:#?}"
            )
        });
        books.acknowledged = found;
    }

    async fn read(&self, journal: &impl Journal) -> State {
        let readable = "what was acknowledged is readable";
        let owner = journal.owner().await.expect(readable);
        let mut state = State { epoch: owner.map_or(0, |lease| lease.epoch), ..State::default() };
        for summary in journal.runs().await.expect(readable) {
            let record = journal.run(summary.run).await.expect(readable).expect("it is listed");
            let recorded = Recorded {
                key: record.start.identity.key.to_string(),
                steps: record.start.plan.steps.iter().map(ToString::to_string).collect(),
                facts: record.facts,
                details: record.details.iter().map(detail).collect(),
                has_ended: record.ended_unix_ms.is_some(),
            };
            state.runs.insert(summary.run, recorded);
        }
        let asked: Vec<(String, Uuid)> = {
            let books = self.books();
            let in_doubt = books.in_doubt.values().filter_map(|asked| asked.change.handles.as_ref());
            books.acknowledged.handled.iter().chain(in_doubt).cloned().collect()
        };
        for (subscriber, envelope_id) in asked {
            let mark = InboxMark { subscriber: subscriber.as_str().into(), envelope_id };
            if journal.handled(&mark).await.expect(readable) {
                state.handled.insert((subscriber, envelope_id));
            }
        }
        let outbox = journal.outbox().await.expect(readable);
        state.outbox = outbox.iter().map(|envelope| envelope.envelope_id).collect();
        let begun = journal.begun().await.expect(readable);
        state.begun = begun.iter().map(counted).collect();
        let timers = journal.timers().await.expect(readable);
        state.timers = timers.iter().map(|timer| (timer.key, timer.due_unix_ms)).collect();
        state.dead_letters = journal.dead_letters().await.expect(readable).len();
        state
    }

    /// The journal as it is to be, after nothing is in doubt any more.
    pub fn settled(&self) -> State {
        self.books().acknowledged.clone()
    }
}

/// Whether `state` becomes what was found by a beginning of what each process asked for, with all in it that was answered.
fn may_become(found: &State, mut state: State, asked: &[Vec<&Asked>]) -> bool {
    let Some((first, others)) = asked.split_first() else { return state == *found };
    let mut left = first.iter().peekable();
    loop {
        let may_end_here = left.peek().is_none_or(|asked| !asked.is_answered);
        if may_end_here && may_become(found, state.clone(), others) {
            return true;
        }
        let Some(asked) = left.next() else { return false };
        asked.change.apply(&mut state);
    }
}

impl State {
    pub fn is_quiet(&self) -> bool {
        self.outbox.is_empty() && self.begun.is_empty() && self.timers.is_empty()
    }
}
