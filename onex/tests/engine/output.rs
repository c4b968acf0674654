//! What leaves the process of a run: the output model's shape, its consistency, and what is not in it.

use crate::support::*;
use onex::engine::{Disclose, ErrorPlace, ErrorType, NotRunCause, SkipCause, Standing};
use onex::message::action_id;
use onex::run::RunState;
use onex::stream::Iter;
use serde_json::{Value, json};
use tokio::time::sleep;

workflow!(pipeline {} [validate Compute []; fetch Effect [0]; persist Effect [1]]);
workflow!(lenient { strategy: Strategy::ContinueOnError, } [
    a Effect []; b Effect [0]; off Effect [] { enabled: false }
]);
workflow!(saga { strategy: Strategy::Compensate, } [a Effect [] undo take_back; b Effect [0]; c Effect [1]]);
workflow!(wide { mode: Mode::Parallel, } [a Effect []; b Effect []; c Effect []; d Effect [0, 1, 2]; e Effect [3]]);
workflow!(hasty { mode: Mode::Streaming, strategy: Strategy::ContinueOnError, timeout_ms: 50, } [a Effect []]);
workflow!(short { timeout_ms: 1000, } [a Effect []]);

impl onex::node::StreamWorkflow for hasty::Node {
    type Input = u64;
}

const ALL: Disclose = Disclose { outputs: true, messages: true, actions: true };

