use shuttle::future::block_on;
use shuttle::thread;

use super::*;
use crate::engine::sync::tests::in_every_order;

/// It does not where the counts are read before `notified` is called.
#[test]
fn whoever_waits_until_all_is_settled_learns_it() {
    in_every_order(|| {
        let in_flight = Arc::<InFlight>::default();
        let [one, other] = [(); 2].map(|()| in_flight.enter());
        thread::spawn(move || drop(one.fall_asleep()));
        thread::spawn(move || drop(other));
        block_on(in_flight.settled());
        assert_eq!(in_flight.count(), 0);
    });
}

/// One is awake all the time: at first the one, then the other as well, then only that.
///
/// With two counters, read one after the other, none seems to be.
#[test]
fn all_are_asleep_only_if_they_are_at_the_same_time() {
    in_every_order(|| {
        let in_flight = Arc::<InFlight>::default();
        let (awake, asleep) = (in_flight.enter(), in_flight.enter().fall_asleep());
        let thread = thread::spawn(move || {
            let woken = asleep.wake();
            drop(awake);
            woken
        });
        assert_ne!(in_flight.counts().awake, 0);
        let _woken = thread.join().expect("it does not panic");
    });
}
