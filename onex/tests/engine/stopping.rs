//! Runs that stop before every step had its turn: compensation, cancellation, timeouts, shutdown.

use crate::support::*;
use onex::engine::{LostCause, RunCause};
use onex::journal::{DeadLetterCause, Journal};
use onex::message::action_id;
use onex::run::{CompensationState, RunState, StepState};
use tokio::time::{Instant, sleep};

workflow!(saga { strategy: Strategy::Compensate, max_retries: 2, } [
    a Effect [] undo undo_a; b Effect [] undo undo_b { timeout_ms: 100 }; c Effect []; d Effect [] undo undo_d
]);

#[tokio::test(start_paused = true)]
async fn r19_what_was_done_is_undone_latest_first() {
    let (world, runtime) = on::<saga::Node>();
    world.scripts.on("c", |_| async { Err(permanent("no")) });
    let report = run::<saga::Node>(&runtime).await;
    assert_eq!(world.scripts.order(), ["a", "b", "c", "undo_b", "undo_a"]);
    assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::Done));
    let compensations: Vec<_> = report.steps.iter().map(|step| step.compensation).collect();
    let (done, none) = (CompensationState::Done, CompensationState::None);
    assert_eq!(compensations, [done, done, none, none]);
    let undo = &world.scripts.calls_of("undo_a")[0];
    assert!(undo.at.compensating);
    assert_eq!(undo.key, action_id(report.run, "a", true, 0), "it has a key of its own");
    let letters = runtime.dead_letter_list().await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(
        letters[0].cause,
        DeadLetterCause::RunFailed {
            run: report.run,
            state: RunState::Failed,
            step: Some("c".into()),
            message: "no".into(),
        }
    );
}

#[tokio::test(start_paused = true)]
async fn r19_an_effect_whose_outcome_is_unknown_is_undone_too() {
    let (world, runtime) = on::<saga::Node>();
    world.scripts.on("b", |_| std::future::pending());
    let report = run::<saga::Node>(&runtime).await;
    assert_eq!(states(&report)[1], StepState::Indeterminate);
    assert_eq!(world.scripts.order(), ["a", "b", "undo_b", "undo_a"]);
}

#[tokio::test(start_paused = true)]
async fn r19_a_compensation_is_retried_and_what_cannot_be_undone_parks_the_run() {
    let (world, runtime) = on::<saga::Node>();
    world.scripts.on("c", |_| async { Err(permanent("no")) });
    world.scripts.on("undo_b", |ctx| async move { if ctx.attempt < 3 { Err(fail("later")) } else { Ok(0) } });
    let report = run::<saga::Node>(&runtime).await;
    assert_eq!(world.scripts.calls_of("undo_b").len(), 3);
    assert_eq!(report.compensation, CompensationState::Done);

    world.scripts.on("undo_b", |_| async { Err(fail("locked")) });
    let report = run::<saga::Node>(&runtime).await;
    assert_eq!(world.scripts.calls_of("undo_b").len(), 6);
    assert_eq!((report.state, report.compensation), (RunState::Parked, CompensationState::Failed));
    let step = report.step("b").unwrap();
    assert_eq!((step.error.as_deref(), step.compensation_error.as_deref()), (None, Some("locked")));
    assert_eq!(report.step("a").unwrap().compensation, CompensationState::Pending);
    let letters = runtime.dead_letter_list().await.unwrap();
    let DeadLetterCause::RunFailed { state, step, message, .. } = &letters[1].cause else { panic!() };
    assert_eq!((*state, step.as_deref()), (RunState::Parked, Some("b")));
    assert_eq!(message, "the step could not be undone: locked");
    assert_eq!(runtime.counters().runs_parked, 1);
    let status = runtime.status(report.run).await.unwrap().unwrap();
    assert_eq!((status.state, &status.steps), (report.state, &report.steps));
}

workflow!(short { timeout_ms: 200, strategy: Strategy::Compensate, } [a Effect [] undo undo_a; b Effect [0]]);