fn told(report: &onex::RunReport, disclose: Disclose) -> Value {
    serde_json::to_value(report.to_output(disclose)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_completed_run_has_the_shape_of_the_model_and_nothing_else() {
    let (world, runtime) = on::<pipeline::Node>();
    world.scripts.on("persist", |_| async {
        sleep(ms(30)).await;
        Ok(1000)
    });
    let report = run::<pipeline::Node>(&runtime).await;
    let mut output = told(&report, ALL);
    let [start, end] = ["start_time", "end_time"].map(|field| output[field].as_str().unwrap().to_owned());
    assert!(start < end && start.len() == 24 && start.ends_with('Z'), "{start} to {end}");
    let id = |step: &str| action_id(report.run, step, false, 0);
    let action = |step: &str, action_type: &str, inputs: Value, dependencies: &[uuid::Uuid]| {
        json!({
            "action_id": id(step),
            "action_type": action_type,
            "target_node": "node_pipeline",
            "payload": { "step_id": step, "compensating": false, "inputs": inputs },
            "dependencies": dependencies,
            "priority": 100,
            "timeout_ms": 60_000,
            "retry_count": 0,
            "attempts": 1,
            "state": "completed",
            "revision": 2,
            "lease_id": runtime.lease().lease_id,
            "epoch": 1,
            "created_unix_ms": report.started_unix_ms,
        })
    };
    for field in ["start_time", "end_time"] {
        output[field].take();
    }
    assert_eq!(
        output,
        json!({
            "execution_status": "completed",
            "execution_time_ms": 30,
            "start_time": null,
            "end_time": null,
            "completed_steps": ["validate", "fetch", "persist"],
            "failed_steps": [],
            "skipped_steps": [],
            "step_outputs": {
                "validate": { "value": 1 }, "fetch": { "value": 1 }, "persist": { "value": 1000 },
            },
            "final_result": 1000,
            "output_variables": { "persist": 1000 },
            "actions_emitted": [
                action("validate", "compute", json!({ "input": 0 }), &[]),
                action("fetch", "effect", json!({ "validate": 1 }), &[id("validate")]),
                action("persist", "effect", json!({ "fetch": 1 }), &[id("fetch")]),
            ],
            "errors": [],
            "metrics": {
                "completed_count": 3.0, "failed_count": 0.0, "skipped_count": 0.0, "actions_count": 3.0,
                "retries_count": 0.0, "crashes_count": 0.0, "avg_step_time_ms": 10.0,
            },
            "parallel_executions": 0,
        })
    );
    // From the journal it is told in the same words.
    let stored = runtime.status(report.run).await.unwrap().unwrap();
    let mut stored = told(&stored, ALL);
    for field in ["start_time", "end_time", "execution_time_ms", "metrics"] {
        (stored[field], output[field]) = (Value::Null, Value::Null);
    }
    assert_eq!(stored, output);
}

#[tokio::test]
async fn nothing_that_a_user_wrote_is_told_unless_it_is_asked_for() {
    let (world, runtime) = on::<saga::Node>();
    world.scripts.on("b", |_| async { Err(permanent("/home/ann/key.pem: token=hunter2")) });
    world.scripts.on("take_back", |_| async { Err(permanent("hunter2 again")) });
    let report = run::<saga::Node>(&runtime).await;
    assert_eq!(report.state, RunState::Parked);
    let kept = told(&report, Disclose { outputs: true, ..Disclose::default() }).to_string();
    assert!(!kept.contains("hunter2") && !kept.contains("/home"), "{kept}");
    assert_eq!(told(&report, Disclose::default())["step_outputs"], json!({}));
    assert_eq!(
        told(&report, Disclose::default())["errors"],
        json!([
            { "step_id": "a", "error_type": "compensation_failed", "message": "the step could not be undone" },
            { "step_id": "b", "error_type": "error", "message": "the handler returned an error" },
        ])
    );
    let all = told(&report, ALL);
    assert_eq!(all["errors"][0]["message"], "hunter2 again");
    assert_eq!(all["errors"][1]["message"], "/home/ann/key.pem: token=hunter2");
    assert_eq!((&all["execution_status"], &all["failed_steps"]), (&json!("paused"), &json!(["b"])));
    let untracked = Disclose { actions: false, ..ALL };
    assert_eq!(told(&report, untracked)["actions_emitted"], json!([]));
    let actions = report.to_output(ALL).actions_emitted;
    let payloads = actions.iter().map(|action| &action.payload);
    let undone: Vec<_> = payloads.map(|payload| (&*payload.step_id, payload.compensating)).collect();
    assert_eq!(undone, [("a", false), ("a", true), ("b", false)]);
    assert_eq!(actions[1].action_id, action_id(report.run, "a", true, 0));
}

/// An attempt that timed out and one that then says something: the kind is the engine's, the words are the handler's.
#[tokio::test(start_paused = true)]
async fn a_timeout_does_not_lend_its_name_to_anybody_s_words() {
    workflow!(slow {} [a Effect [] { timeout_ms: 50, retry_count: Some(1) }]);
    let (world, runtime) = on::<slow::Node>();
    world.scripts.on("a", |ctx| async move {
        if ctx.attempt == 1 {
            sleep(ms(1000)).await;
        }
        Err(fail("hunter2"))
    });
    let report = run::<slow::Node>(&runtime).await;
    let kept = told(&report, Disclose::default());
    assert_eq!(kept["errors"][0]["error_type"], "timeout");
    assert!(!kept.to_string().contains("hunter2"), "{kept}");
}

#[tokio::test]
async fn what_completed_with_errors_reads_failed_and_names_them() {
    let (world, runtime) = on::<lenient::Node>();
    world.scripts.on("a", |_| async { Err(refused("no")) });
    let report = run::<lenient::Node>(&runtime).await;
    assert_eq!(report.state, RunState::CompletedWithErrors);
    let output = report.to_output(Disclose::default());
    let Standing::Failed(failures) = &output.standing else { panic!("{:?}", output.standing) };
    assert_eq!((failures.first.at, failures.first.error_type), (ErrorPlace::Step("a"), ErrorType::Refused));
    assert!(failures.others.is_empty());
    let skipped: Vec<_> =
        output.skipped_steps.iter().map(|skipped| (skipped.step, skipped.because)).collect();
    assert_eq!(
        skipped,
        [
            ("b", NotRunCause::Skipped(SkipCause::NoOutput { of: "a" })),
            ("off", NotRunCause::Skipped(SkipCause::Disabled)),
        ]
    );
    assert_eq!((output.final_result.is_none(), output.actions_emitted.len()), (true, 1));
}

#[tokio::test]
async fn a_step_that_had_no_turn_is_skipped_because_the_run_stopped() {
    let (world, runtime) = on::<pipeline::Node>();
    world.scripts.on("fetch", |_| async { Err(permanent("no")) });
    let output = run::<pipeline::Node>(&runtime).await.to_output(Disclose::default());
    assert_eq!(output.standing.failed_steps().collect::<Vec<_>>(), ["fetch"]);
    assert_eq!(output.completed_steps, ["validate"]);
    assert_eq!(
        (output.skipped_steps[0].step, output.skipped_steps[0].because),
        ("persist", NotRunCause::RunStopped)
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_that_timed_out_reads_failed_with_an_error_of_the_workflow() {
    let (world, runtime) = on::<short::Node>();
    world.scripts.on("a", |ctx| async move {
        ctx.cancellation.cancelled().await;
        Err(fail("told to stop"))
    });
    let report = run::<short::Node>(&runtime).await;
    assert_eq!(report.state, RunState::TimedOut);
    let output = told(&report, Disclose::default());
    assert_eq!(output["execution_status"], "failed");
    assert_eq!(
        output["errors"][0],
        json!({ "step_id": "workflow", "error_type": "timeout", "message": "the run exceeded its timeout of 1000 ms" })
    );
}

/// No step of it failed: the item was told to stop, and its step came to an end in time.
#[tokio::test(start_paused = true)]
async fn a_stream_of_which_an_item_took_too_long_says_so() {
    let (world, runtime) = on::<hasty::Node>();
    world.scripts.on("a", |ctx| async move {
        if ctx.step.unwrap().item == Some(1) {
            ctx.cancellation.cancelled().await;
        }
        Ok(1)
    });
    let mut reports = runtime.reports();
    runtime.stream::<hasty::Node>(Iter::new(0..3_u64)).open().await.unwrap().drain().await.unwrap();
    let report = reports.try_recv().unwrap();
    assert_eq!(report.state, RunState::CompletedWithErrors);
    let output = told(&report, Disclose::default());
    assert_eq!((&output["execution_status"], &output["failed_steps"]), (&json!("failed"), &json!([])));
    let message = "1 of its items exceeded their timeout";
    assert_eq!(
        output["errors"],
        json!([{ "step_id": "workflow", "error_type": "timeout", "message": message }])
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_run_keeps_its_reason_to_itself() {
    let (world, runtime) = on::<short::Node>();
    world.scripts.on("a", |ctx| async move {
        ctx.cancellation.cancelled().await;
        Ok(1)
    });
    let handle = runtime.start::<short::Node>(0_u64, None).await.unwrap();
    breathe().await;
    let alive = runtime.status(handle.id()).await.unwrap().unwrap();
    assert_eq!(told(&alive, ALL)["execution_status"], "running");
    handle.cancel("Ann's card was stolen");
    let report = handle.await.unwrap();
    let kept = told(&report, Disclose::default());
    assert_eq!(
        (&kept["execution_status"], &kept["errors"][0]["message"]),
        (&json!("cancelled"), &json!("the run was cancelled"))
    );
    assert_eq!(told(&report, ALL)["errors"][0]["message"], "the run was cancelled: Ann's card was stolen");
}

#[tokio::test(start_paused = true)]
async fn steps_that_were_in_flight_together_are_counted_as_often_as_they_were() {
    let (world, runtime) = on::<wide::Node>();
    for (step, took) in [("a", 10), ("b", 20), ("c", 30)] {
        world.scripts.on(step, move |_| async move {
            sleep(ms(took)).await;
            Ok(1)
        });
    }
    let report = run::<wide::Node>(&runtime).await;
    assert_eq!(report.to_output(ALL).parallel_executions, 1);
    assert_eq!(runtime.status(report.run).await.unwrap().unwrap().parallel_executions, 1);
}
