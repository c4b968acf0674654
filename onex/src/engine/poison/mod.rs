//! Messages that end their process: what the owner before left is called for under a count, so that it is not called for ever.
//!
//! What was in the outbox when the journal was opened may be what ended the process before. How many calls for it have begun and
//! never came back is committed before each of them is made, and taken back when it has come back, or was cancelled by a shutdown.
//! What a process has accepted or sent itself is called by it without any of this. Semantics 14.

mod judge;
mod left;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};
use uuid::Uuid;

use self::judge::{Verdict, judge};
pub(super) use self::left::Left;
use self::left::of_key;
use super::core::Engine;
use crate::hashing::IdMap;
use crate::journal::{BegunCalls, Commit, CommitError, DeadLetterCause, InboxMark, Journal};
use crate::message::Envelope;

/// What this process knows of calls that never came back, and of those that it has counted itself.
#[derive(Debug)]
pub(crate) struct Calls {
    /// What was in the outbox when the journal was opened.
    left: OnceLock<IdMap<Uuid, ()>>,
    counts: Mutex<Counts>,
    /// Who is suspected has it alone; all others that are counted share it. First come, first served.
    turns: Arc<RwLock<()>>,
}

#[derive(Debug, Default)]
struct Counts {
    /// How many calls never came back in the processes before; absent: none.
    ended: HashMap<InboxMark, u32>,
    /// What this process has counted and not taken back.
    open: HashSet<InboxMark>,
}

/// A message that may have ended the process before, on its way to one subscriber.
#[derive(Debug)]
pub(crate) struct Suspect {
    mark: InboxMark,
    /// How many calls of its handler never came back.
    ended: u32,
    /// What a commit says that settles it: that nothing is counted.
    over: Vec<BegunCalls>,
    /// While it is called.
    turn: Option<Turn>,
}

