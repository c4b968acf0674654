use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use proptest::prelude::*;
use shuttle::{future, thread};

use super::*;
use crate::engine::sync::tests::{in_every_order, in_many_orders, in_order};

fn id(key: &str) -> MailboxId {
    MailboxId { node: 0, key: key.into() }
}

#[test]
fn r04_one_at_a_time_and_in_order() {
    in_order(|| {
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
    });
}

#[test]
fn r04_a_turn_that_is_dropped_drops_what_waits() {
    in_order(|| {
        let mailboxes = Mailboxes::new(8);
        let waits = Arc::new(());
        let (_, turn) = mailboxes.enter(id("a"), Arc::clone(&waits), None).expect("the first");
        assert!(mailboxes.enter(id("a"), Arc::clone(&waits), None).is_none());
        drop(turn);
        assert_eq!((mailboxes.count(), Arc::strong_count(&waits)), (0, 1));
    });
}

#[test]
fn r04_nothing_overtakes_what_did_not_end() {
    in_order(|| {
        let mailboxes = Mailboxes::new(8);
        let (_, turn) = mailboxes.enter(id("a"), 1, None).expect("the first");
        assert!(mailboxes.enter(id("a"), 2, None).is_none());
        turn.hold();
        assert!(mailboxes.enter(id("a"), 3, None).is_none());
        assert!(mailboxes.enter(id("b"), 3, None).is_some());
    });
}

#[test]
fn r04_room_is_bounded_for_each_key_alone_and_comes_back() {
    in_order(|| {
        future::block_on(async {
            let mailboxes = Mailboxes::new(1);
            let room = mailboxes.room(id("a")).await;
            let (_, turn) = mailboxes.enter(id("a"), 1, Some(room)).expect("the first gives its room back");
            let room = mailboxes.room(id("a")).await;
            assert!(mailboxes.enter(id("a"), 2, Some(room)).is_none());
            let waiting = future::spawn({
                let mailboxes = Arc::clone(&mailboxes);
                async move { drop(mailboxes.room(id("a")).await) }
            });
            future::yield_now().await;
            assert!(!waiting.is_finished(), "2 takes the only room");
            drop(mailboxes.room(id("b")).await);
            let (_, turn) = turn.pass().expect("2 waits");
            waiting.await.unwrap();
            assert!(turn.pass().is_none());
            assert_eq!(mailboxes.count(), 0);
        });
    });
}

#[test]
fn r04_whoever_stops_waiting_for_room_leaves_nothing_behind() {
    in_order(|| {
        future::block_on(async {
            let mailboxes = Mailboxes::<u8>::new(1);
            let room = mailboxes.room(id("a")).await;
            let waiting = future::spawn({
                let mailboxes = Arc::clone(&mailboxes);
                async move { drop(mailboxes.room(id("a")).await) }
            });
            future::yield_now().await;
            waiting.abort();
            assert!(waiting.await.is_err());
            drop(room);
            assert_eq!(mailboxes.count(), 0);
        });
    });
}

proptest! {
    /// Against a list for each key: whatever enters and whoever is done, in whatever order.
    #[test]
    fn r04_each_key_is_a_queue(moves in prop::collection::vec((0..4_usize, any::<bool>()), 0..200)) {
        in_order(move || {
            let mailboxes = Mailboxes::new(1000);
            let mut turns: [Option<Turn<usize>>; 4] = [const { None }; 4];
            let mut model: [VecDeque<usize>; 4] = [const { VecDeque::new() }; 4];
            for (number, (key, enters)) in moves.iter().copied().enumerate() {
                if enters {
                    let served = mailboxes.enter(id(&key.to_string()), number, None);
                    assert_eq!(served.is_some(), model[key].is_empty());
                    model[key].push_back(number);
                    if let Some((item, turn)) = served {
                        assert_eq!(item, number);
                        turns[key] = Some(turn);
                    }
                } else if let Some(turn) = turns[key].take() {
                    model[key].pop_front();
                    let next = turn.pass();
                    assert_eq!(next.as_ref().map(|(item, _)| *item), model[key].front().copied());
                    turns[key] = next.map(|(_, turn)| turn);
                }
                let busy = model.iter().filter(|queue| !queue.is_empty()).count();
                assert_eq!(mailboxes.count(), busy);
            }
        });
    }
}