#[tokio::test(start_paused = true)]
async fn r20_a_run_whose_time_is_up_stops_and_undoes_without_a_deadline() {
    let (world, runtime) = on::<short::Node>();
    world.scripts.on("b", |ctx| async move {
        ctx.cancellation.cancelled().await;
        Err(fail("stopped early"))
    });
    world.scripts.on("undo_a", |ctx| async move {
        assert!(!ctx.cancellation.is_cancelled());
        sleep(ms(1000)).await;
        Ok(0)
    });
    let began = Instant::now();
    let report = run::<short::Node>(&runtime).await;
    assert_eq!(began.elapsed(), ms(1200));
    assert_eq!((report.state, report.compensation), (RunState::TimedOut, CompensationState::Done));
    assert_eq!(report.cause, Some(RunCause::TimedOut { after_ms: 200 }));
    assert_eq!(states(&report), [StepState::Completed, StepState::Failed]);
    assert_eq!(runtime.dead_letter_list().await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn r18_a_run_that_is_being_undone_is_killed() {
    let (world, runtime) = on::<saga::Node>();
    world.scripts.on("c", |_| async { Err(permanent("no")) });
    world.scripts.on("undo_b", |_| std::future::pending());
    let handle = runtime.start::<saga::Node>(0_u64, None).await.unwrap();
    sleep(ms(10)).await;
    assert!(handle.cancel("enough"), "it comes too late to decide anything");
    sleep(ms(10)).await;
    assert!(runtime.kill(handle.id(), "undone by hand"));
    assert!(!handle.kill("again") && !handle.cancel("again"));
    let began = Instant::now();
    let report = handle.await.unwrap();
    assert!(began.elapsed() < ms(10), "what undoes is not waited for");
    assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::Pending));
    assert_eq!(report.cause, Some(RunCause::StepFailed { step: "c", message: "no".into() }));
    let (cancelled, killed) = ("enough".into(), "undone by hand".into());
    let later = [RunCause::Cancelled { reason: cancelled }, RunCause::Killed { reason: killed }];
    assert_eq!(report.later_causes, later);
    assert_eq!(world.scripts.order(), ["a", "b", "c", "undo_b"]);
    let status = runtime.status(report.run).await.unwrap().unwrap();
    assert_eq!((status.later_causes, status.steps), (report.later_causes, report.steps));
}

#[tokio::test(start_paused = true)]
async fn r18_kill_gives_steps_their_grace_and_undoes_nothing() {
    let (world, runtime) = on::<saga::Node>();
    world.scripts.on("c", |ctx| async move {
        ctx.cancellation.cancelled().await;
        Ok(1)
    });
    let handle = runtime.start::<saga::Node>(0_u64, None).await.unwrap();
    sleep(ms(10)).await;
    assert!(handle.kill("it does harm"));
    let report = handle.await.unwrap();
    assert_eq!((report.state, report.compensation), (RunState::Cancelled, CompensationState::Pending));
    assert_eq!(report.cause, Some(RunCause::Killed { reason: "it does harm".into() }));
    assert_eq!(report.later_causes, []);
    use StepState::{Completed, NotRun};
    assert_eq!(states(&report), [Completed, Completed, Completed, NotRun]);
    assert_eq!(world.scripts.order(), ["a", "b", "c"]);
}

workflow!(quiet { dead_letter: false, } [a Effect []]);

#[tokio::test]
async fn a_failed_run_is_a_dead_letter_only_if_its_contract_says_so() {
    let (world, runtime) = on::<quiet::Node>();
    world.scripts.on("a", |_| async { Err(permanent("no")) });
    run::<quiet::Node>(&runtime).await;
    assert!(runtime.dead_letter_list().await.unwrap().is_empty());
}

workflow!(pair { mode: Mode::Parallel, } [
    a Effect [] { retry_count: Some(5) }; b Effect []; c Effect [0]; d Compute [1]
]);

