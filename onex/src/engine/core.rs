//! What every part of one engine shares, and how envelopes move between them.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::admission::Admission;
use super::arrivals::Arrivals;
use super::circuit::Circuit;
use super::counters::Tally;
use super::dead_letters;
use super::delivery::Delivery;
use super::error::PublishError;
use super::executions::Executions;
use super::health::LastCommit;
use super::held::HeldRun;
use super::ids::Ids;
use super::in_flight::{InFlight, InFlightGuard};
use super::keyed::Place;
use super::line::Line;
use super::live::LiveRuns;
use super::mailboxes::Mailboxes;
use super::meters::Meters;
use super::pace::RetryTurns;
use super::parked_runs::ParkedRuns;
use super::poison::Calls;
use super::ready::Ready;
use super::registry::Registry;
use super::report::RunReport;
use super::settings::Settings;
use super::sub_run::SubRuns;
use super::tasks::Tasks;
use crate::bus::routing::Target;
use crate::bus::{Fanout, Watchers};
use crate::failpoint::{self, cross};
use crate::journal::{Commit, CommitError, DeadLetter, DeadLetterCause, Journal, Lease};
use crate::message::Envelope;
use crate::node::StopSignal;

/// How long a commit waits before it asks a full journal again.
const WHILE_FULL: Duration = Duration::from_millis(200);

/// One engine.
pub(crate) struct Engine<C, J> {
    pub(crate) container: C,
    pub(crate) registry: Registry<C>,
    pub(crate) settings: Settings,
    pub(crate) journal: J,
    pub(crate) lease: Lease,
    pub(crate) watchers: Watchers,
    pub(crate) reports: Fanout<Arc<RunReport>>,
    pub(crate) dead_letters: Fanout<Arc<DeadLetter>>,
    pub(crate) live: Arc<LiveRuns>,
    pub(crate) sub_runs: SubRuns,
    pub(crate) held: Mutex<Vec<HeldRun>>,
    pub(crate) parked_runs: ParkedRuns,
    pub(crate) in_flight: Arc<InFlight>,
    pub(crate) mailboxes: Arc<Mailboxes<Delivery>>,
    /// For envelopes from outside. Closed when the engine accepts no more.
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) admission: Admission,
    pub(crate) arrivals: Arc<Arrivals>,
    /// Of handlers, for what the owner before left.
    pub(crate) calls: Calls,
    pub(crate) executions: Arc<Executions>,
    pub(crate) retry_turns: RetryTurns,
    pub(crate) circuits: Vec<Arc<Circuit>>,
    pub(crate) tally: Tally,
    pub(crate) last_commit: LastCommit,
    pub(crate) meters: Meters,
    pub(crate) tasks: Tasks,
    pub(crate) ready: Arc<Line<Ready>>,
    /// Tells the handlers of routes to stop.
    pub(crate) stopping: StopSignal,
    /// It is being shut down, and waits until then; `None`: for as long as it takes.
    pub(crate) closing: OnceLock<Option<Instant>>,
}

/// What the deliveries of one envelope to its subscribers know of each other.
#[derive(Debug, Clone)]
pub(crate) enum Receipt {
    /// There is one.
    Sole,
    /// How many of them are open.
    Shared(Arc<AtomicUsize>),
    /// Some may be parked, and come again as other deliveries: the journal knows who has handled the envelope.
    Journalled,
}

/// What a delivery of an envelope from outside takes up.
#[derive(Debug)]
pub(crate) struct FromOutside {
    /// One of [`Settings::max_in_flight`], but not while it waits in a mailbox.
    pub(crate) permit: Option<OwnedSemaphorePermit>,
    /// Its id was made here and now, so nobody has handled it before.
    pub(crate) is_new: bool,
}

/// What becomes of a commit for which the journal has no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenFull {
    /// It waits until there is some: what it concerns is accepted already.
    Wait,
    /// It is refused: whoever asked for it is told.
    Refuse,
}

/// Where the id of an envelope from outside comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdFrom {
    /// It was drawn for this envelope.
    Here,
    /// Its source gave it, perhaps not for the first time.
    Source,
}

impl Receipt {
    pub(super) fn of<C>(targets: &[Target], registry: &Registry<C>) -> Self {
        match targets {
            [] | [_] => Receipt::Sole,
            _ if targets.iter().any(|target| registry.parks(*target)) => Receipt::Journalled,
            _ => Receipt::Shared(Arc::new(AtomicUsize::new(targets.len()))),
        }
    }

    /// Nobody else handles the envelope, so handling it is delivering it.
    pub(crate) fn is_sole(&self) -> bool {
        matches!(self, Receipt::Sole)
    }
}

