//! Semantics 13: a target that keeps failing is left alone for a while, and what acts on it waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::support::*;
use onex::engine::{BuildProblem, CircuitPolicy, CircuitProblem, CircuitState};
use onex::node::mount::Mount;
use onex::run::{CompensationState, RunState, StepState};
use onex::{Runtime, RuntimeBuilder};
use tokio::time::{Instant, sleep};

const POLICY: CircuitPolicy = CircuitPolicy {
    window: None,
    failure_threshold: 2,
    reset_timeout: Duration::from_secs(5),
    half_open_max_requests: 1,
    success_threshold: 1,
};

fn guarded<N: Mount<World>>(target: &str) -> (World, Runtime<World>) {
    let world = World::default();
    let builder = Runtime::builder(world.clone()).settings(quick()).mount::<N>();
    (world, builder.circuit_breaker(target, POLICY).build().unwrap())
}

/// The first `times` calls of `step` fail.
fn fails_first(world: &World, step: &'static str, times: u32) {
    let left = Arc::new(AtomicU32::new(times));
    world.scripts.on(step, move |_| {
        let fails =
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        std::future::ready(if fails { Err(fail("busy")) } else { Ok(1) })
    });
}

fn circuit(runtime: &Runtime<World>) -> (CircuitState, usize) {
    let report = &runtime.circuits()[0];
    (report.state, report.waiting)
}

workflow!(pay { timeout_ms: 60_000, } [charge Effect [] { retry_count: Some(3) }]);

#[tokio::test(start_paused = true)]
async fn r13_a_step_waits_visibly_and_without_an_attempt_until_a_probe() {
    let (world, runtime) = guarded::<pay::Node>("node_pay");
    fails_first(&world, "charge", 2);
    let handle = runtime.start::<pay::Node>(0_u64, None).await.unwrap();
    sleep(ms(1000)).await;
    let status = runtime.status(handle.id()).await.unwrap().unwrap();
    let step = &status.steps[0];
    assert_eq!((step.state, step.attempts), (StepState::Held, 2));
    assert_eq!((step.waits_for.as_deref(), step.error.as_deref()), (Some("node_pay"), Some("busy")));
    let report = &runtime.circuits()[0];
    assert_eq!((&*report.target, report.state, report.waiting), ("node_pay", CircuitState::Open, 1));
    assert!(report.open_for > Some(ms(4000)) && report.open_for < Some(ms(4500)), "{:?}", report.open_for);
    let report = handle.await.unwrap();
    assert_eq!((report.state, report.steps[0].attempts), (RunState::Completed, 3));
    assert_eq!(report.steps[0].waits_for, None);
    let calls = world.scripts.calls_of("charge");
    assert_eq!(calls[2].began - calls[1].began, ms(5000));
    assert_eq!(calls[2].attempt, 3, "it is the attempt that was held");
    assert_eq!(circuit(&runtime), (CircuitState::Closed, 0));
    assert_eq!(runtime.counters().attempts, 3);
}

#[tokio::test(start_paused = true)]
async fn r13_one_attempt_probes_and_all_others_wait() {
    let (world, runtime) = guarded::<pay::Node>("node_pay");
    fails_first(&world, "charge", 3);
    let broken = runtime.start::<pay::Node>(0_u64, None).await.unwrap();
    sleep(ms(1000)).await;
    let mut handles = vec![broken];
    for _ in 0..4 {
        handles.push(runtime.start::<pay::Node>(0_u64, None).await.unwrap());
    }
    sleep(ms(1000)).await;
    assert_eq!(circuit(&runtime), (CircuitState::Open, 5));
    sleep(ms(5000)).await;
    assert_eq!(world.scripts.calls().len(), 3, "the probe has failed");
    assert_eq!(circuit(&runtime), (CircuitState::Open, 5));
    for handle in handles {
        assert_eq!(handle.await.unwrap().state, RunState::Completed);
    }
    assert_eq!(world.scripts.calls().len(), 3 + 5);
    assert_eq!(runtime.circuits()[0].opened, 2);
}

