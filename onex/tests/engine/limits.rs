//! What bounds an engine: how many runs it drives at once, and how many retries it makes in a time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::support::*;
use onex::engine::{PublishError, RetryBudget, RunCause, Settings, StartError};
use onex::node::mount::Mount;
use onex::run::{RunState, StepState};
use onex::{Payload, Runtime};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

fn with<N: Mount<World>>(settings: Settings) -> (World, Runtime<World>) {
    let world = World::default();
    let runtime = Runtime::builder(world.clone()).settings(settings).mount::<N>().build().unwrap();
    (world, runtime)
}

workflow!(ticket entry(Ticket, "onex.evt.desk.ticket-opened.v1", Reject, Some(|ticket| ticket.get::<Ticket>().ok().map(|ticket| ticket.id.clone()))) {}
    [answer Effect [0]]);
workflow!(plain {} [answer Effect []]);

/// `answer` takes a permit for each call.
fn gated(world: &World) -> Arc<Semaphore> {
    let gate = Arc::new(Semaphore::new(0));
    let at = Arc::clone(&gate);
    world.scripts.on("answer", move |_| {
        let at = Arc::clone(&at);
        async move {
            at.acquire().await.unwrap().forget();
            Ok(1)
        }
    });
    gate
}

#[tokio::test(start_paused = true)]
async fn runs_beyond_the_bound_wait_in_order_and_are_counted() {
    let (world, runtime) = with::<ticket::Node>(Settings { max_concurrent_runs: 2, ..quick() });
    let gate = gated(&world);
    let mut reports = runtime.reports();
    for number in 0..5 {
        runtime.publish(Ticket { id: format!("t-{number}") }).await.unwrap();
    }
    breathe().await;
    for left in (0..=3).rev() {
        let load = runtime.load();
        assert_eq!((load.runs, load.waiting_runs), (2, left));
        assert_eq!(runtime.live_runs().len(), 2);
        gate.add_permits(1);
        sleep(ms(1)).await;
    }
    gate.add_permits(1);
    runtime.settled().await;
    let keys: Vec<String> =
        std::iter::from_fn(|| reports.try_recv()).map(|report| report.key.to_string()).collect();
    assert_eq!(keys, ["t-0", "t-1", "t-2", "t-3", "t-4"]);
    let load = runtime.load();
    assert_eq!((load.runs, load.waiting_runs), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn who_stops_waiting_for_a_run_is_not_counted_and_takes_no_turn() {
    let (world, runtime) = with::<plain::Node>(Settings { max_concurrent_runs: 1, ..quick() });
    let gate = gated(&world);
    let first = runtime.start::<plain::Node>(0_u64, None).await.unwrap();
    let gives_up = tokio::time::timeout(ms(10), runtime.start::<plain::Node>(0_u64, None)).await;
    assert!(gives_up.is_err());
    assert_eq!((runtime.load().runs, runtime.load().waiting_runs), (1, 0));
    gate.add_permits(2);
    assert_eq!(first.await.unwrap().state, RunState::Completed);
    assert_eq!(run::<plain::Node>(&runtime).await.state, RunState::Completed);
    assert_eq!(runtime.counters().runs_started, 2);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_starts_nothing_that_waits() {
    let (world, runtime) = with::<ticket::Node>(Settings { max_concurrent_runs: 1, ..quick() });
    let _never_opens = gated(&world);
    for number in 0..2 {
        runtime.publish(Ticket { id: format!("t-{number}") }).await.unwrap();
    }
    let program = tokio::spawn({
        let runtime = runtime.clone();
        async move { runtime.start::<ticket::Node>(Ticket { id: "t-2".into() }, None).await.map(|_| ()) }
    });
    breathe().await;
    let shutdown = runtime.shutdown(ms(10)).await;
    assert_eq!((shutdown.cancelled, shutdown.not_started, shutdown.abandoned), (1, 2, 0));
    assert!(matches!(program.await.unwrap(), Err(StartError::Closed)));
    assert_eq!(runtime.counters().runs_started, 1);
    let left = runtime.journal_outbox().await;
    let ids: Vec<_> =
        left.iter().map(|envelope| envelope.payload.get::<Ticket>().unwrap().id.clone()).collect();
    assert_eq!(ids, ["t-1"], "it is left to whoever owns the journal next");
}

workflow!(retrying { strategy: Strategy::Retry, max_retries: 1, } [a Effect []]);

const TEN_A_SECOND: Option<RetryBudget> = Some(RetryBudget { per_second: 10, burst: 2 });

#[tokio::test(start_paused = true)]
async fn r12_retries_of_all_runs_together_keep_to_their_budget() {
    let (world, runtime) = with::<retrying::Node>(Settings { retry_budget: TEN_A_SECOND, ..quick() });
    world.scripts.on("a", |ctx| async move { if ctx.attempt == 1 { Err(fail("busy")) } else { Ok(1) } });
    let mut handles = Vec::new();
    for _ in 0..22 {
        handles.push(runtime.start::<retrying::Node>(0_u64, None).await.unwrap());
    }
    sleep(ms(300)).await;
    assert_eq!(runtime.journal_timers().await.len(), 22 - runtime.counters().runs_completed as usize);
    for handle in handles {
        assert_eq!(handle.await.unwrap().state, RunState::Completed, "none is given up");
    }
    let calls = world.scripts.calls_of("a");
    let mut retries: Vec<Instant> =
        calls.iter().filter(|call| call.attempt == 2).map(|call| call.began).collect();
    retries.sort();
    assert_eq!(retries.len(), 22);
    for from in 0..retries.len() {
        for to in from..retries.len() {
            let allowed = 2 + (retries[to] - retries[from] + ms(2)).as_millis() / 100;
            assert!(
                (to - from + 1) as u128 <= allowed,
                "{} in {:?}",
                to - from + 1,
                retries[to] - retries[from]
            );
        }
    }
    assert!(retries[21] - retries[0] <= ms(2010), "nothing waits longer than it must");
    assert!(runtime.counters().retries_held >= 19);
    assert!(runtime.journal_timers().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn r21_a_turn_that_passes_while_paused_is_taken_anew() {
    let budget = Some(RetryBudget { per_second: 1, burst: 1 });
    let (world, runtime) = with::<retrying::Node>(Settings { retry_budget: budget, ..quick() });
    world.scripts.on("a", |ctx| async move { if ctx.attempt == 1 { Err(fail("busy")) } else { Ok(1) } });
    let mut handles = Vec::new();
    for _ in 0..3 {
        handles.push(runtime.start::<retrying::Node>(0_u64, None).await.unwrap());
    }
    sleep(ms(200)).await;
    let waiting = runtime.journal_timers().await;
    assert_eq!(waiting.len(), 2, "they have the turns after one second and after two");
    let [first, last] = [&waiting[0], &waiting[1]];
    assert!(first.due_unix_ms.abs_diff(last.due_unix_ms) > 900, "the journal knows when they are due now");
    let last = if first.due_unix_ms > last.due_unix_ms { first.key.run } else { last.key.run };
    runtime.pause(last, "maintenance").await.unwrap();
    sleep(ms(1000)).await;
    runtime.resume(last).await.unwrap();
    sleep(ms(1300)).await;
    handles.push(runtime.start::<retrying::Node>(0_u64, None).await.unwrap());
    runtime.settled().await;
    let calls = world.scripts.calls_of("a");
    let mut retries: Vec<Instant> =
        calls.iter().filter(|call| call.attempt == 2).map(|call| call.began).collect();
    retries.sort();
    assert_eq!(retries.len(), 4);
    for pair in retries.windows(2) {
        assert!(pair[1] - pair[0] >= ms(999), "{:?} after the one before", pair[1] - pair[0]);
    }
}

#[tokio::test(start_paused = true)]
async fn retries_of_routes_keep_to_the_same_budget() {
    let world = World::default();
    let settings = Settings { retry_budget: TEN_A_SECOND, ..quick() };
    let runtime = Runtime::builder(world.clone()).settings(settings).mount::<Books>().build().unwrap();
    world.desk.failures.store(12, Ordering::Relaxed);
    let began = Instant::now();
    for number in 0..12 {
        let validated = OrderValidated { order_id: format!("o-{number}") };
        let envelope = onex::Envelope::external(
            uuid::Uuid::from_u128(number),
            onex::message::Topic::new(VALIDATED),
            Payload::new(validated),
        );
        runtime.deliver(envelope).await.unwrap();
    }
    runtime.settled().await;
    assert_eq!(world.desk.done().len(), 12);
    assert!(began.elapsed() >= ms(1000), "{:?}", began.elapsed());
    assert!(runtime.counters().retries_held >= 9);
}

workflow!(sized { strategy: Strategy::Compensate, } [small Effect [] undo undo_small; large Effect [0] undo undo_large]);

#[tokio::test(start_paused = true)]
async fn a_step_that_returns_too_much_has_failed_for_good_and_is_undone() {
    let (world, runtime) = with::<sized::Node>(Settings { max_payload_bytes: Some(3), ..quick() });
    world.scripts.on("small", |_| async { Ok(999) });
    world.scripts.on("large", |_| async { Ok(1000) });
    let report = runtime.run::<sized::Node>(0_u64, None).await.unwrap();
    assert_eq!(world.scripts.order(), ["small", "large", "undo_large", "undo_small"], "it did take place");
    assert_eq!(states(&report), [StepState::Completed, StepState::Indeterminate]);
    let message = "what it returned takes 4 bytes as JSON, and `max_payload_bytes` is 3".to_owned();
    assert_eq!(report.cause, Some(RunCause::StepFailed { step: "large", message }));

    let (world, runtime) = with::<sized::Node>(quick());
    world.scripts.on("large", |_| async { Ok(u64::MAX) });
    let report = runtime.run::<sized::Node>(0_u64, None).await.unwrap();
    assert_eq!(report.state, RunState::Completed, "nothing is measured unless it is asked for");
}

#[tokio::test]
async fn what_is_published_and_takes_too_much_is_refused() {
    let (world, runtime) = with::<ticket::Node>(Settings { max_payload_bytes: Some(40), ..quick() });
    // `{"id":""}` takes nine bytes.
    runtime.publish(Ticket { id: "x".repeat(31) }).await.unwrap();
    let refused = runtime.publish(Ticket { id: "x".repeat(32) }).await.unwrap_err();
    let PublishError::TooLarge { size, .. } = &refused else { panic!("{refused}") };
    assert_eq!((size.bytes, size.max), (41, 40));
    assert_eq!(refused.to_string(), "`Ticket` takes 41 bytes as JSON, and `max_payload_bytes` is 40");
    runtime.settled().await;
    assert_eq!(world.scripts.order(), ["answer"]);
    assert!(runtime.dead_letter_list().await.unwrap().is_empty());
}
