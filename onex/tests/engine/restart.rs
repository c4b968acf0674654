//! What another process makes of a run that is paused, waits for a circuit or was told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::support::*;
use onex::engine::{CircuitPolicy, CircuitState, Settings};
use onex::journal::Journal;
use onex::node::mount::Mount;
use onex::run::{CompensationState, Fact, RunState, StepId, StepState};
use onex::{Runtime, RuntimeBuilder};
use tokio::time::{Instant, sleep};

type Watched = Runtime<World, Arc<Recording>>;

fn builder<N: Mount<World>>(world: &World) -> RuntimeBuilder<World> {
    Runtime::builder(world.clone()).settings(quick()).mount::<N>()
}

/// A process that owns the journal from now on: whoever owned it before is fenced.
async fn on<N: Mount<World>>(world: &World, journal: &Arc<Recording>) -> Watched {
    builder::<N>(world).build_on(Arc::clone(journal), "tests").await.unwrap()
}

fn takes(world: &World, step: &'static str, after: Duration) {
    world.scripts.on(step, move |_| async move {
        sleep(after).await;
        Ok(1)
    });
}

workflow!(chain { mode: Mode::Parallel, } [a Effect []; b Effect []; c Compute [0, 1]]);

#[tokio::test(start_paused = true)]
async fn r21_a_paused_run_stays_paused_in_every_process_until_it_is_resumed() {
    let journal = Recording::new();
    let worlds = [World::default(), World::default(), World::default()];
    worlds[0].scripts.on("a", |_| std::future::pending());
    let first = on::<chain::Node>(&worlds[0], &journal).await;
    let run = first.start::<chain::Node>(0_u64, None).await.unwrap().id();
    breathe().await;
    first.pause(run, "the card processor is down").await.unwrap();

    let mut last = None;
    for world in &worlds[1..] {
        let next = on::<chain::Node>(world, &journal).await;
        sleep(ms(1000)).await;
        let status = next.status(run).await.unwrap().unwrap();
        assert_eq!(status.state, RunState::Paused);
        assert_eq!(status.paused.as_deref(), Some("the card processor is down"));
        assert_eq!(states(&status), [StepState::RetryDue, StepState::Completed, StepState::Waiting]);
        assert_eq!((next.live_runs(), world.scripts.order()), (vec![run], vec![]));
        last = Some(next);
    }
    let last = last.unwrap();
    last.resume(run).await.unwrap();
    last.settled().await;
    let report = last.status(run).await.unwrap().unwrap();
    assert_eq!(
        (report.state, report.steps[0].crashes, report.steps[0].attempts),
        (RunState::Completed, 1, 1)
    );
    assert_eq!(worlds[2].scripts.order(), ["a", "c"]);
    let (before, after) = (&worlds[0].scripts.calls_of("a")[0], &worlds[2].scripts.calls_of("a")[0]);
    assert_eq!((before.key, before.attempt), (after.key, after.attempt));
}

workflow!(timed { timeout_ms: 100, } [a Effect []; b Effect [0]]);

#[tokio::test(start_paused = true)]
async fn r20_neither_pauses_nor_the_time_between_processes_count() {
    for (takes_ms, state) in [(85, RunState::Completed), (95, RunState::TimedOut)] {
        let (first, second, journal) = (World::default(), World::default(), Recording::new());
        takes(&first, "a", ms(60));
        takes(&second, "b", ms(takes_ms));
        let runtime = on::<timed::Node>(&first, &journal).await;
        let run = runtime.start::<timed::Node>(0_u64, None).await.unwrap().id();
        sleep(ms(10)).await;
        runtime.pause(run, "maintenance").await.unwrap();
        sleep(ms(500)).await;
        let record = journal.run(run).await.unwrap().unwrap();
        assert_eq!(record.facts.last(), Some(&Fact::StepCompleted { step: StepId(0), attempt: 1 }));
        assert_eq!(record.active_ms, 10, "it ended while no active time passed");

        let next = on::<timed::Node>(&second, &journal).await;
        sleep(Duration::from_secs(3600)).await;
        next.resume(run).await.unwrap();
        next.settled().await;
        let report = next.status(run).await.unwrap().unwrap();
        assert_eq!(report.state, state, "10 ms before and {takes_ms} ms after");
        assert_eq!(journal.run(run).await.unwrap().unwrap().active_ms, takes_ms + 10);
    }
}

workflow!(retried {} [a Effect [] { retry_count: Some(1) }]);

#[tokio::test(start_paused = true)]
async fn r20_a_delay_that_was_held_in_another_process_begins_anew_when_it_is_resumed() {
    let (first, second, journal) = (World::default(), World::default(), Recording::new());
    first.scripts.on("a", |_| async { Err(fail("later")) });
    let runtime = on::<retried::Node>(&first, &journal).await;
    let run = runtime.start::<retried::Node>(0_u64, None).await.unwrap().id();
    sleep(ms(40)).await;
    runtime.pause(run, "maintenance").await.unwrap();

    let next = on::<retried::Node>(&second, &journal).await;
    sleep(ms(1000)).await;
    assert!(second.scripts.order().is_empty() && next.journal_timers().await.is_empty());
    next.resume(run).await.unwrap();
    assert_eq!(next.journal_timers().await.len(), 1, "it outlives the next process, too");
    let resumed = Instant::now();
    next.settled().await;
    let waited = second.scripts.calls_of("a")[0].began - resumed;
    assert!(waited >= ms(50) && waited <= ms(101), "{waited:?}");
}

