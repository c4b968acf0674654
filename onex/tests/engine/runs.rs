//! Runs that come to their end: order, concurrency, retries, timeouts, what they return and publish.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::support::*;
use onex::Runtime;
use onex::engine::{OutputError, SkipCause, StartError};
use onex::message::{action_id, emitted_id};
use onex::run::{RunState, StepState};
use tokio::time::{Instant, sleep};

workflow!(chain {} [a Effect []; b Compute [0]; c Effect [1]; d Reducer [2]; e Compute [3]]);

#[tokio::test]
async fn a_sequential_run_executes_its_steps_in_order() {
    let (world, runtime) = on::<chain::Node>();
    let mut reports = runtime.reports();
    let report = run::<chain::Node>(&runtime).await;
    assert_eq!(world.scripts.order(), ["a", "b", "c", "d", "e"]);
    assert_eq!((report.state, report.cause.clone(), report.retries()), (RunState::Completed, None, 0));
    assert_eq!(states(&report), [StepState::Completed; 5]);
    assert_eq!(*report.output::<u64>("c").unwrap(), 1);
    assert!(matches!(report.output::<u64>("x"), Err(OutputError::NoSuchStep { .. })));
    assert!(matches!(report.output::<String>("c"), Err(OutputError::OtherType { .. })));
    assert_eq!(reports.try_recv().unwrap().run, report.run);
    let told = serde_json::to_value(&report).unwrap();
    assert_eq!(told["state"], "completed");
    assert_eq!(told["key"], report.run.to_string());
    assert_eq!(told["steps"][4]["id"], "e");
    let counters = runtime.counters();
    assert_eq!((counters.runs_started, counters.runs_completed, counters.attempts), (1, 1, 5));
}

workflow!(independent {} [a Effect []; b Effect []]);

#[tokio::test(start_paused = true)]
async fn a_sequential_run_does_one_thing_at_a_time() {
    let (world, runtime) = on::<independent::Node>();
    for step in ["a", "b"] {
        world.scripts.on(step, |_| async {
            sleep(ms(50)).await;
            Ok(1)
        });
    }
    let began = Instant::now();
    run::<independent::Node>(&runtime).await;
    assert_eq!(began.elapsed(), ms(100));
}

workflow!(diamond { mode: Mode::Parallel, }
    [split Compute []; left Effect [0]; right Effect [0]; tail Compute [1]; join Reducer [2, 3]]);

#[tokio::test(start_paused = true)]
async fn a_parallel_run_does_what_it_can_at_once() {
    let (world, runtime) = on::<diamond::Node>();
    for step in ["left", "right"] {
        world.scripts.on(step, |_| async {
            sleep(ms(50)).await;
            Ok(1)
        });
    }
    let began = Instant::now();
    let report = run::<diamond::Node>(&runtime).await;
    assert_eq!((report.state, began.elapsed()), (RunState::Completed, ms(50)));
    assert_eq!(report.duration, ms(50));
}

#[tokio::test(start_paused = true)]
async fn there_are_no_waves_a_step_starts_when_its_own_dependencies_are_done() {
    let (world, runtime) = on::<diamond::Node>();
    world.scripts.on("left", |_| async {
        sleep(ms(10)).await;
        Ok(1)
    });
    world.scripts.on("right", |_| async {
        sleep(ms(50)).await;
        Ok(1)
    });
    let began = Instant::now();
    run::<diamond::Node>(&runtime).await;
    assert_eq!(world.scripts.calls_of("tail")[0].began - began, ms(10));
}

workflow!(wide { mode: Mode::Parallel, max_parallel_steps: 3, }
    [a Effect []; b Effect []; c Effect []; d Effect []; e Effect []; f Effect []; g Effect []]);

#[tokio::test(start_paused = true)]
async fn no_more_steps_are_in_flight_than_may_be() {
    let (world, runtime) = on::<wide::Node>();
    let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    for step in ["a", "b", "c", "d", "e", "f", "g"] {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        world.scripts.on(step, move |_| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                sleep(ms(10)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                Ok(1)
            }
        });
    }
    let began = Instant::now();
    run::<wide::Node>(&runtime).await;
    assert_eq!((most.load(Ordering::SeqCst), began.elapsed()), (3, ms(30)));
}

workflow!(tolerant { strategy: Strategy::ContinueOnError, } [a Effect []; b Effect [0]; c Effect []]);

#[tokio::test]
async fn r17_a_run_that_goes_on_after_an_error_completes_with_errors() {
    let (world, runtime) = on::<tolerant::Node>();
    world.scripts.on("a", |_| async { Err(permanent("gone")) });
    let report = run::<tolerant::Node>(&runtime).await;
    assert_eq!(report.state, RunState::CompletedWithErrors);
    assert_eq!(states(&report), [StepState::Failed, StepState::Skipped, StepState::Completed]);
    assert_eq!(report.step("b").unwrap().skipped_because, Some(SkipCause::NoOutput { of: "a" }));
    assert!(runtime.dead_letter_list().await.unwrap().is_empty(), "the contract allowed it");
}

workflow!(publishing entry(Ticket, "onex.evt.desk.ticket-opened.v1", Reject, None)
    publishes(Answered, "onex.evt.desk.ticket-answered.v1") {}
    [answer Effect [0] { publishes: Some(1) }; close Effect [1]]);