/// What an envelope from outside has been given before it is handed over.
struct Accepted {
    /// For each of its subscribers one, as far as there are so many.
    permit: OwnedSemaphorePermit,
    /// For those of its subscribers for whom it has a key.
    places: Vec<(Target, Place)>,
    id: IdFrom,
    in_flight: InFlightGuard,
}

impl Accepted {
    /// What one of several subscribers has of it.
    fn share(&mut self, target: Target) -> (FromOutside, Option<Place>) {
        let outside = FromOutside { permit: self.permit.split(1), is_new: self.id == IdFrom::Here };
        (outside, self.place(target))
    }

    /// What the last of them has.
    fn rest(mut self, target: Target) -> (FromOutside, Option<Place>, InFlightGuard) {
        let place = self.place(target);
        let permit = Some(self.permit).filter(|permit| permit.num_permits() > 0);
        (FromOutside { permit, is_new: self.id == IdFrom::Here }, place, self.in_flight)
    }

    fn place(&mut self, target: Target) -> Option<Place> {
        let position = self.places.iter().position(|(of, _)| *of == target)?;
        Some(self.places.swap_remove(position).1)
    }
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// Takes an envelope from outside, once there is room for it: it is in the outbox before this returns, so from
    /// then on it is as safe as the journal.
    pub(crate) async fn accept(
        self: &Arc<Self>,
        envelope: Arc<Envelope>,
        id: IdFrom,
    ) -> Result<(), PublishError> {
        self.settings.check_size(&envelope.payload).map_err(|size| {
            let wire_type = Arc::clone(&envelope.wire_type);
            PublishError::TooLarge { wire_type, size }
        })?;
        let targets = self.registry.routing.targets(&envelope);
        // Room in its mailbox first: who waits for that holds nothing that others wait for.
        let places = self.places(&targets, &envelope).await;
        let permits = targets.len().clamp(1, self.settings.max_in_flight) as u32;
        // There nearly always is room at once, and asking for it costs a part of what waiting for it does. Who waits is before who
        // tries.
        let permit = match Arc::clone(&self.permits).try_acquire_many_owned(permits) {
            Ok(permit) => permit,
            Err(_) => {
                let permit = Arc::clone(&self.permits).acquire_many_owned(permits).await;
                permit.map_err(|_| PublishError::Closed)?
            }
        };
        let in_flight = self.in_flight.enter();
        if targets.is_empty() {
            return self.accept_unrouted(&envelope).await;
        }
        let commit = Commit { outbox: std::slice::from_ref(&envelope), ..Commit::default() };
        self.commit_now(&commit).await?;
        cross(failpoint::Place::AcceptAfter);
        self.tally.accepted.add(1);
        self.hand_over_to(&targets, envelope, Some(Accepted { permit, places, id, in_flight }));
        Ok(())
    }

    /// No node subscribes: a program may watch; else the envelope is a dead letter, not lost.
    async fn accept_unrouted(self: &Arc<Self>, envelope: &Arc<Envelope>) -> Result<(), PublishError> {
        if self.watchers.show(envelope) > 0 {
            self.tally.accepted.add(1);
            return Ok(());
        }
        let letter = dead_letters::letter(envelope, DeadLetterCause::Unroutable, None);
        let announcement = dead_letters::announcement(&letter, envelope, None);
        let delivered = self.undeliverable(announcement.as_slice());
        let commit = Commit {
            outbox: announcement.as_slice(),
            delivered: &delivered,
            dead_letters: std::slice::from_ref(&letter),
            ..Commit::default()
        };
        self.commit_now(&commit).await?;
        self.tell_of(&letter);
        self.spread(announcement.into_iter());
        Err(PublishError::Unroutable { topic: envelope.topic.clone() })
    }

    /// Sends committed envelopes to whoever subscribes to them.
    pub(crate) fn spread(self: &Arc<Self>, envelopes: impl Iterator<Item = Arc<Envelope>>) {
        for envelope in envelopes {
            self.tally.emitted.add(1);
            cross(failpoint::Place::OutboxBefore);
            self.hand_over(envelope);
            cross(failpoint::Place::OutboxAfter);
        }
    }

    /// Brings a committed envelope to whoever subscribes to it.
    pub(crate) fn hand_over(self: &Arc<Self>, envelope: Arc<Envelope>) {
        self.hand_over_to(&self.registry.routing.targets(&envelope), envelope, None);
    }