workflow!(once { timeout_ms: 60_000, } [charge Effect [] { timeout_ms: 50 }]);

#[tokio::test(start_paused = true)]
async fn r13_only_retryable_errors_and_timeouts_count() {
    let (world, runtime) = guarded::<once::Node>("node_once");
    expect_panic("provoked");
    for _ in 0..3 {
        world.scripts.on("charge", |_| async { Err(permanent("no such account")) });
        run::<once::Node>(&runtime).await;
        world.scripts.on("charge", |_| async { Err(refused("no money")) });
        run::<once::Node>(&runtime).await;
        world.scripts.on("charge", |_| async { panic!("provoked") });
        run::<once::Node>(&runtime).await;
    }
    assert_eq!((circuit(&runtime), runtime.circuits()[0].failures), ((CircuitState::Closed, 0), 0));
    world.scripts.on("charge", |_| async { Err(fail("busy")) });
    run::<once::Node>(&runtime).await;
    assert_eq!(runtime.circuits()[0].failures, 1);
    world.scripts.on("charge", |_| std::future::pending());
    run::<once::Node>(&runtime).await;
    assert_eq!(circuit(&runtime), (CircuitState::Open, 0));
}

workflow!(impatient { timeout_ms: 1000, strategy: Strategy::Compensate, } [
    reserve Effect [] undo unreserve; charge Effect [0] { retry_count: Some(3) }; send Effect [1]
]);

#[tokio::test(start_paused = true)]
async fn r13_a_step_waits_no_longer_than_its_run_and_undoing_waits_for_nothing() {
    let (world, runtime) = guarded::<impatient::Node>("node_impatient");
    fails_first(&world, "charge", 2);
    let began = Instant::now();
    let report = run::<impatient::Node>(&runtime).await;
    assert_eq!(began.elapsed(), ms(1000));
    assert_eq!((report.state, report.compensation), (RunState::TimedOut, CompensationState::Done));
    use StepState::{Cancelled, Completed, NotRun};
    assert_eq!(states(&report), [Completed, Cancelled, NotRun]);
    assert_eq!(circuit(&runtime), (CircuitState::Open, 0), "nobody waits any more");
    let report = run::<impatient::Node>(&runtime).await;
    assert_eq!(states(&report), [NotRun, NotRun, NotRun], "it was not even tried");
    assert_eq!(report.state, RunState::TimedOut);
}

workflow!(shop { mode: Mode::Parallel, max_parallel_steps: 1, } [charge Effect []; reserve Effect []; pack Effect [1]]);

#[tokio::test(start_paused = true)]
async fn r13_a_step_names_another_target_and_what_waits_takes_no_slot() {
    let world = World::default();
    let builder =
        Runtime::builder(world.clone()).settings(quick()).mount::<pay::Node>().mount::<shop::Node>();
    let builder =
        builder.step_target("node_pay", "charge", "bank").step_target("node_shop", "charge", "bank");
    let runtime = builder.circuit_breaker("bank", POLICY).build().unwrap();
    fails_first(&world, "charge", 2);
    let pay = runtime.start::<pay::Node>(0_u64, None).await.unwrap();
    sleep(ms(1000)).await;
    let shop = runtime.start::<shop::Node>(0_u64, None).await.unwrap();
    sleep(ms(10)).await;
    let status = runtime.status(shop.id()).await.unwrap().unwrap();
    assert_eq!(states(&status), [StepState::Held, StepState::Completed, StepState::Completed]);
    assert_eq!(status.steps[0].waits_for.as_deref(), Some("bank"));
    assert_eq!(circuit(&runtime), (CircuitState::Open, 2));
    assert_eq!(shop.await.unwrap().state, RunState::Completed);
    assert_eq!(pay.await.unwrap().state, RunState::Completed);
}