workflow!(pay { timeout_ms: 60_000, } [charge Effect [] { retry_count: Some(3) }]);

#[tokio::test(start_paused = true)]
async fn r13_a_circuit_ends_with_its_process_and_what_waited_for_it_asks_the_next() {
    let policy = CircuitPolicy {
        window: None,
        failure_threshold: 1,
        reset_timeout: Duration::from_secs(50),
        half_open_max_requests: 1,
        success_threshold: 1,
    };
    for has_circuit in [true, false] {
        let (first, second, journal) = (World::default(), World::default(), Recording::new());
        first.scripts.on("charge", |_| async { Err(fail("busy")) });
        let guarded = builder::<pay::Node>(&first).circuit_breaker("node_pay", policy);
        let runtime = guarded.build_on(Arc::clone(&journal), "first").await.unwrap();
        let run = runtime.start::<pay::Node>(0_u64, None).await.unwrap().id();
        sleep(ms(1000)).await;
        assert_eq!(states(&runtime.status(run).await.unwrap().unwrap()), [StepState::Held]);

        let mut next = builder::<pay::Node>(&second);
        if has_circuit {
            next = next.circuit_breaker("node_pay", policy);
        }
        let next = next.build_on(Arc::clone(&journal), "second").await.unwrap();
        sleep(ms(1)).await;
        let report = next.status(run).await.unwrap().unwrap();
        assert_eq!(
            (report.state, report.steps[0].attempts, report.steps[0].crashes),
            (RunState::Completed, 2, 0)
        );
        assert!(next.circuits().iter().all(|circuit| circuit.state == CircuitState::Closed));
    }
}

workflow!(once { timeout_ms: 60_000, } [charge Effect []]);

#[tokio::test(start_paused = true)]
async fn r14_a_crashed_attempt_that_has_to_wait_for_a_circuit_is_not_counted_as_dispatched_again() {
    let policy = CircuitPolicy {
        window: None,
        failure_threshold: 1,
        reset_timeout: Duration::from_secs(5),
        half_open_max_requests: 1,
        success_threshold: 1,
    };
    let (first, second, journal) = (World::default(), World::default(), Recording::new());
    first.scripts.on("charge", |_| std::future::pending());
    let runtime = on::<once::Node>(&first, &journal).await;
    let mut runs = Vec::new();
    for number in 0..2_u64 {
        runs.push(runtime.start::<once::Node>(number, None).await.unwrap().id());
    }
    breathe().await;

    let is_first = AtomicBool::new(true);
    second.scripts.on("charge", move |_| {
        let fails = is_first.swap(false, Ordering::Relaxed);
        std::future::ready(if fails { Err(fail("busy")) } else { Ok(1) })
    });
    let one_at_a_time = Settings { max_concurrent_runs: 1, ..quick() };
    let guarded = builder::<once::Node>(&second).settings(one_at_a_time).circuit_breaker("node_once", policy);
    let next = guarded.build_on(Arc::clone(&journal), "second").await.unwrap();
    let began = Instant::now();
    next.settled().await;
    let mut reports = Vec::new();
    for run in runs {
        reports.push(next.status(run).await.unwrap().unwrap());
    }
    // Which of two runs that began in the same millisecond goes first is nobody's business.
    reports.sort_by_key(|report| report.state == RunState::Completed);
    let [broke, report] = &reports[..] else { panic!("{reports:?}") };
    assert_eq!(broke.state, RunState::Failed);
    assert_eq!(
        (report.state, report.steps[0].attempts, report.steps[0].crashes),
        (RunState::Completed, 1, 1)
    );
    assert_eq!(second.scripts.calls_of("charge")[1].began - began, ms(5000));
    let step = StepId(0);
    let together = vec![Fact::AttemptCrashed { step, attempt: 1 }, Fact::StepHeld { step, attempt: 1 }];
    assert!(journal.commits().contains(&together), "another crash between the two would count one too many");
}

workflow!(saga { strategy: Strategy::Compensate, } [
    a Effect [] undo undo_a; b Effect [0] undo undo_b; c Effect [1]
]);

#[tokio::test(start_paused = true)]
async fn r18_a_run_that_is_cancelled_before_it_goes_on_undoes_what_may_have_happened() {
    let (first, second, journal) = (World::default(), World::default(), Recording::new());
    first.scripts.on("b", |_| std::future::pending());
    let runtime = on::<saga::Node>(&first, &journal).await;
    let run = runtime.start::<saga::Node>(0_u64, None).await.unwrap().id();
    breathe().await;
    let next = on::<saga::Node>(&second, &journal).await;
    assert!(next.cancel(run, "the customer called"), "before anything of it has been read");
    next.settled().await;
    let report = next.status(run).await.unwrap().unwrap();
    assert_eq!((report.state, report.compensation), (RunState::Cancelled, CompensationState::Done));
    assert_eq!(states(&report), [StepState::Completed, StepState::Indeterminate, StepState::NotRun]);
    assert_eq!(second.scripts.order(), ["undo_b", "undo_a"], "`b` did not begin again, and had begun before");
}
