use std::sync::atomic::AtomicU32;
use std::task::{Context, Waker};

use shuttle::future::block_on;
use shuttle::thread;

use super::*;
use crate::engine::sync::tests::{in_many_orders, in_order};

const POLICY: CircuitPolicy = CircuitPolicy {
    window: None,
    failure_threshold: 1,
    reset_timeout: Duration::from_millis(100),
    half_open_max_requests: 1,
    success_threshold: 1,
};

/// In one order, as tokio's clock says.
fn in_virtual_time(test: impl AsyncFn() + Send + Sync + 'static) {
    in_order(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build().expect("a runtime");
        runtime.block_on(test());
    });
}

#[test]
fn r13_who_waits_is_served_in_order_one_for_each_probe() {
    in_virtual_time(async || {
        let circuit = Circuit::new("bank".into(), POLICY);
        circuit.try_enter(Instant::now()).expect("it is closed").settle(Verdict::Failure);
        assert!(circuit.try_enter(Instant::now()).is_none());
        let (sender, mut served) = tokio::sync::mpsc::unbounded_channel();
        for number in 0..4 {
            let (entering, sender) = (circuit.enter(), sender.clone());
            tokio::spawn(async move {
                let permit = entering.await;
                let _ = sender.send((number, Instant::now(), permit));
            });
        }
        assert_eq!(circuit.report().waiting, 4);
        let began = Instant::now();
        let (first, at, probe) = served.recv().await.expect("a probe is let through");
        assert_eq!((first, at - began, circuit.report().waiting), (0, Duration::from_millis(100), 3));
        assert!(circuit.try_enter(Instant::now()).is_none(), "those who wait are first");
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(served.try_recv().is_err(), "one probe at a time");
        probe.settle(Verdict::Failure);
        let (second, at, probe) = served.recv().await.expect("another probe is let through");
        assert_eq!((second, at - began), (1, Duration::from_millis(700)));
        drop(probe);
        let (third, _, probe) =
            served.recv().await.expect("a probe that tells nothing makes room for another");
        assert_eq!(third, 2);
        probe.settle(Verdict::Success);
        assert_eq!(served.recv().await.expect("it is closed").0, 3);
        let report = circuit.report();
        assert_eq!((report.state, report.waiting, report.opened), (CircuitState::Closed, 0, 2));
    });
}

#[test]
fn r13_a_permit_from_before_the_circuit_changed_is_not_current() {
    in_virtual_time(async || {
        let circuit = Circuit::new("bank".into(), POLICY);
        let [early, late] = [(); 2].map(|()| circuit.try_enter(Instant::now()).expect("it is closed"));
        assert!(late.is_current());
        early.settle(Verdict::Failure);
        assert!(!late.is_current());
        drop(late);
        assert_eq!(circuit.report().state, CircuitState::Open);
    });
}

#[test]
fn r13_a_newcomer_does_not_take_the_probe_of_who_waits() {
    in_virtual_time(async || {
        let circuit = Circuit::new("bank".into(), POLICY);
        circuit.try_enter(Instant::now()).expect("it is closed").settle(Verdict::Failure);
        let waits = circuit.enter();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(circuit.try_enter(Instant::now()).is_none());
        waits.await.settle(Verdict::Success);
        assert!(circuit.try_enter(Instant::now()).is_some());
    });
}

#[test]
fn r13_the_next_in_line_takes_over_from_who_gives_up() {
    in_virtual_time(async || {
        let circuit = Circuit::new("bank".into(), POLICY);
        circuit.try_enter(Instant::now()).expect("it is closed").settle(Verdict::Failure);
        let gives_up = tokio::spawn(circuit.enter());
        let stays = tokio::spawn(circuit.enter());
        tokio::time::sleep(Duration::from_millis(50)).await;
        gives_up.abort();
        let began = Instant::now();
        stays.await.expect("it is served");
        assert_eq!(began.elapsed(), Duration::from_millis(50));
        assert_eq!(circuit.report().waiting, 0);
    });
}

/// Its timeout is over at once, so that those who wait do so for each other.
fn opened(half_open_max_requests: u32, success_threshold: u32) -> Arc<Circuit> {
    let policy =
        CircuitPolicy { reset_timeout: Duration::ZERO, half_open_max_requests, success_threshold, ..POLICY };
    let circuit = Circuit::new("bank".into(), policy);
    circuit.try_enter(Instant::now()).expect("it is closed").settle(Verdict::Failure);
    circuit
}

/// More probe where the breaker is taken out, and put back under another lock; one waits for ever where a permit that is dropped tells
/// nobody, where it tells before it is settled, and where those who wait look before they listen.
#[test]
fn r13_no_more_probes_are_under_way_than_may_be_and_all_who_wait_are_served() {
    for most in [1, 2] {
        in_many_orders(move || {
            let (circuit, under_way) = (opened(most, 99), Arc::new(AtomicU32::new(0)));
            let probes = [Some(Verdict::Success), Some(Verdict::Nothing), None, None].map(|verdict| {
                let (circuit, under_way) = (Arc::clone(&circuit), Arc::clone(&under_way));
                thread::spawn(move || {
                    let probe = block_on(circuit.enter());
                    assert!(under_way.fetch_add(1, Ordering::SeqCst) < most);
                    thread::yield_now();
                    under_way.fetch_sub(1, Ordering::SeqCst);
                    match verdict {
                        Some(verdict) => probe.settle(verdict),
                        // As of an attempt that is cancelled or panics.
                        None => drop(probe),
                    }
                })
            });
            probes.into_iter().for_each(|probe| probe.join().expect("it does not panic"));
            let report = circuit.report();
            assert_eq!((report.state, report.waiting), (CircuitState::HalfOpen, 0));
        });
    }
}

/// It stays open where only the success of a probe is told to those who wait.
#[test]
fn r13_a_circuit_that_probes_open_again_is_tried_until_one_succeeds() {
    in_many_orders(|| {
        let circuit = opened(1, 1);
        let probes = [Verdict::Failure, Verdict::Failure, Verdict::Success].map(|verdict| {
            let circuit = Arc::clone(&circuit);
            thread::spawn(move || block_on(circuit.enter()).settle(verdict))
        });
        probes.into_iter().for_each(|probe| probe.join().expect("it does not panic"));
        block_on(circuit.enter()).settle(Verdict::Success);
        assert_eq!(circuit.report().waiting, 0);
    });
}

/// The other waits for ever where the permit that one was given as it gave up is dropped and tells nobody.
#[test]
fn r13_whoever_gives_up_leaves_its_place_to_the_next() {
    in_many_orders(|| {
        let circuit = opened(1, 1);
        let probe = block_on(circuit.enter());
        let gives_up = {
            let circuit = Arc::clone(&circuit);
            thread::spawn(move || {
                let mut entering = pin!(circuit.enter());
                let _entered = entering.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            })
        };
        let stays = {
            let circuit = Arc::clone(&circuit);
            thread::spawn(move || drop(block_on(circuit.enter())))
        };
        drop(probe);
        gives_up.join().expect("it does not panic");
        stays.join().expect("it does not panic");
        assert_eq!(circuit.report().waiting, 0);
    });
}
