//! Messages that could not be handled and hold back what has their key, until a person decides: tried again or given up.
//!
//! What is parked, and what waits behind it, is in the outbox and not in memory: it is read from there when a person has
//! decided, and by the next process, which parks it again. Semantics 4.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::oneshot;
use uuid::Uuid;

use super::again::RedriveError;
use super::core::{Engine, Receipt};
use super::dead_letters;
use super::delivery::{Delivery, Serving};
use super::error::PublishError;
use super::keyed::Place;
use super::mailboxes::MailboxId;
use super::poison::Left;
use super::ready::Ready;
use crate::bus::routing::Target;
use crate::journal::{CommitError, DeadLetter, InboxMark, Journal, StorageError};
use crate::message::Envelope;

/// A message that is parked.
#[derive(Debug, Clone)]
pub struct ParkedMessage {
    /// What it is, and why it could not be handled.
    pub letter: Arc<DeadLetter>,
    /// How many messages wait behind it. `None`: it is being tried again, or its route does not park any more.
    pub behind: Option<usize>,
}

/// The message of a letter is not parked, or not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message is not parked: it is being tried again, was handled, or was given up")]
pub struct NotParked;

/// Why a parked message is not given up.
#[derive(Debug, Clone, thiserror::Error)]
pub enum GiveUpError {
    /// It is not parked.
    #[error(transparent)]
    NotParked(#[from] NotParked),
    /// The runtime is shut down, or about to be.
    #[error("the runtime is being shut down")]
    Closed,
    /// The journal refused. The message is parked still.
    #[error(transparent)]
    Journal(#[from] CommitError),
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(crate) async fn parked(&self) -> Result<Vec<ParkedMessage>, StorageError> {
        let letters = self.journal.parked().await?;
        let parked = letters.into_iter().map(|letter| {
            let id = self.mailbox_of(&letter);
            let behind = id.and_then(|id| self.mailboxes.behind(&id, letter.envelope.envelope_id));
            ParkedMessage { letter, behind }
        });
        Ok(parked.collect())
    }

    /// Parks the mailboxes of what was parked when the process before ended. Gives back where each such envelope of the
    /// outbox is not to be delivered. What the routes of this program do not park is delivered like anything else.
    pub(super) fn park_again(
        &self,
        left: &[Left],
        letters: &[Arc<DeadLetter>],
    ) -> HashMap<Uuid, Vec<Target>> {
        let mut parked: HashMap<Uuid, Vec<Target>> = HashMap::new();
        if letters.is_empty() {
            return parked;
        }
        let left: HashMap<Uuid, &Left> =
            left.iter().map(|message| (message.envelope.envelope_id, message)).collect();
        for letter in letters {
            let Some(mark) = letter.parked_mark() else { continue };
            let Some(message) = left.get(&mark.envelope_id) else { continue };
            for &target in self.registry.routing.targets(&message.envelope).iter() {
                let is_its = self.registry.subscriber(target).as_ref() == Some(&mark.subscriber);
                if !is_its || self.registry.parking_route(target).is_none() {
                    continue;
                }
                if let Some(mailbox) = message.mailbox(target)
                    && self.mailboxes.park(mailbox.clone(), mark.envelope_id)
                {
                    parked.entry(mark.envelope_id).or_default().push(target);
                }
            }
        }
        parked
    }

    /// Brings what the owner before left to whoever subscribes to it, but for those at whom it is parked.
    pub(super) fn hand_over_left(self: &Arc<Self>, mut message: Left, parked: &[Target]) {
        let envelope = Arc::clone(&message.envelope);
        self.watchers.show(&envelope);
        let targets = self.registry.routing.targets(&envelope);
        let receipt = Receipt::of(&targets, &self.registry);
        for &target in targets.iter().filter(|target| !parked.contains(target)) {
            let place = message.take_key(target).map(|keyed| Place { keyed, room: None });
            let (envelope, receipt, in_flight) =
                (Arc::clone(&envelope), receipt.clone(), self.in_flight.enter());
            let delivery = Delivery {
                target,
                envelope,
                receipt,
                from_outside: None,
                asked_for: false,
                keyed: None,
                _in_flight: in_flight,
            };
            self.send(delivery, place);
        }
    }

    /// All who subscribe to the envelope have handled it.
    pub(super) async fn is_handled_by_all(&self, envelope: &Envelope) -> bool {
        for &target in self.registry.routing.targets(envelope).iter() {
            let Some(subscriber) = self.registry.subscriber(target) else { continue };
            let mark = InboxMark { subscriber, envelope_id: envelope.envelope_id };
            // If nobody can say, it stays in the outbox, for the next owner of the journal.
            if !self.journal.handled(&mark).await.unwrap_or(false) {
                return false;
            }
        }
        true
    }

    /// Has the handler of a parked message called again. Gives back the message's id.
    pub(super) async fn try_again(self: &Arc<Self>, letter: &DeadLetter) -> Result<Uuid, RedriveError> {
        let letter = letter.clone();
        let envelope_id = letter.envelope.envelope_id;
        let engine = Arc::clone(self);
        let begun = self.to_its_end(async move {
            let ready = engine.unpark(&letter).await?;
            engine.serve_when_ready(ready);
            Ok(())
        });
        match begun.await {
            Some(Ok(())) => Ok(envelope_id),
            Some(Err(GiveUpError::NotParked(not))) => Err(not.into()),
            Some(Err(GiveUpError::Journal(error))) => Err(PublishError::from(error).into()),
            Some(Err(GiveUpError::Closed)) | None => Err(PublishError::Closed.into()),
        }
    }

    pub(crate) async fn give_up(
        self: &Arc<Self>,
        letter: &DeadLetter,
        reason: String,
    ) -> Result<(), GiveUpError> {
        let letter = letter.clone();
        let engine = Arc::clone(self);
        let given_up = self.to_its_end(async move {
            let mark = letter.parked_mark().ok_or(NotParked)?;
            let ready = engine.unpark(&letter).await?;
            let given_up = dead_letters::given_up(&letter, reason);
            Ok(Serving::new(&engine, ready).give_up(given_up, &mark).await?)
        });
        given_up.await.unwrap_or(Err(GiveUpError::Closed))
    }

    /// In a task of its own: whoever asks may stop waiting, and a turn that was given out has to be passed on. `None`: the engine
    /// has come to its end.
    async fn to_its_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (tell, told) = oneshot::channel();
        let in_flight = self.in_flight.enter();
        self.tasks.spawn(async move {
            // Whoever does not wait any more does not care.
            let _ = tell.send(work.await);
            drop(in_flight);
        });
        told.await.ok()
    }

    /// Takes the turn of a parked message, which is read from the outbox with all that waits behind it.
    async fn unpark(&self, letter: &DeadLetter) -> Result<Ready, GiveUpError> {
        if self.permits.is_closed() {
            return Err(GiveUpError::Closed);
        }
        let by = letter.envelope.envelope_id;
        let id = self.mailbox_of(letter).ok_or(NotParked)?;
        let turn = self.mailboxes.unpark(&id, by).ok_or(NotParked)?;
        let outbox = match self.journal.outbox().await {
            Ok(outbox) => outbox,
            Err(error) => {
                turn.park(by);
                return Err(CommitError::from(error).into());
            }
        };
        let mut waiting = self.of_mailbox(&id, outbox);
        let Some(place) = waiting.iter().position(|delivery| delivery.envelope.envelope_id == by) else {
            // It was taken out of the outbox by somebody else than an engine.
            turn.park(by);
            return Err(NotParked.into());
        };
        let mut delivery = waiting.remove(place);
        delivery.asked_for = true;
        turn.precede(waiting);
        Ok(Ready { turn: Some(turn), delivery })
    }

    /// Where what the letter tells of is parked, if its node is mounted.
    fn mailbox_of(&self, letter: &DeadLetter) -> Option<MailboxId> {
        let node = self.registry.place_of(letter.node.as_deref()?)?;
        Some(MailboxId { node, key: Arc::clone(&letter.parked.as_ref()?.key) })
    }

    fn of_mailbox(&self, id: &MailboxId, outbox: Vec<Envelope>) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        for envelope in outbox.into_iter().map(Arc::new) {
            let targets = self.registry.routing.targets(&envelope);
            for &target in targets.iter().filter(|target| target.node() == id.node) {
                let Some(keyed) = self.keyed(target, &envelope).filter(|keyed| keyed.mailbox == *id) else {
                    continue;
                };
                deliveries.push(Delivery {
                    target,
                    envelope: Arc::clone(&envelope),
                    receipt: Receipt::of(&targets, &self.registry),
                    from_outside: None,
                    asked_for: false,
                    keyed: Some(keyed),
                    _in_flight: self.in_flight.enter(),
                });
            }
        }
        deliveries
    }
}
