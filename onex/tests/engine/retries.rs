//! What the engine does about errors, timeouts and panics of steps.

use crate::support::*;
use onex::engine::RunCause;
use onex::message::action_id;
use onex::run::{RunState, StepState};
use tokio::time::{Instant, sleep};

workflow!(retrying { strategy: Strategy::Retry, max_retries: 3, pace: PaceRow { max_delay_ms: 250, ..WORKFLOW.pace }, }
    [a Effect []; b Effect [0] { retry_count: Some(0) }]);

#[tokio::test(start_paused = true)]
async fn r12_a_retry_waits_longer_each_time_and_keeps_its_key() {
    let (world, runtime) = on::<retrying::Node>();
    world.scripts.on("a", |ctx| async move { if ctx.attempt < 4 { Err(fail("busy")) } else { Ok(9) } });
    let report = run::<retrying::Node>(&runtime).await;
    assert_eq!((report.state, report.retries()), (RunState::Completed, 3));
    let calls = world.scripts.calls_of("a");
    assert_eq!(calls.iter().map(|call| call.attempt).collect::<Vec<_>>(), [1, 2, 3, 4]);
    for (pair, ceiling) in calls.windows(2).zip([100, 200, 250]) {
        let pause = pair[1].began - pair[0].began;
        assert!(pause >= ms(ceiling / 2) && pause <= ms(ceiling + 1), "{pause:?} of {ceiling}");
    }
    // r09: the idempotency key is that of the action, whatever the attempt.
    assert!(calls.iter().all(|call| call.key == action_id(report.run, "a", false, 0)));
    assert_eq!(calls[0].at.run, report.run);
    assert!(runtime.journal_timers().await.is_empty());
    assert_eq!(runtime.counters().retries, 3);
    assert_eq!(report.step("a").unwrap().error, None, "it completed in the end");
}

#[tokio::test(start_paused = true)]
async fn r12_retry_count_overrides_the_strategys_default() {
    let (world, runtime) = on::<retrying::Node>();
    world.scripts.on("b", |_| async { Err(fail("busy")) });
    let report = run::<retrying::Node>(&runtime).await;
    assert_eq!(world.scripts.calls_of("b").len(), 1);
    assert_eq!(report.state, RunState::Failed);
    assert_eq!(report.cause, Some(RunCause::StepFailed { step: "b", message: "busy".into() }));
}

#[tokio::test(start_paused = true)]
async fn r12_only_retryable_errors_are_tried_again() {
    let (world, runtime) = on::<retrying::Node>();
    for fault in [permanent("never"), refused("no")] {
        let attempts = world.scripts.calls_of("a").len();
        let message = fault.message.clone();
        world.scripts.on("a", move |_| std::future::ready(Err(fault.clone())));
        let report = run::<retrying::Node>(&runtime).await;
        assert_eq!(world.scripts.calls_of("a").len(), attempts + 1);
        assert_eq!(report.step("a").unwrap().error.as_deref(), Some(message.as_str()));
    }
}

workflow!(computing { strategy: Strategy::Retry, max_retries: 3, } [a Compute []]);

#[tokio::test(start_paused = true)]
async fn r12_an_unclassified_error_of_a_compute_step_is_permanent() {
    let (world, runtime) = on::<computing::Node>();
    world.scripts.on_sync("a", |_| Err(fail("wrong")));
    let report = run::<computing::Node>(&runtime).await;
    assert_eq!((report.state, world.scripts.calls().len()), (RunState::Failed, 1));
}

workflow!(timed { strategy: Strategy::Retry, max_retries: 1, }
    [a Effect [] { timeout_ms: 100 }; b Compute [0] { timeout_ms: 20 }]);

#[tokio::test(start_paused = true)]
async fn r12_an_attempt_that_takes_too_long_is_ended_and_tried_again() {
    let (world, runtime) = on::<timed::Node>();
    world.scripts.on("a", |ctx| async move {
        if ctx.attempt == 1 {
            std::future::pending::<()>().await;
        }
        Ok(1)
    });
    let began = Instant::now();
    let report = run::<timed::Node>(&runtime).await;
    assert_eq!(report.state, RunState::Completed);
    let calls = world.scripts.calls_of("a");
    assert_eq!((calls.len(), calls[0].ended), (2, None));
    let second = calls[1].began - began;
    assert!(second >= ms(150) && second <= ms(201), "100 ms of timeout and a backoff: {second:?}");
}

#[tokio::test(start_paused = true)]
async fn r10_an_effect_that_timed_out_for_good_is_indeterminate() {
    let (world, runtime) = on::<timed::Node>();
    world.scripts.on("a", |_| std::future::pending());
    let report = run::<timed::Node>(&runtime).await;
    assert_eq!(report.state, RunState::Failed);
    assert_eq!(states(&report), [StepState::Indeterminate, StepState::NotRun]);
    assert_eq!(report.step("a").unwrap().error.as_deref(), Some("attempt timed out after 100 ms"));
    assert_eq!(report.step("a").unwrap().attempts, 2);
}

#[tokio::test]
async fn r12_a_synchronous_step_that_took_too_long_is_timed_out_when_it_returns() {
    let (world, runtime) = on::<timed::Node>();
    world.scripts.on_sync("b", |_| {
        std::thread::sleep(ms(40));
        Ok(1)
    });
    let report = run::<timed::Node>(&runtime).await;
    let step = report.step("b").unwrap();
    assert_eq!((step.state, step.attempts), (StepState::Failed, 2));
    assert_eq!(step.error.as_deref(), Some("attempt timed out after 20 ms"));
}

#[tokio::test(start_paused = true)]
async fn a_panic_fails_its_step_and_nothing_else() {
    expect_panic("asynchronous 1");
    expect_panic("synchronous");
    let (world, runtime) = on::<diamond::Node>();
    let other = {
        world.scripts.on("left", |_| async {
            sleep(ms(100)).await;
            Ok(1)
        });
        runtime.start::<diamond::Node>(0_u64, None).await.unwrap()
    };
    breathe().await;
    world.scripts.on("left", |_| async {
        sleep(ms(10)).await;
        panic!("asynchronous {}", 1)
    });
    let report = run::<diamond::Node>(&runtime).await;
    assert_eq!(report.state, RunState::Failed);
    assert_eq!(report.step("left").unwrap().error.as_deref(), Some("asynchronous 1"));
    assert_eq!(report.step("left").unwrap().state, StepState::Indeterminate, "it may have taken effect");
    world.scripts.on_sync("split", |_| panic!("synchronous"));
    let report = run::<diamond::Node>(&runtime).await;
    assert_eq!(report.step("split").unwrap().error.as_deref(), Some("synchronous"));
    assert_eq!(states(&report)[0], StepState::Failed);
    assert_eq!(other.await.unwrap().state, RunState::Completed);
}

workflow!(diamond { mode: Mode::Parallel, }
    [split Compute []; left Effect [0]; right Effect [0]; tail Compute [1]; join Reducer [2, 3]]);
