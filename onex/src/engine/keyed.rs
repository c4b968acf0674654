//! Deliveries that have a key: read from the payload once, then one after the other through a mailbox.

use std::sync::Arc;

use uuid::Uuid;

use super::contain::contained;
use super::core::Engine;
use super::delivery::Delivery;
use super::mailboxes::{MailboxId, Room, Turn};
use super::ready::Ready;
use crate::bus::routing::Target;
use crate::journal::Journal;
use crate::message::{Envelope, Payload};

/// A message whose key is known.
#[derive(Debug)]
pub(crate) struct Keyed {
    pub(crate) mailbox: MailboxId,
    /// The payload as its type, so that it is decoded once.
    pub(crate) input: Payload,
}

/// Where an envelope goes for one subscriber, and its room there.
pub(crate) struct Place {
    pub(crate) keyed: Keyed,
    /// What comes from inside needs none: if it waited for room, what it waits for might wait for it.
    pub(crate) room: Option<Room<Delivery>>,
}

/// The turn of a delivery at its mailbox, and what becomes of it when the delivery is over, however that comes about.
pub(crate) struct Served<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    engine: Arc<Engine<C, J>>,
    turn: Option<Turn<Delivery>>,
    outcome: Outcome,
}

/// How a delivery ended, for those behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It did not: its task was dropped, as by a crash.
    Unknown,
    /// Handled or dead-lettered: the next has its turn.
    Settled,
    /// It is left to whoever owns the journal next, and so are those behind it.
    Unsettled,
    /// It has this id and waits for a person, and so do those behind it.
    Parked(Uuid),
}

impl<C, J> Engine<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    /// The key of what arrives at a target. `None`: no key is declared, or what arrives is not what it should be,
    /// which its handler will say.
    pub(crate) fn keyed(&self, target: Target, envelope: &Envelope) -> Option<Keyed> {
        let fns = self.registry.key(target)?;
        let node = target.node();
        let (input, key) = contained(|| {
            let payload = match target {
                Target::Entry { .. } => {
                    let workflow = self.registry.workflow_at(target)?;
                    workflow.as_entry(&envelope.topic, &envelope.payload).ok()?
                }
                _ => envelope.payload.clone(),
            };
            let input = (fns.input)(&payload).ok()?;
            let key = (fns.key)(&input)?;
            Some((input, key))
        })
        .ok()??;
        Some(Keyed { mailbox: MailboxId { node, key: key.into() }, input })
    }

    /// Waits for room in each mailbox that an envelope from outside goes to.
    pub(crate) async fn places(&self, targets: &[Target], envelope: &Envelope) -> Vec<(Target, Place)> {
        let mut places = Vec::new();
        for &target in targets {
            if let Some(keyed) = self.keyed(target, envelope) {
                let room = Some(self.mailboxes.room(keyed.mailbox.clone()).await);
                places.push((target, Place { keyed, room }));
            }
        }
        places
    }

    pub(crate) fn enter_mailbox(
        self: &Arc<Self>,
        mut delivery: Delivery,
        keyed: Keyed,
        room: Option<Room<Delivery>>,
    ) {
        let mailbox = keyed.mailbox.clone();
        // While it waits nobody works on it. If it need not wait it keeps its permit.
        let permit = delivery.put_off(keyed);
        if let Some((mut delivery, turn)) = self.mailboxes.enter(mailbox, delivery, room) {
            delivery.resume(permit);
            self.serve_when_ready(Ready { turn: Some(turn), delivery });
        }
    }
}

impl<C, J> Served<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    pub(crate) fn new(engine: &Arc<Engine<C, J>>, turn: Turn<Delivery>) -> Self {
        Served { engine: Arc::clone(engine), turn: Some(turn), outcome: Outcome::Unknown }
    }

    pub(crate) fn settled(&mut self) {
        self.outcome = Outcome::Settled;
    }

    /// Those behind it wait with it when this returns.
    pub(crate) fn parked(mut self, by: Uuid) {
        self.outcome = Outcome::Parked(by);
    }

    pub(crate) fn unsettled(&mut self) {
        self.outcome = Outcome::Unsettled;
    }
}

impl<C, J> Drop for Served<C, J>
where
    C: Send + Sync + 'static,
    J: Journal,
{
    fn drop(&mut self) {
        let Some(turn) = self.turn.take() else { return };
        match self.outcome {
            Outcome::Settled => {
                if let Some((delivery, turn)) = turn.pass() {
                    let ready = Ready { turn: Some(turn), delivery };
                    self.engine.serve_when_ready(ready);
                }
            }
            Outcome::Unsettled => turn.hold(),
            Outcome::Parked(by) => turn.park(by),
            // A task that panicked (handlers cannot make it) leaves its envelope in the outbox, like a refused commit;
            // one that is dropped belongs to an engine that ends. Tokio may be ending too: nothing is spawned here.
            Outcome::Unknown if std::thread::panicking() => turn.hold(),
            Outcome::Unknown => drop(turn),
        }
    }
}
