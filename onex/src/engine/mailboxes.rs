//! One mailbox for each (node, key): what has one key is served one at a time and in order, what has none never comes
//! here. Knows nothing of envelopes, tasks or journals.
//!
//! A mailbox exists only while something is in it, is served from it, or waits to enter. Semantics 4.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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
}

/// Mailboxes that are in the way of what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stuck {
    /// Nothing is served from them any more.
    pub(crate) held: usize,
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
    /// What comes to a mailbox that is held is dropped.
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
            State::Held => {
                // `item` is the user's: it is dropped after the lock.
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
        Stuck { held: held.count(), full: full.count() }
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

    fn end(&mut self, state: State) {
        let Some(id) = self.id.take() else { return };
        let waiting = self.mailboxes.lock().get_mut(&id).map(|mailbox| {
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(key: &str) -> MailboxId {
        MailboxId { node: 0, key: key.into() }
    }

    #[test]
    fn r04_one_at_a_time_and_in_order() {
        let mailboxes = Mailboxes::new(8);
        let (first, turn) = mailboxes.enter(id("a"), 1, None).expect("nobody is before it");
        assert_eq!(first, 1);
        assert!(mailboxes.enter(id("a"), 2, None).is_none());
        assert!(mailboxes.enter(id("a"), 3, None).is_none());
        let other = mailboxes.enter(id("b"), 9, None);
        assert!(other.is_some(), "another key does not wait");
        let (second, turn) = turn.pass().expect("2 waits");
        assert!(mailboxes.enter(id("a"), 4, None).is_none(), "2 is being served");
        let (third, turn) = turn.pass().expect("3 waits");
        assert_eq!((second, third), (2, 3));
        let (fourth, turn) = turn.pass().expect("4 waits");
        assert_eq!(fourth, 4);
        assert!(turn.pass().is_none());
        drop(other);
        assert_eq!(mailboxes.count(), 0, "an empty mailbox goes away");
    }

    #[test]
    fn r04_a_turn_that_is_dropped_drops_what_waits() {
        let mailboxes = Mailboxes::new(8);
        let waits = Arc::new(());
        let (_, turn) = mailboxes.enter(id("a"), Arc::clone(&waits), None).expect("the first");
        assert!(mailboxes.enter(id("a"), Arc::clone(&waits), None).is_none());
        drop(turn);
        assert_eq!((mailboxes.count(), Arc::strong_count(&waits)), (0, 1));
    }

    #[test]
    fn r04_nothing_overtakes_what_did_not_end() {
        let mailboxes = Mailboxes::new(8);
        let (_, turn) = mailboxes.enter(id("a"), 1, None).expect("the first");
        assert!(mailboxes.enter(id("a"), 2, None).is_none());
        turn.hold();
        assert!(mailboxes.enter(id("a"), 3, None).is_none());
        assert!(mailboxes.enter(id("b"), 3, None).is_some());
    }

    #[tokio::test]
    async fn r04_room_is_bounded_for_each_key_alone_and_comes_back() {
        let mailboxes = Mailboxes::new(1);
        let room = mailboxes.room(id("a")).await;
        let (_, turn) = mailboxes.enter(id("a"), 1, Some(room)).expect("the first gives its room back");
        let room = mailboxes.room(id("a")).await;
        assert!(mailboxes.enter(id("a"), 2, Some(room)).is_none());
        let waiting = tokio::spawn({
            let mailboxes = Arc::clone(&mailboxes);
            async move { drop(mailboxes.room(id("a")).await) }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished(), "2 takes the only room");
        drop(mailboxes.room(id("b")).await);
        let (_, turn) = turn.pass().expect("2 waits");
        waiting.await.unwrap();
        assert!(turn.pass().is_none());
        assert_eq!(mailboxes.count(), 0);
    }

    #[tokio::test]
    async fn r04_whoever_stops_waiting_for_room_leaves_nothing_behind() {
        let mailboxes = Mailboxes::<u8>::new(1);
        let room = mailboxes.room(id("a")).await;
        let waiting = tokio::spawn({
            let mailboxes = Arc::clone(&mailboxes);
            async move { drop(mailboxes.room(id("a")).await) }
        });
        tokio::task::yield_now().await;
        waiting.abort();
        assert!(waiting.await.is_err());
        drop(room);
        assert_eq!(mailboxes.count(), 0);
    }

    proptest! {
        /// Against a list for each key: whatever enters and whoever is done, in whatever order.
        #[test]
        fn r04_each_key_is_a_queue(moves in prop::collection::vec((0..4_usize, any::<bool>()), 0..200)) {
            let mailboxes = Mailboxes::new(1000);
            let mut turns: [Option<Turn<usize>>; 4] = [const { None }; 4];
            let mut model: [VecDeque<usize>; 4] = [const { VecDeque::new() }; 4];
            for (number, (key, enters)) in moves.into_iter().enumerate() {
                if enters {
                    let served = mailboxes.enter(id(&key.to_string()), number, None);
                    prop_assert_eq!(served.is_some(), model[key].is_empty());
                    model[key].push_back(number);
                    if let Some((item, turn)) = served {
                        prop_assert_eq!(item, number);
                        turns[key] = Some(turn);
                    }
                } else if let Some(turn) = turns[key].take() {
                    model[key].pop_front();
                    let next = turn.pass();
                    prop_assert_eq!(next.as_ref().map(|(item, _)| *item), model[key].front().copied());
                    turns[key] = next.map(|(_, turn)| turn);
                }
                let busy = model.iter().filter(|queue| !queue.is_empty()).count();
                prop_assert_eq!(mailboxes.count(), busy);
            }
        }
    }
}
