//! What a program says for contracts that say nothing, through the macro; and what the two crates know of workflow types.

#![allow(missing_docs, reason = "a test's own types")]

use std::time::Duration;

use onex::engine::Defaults;
use onex::node::Node as _;
use onex::plan::{Said, WorkflowType};
use onex::run::StepState;
use onex::{Runtime, handler, orchestrator};
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
