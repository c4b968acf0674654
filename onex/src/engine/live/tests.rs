use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};

use shuttle::future::block_on;
use shuttle::thread;
use uuid::Uuid;

use super::*;
use crate::engine::in_flight::{InFlight, InFlightGuard};
use crate::engine::run_handle::LostCause;
use crate::engine::sync::tests::{in_every_order, in_many_orders};

const RUN: RunId = RunId(Uuid::nil());

fn lost() -> Result<RunReport, RunLost> {
    Err(RunLost { run: RUN, cause: LostCause::Dropped })
}

fn pause(reply: Reply) -> Order {
    Order::Pause { reason: "".into(), reply }
}

/// An engine with one run that rests whenever it can, as far as it matters to the list of live runs.
#[derive(Default)]
struct Engine {
    live: Arc<LiveRuns>,
    in_flight: Arc<InFlight>,
    is_driven: AtomicBool,
}

impl Engine {
    /// With its run, on its way to the first sleep.
    fn new() -> Arc<Self> {
        let engine = Arc::<Engine>::default();
        let control = Arc::<Control>::default();
        let live = engine.live.enter(RUN, Arc::clone(&control));
        engine.spawn_driver(live, control, engine.in_flight.enter());
        engine
    }

    fn spawn_driver(self: &Arc<Self>, live: LiveGuard, control: Arc<Control>, in_flight: InFlightGuard) {
        let engine = Arc::clone(self);
        thread::spawn(move || engine.drive(live, &control, in_flight));
    }

    /// As a driver: takes its orders, then falls asleep unless there are more.
    fn drive(self: Arc<Self>, live: LiveGuard, control: &Control, in_flight: InFlightGuard) {
        assert!(!self.is_driven.swap(true, Ordering::SeqCst), "it has one driver");
        let mut rests = Some((live, in_flight));
        loop {
            let mut orders = Vec::new();
            control.poll(&mut Context::from_waker(Waker::noop()), &mut orders);
            for order in orders {
                match order {
                    Order::Pause { reply, .. } => drop(reply.send(Ok(()))),
                    _ => {
                        self.is_driven.store(false, Ordering::SeqCst);
                        return rests.take().into_iter().for_each(|(live, _)| live.finish(&lost()));
                    }
                }
            }
            let slept = self.live.put_to_sleep(RUN, control, || {
                self.is_driven.store(false, Ordering::SeqCst);
                let (live, in_flight) = rests.take()?;
                Some((live, Asleep::for_tests(in_flight.fall_asleep())))
            });
            match slept {
                None => {}
                Some(true) => return self.spawn_attendant(),
                Some(false) => return,
            }
        }
    }

    /// As in [`dormancy`](crate::engine::dormancy).
    fn spawn_attendant(self: &Arc<Self>) {
        let engine = Arc::clone(self);
        thread::spawn(move || {
            loop {
                match engine.live.chore(Instant::now()) {
                    Chore::Wake(woken) => woken.into_iter().for_each(|Woken { run, control, asleep }| {
                        let live = engine.live.guard(run);
                        engine.spawn_driver(live, control, asleep.in_flight.wake());
                    }),
                    Chore::Wait(_) => block_on(engine.live.changed()),
                    Chore::Leave => return,
                }
            }
        });
    }
}

/// The order of somebody is never answered where a run goes to sleep without a look at what it was told under the same lock,
/// where nobody is told that one has to wake, or where whoever looks after those asleep leaves before those who are to wake.
/// The run is lost where the guard of a driver that has gone to sleep still takes its run away.
#[test]
fn an_order_reaches_the_driver_or_wakes_the_run() {
    in_many_orders(|| {
        let engine = Engine::new();
        let over = engine.live.wait(RUN).expect("it is live");
        let others = [(); 2].map(|()| {
            let live = Arc::clone(&engine.live);
            thread::spawn(move || block_on(live.order(RUN, pause)))
        });
        for order in others {
            assert_eq!(order.join().expect("it does not panic"), Ok(()));
        }
        assert!(engine.live.cancel(RUN, "".into()), "it is live, and was not told before");
        assert!(block_on(over).expect("the driver tells").is_err());
    });
}

/// A shutdown lets go of who is asleep. The order of somebody that was on its way is answered, or known to be lost.
///
/// A second one looks after those who sleep later, and one of the two stays for ever, where a shutdown forgets the first.
#[test]
fn an_order_to_a_run_that_is_left_asleep_has_an_end() {
    in_many_orders(|| {
        let engine = Engine::new();
        let live = Arc::clone(&engine.live);
        let order = thread::spawn(move || block_on(live.order(RUN, pause)));
        let over = engine.live.wait(RUN).expect("it is live");
        let left = engine.live.leave_asleep();
        let answer = order.join().expect("it does not panic");
        assert!(answer == Ok(()) || answer == Err(ControlError::NotLive { run: RUN }));
        if left > 0 {
            assert!(block_on(over).is_err(), "whoever waits learns that nobody drives it");
            assert_eq!((engine.live.ids(), engine.live.asleep()), (vec![], 0));
        } else {
            assert!(engine.live.cancel(RUN, "".into()), "it has been driven, or woken");
            assert!(block_on(over).expect("the driver tells").is_err());
        }
    });
}

/// A driver that is dropped, as by a panic: whoever waits for its run, or for an order, learns it.
#[test]
fn an_order_to_a_run_that_is_dropped_has_an_end() {
    in_every_order(|| {
        let live = Arc::<LiveRuns>::default();
        let control = Arc::<Control>::default();
        let guard = live.enter(RUN, Arc::clone(&control));
        let over = live.wait(RUN).expect("it is live");
        thread::spawn(move || drop((guard, control)));
        assert_eq!(block_on(live.order(RUN, pause)), Err(ControlError::NotLive { run: RUN }));
        assert!(block_on(over).is_err());
        assert_eq!(live.ids(), []);
    });
}

/// Whoever is told that a run is over may let it begin again at once, as a retry from a step does.
///
/// The guard of the driver that told it takes the new entry away, where it removes the run when it is dropped after that.
#[test]
fn a_run_that_begins_again_at_once_is_live() {
    in_every_order(|| {
        let live = Arc::<LiveRuns>::default();
        let guard = live.enter(RUN, Arc::default());
        let over = live.wait(RUN).expect("it is live");
        let driver = thread::spawn(move || guard.finish(&lost()));
        assert!(block_on(over).expect("the driver tells").is_err());
        let _again = live.try_enter(RUN, Arc::default()).expect("it is over");
        driver.join().expect("it does not panic");
        assert_eq!(live.ids(), [RUN]);
    });
}
