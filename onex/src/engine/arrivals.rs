//! Events that steps wait for, on their way into a run: kept until the run is there and its gate is open.
//!
//! An event stays in the outbox until it is decided about, so that it is as safe as the journal while it waits here. It is
//! claimed by whoever decides: the driver of the run, or the delivery whose patience is over.

use std::collections::{HashMap, HashSet};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::Poll;

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::core::Engine;
use super::sync::{AtomicBool, Mutex, MutexGuard};
use crate::journal::{EventRefusal, InboxMark, Journal, RunIdentity, StorageError};
use crate::message::Payload;
use crate::run::{Fact, RunState, StepId};

/// An event for a step that waits for one.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// As the workflow numbers it, not the run.
    pub(crate) step: StepId,
    pub(crate) event: Payload,
    pub(crate) mark: InboxMark,
    /// Nobody else handles its envelope: that leaves the outbox with the commit that takes it.
    pub(crate) delivered: Option<Uuid>,
    claim: Arc<AtomicBool>,
    reply: oneshot::Sender<Decided>,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decided {
    /// It has completed its step, and that is committed.
    Taken,
    /// It will not.
    Refused(EventRefusal),
    /// Nobody here can say: it is left to the journal's next owner.
    Left,
}

/// What the delivery of an event holds while it is decided about.
pub(crate) struct Ticket {
    claim: Arc<AtomicBool>,
    reply: oneshot::Receiver<Decided>,
}

/// How the wait for a decision ended.
pub(crate) enum Waited {
    /// It is made.
    Decided(Decided),
    /// Whoever was to make it is gone: ask again.
    Dropped,
    /// It was not made in time, and will not be made.
    Expired,
    /// The engine stops, and it will not be made.
    Stopped,
}

impl Arrival {
    pub(crate) fn new(
        step: StepId,
        event: Payload,
        mark: InboxMark,
        delivered: Option<Uuid>,
    ) -> (Self, Ticket) {
        let (claim, (reply, decided)) = (Arc::<AtomicBool>::default(), oneshot::channel());
        let ticket = Ticket { claim: Arc::clone(&claim), reply: decided };
        (Arrival { step, event, mark, delivered, claim, reply }, ticket)
    }

    /// True for the first who asks: from then on, nobody else decides.
    pub(crate) fn claim(&self) -> bool {
        claim(&self.claim)
    }

    /// Nobody waits for a decision any more.
    pub(crate) fn is_void(&self) -> bool {
        self.reply.is_closed()
    }

    pub(crate) fn answer(self, decided: Decided) {
        // Whoever does not wait any more does not care.
        let _ = self.reply.send(decided);
    }
}

impl Ticket {
    pub(crate) async fn wait(mut self, deadline: Instant, stopped: impl Future<Output = ()>) -> Waited {
        let mut patience = pin!(timeout_at(deadline, stopped));
        let waited = poll_fn(|cx| match Pin::new(&mut self.reply).poll(cx) {
            Poll::Ready(decided) => Poll::Ready(decided.map_or(Waited::Dropped, Waited::Decided)),
            Poll::Pending => {
                patience.as_mut().poll(cx).map(|over| over.map_or(Waited::Expired, |()| Waited::Stopped))
            }
        })
        .await;
        // Somebody is deciding at this moment: it will not take long.
        if matches!(waited, Waited::Expired | Waited::Stopped) && !claim(&self.claim) {
            return self.reply.await.map_or(Waited::Dropped, Waited::Decided);
        }
        waited
    }
}

fn claim(claim: &AtomicBool) -> bool {
    !claim.swap(true, Ordering::AcqRel)
}

/// All events that are not decided about.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    marks: HashSet<InboxMark>,
    /// Those whose run was not there when they came, in the order in which they did.
    early: HashMap<RunIdentity, Vec<Arrival>>,
}

/// An event's place among those that wait; dropping it leaves the place.
#[derive(Debug)]
pub(crate) struct Entered {
    arrivals: Arc<Arrivals>,
    mark: InboxMark,
}

/// Why an event cannot wait here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotEntered {
    /// It does already.
    Twice,
    /// As many do as may.
    TooMany,
}

impl Arrivals {
    pub(crate) fn enter(self: &Arc<Self>, mark: &InboxMark, most: usize) -> Result<Entered, NotEntered> {
        let mut waiting = self.lock();
        if waiting.marks.contains(mark) {
            return Err(NotEntered::Twice);
        }
        if waiting.marks.len() >= most {
            return Err(NotEntered::TooMany);
        }
        waiting.marks.insert(mark.clone());
        Ok(Entered { arrivals: Arc::clone(self), mark: mark.clone() })
    }

    fn keep(&self, identity: &RunIdentity, arrival: Arrival) {
        self.lock().early.entry(identity.clone()).or_default().push(arrival);
    }

    /// Those that came before their run.
    pub(crate) fn take(&self, identity: &RunIdentity) -> Vec<Arrival> {
        let early = &mut self.lock().early;
        if early.is_empty() {
            // Hashing an identity costs more than the lock.
            return Vec::new();
        }
        early.remove(identity).unwrap_or_default()
    }

    /// Lets go of those that nobody waits for any more.
    pub(crate) fn forget_void(&self, identity: &RunIdentity) {
        let early = &mut self.lock().early;
        if let Some(kept) = early.get_mut(identity) {
            kept.retain(|arrival| !arrival.is_void());
            if kept.is_empty() {
                early.remove(identity);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.arrivals.lock().marks.remove(&self.mark);
    }
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Hands an event to the driver of its run, or keeps it until the run begins.
    ///
    /// It is kept before the run is looked for: a run that begins in between takes it with it.
    pub(crate) async fn offer(&self, identity: &RunIdentity, arrival: Arrival) -> Result<(), StorageError> {
        self.arrivals.keep(identity, arrival);
        let Some(run) = self.journal.find(identity).await? else { return Ok(()) };
        for arrival in self.arrivals.take(identity) {
            let Err(arrival) = self.live.bring(run, arrival) else { continue };
            // A run is live until its end is committed: this one is over, which its facts say whatever its plan, or cannot go on here.
            let record = self.journal.run(run).await?;
            let state = record.and_then(|record| match *record.facts.last()? {
                Fact::RunEnded { state } => Some(state),
                Fact::RunParked { .. } => Some(RunState::Parked),
                _ => None,
            });
            arrival.answer(match state {
                Some(state) => Decided::Refused(EventRefusal::RunOver { state }),
                None => Decided::Left,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