    fn hand_over_to(
        self: &Arc<Self>,
        targets: &[Target],
        envelope: Arc<Envelope>,
        mut accepted: Option<Accepted>,
    ) {
        self.watchers.show(&envelope);
        let Some((&last, others)) = targets.split_last() else { return };
        let receipt = Receipt::of(targets, &self.registry);
        for &target in others {
            let (from_outside, place) = match &mut accepted {
                Some(accepted) => {
                    let (from_outside, place) = accepted.share(target);
                    (Some(from_outside), place)
                }
                None => (None, self.place(target, &envelope)),
            };
            let (envelope, receipt) = (Arc::clone(&envelope), receipt.clone());
            let in_flight = self.in_flight.enter();
            self.send(
                Delivery {
                    target,
                    envelope,
                    receipt,
                    from_outside,
                    asked_for: false,
                    keyed: None,
                    _in_flight: in_flight,
                },
                place,
            );
        }
        let (from_outside, place, in_flight) = match accepted {
            Some(accepted) => {
                let (from_outside, place, in_flight) = accepted.rest(last);
                (Some(from_outside), place, in_flight)
            }
            None => (None, self.place(last, &envelope), self.in_flight.enter()),
        };
        self.send(
            Delivery {
                target: last,
                envelope,
                receipt,
                from_outside,
                asked_for: false,
                keyed: None,
                _in_flight: in_flight,
            },
            place,
        );
    }

    /// One subscriber has handled the envelope, and that is committed. True for the last of several.
    pub(crate) async fn is_last(&self, receipt: &Receipt, envelope: &Envelope) -> bool {
        match receipt {
            Receipt::Sole => false,
            Receipt::Shared(open) => open.fetch_sub(1, Ordering::AcqRel) == 1,
            Receipt::Journalled => self.is_handled_by_all(envelope).await,
        }
    }

    /// Of an envelope from inside.
    pub(super) fn place(&self, target: Target, envelope: &Envelope) -> Option<Place> {
        self.keyed(target, envelope).map(|keyed| Place { keyed, room: None })
    }

    /// Brings an envelope to one subscriber: at once, or behind what has the same key.
    pub(super) fn send(self: &Arc<Self>, delivery: Delivery, place: Option<Place>) {
        match place {
            None => self.serve_when_ready(Ready { turn: None, delivery }),
            Some(Place { keyed, room }) => self.enter_mailbox(delivery, keyed, room),
        }
    }

    /// Those of `envelopes` that no node subscribes to: they are delivered as soon as they are published.
    pub(crate) fn undeliverable(&self, envelopes: &[Arc<Envelope>]) -> Ids {
        let (routing, mut ids) = (&self.registry.routing, Ids::default());
        for envelope in envelopes {
            if routing.targets(envelope).is_empty() {
                ids.push(envelope.envelope_id);
            }
        }
        ids
    }

    pub(crate) fn tell_of(&self, letter: &Arc<DeadLetter>) {
        self.tally.dead_letters.add(1);
        self.dead_letters.send(|| Arc::clone(letter));
    }

    /// Commits under this engine's lease. A journal that is full is waited for: what it concerns is accepted already.
    pub(crate) fn commit(&self, commit: &Commit<'_>) -> impl Future<Output = Result<(), CommitError>> + Send {
        self.commit_and(WhenFull::Wait, commit)
    }

    /// The same, but a journal that is full refuses it.
    pub(crate) fn commit_now(
        &self,
        commit: &Commit<'_>,
    ) -> impl Future<Output = Result<(), CommitError>> + Send {
        self.commit_and(WhenFull::Refuse, commit)
    }

    /// Commits under this engine's lease, and counts what is refused. One future, which each commit goes through.
    pub(crate) async fn commit_and(&self, full: WhenFull, commit: &Commit<'_>) -> Result<(), CommitError> {
        loop {
            cross(failpoint::Place::AppendBefore);
            let outcome = self.journal.commit(&self.lease, *commit).await.map(drop);
            cross(failpoint::Place::AppendAfter);
            self.last_commit.note(outcome.as_ref().copied());
            let Err(refused) = outcome else { return Ok(()) };
            self.count_refused(&refused);
            if full == WhenFull::Refuse || !matches!(refused, CommitError::Full { .. }) {
                return Err(refused);
            }
            tokio::time::sleep(WHILE_FULL).await;
        }
    }

    /// Counts the commits that the journal refuses because it is not healthy or not ours.
    fn count_refused(&self, refused: &CommitError) {
        match refused {
            CommitError::AlreadyHandled { .. }
            | CommitError::DuplicateRun { .. }
            | CommitError::StaleEntity { .. } => {}
            CommitError::Fenced { .. }
            | CommitError::WrongSeq { .. }
            | CommitError::RunEnded { .. }
            | CommitError::Unserialisable { .. }
            | CommitError::Full { .. }
            | CommitError::Storage(_) => {
                self.tally.refused_commits.add(1);
            }
        }
    }
}