/// Kept until what came of the call is committed.
#[derive(Debug)]
enum Turn {
    Shared(#[expect(dead_code, reason = "held, and given back when it is dropped")] OwnedRwLockReadGuard<()>),
    Alone(#[expect(dead_code, reason = "held, and given back when it is dropped")] OwnedRwLockWriteGuard<()>),
}

/// Why a handler is not called.
#[derive(Debug)]
pub(crate) enum NotCalled {
    /// It has ended as many processes as it may.
    GivenUp(DeadLetterCause),
    /// That it is called could not be committed.
    Refused(CommitError),
}

impl Calls {
    /// `most`: how many of those that nobody suspects yet may be called at once.
    pub(crate) fn new(most: usize) -> Self {
        let most = u32::try_from(most).unwrap_or(u32::MAX >> 3);
        Calls {
            left: OnceLock::new(),
            counts: Mutex::default(),
            turns: Arc::new(RwLock::with_max_readers((), most)),
        }
    }

    /// Takes over what the processes before have left and counted. Gives back what is to be forgotten, since it is over.
    fn take_over(&self, begun: Vec<BegunCalls>, outbox: &[Envelope]) -> Vec<BegunCalls> {
        let ids = || outbox.iter().map(|envelope| (envelope.envelope_id, ())).collect();
        let left = self.left.get_or_init(ids);
        let (mut counts, mut over) = (self.lock(), Vec::new());
        for BegunCalls { mark, calls } in begun {
            if left.contains_key(&mark.envelope_id) {
                counts.ended.insert(mark, calls);
            } else {
                over.push(BegunCalls { mark, calls: 0 });
            }
        }
        over
    }

    fn of(&self, mark: &InboxMark) -> Option<Box<Suspect>> {
        self.left.get().filter(|left| left.contains_key(&mark.envelope_id))?;
        let (mark, of_key) = (mark.clone(), of_key(mark));
        let (called, read) = (self.ended(&mark), self.ended(&of_key));
        let mut over = vec![BegunCalls { mark: mark.clone(), calls: 0 }];
        // What has ended a process when its key was read is still suspected of it if that was not read again.
        over.extend((read > 0).then_some(BegunCalls { mark: of_key, calls: 0 }));
        Some(Box::new(Suspect { mark, ended: called.max(read), over, turn: None }))
    }

    /// How many calls never came back in the processes before.
    fn ended(&self, mark: &InboxMark) -> u32 {
        self.lock().ended.get(mark).copied().unwrap_or(0)
    }

    /// Keys that were read have ended nothing.
    fn are_readable<'a>(&self, marks: impl Iterator<Item = &'a InboxMark>) {
        let mut counts = self.lock();
        for mark in marks {
            counts.ended.remove(mark);
        }
    }

    async fn turn(&self, alone: bool) -> Turn {
        let turns = Arc::clone(&self.turns);
        if alone { Turn::Alone(turns.write_owned().await) } else { Turn::Shared(turns.read_owned().await) }
    }

    /// What was counted and is not taken back, as it was before it was counted.
    fn take_open(&self) -> Vec<BegunCalls> {
        let mut counts = self.lock();
        let Counts { ended, open } = &mut *counts;
        let before = |mark: InboxMark| BegunCalls { calls: ended.get(&mark).copied().unwrap_or(0), mark };
        open.drain().map(before).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Suspect {
    /// What belongs to the commit that settles it: that nothing is counted any more.
    pub(crate) fn over(&self) -> &[BegunCalls] {
        let is_counted = self.ended > 0 || self.turn.is_some();
        if is_counted { &self.over } else { &[] }
    }
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Takes over what the owner before has counted, and forgets what is over of it.
    pub(super) async fn take_over_calls(&self, begun: Vec<BegunCalls>, outbox: &[Envelope]) {
        let over = self.calls.take_over(begun, outbox);
        if !over.is_empty() {
            // Refused, they are forgotten by the next owner.
            let _ = self.commit_now(&Commit { calls: &over, ..Commit::default() }).await;
        }
    }

    /// What is known of a message, if the owner before left it.
    pub(crate) fn suspect(&self, mark: &InboxMark) -> Option<Box<Suspect>> {
        self.calls.of(mark)
    }

    /// Waits for its turn and counts the call that is about to be made.
    pub(crate) async fn begin_call(&self, suspect: &mut Suspect) -> Result<(), NotCalled> {
        let Verdict::Call { calls, alone } = judge(suspect.ended, self.settings.crash_limit) else {
            return Err(NotCalled::GivenUp(ended_processes(suspect.ended)));
        };
        let turn = self.calls.turn(alone).await;
        // Before it is committed: a shutdown may cancel who waits for that, and the journal has it all the same.
        self.calls.lock().open.insert(suspect.mark.clone());
        self.count(suspect, calls).await.map_err(NotCalled::Refused)?;
        suspect.turn = Some(turn);
        Ok(())
    }

    /// The call has come back, and the message is not settled: what comes now is no time of its handler.
    pub(crate) async fn came_back(&self, suspect: &mut Suspect) {
        if suspect.turn.is_some() {
            // Refused, it stays counted until it is settled, or the engine is shut down.
            if self.count(suspect, suspect.ended).await.is_ok() {
                self.calls.lock().open.remove(&suspect.mark);
            }
            suspect.turn = None;
        }
    }

    /// As [`came_back`](Self::came_back), and it is called no more: nothing is counted any longer.
    pub(crate) async fn is_innocent(&self, suspect: &Suspect) {
        if !suspect.over().is_empty() && self.count(suspect, 0).await.is_ok() {
            self.settled_call(suspect);
        }
    }

    /// What the message came to is committed, with what [`over`](Suspect::over) says.
    pub(crate) fn settled_call(&self, suspect: &Suspect) {
        let mut counts = self.calls.lock();
        counts.open.remove(&suspect.mark);
        for BegunCalls { mark, .. } in &suspect.over {
            counts.ended.remove(mark);
        }
    }

    /// Nothing is called any more: who was cancelled has not ended the process.
    pub(super) async fn take_calls_back(&self) {
        let open = self.calls.take_open();
        if !open.is_empty() {
            // Refused, they stay counted: nobody else can say that they did not end the process.
            let _ = self.commit_now(&Commit { calls: &open, ..Commit::default() }).await;
        }
    }

    async fn count(&self, suspect: &Suspect, calls: u32) -> Result<(), CommitError> {
        let counted = [BegunCalls { mark: suspect.mark.clone(), calls }];
        self.commit(&Commit { calls: &counted, ..Commit::default() }).await
    }
}

fn ended_processes(calls: u32) -> DeadLetterCause {
    let times = if calls == 1 { "once".to_owned() } else { format!("{calls} times") };
    let message = format!("its process ended while it was called, {times}");
    DeadLetterCause::EndedProcess { calls, message }
}
