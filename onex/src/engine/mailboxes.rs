//! One mailbox for each (node, key): what has one key is served one at a time and in order, what has none never comes
//! here. Knows nothing of envelopes, tasks or journals.
//!
//! A mailbox exists only while something is in it, is served from it, or waits to enter. Semantics 4.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::sync::{Mutex, MutexGuard};

/// Which mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct MailboxId {
    /// The node's position in the registry.
    pub(crate) node: usize,
    pub(crate) key: Arc<str>,
}

/// All mailboxes of an engine.
#[derive(Debug)]
pub(crate) struct Mailboxes<T> {
    open: Mutex<HashMap<MailboxId, Mailbox<T>>>,
    /// How many that take [`Room`] may wait in one mailbox.
    capacity: usize,
}

#[derive(Debug)]
struct Mailbox<T> {
    waiting: VecDeque<(T, Option<Room<T>>)>,
    state: State,
    room: Arc<Semaphore>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    /// Somebody has its [`Turn`].
    Busy,
    /// Nothing is served any more.
    Held,
    /// Nothing is served until a person has decided about what was served last.
    Parked {
        /// Its id.
        by: Uuid,
        /// How many came behind it. They are not kept here.
        behind: usize,
    },
}

/// Mailboxes that are in the way of what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stuck {
    /// Nothing is served from them any more.
    pub(crate) held: usize,
    /// Nothing is until a person decides.
    pub(crate) parked: usize,
    /// How many wait behind what is parked.
    pub(crate) behind: usize,
    /// There is no room left in them.
    pub(crate) full: usize,
}

/// Room for one in a mailbox: taken before something enters, given back when it is served.
#[derive(Debug)]
pub(crate) struct Room<T> {
    mailboxes: Arc<Mailboxes<T>>,
    id: MailboxId,
    /// `None` while it is waited for.
    permit: Option<OwnedSemaphorePermit>,
}

/// The right to be served. Whoever is served by it says how it ended; dropped, it closes the mailbox and drops what
/// waits in it.
#[must_use = "dropping it drops what waits in the mailbox"]
#[derive(Debug)]
pub(crate) struct Turn<T> {
    mailboxes: Arc<Mailboxes<T>>,
    id: Option<MailboxId>,
}