#[tokio::test]
async fn r08_a_steps_output_is_published_when_the_step_is_committed() {
    let (world, runtime) = on::<publishing::Node>();
    let mut answers = runtime.subscribe("onex.evt.desk.ticket-answered.v1");
    let mut reports = runtime.reports();
    world.scripts.on("close", |_| async {
        sleep(ms(50)).await;
        Ok(1)
    });
    let cause = runtime.publish(Ticket { id: "t-1".into() }).await.unwrap();
    let answer = answers.recv().await.unwrap();
    assert!(reports.try_recv().is_none(), "published while the run goes on");
    runtime.settled().await;
    let report = reports.try_recv().unwrap();
    let action = action_id(report.run, "answer", false, 0);
    assert_eq!(answer.envelope_id, emitted_id(action, "node_publishing", "answer", "Answered", 0));
    assert_eq!((answer.causation_id, answer.correlation_id), (Some(action), cause));
    assert_eq!(*answer.payload.get::<u64>().unwrap(), 1);
    assert_eq!((report.envelope_id, report.correlation_id), (cause, cause));
    assert_eq!(report.step("Ticket").unwrap().state, StepState::Completed);
    assert_eq!(report.output::<Ticket>("Ticket").unwrap().id, "t-1");
}

#[tokio::test]
async fn r08_a_step_that_fails_publishes_nothing() {
    let (world, runtime) = on::<publishing::Node>();
    let mut answers = runtime.subscribe("onex.evt.desk.ticket-answered.v1");
    let mut reports = runtime.reports();
    world.scripts.on("answer", |_| async { Err(permanent("no such desk")) });
    runtime.publish(Ticket { id: "t-1".into() }).await.unwrap();
    runtime.settled().await;
    assert_eq!(reports.try_recv().unwrap().step("answer").unwrap().state, StepState::Failed);
    assert!(answers.try_recv().is_none());
}

#[tokio::test]
async fn a_started_run_goes_on_by_itself_and_its_status_can_be_read() {
    let (world, runtime) = on::<chain::Node>();
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    world.scripts.on("c", {
        let gate = Arc::clone(&gate);
        move |_| {
            let gate = Arc::clone(&gate);
            async move {
                gate.acquire().await.expect("never closed").forget();
                Ok(7)
            }
        }
    });
    let handle = runtime.start::<chain::Node>(0_u64, Some("k".into())).await.unwrap();
    breathe().await;
    assert_eq!(runtime.live_runs(), [handle.id()]);
    let status = runtime.status(handle.id()).await.unwrap().unwrap();
    assert_eq!(status.state, RunState::Running);
    use StepState::{Completed, Scheduled, Waiting};
    assert_eq!(states(&status), [Completed, Completed, Scheduled, Waiting, Waiting]);
    gate.add_permits(1);
    let id = handle.id();
    let report = handle.await.unwrap();
    assert_eq!(report.key.to_string(), "k");
    assert!(runtime.live_runs().is_empty());
    // The journal tells the same as the run itself.
    let status = runtime.status(id).await.unwrap().unwrap();
    assert_eq!((status.state, &status.steps), (report.state, &report.steps));
    assert_eq!(*status.output::<u64>("c").unwrap(), 7);
    assert!(runtime.status(onex::message::RunId(uuid::Uuid::nil())).await.unwrap().is_none());
}

#[tokio::test]
async fn a_failed_run_is_told_the_same_by_its_journal() {
    let (world, runtime) = on::<tolerant::Node>();
    world.scripts.on("a", |_| async { Err(permanent("gone")) });
    let report = run::<tolerant::Node>(&runtime).await;
    let status = runtime.status(report.run).await.unwrap().unwrap();
    assert_eq!((status.state, &status.cause, &status.steps), (report.state, &report.cause, &report.steps));
}

#[tokio::test]
async fn a_node_that_is_not_mounted_starts_nothing() {
    let (_, runtime) = on::<chain::Node>();
    let refused = runtime.run::<diamond::Node>(0_u64, None).await.unwrap_err();
    assert!(matches!(refused, StartError::NotMounted { node: "node_diamond" }), "{refused}");
    let runtime = Runtime::builder(World::default()).mount::<Books>().build().unwrap();
    let refused = runtime.run::<Books>(0_u64, None).await.unwrap_err();
    assert!(matches!(refused, StartError::NoWorkflow { node: "node_books" }), "{refused}");
    assert_eq!(runtime.counters().runs_started, 0);
}

/// The macros never write this: the table of the node has no workflow.
impl onex::node::Workflow for Books {
    type Input = u64;
}

workflow!(long { mode: Mode::Parallel, } [
    ready Effect []; a0 Compute []; a1 Compute [1]; a2 Compute [2]; a3 Compute [3]; a4 Compute [4]
]);

#[tokio::test]
async fn a_step_that_is_dispatched_begins_before_steps_that_compute() {
    let (world, runtime) = on::<long::Node>();
    run::<long::Node>(&runtime).await;
    assert_eq!(world.scripts.order()[0], "ready");
}

#[tokio::test]
async fn steps_that_compute_leave_others_a_turn() {
    let (world, runtime) = on::<long::Node>();
    for step in ["a0", "a1", "a2", "a3"] {
        world.scripts.on_sync(step, |_| {
            std::thread::sleep(ms(5));
            Ok(1)
        });
    }
    let gate = Arc::new(tokio::sync::Notify::new());
    world.scripts.on("ready", {
        let gate = Arc::clone(&gate);
        move |_| {
            let gate = Arc::clone(&gate);
            async move {
                gate.notified().await;
                Ok(1)
            }
        }
    });
    let handle = runtime.start::<long::Node>(0_u64, None).await.unwrap();
    // One thread: this test goes on only when the run lets it.
    while world.scripts.calls_of("a0").is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(world.scripts.calls_of("a3").is_empty(), "the run did not finish its steps in one go");
    gate.notify_one();
    let report = handle.await.unwrap();
    assert_eq!(report.state, RunState::Completed);
    let ready = world.scripts.calls_of("ready")[0].ended.unwrap();
    assert!(ready < world.scripts.calls_of("a4")[0].began, "what is in flight is looked after in between");
}