/// Serves from one mailbox as an engine does: whoever enters as the first serves what comes after it, until nothing waits.
struct Server {
    mailboxes: Arc<Mailboxes<u8>>,
    is_busy: AtomicBool,
    /// Somebody has room and has not entered.
    has_room: AtomicBool,
    served: std::sync::Mutex<Vec<u8>>,
}

impl Server {
    fn new(capacity: usize) -> Arc<Self> {
        Arc::new(Server {
            mailboxes: Mailboxes::new(capacity),
            is_busy: AtomicBool::default(),
            has_room: AtomicBool::default(),
            served: std::sync::Mutex::default(),
        })
    }

    fn serve(&self, item: u8, room: Option<Room<u8>>) {
        let mut next = self.mailboxes.enter(id("a"), item, room);
        while let Some((item, turn)) = next {
            assert!(!self.is_busy.swap(true, Relaxed), "one at a time");
            thread::yield_now();
            self.served.lock().unwrap().push(item);
            self.is_busy.store(false, Relaxed);
            next = turn.pass();
        }
    }

    fn served(&self) -> Vec<u8> {
        self.served.lock().unwrap().clone()
    }
}

/// One is never served where `pass` looks whether something waits and makes the mailbox idle under two locks; two are at once
/// where `enter` looks and marks it busy under two, or where a mailbox goes away that somebody is served from.
#[test]
fn r04_each_that_enters_has_one_turn() {
    in_many_orders(|| {
        let server = Server::new(8);
        let threads = [[1, 2], [3, 4]].map(|items| {
            let server = Arc::clone(&server);
            thread::spawn(move || items.into_iter().for_each(|item| server.serve(item, None)))
        });
        threads.into_iter().for_each(|thread| thread.join().expect("it does not panic"));
        let served = server.served();
        let at = |item| served.iter().position(|served| *served == item);
        assert_eq!(served.len(), 4, "{served:?}");
        assert!(at(1) < at(2) && at(3) < at(4), "in order: {served:?}");
        assert_eq!(server.mailboxes.count(), 0);
    });
}

/// With room for one, each waits for it. It comes back to all, and nothing is left behind.
///
/// Some are not served where `pass` looks whether something waits and makes the mailbox idle under two locks.
#[test]
fn r04_room_comes_back_to_each() {
    in_many_orders(|| {
        let server = Server::new(1);
        let threads = [1, 2, 3].map(|item| {
            let server = Arc::clone(&server);
            thread::spawn(move || {
                let room = future::block_on(server.mailboxes.room(id("a")));
                assert!(!server.has_room.swap(true, Relaxed), "room for one");
                thread::yield_now();
                server.has_room.store(false, Relaxed);
                server.serve(item, Some(room));
            })
        });
        threads.into_iter().for_each(|thread| thread.join().expect("it does not panic"));
        assert_eq!(server.served().len(), 3);
        assert_eq!(server.mailboxes.count(), 0);
    });
}

/// A turn that is dropped while others enter drops what waits, and not what enters after it.
///
/// Nothing is served any more where it leaves the mailbox busy.
#[test]
fn r04_a_turn_that_is_dropped_is_not_in_the_way() {
    in_every_order(|| {
        let server = Server::new(8);
        let (_, turn) = server.mailboxes.enter(id("a"), 0, None).expect("the first");
        let thread = {
            let server = Arc::clone(&server);
            thread::spawn(move || server.serve(1, None))
        };
        drop(turn);
        thread.join().expect("it does not panic");
        assert_eq!(server.mailboxes.count(), 0);
        server.serve(2, None);
        assert_eq!(server.served().last(), Some(&2));
    });
}

