//! What a program says for contracts that say nothing, through the macro; and what the two crates know of workflow types.

#![allow(missing_docs, reason = "a test's own types")]

use std::time::Duration;

use onex::engine::{Defaults, RunCause};
use onex::node::Node as _;
use onex::plan::{Said, WorkflowType};
use onex::run::{RunState, StepState};
use onex::{Ctx, Runtime, handler, orchestrator};
use onex_contract::language::Words as _;
use tokio::time::sleep;

#[orchestrator(contract = "contracts/quiet.yaml")]
struct Quiet;

#[handler(step = quiet::ask)]
async fn ask() -> u64 {
    sleep(Duration::from_millis(500)).await;
    1
}

#[handler(step = quiet::ask_for_long)]
async fn ask_for_long() -> u64 {
    sleep(Duration::from_millis(500)).await;
    2
}

#[tokio::test(start_paused = true)]
async fn r26_a_step_that_says_nothing_has_the_program_s_timeout() {
    let run = async |defaults: Defaults| {
        let runtime = Runtime::builder(()).defaults(defaults).mount::<Quiet>().build().unwrap();
        let report = runtime.run::<Quiet>((), None).await.unwrap();
        report.steps.iter().map(|step| step.state).collect::<Vec<_>>()
    };
    assert_eq!(run(Defaults::default()).await, [StepState::Completed; 2]);
    let step_timeout = Some(Duration::from_millis(200));
    let impatient = Defaults { step_timeout, ..Defaults::default() };
    assert_eq!(run(impatient).await, [StepState::Indeterminate, StepState::Completed]);
    let row = Quiet::TABLE.workflow.unwrap();
    assert_eq!((row.said, row.workflow_type), (Said::NOTHING, WorkflowType::Standard));
}

#[orchestrator(contract = "contracts/pulse.yaml")]
struct Pulse;

/// It goes on until it is told to stop.
#[handler(step = pulse::feel)]
async fn feel(ctx: Ctx) -> u64 {
    ctx.cancellation.cancelled().await;
    1
}

#[tokio::test(start_paused = true)]
async fn r26_a_run_has_the_time_of_its_workflow_type_whatever_the_program_says() {
    let run_timeout = Some(Duration::from_secs(60));
    let defaults = Defaults { run_timeout, ..Defaults::default() };
    let runtime = Runtime::builder(()).defaults(defaults).mount::<Pulse>().build().unwrap();
    let report = runtime.run::<Pulse>((), None).await.unwrap();
    assert_eq!((report.state, report.duration), (RunState::TimedOut, Duration::from_secs(10)));
    assert_eq!(report.cause, Some(RunCause::TimedOut { after_ms: 10_000 }));
}

#[test]
fn each_workflow_type_has_the_time_of_the_specification() {
    let minutes = |minutes: u128| minutes * 60_000;
    let specified: [(&str, u128); 8] = [
        ("data_pipeline", minutes(10)),
        ("batch_processing", minutes(30)),
        ("event_driven", minutes(1)),
        ("saga", minutes(5)),
        ("etl", minutes(60)),
        ("approval", minutes(24 * 60)),
        ("notification", 30_000),
        ("health_check", 10_000),
    ];
    let of_the_runtime = WorkflowType::ALL.map(|of| (of.as_str(), of.default_timeout().as_millis()));
    assert_eq!(of_the_runtime[0], ("standard", minutes(5)), "of one that is none of these");
    assert_eq!(of_the_runtime[1..], specified);
}

#[test]
fn both_crates_know_the_same_workflow_types() {
    let contract: &[onex_contract::WorkflowType] = onex_contract::WorkflowType::ALL;
    assert_eq!(contract.len(), WorkflowType::ALL.len());
    for (contract, runtime) in contract.iter().zip(WorkflowType::ALL) {
        assert_eq!((contract.as_str(), format!("{contract:?}")), (runtime.as_str(), format!("{runtime:?}")));
        assert_eq!(u128::from(contract.timeout_ms()), runtime.default_timeout().as_millis());
        assert_eq!(serde_json::to_value(runtime).unwrap(), runtime.as_str());
    }
    let named =
        |types: &mut dyn Iterator<Item = WorkflowType>| types.map(WorkflowType::as_str).collect::<Vec<_>>();
    assert_eq!(named(&mut WorkflowType::interactive()), ["approval"]);
    let parallel = WorkflowType::ALL.into_iter().filter(|of| of.supports_parallel_execution());
    assert_eq!(named(&mut { parallel }), ["data_pipeline", "batch_processing", "etl"]);
    let undone = WorkflowType::ALL.into_iter().filter(|of| of.requires_compensation());
    assert_eq!(named(&mut { undone }), ["saga"]);
}