#[tokio::test(start_paused = true)]
async fn r21_a_paused_run_does_not_keep_the_probe_that_it_waited_for() {
    let (world, runtime) = guarded::<pay::Node>("node_pay");
    fails_first(&world, "charge", 2);
    let paused = runtime.start::<pay::Node>(0_u64, None).await.unwrap();
    sleep(ms(1000)).await;
    let behind = runtime.start::<pay::Node>(0_u64, None).await.unwrap();
    runtime.pause(paused.id(), "to look at it").await.unwrap();
    assert_eq!(behind.await.unwrap().state, RunState::Completed);
    assert_eq!(world.scripts.calls().len(), 3);
    assert_eq!(runtime.status(paused.id()).await.unwrap().unwrap().steps[0].state, StepState::RetryDue);
    runtime.resume(paused.id()).await.unwrap();
    assert_eq!(paused.await.unwrap().state, RunState::Completed);
}

#[tokio::test(start_paused = true)]
async fn r18_a_run_is_cancelled_while_its_step_waits() {
    let (world, runtime) = guarded::<pay::Node>("node_pay");
    fails_first(&world, "charge", 2);
    let handle = runtime.start::<pay::Node>(0_u64, None).await.unwrap();
    sleep(ms(1000)).await;
    let began = Instant::now();
    handle.cancel("nobody needs it");
    let report = handle.await.unwrap();
    assert_eq!((began.elapsed(), report.state), (ms(0), RunState::Cancelled));
    assert_eq!(states(&report), [StepState::Cancelled]);
    assert_eq!(circuit(&runtime), (CircuitState::Open, 0));
}

#[tokio::test(start_paused = true)]
async fn r13_the_routes_of_an_effect_wait_too() {
    let (world, runtime) = guarded::<Books>("node_books");
    world.desk.failures.store(2, Ordering::Relaxed);
    let booked =
        |number: u32| json(VALIDATED, u128::from(number), &format!(r#"{{"order_id":"o-{number}"}}"#));
    let began = Instant::now();
    runtime.deliver(booked(1)).await.unwrap();
    sleep(ms(1000)).await;
    runtime.deliver(booked(2)).await.unwrap();
    sleep(ms(10)).await;
    assert_eq!(circuit(&runtime), (CircuitState::Open, 2));
    assert_eq!(world.desk.attempts.lock().unwrap().len(), 2);
    runtime.settled().await;
    assert_eq!(world.desk.done(), ["booked o-1", "booked o-2"], "first come, first served");
    assert!(began.elapsed() > ms(5000));
    assert_eq!(circuit(&runtime), (CircuitState::Closed, 0));
}

fn problems(builder: RuntimeBuilder<World>) -> Vec<String> {
    let refused = builder.build().unwrap_err();
    refused.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_breaker_that_guards_nothing_and_a_target_without_a_breaker_are_refused() {
    let builder = || Runtime::builder(World::default()).mount::<impatient::Node>();
    let refused = builder().circuit_breaker("node_other", POLICY).build().unwrap_err();
    let expected = CircuitProblem::GuardsNothing { target: "node_other".into() };
    assert!(
        matches!(&refused.problems[..], [BuildProblem::Circuit(problem)] if *problem == expected),
        "{refused}"
    );

    let wrong = builder().step_target("node_impatient", "charge", "bank");
    assert_eq!(
        problems(wrong),
        [
            "step `charge` of `node_impatient` acts on `bank`, which has no circuit breaker: give it one with `circuit_breaker`"
        ]
    );
    let wrong = builder().step_target("node_impatient", "chrage", "bank").circuit_breaker("bank", POLICY);
    assert_eq!(
        problems(wrong),
        [
            "`node_impatient` is not mounted or has no effect step `chrage`, for which the target `bank` was named",
            "the circuit breaker of `bank` guards nothing: mount a node of that name that has effects, or name the \
             target for a step with `step_target`",
        ]
    );
    let policy = CircuitPolicy { failure_threshold: 0, reset_timeout: Duration::from_secs(3601), ..POLICY };
    assert_eq!(
        problems(builder().circuit_breaker("node_impatient", policy)),
        [
            "the setting `circuit_breaker.failure_threshold` is 0, which is not from 1 to 1000",
            "the setting `circuit_breaker.reset_timeout` is 3601000 ms, which is not from 1 ms to 3600000 ms",
        ]
    );
}