impl<T> Mailboxes<T> {
    pub(crate) fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Mailboxes { open: Mutex::default(), capacity })
    }

    /// Waits for room in a mailbox. First come, first served; cancel safe.
    pub(crate) async fn room(self: &Arc<Self>, id: MailboxId) -> Room<T> {
        let semaphore = Arc::clone(&self.lock().entry(id.clone()).or_insert_with(|| self.mailbox()).room);
        // Made before it waits: a caller that gives up leaves no empty mailbox behind.
        let mut room = Room { mailboxes: Arc::clone(self), id, permit: None };
        room.permit = semaphore.acquire_owned().await.ok();
        room
    }

    /// Puts `item` at the end. Gives it back with its turn if it is first; else it waits until the turn is passed on.
    ///
    /// What comes to a mailbox that is held or parked is dropped.
    pub(crate) fn enter(
        self: &Arc<Self>,
        id: MailboxId,
        item: T,
        room: Option<Room<T>>,
    ) -> Option<(T, Turn<T>)> {
        let mut open = self.lock();
        let mailbox = open.entry(id.clone()).or_insert_with(|| self.mailbox());
        let entered = match mailbox.state {
            State::Idle => {
                mailbox.state = State::Busy;
                Some((item, Turn { mailboxes: Arc::clone(self), id: Some(id) }))
            }
            State::Busy => {
                mailbox.waiting.push_back((item, room));
                return None;
            }
            // `item` is the user's: it is dropped after the lock.
            State::Held => {
                drop(open);
                return None;
            }
            State::Parked { by, behind } => {
                mailbox.state = State::Parked { by, behind: behind + 1 };
                drop(open);
                return None;
            }
        };
        drop(open);
        entered
    }

    /// How many mailboxes there are.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    /// How many of them are in the way of what comes.
    pub(crate) fn stuck(&self) -> Stuck {
        let open = self.lock();
        let held = open.values().filter(|mailbox| mailbox.state == State::Held);
        let full = open.values().filter(|mailbox| mailbox.room.available_permits() == 0);
        let parked = || open.values().filter_map(|mailbox| mailbox.state.behind());
        Stuck { held: held.count(), parked: parked().count(), behind: parked().sum(), full: full.count() }
    }

    /// Parks a mailbox that nothing has entered, for what was parked there by another process. False: something else is.
    pub(crate) fn park(&self, id: MailboxId, by: Uuid) -> bool {
        let mut open = self.lock();
        let mailbox = open.entry(id).or_insert_with(|| self.mailbox());
        let is_free = mailbox.state == State::Idle;
        if is_free {
            mailbox.state = State::Parked { by, behind: 0 };
        }
        is_free
    }

    /// How many wait behind what is parked. `None`: the mailbox is not parked by it.
    pub(crate) fn behind(&self, id: &MailboxId, by: Uuid) -> Option<usize> {
        self.lock().get(id).filter(|mailbox| mailbox.state.is_parked_by(by))?.state.behind()
    }

    /// Gives out the turn of what is parked; from then on what comes waits here again. `None`: the mailbox is not parked by it.
    pub(crate) fn unpark(self: &Arc<Self>, id: &MailboxId, by: Uuid) -> Option<Turn<T>> {
        let mut open = self.lock();
        let mailbox = open.get_mut(id).filter(|mailbox| mailbox.state.is_parked_by(by))?;
        mailbox.state = State::Busy;
        Some(Turn { mailboxes: Arc::clone(self), id: Some(id.clone()) })
    }

    fn mailbox(&self) -> Mailbox<T> {
        let room = Arc::new(Semaphore::new(self.capacity));
        Mailbox { waiting: VecDeque::new(), state: State::Idle, room }
    }

    /// Forgets a mailbox that nobody needs.
    fn tidy(&self, id: &MailboxId) {
        let mut open = self.lock();
        if open.get(id).is_some_and(Mailbox::is_needless) {
            open.remove(id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MailboxId, Mailbox<T>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_parked_by(self, this: Uuid) -> bool {
        matches!(self, State::Parked { by, .. } if by == this)
    }

    fn behind(self) -> Option<usize> {
        match self {
            State::Parked { behind, .. } => Some(behind),
            State::Idle | State::Busy | State::Held => None,
        }
    }
}

impl<T> Mailbox<T> {
    /// Nothing is served from it, nothing waits in it, and nobody has or awaits room: they would hold the semaphore,
    /// which is cloned under the lock only.
    fn is_needless(&self) -> bool {
        self.state == State::Idle && self.waiting.is_empty() && Arc::strong_count(&self.room) == 1
    }
}

impl<T> Turn<T> {
    /// It is over: the next has its turn. `None`: nothing waits.
    pub(crate) fn pass(mut self) -> Option<(T, Turn<T>)> {
        let id = self.id.take()?;
        let mailboxes = Arc::clone(&self.mailboxes);
        let next = {
            let mut open = mailboxes.lock();
            let mailbox = open.get_mut(&id)?;
            let next = mailbox.waiting.pop_front();
            if next.is_none() {
                mailbox.state = State::Idle;
            }
            next
        };
        match next {
            Some((item, _room)) => Some((item, Turn { mailboxes, id: Some(id) })),
            None => {
                mailboxes.tidy(&id);
                None
            }
        }
    }

    /// It did not come to an end: nothing that has this key may overtake it. What waits is dropped, and so is whatever
    /// comes.
    pub(crate) fn hold(mut self) {
        self.end(State::Held);
    }

    /// A person decides what becomes of what it was given out for, whose id is `by`. What waits is dropped, and so is whatever
    /// comes.
    pub(crate) fn park(mut self, by: Uuid) {
        self.end(State::Parked { by, behind: 0 });
    }

    /// What was dropped is there again, before all that waits.
    pub(crate) fn precede(&self, items: Vec<T>) {
        let Some(id) = &self.id else { return };
        if let Some(mailbox) = self.mailboxes.lock().get_mut(id) {
            for item in items.into_iter().rev() {
                mailbox.waiting.push_front((item, None));
            }
        }
    }

    fn end(&mut self, mut state: State) {
        let Some(id) = self.id.take() else { return };
        let waiting = self.mailboxes.lock().get_mut(&id).map(|mailbox| {
            if let State::Parked { behind, .. } = &mut state {
                *behind = mailbox.waiting.len();
            }
            mailbox.state = state;
            std::mem::take(&mut mailbox.waiting)
        });
        // Not under the lock: what is dropped gives its room back.
        drop(waiting);
        self.mailboxes.tidy(&id);
    }
}

impl<T> Drop for Turn<T> {
    fn drop(&mut self) {
        self.end(State::Idle);
    }
}

impl<T> Drop for Room<T> {
    fn drop(&mut self) {
        drop(self.permit.take());
        self.mailboxes.tidy(&self.id);
    }
}

#[cfg(test)]
mod tests;