#[tokio::test(start_paused = true)]
async fn r18_a_cancelled_run_gives_its_steps_a_grace_period() {
    let (world, runtime) = on::<pair::Node>();
    world.scripts.on("a", |_| std::future::pending());
    world.scripts.on("b", |ctx| async move {
        ctx.cancellation.cancelled().await;
        sleep(ms(100)).await;
        Ok(5)
    });
    let handle = runtime.start::<pair::Node>(0_u64, None).await.unwrap();
    let id = handle.id();
    sleep(ms(10)).await;
    let began = Instant::now();
    assert!(runtime.cancel(id, "the customer called"));
    assert!(!handle.cancel("again"), "a second cancel does nothing");
    let report = handle.await.unwrap();
    assert_eq!(began.elapsed(), quick().grace, "`a` does not listen");
    let cause = RunCause::Cancelled { reason: "the customer called".into() };
    assert_eq!((report.state, &report.cause), (RunState::Cancelled, &Some(cause)));
    use StepState::{Completed, Indeterminate, NotRun};
    assert_eq!(states(&report), [Indeterminate, Completed, NotRun, NotRun]);
    let error = report.step("a").unwrap().error.clone().unwrap();
    assert!(error.starts_with("abandoned"), "{error}");
    assert!(!runtime.cancel(id, "late"), "it is over");
    assert!(runtime.dead_letter_list().await.unwrap().is_empty(), "it was asked for");
    let status = runtime.status(id).await.unwrap().unwrap();
    assert_eq!((status.steps, status.cause), (report.steps, report.cause));
}

