use shuttle::thread;

use super::*;
use crate::engine::sync::tests::in_every_order;
use crate::journal::RunKey;

fn mark(id: u128) -> InboxMark {
    InboxMark { subscriber: "node/step".into(), envelope_id: Uuid::from_u128(id) }
}

fn arrival(id: u128) -> (Arrival, Ticket) {
    Arrival::new(StepId(0), Payload::new(()), mark(id), None)
}

fn identity() -> RunIdentity {
    RunIdentity { node: "node".into(), workflow: "run".into(), key: RunKey::Declared("key".into()) }
}

/// Both decide where `claim` looks and writes one after the other.
#[test]
fn of_a_driver_and_a_delivery_whose_patience_is_over_one_decides() {
    in_every_order(|| {
        let (arrival, ticket) = arrival(1);
        let driver = thread::spawn(move || arrival.claim());
        let delivery = claim(&ticket.claim);
        assert!(driver.join().expect("it does not panic") != delivery);
    });
}

/// It is left where the delivery looks for the run before it keeps the event.
#[test]
fn r03_an_event_that_comes_as_its_run_begins_is_taken_once() {
    in_every_order(|| {
        let (arrivals, is_there) = (Arc::<Arrivals>::default(), Arc::new(AtomicBool::new(false)));
        let begins = {
            let (arrivals, is_there) = (Arc::clone(&arrivals), Arc::clone(&is_there));
            thread::spawn(move || {
                is_there.store(true, Ordering::SeqCst);
                arrivals.take(&identity()).len()
            })
        };
        let (arrival, _ticket) = arrival(1);
        arrivals.keep(&identity(), arrival);
        let taken = if is_there.load(Ordering::SeqCst) { arrivals.take(&identity()).len() } else { 0 };
        assert_eq!(taken + begins.join().expect("it does not panic"), 1);
    });
}

/// What came last is forgotten where it is looked under another lock whether any are left.
#[test]
fn r03_who_forgets_what_nobody_waits_for_forgets_nothing_else() {
    in_every_order(|| {
        let arrivals = Arc::<Arrivals>::default();
        let (void, ticket) = arrival(1);
        drop(ticket);
        arrivals.keep(&identity(), void);
        let (stays, _ticket) = arrival(2);
        let keeps = {
            let arrivals = Arc::clone(&arrivals);
            thread::spawn(move || arrivals.keep(&identity(), stays))
        };
        arrivals.forget_void(&identity());
        keeps.join().expect("it does not panic");
        let kept: Vec<InboxMark> = arrivals.take(&identity()).into_iter().map(|kept| kept.mark).collect();
        assert_eq!(kept, [mark(2)]);
    });
}

/// Two wait where `enter` looks and writes under two locks.
#[test]
fn r03_an_event_that_comes_twice_at_once_waits_once_and_no_more_wait_than_may() {
    for (others, most) in [(mark(1), 9), (mark(2), 1)] {
        in_every_order(move || {
            let arrivals = Arc::<Arrivals>::default();
            let other = {
                let (arrivals, others) = (Arc::clone(&arrivals), others.clone());
                thread::spawn(move || arrivals.enter(&others, most))
            };
            let one = arrivals.enter(&mark(1), most);
            let other = other.join().expect("it does not panic");
            assert!(one.is_ok() != other.is_ok(), "one of the two waits");
            drop((one, other));
            assert!(arrivals.enter(&mark(1), 1).is_ok(), "its place is free again");
        });
    }
}