const BY: Uuid = Uuid::nil();

#[test]
fn r04_a_mailbox_that_is_parked_keeps_nothing_until_its_turn_is_given_out() {
    in_order(|| {
        let mailboxes = Mailboxes::new(1);
        let waits = Arc::new(());
        let (_, turn) = mailboxes.enter(id("a"), Arc::clone(&waits), None).expect("the first");
        assert!(mailboxes.enter(id("a"), Arc::clone(&waits), None).is_none());
        turn.park(BY);
        for _ in 0..2 {
            // It comes back at once: nobody waits for a person.
            let room = future::block_on(mailboxes.room(id("a")));
            assert!(mailboxes.enter(id("a"), Arc::clone(&waits), Some(room)).is_none());
        }
        assert_eq!((Arc::strong_count(&waits), mailboxes.behind(&id("a"), BY)), (1, Some(3)));
        assert!(mailboxes.enter(id("b"), Arc::clone(&waits), None).is_some(), "another key goes on");
        assert!(mailboxes.unpark(&id("a"), Uuid::max()).is_none(), "it is parked by another");
        let turn = mailboxes.unpark(&id("a"), BY).expect("it is parked");
        assert!(mailboxes.unpark(&id("a"), BY).is_none(), "it was given out");
        assert!(mailboxes.enter(id("a"), waits, None).is_none(), "behind what was parked");
        assert!(turn.pass().is_some(), "what comes after that waits again");
    });
}

/// What is written down before it enters is there, once at least, after the mailbox was parked: dropped and read again, or waiting.
///
/// It is lost where `unpark` is called after what is written was read, or marks the mailbox busy after it has let go of the lock.
#[test]
fn r04_nothing_is_lost_that_enters_while_a_parked_mailbox_is_let_go() {
    in_every_order(|| {
        let mailboxes = Mailboxes::new(8);
        let written = Arc::new(std::sync::Mutex::new(vec![0]));
        let (_, turn) = mailboxes.enter(id("a"), 0, None).expect("the first");
        turn.park(BY);
        let thread = thread::spawn({
            let (mailboxes, written) = (Arc::clone(&mailboxes), Arc::clone(&written));
            move || {
                written.lock().unwrap().push(1);
                thread::yield_now();
                assert!(mailboxes.enter(id("a"), 1, None).is_none(), "0 is first");
            }
        });
        let turn = mailboxes.unpark(&id("a"), BY).expect("it is parked");
        thread::yield_now();
        // No lock of another kind may be held where shuttle changes threads.
        let read = written.lock().unwrap()[1..].to_vec();
        turn.precede(read);
        thread.join().expect("it does not panic");
        let mut served = Vec::new();
        let mut next = turn.pass();
        while let Some((item, turn)) = next {
            served.push(item);
            next = turn.pass();
        }
        assert!(matches!(served[..], [1] | [1, 1]), "{served:?}");
    });
}

/// There is room for two where a mailbox goes away for which somebody waits: the next comes to another one.
#[test]
fn r04_a_mailbox_stays_while_somebody_awaits_room_in_it() {
    in_order(|| {
        future::block_on(async {
            let mailboxes = Mailboxes::<u8>::new(1);
            let comes = || {
                let mailboxes = Arc::clone(&mailboxes);
                future::spawn(async move { mailboxes.room(id("a")).await })
            };
            let first = mailboxes.room(id("a")).await;
            let second = comes();
            future::yield_now().await;
            drop(first);
            let second = second.await.expect("it does not panic");
            let third = comes();
            // It comes to several locks on its way.
            for _ in 0..9 {
                future::yield_now().await;
            }
            assert!(!third.is_finished(), "room for one");
            drop(second);
            drop(third.await.expect("it does not panic"));
            assert_eq!(mailboxes.count(), 0);
        });
    });
}