#[tokio::test(start_paused = true)]
async fn r18_fail_fast_stops_the_others_and_keeps_what_they_return() {
    let (world, runtime) = on::<pair::Node>();
    world.scripts.on("a", |ctx| async move {
        ctx.cancellation.cancelled().await;
        Ok(3)
    });
    world.scripts.on("b", |_| async {
        sleep(ms(10)).await;
        Err(permanent("no"))
    });
    let began = Instant::now();
    let report = run::<pair::Node>(&runtime).await;
    assert_eq!(began.elapsed(), ms(10));
    assert_eq!(
        states(&report),
        [StepState::Completed, StepState::Failed, StepState::NotRun, StepState::NotRun]
    );
    assert_eq!(*report.output::<u64>("a").unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cancelled_while_it_waits_for_a_retry_does_not_try_again() {
    let (world, runtime) = on::<pair::Node>();
    world.scripts.on("a", |_| async { Err(fail("busy")) });
    world.scripts.on("b", |_| async {
        sleep(ms(1)).await;
        Ok(1)
    });
    let handle = runtime.start::<pair::Node>(0_u64, None).await.unwrap();
    sleep(ms(20)).await;
    assert_eq!(runtime.journal_timers().await.len(), 1);
    handle.cancel("a test");
    let report = handle.await.unwrap();
    assert_eq!(report.state, RunState::Cancelled);
    assert_eq!(states(&report)[0], StepState::Cancelled);
    assert_eq!(report.step("a").unwrap().error.as_deref(), Some("busy"));
    assert!(runtime.journal_timers().await.is_empty());
    sleep(ms(10_000)).await;
    assert_eq!(world.scripts.calls_of("a").len(), 1);
}

workflow!(together { mode: Mode::Parallel, max_parallel_steps: 3, strategy: Strategy::Compensate, } [
    a Effect [] undo undo_a; b Compute []; c Effect [] { continue_on_error: true }; d Effect [] undo undo_d
]);

#[tokio::test]
async fn r10_an_effect_that_has_not_begun_when_the_run_stops_was_not_run_and_is_not_undone() {
    let (world, runtime) = on::<together::Node>();
    world.scripts.on_sync("b", |_| Err(permanent("no")));
    world.scripts.on("c", |_| async { Err(permanent("never mind")) });
    let report = run::<together::Node>(&runtime).await;
    let d = report.step("d").unwrap();
    assert_eq!((d.state, d.attempts, d.compensation), (StepState::NotRun, 0, CompensationState::None));
    assert_eq!(world.scripts.order(), ["a", "c", "b", "undo_a"], "the end of `c` has made room for `d`");
    let facts = runtime.journal().run(report.run).await.unwrap().unwrap().facts;
    let scheduled = onex::run::Fact::StepScheduled { step: onex::run::StepId(3), attempt: 1 };
    assert!(facts.contains(&scheduled), "`d` was about to begin");
}

struct TellsWhenDropped(std::sync::Arc<std::sync::atomic::AtomicBool>);

impl Drop for TellsWhenDropped {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_run_outlives_it() {
    let tasks = alive_tasks().await;
    let (world, runtime) = on::<pair::Node>();
    let dropped = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let guard = dropped.clone();
    world.scripts.on("a", move |_| {
        let guard = TellsWhenDropped(guard.clone());
        async move {
            let _guard = guard;
            std::future::pending().await
        }
    });
    let handle = runtime.start::<pair::Node>(0_u64, None).await.unwrap();
    sleep(ms(1)).await;
    handle.cancel("a test");
    handle.await.unwrap();
    assert!(dropped.load(std::sync::atomic::Ordering::SeqCst));
    runtime.settled().await;
    drop(runtime);
    assert_eq!(alive_tasks().await, tasks);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_then_cancels_then_gives_up() {
    let (world, runtime) = on::<pair::Node>();
    world.scripts.on("a", |_| std::future::pending());
    let stubborn = runtime.start::<pair::Node>(0_u64, None).await.unwrap();
    let began = Instant::now();
    let shutdown = runtime.shutdown(ms(100)).await;
    assert_eq!((shutdown.settled, shutdown.cancelled, shutdown.abandoned), (false, 1, 0));
    assert_eq!(began.elapsed(), ms(100) + quick().grace);
    let cause = RunCause::Cancelled { reason: "the runtime was shut down".into() };
    assert_eq!(stubborn.await.unwrap().cause, Some(cause));
    let refused = runtime.start::<pair::Node>(0_u64, None).await.unwrap_err();
    assert!(matches!(refused, onex::engine::StartError::Closed));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_drops_what_does_not_stop() {
    let (world, runtime) = on::<saga::Node>();
    world.scripts.on("c", |_| async { Err(permanent("no")) });
    world.scripts.on("undo_a", |_| std::future::pending());
    let handle = runtime.start::<saga::Node>(0_u64, None).await.unwrap();
    let id = handle.id();
    let began = Instant::now();
    let shutdown = runtime.shutdown(ms(10)).await;
    assert_eq!((shutdown.settled, shutdown.cancelled, shutdown.abandoned), (false, 1, 1));
    assert_eq!(began.elapsed(), ms(10) + quick().grace * 2);
    let lost = handle.await.unwrap_err();
    assert!(matches!(lost.cause, LostCause::Dropped), "{lost}");
    let status = runtime.status(id).await.unwrap().unwrap();
    assert_eq!(status.state, RunState::Compensating, "what it committed stands");
}

workflow!(ticket entry(Ticket, "onex.evt.desk.ticket-opened.v1", Reject, None) {} [answer Effect [0]]);

#[tokio::test]
async fn a_failed_run_is_a_dead_letter_with_the_envelope_that_started_it() {
    let (world, runtime) = on::<ticket::Node>();
    world.scripts.on("answer", |_| async { Err(permanent("nobody is there")) });
    let mut topic = runtime.subscribe("onex.dlq.desk.ticket-opened.v1");
    let id = runtime.publish(Ticket { id: "t-1".into() }).await.unwrap();
    runtime.settled().await;
    let letters = runtime.dead_letter_list().await.unwrap();
    assert_eq!(letters[0].envelope.envelope_id, id);
    assert_eq!(letters[0].envelope.payload.as_ref().unwrap().get(), r#"{"id":"t-1"}"#);
    assert_eq!(letters[0].handler.as_deref(), Some("ticket"));
    assert_eq!(topic.try_recv().unwrap().causation_id, Some(id));
    assert!(runtime.journal_outbox().await.is_empty());
}
