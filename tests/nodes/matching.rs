//! What `matches` compares with: a condition of a step, end to end.

use onex::run::StepState;
use onex::{Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Label {
    code: String,
}

#[orchestrator(contract = "contracts/conditions/parcels.yaml")]
struct Parcels;

#[handler(step = parcels::label)]
fn label(input: &Label) -> Label {
    input.clone()
}

#[handler(step = parcels::abroad)]
fn abroad() -> u64 {
    1
}

#[tokio::test]
async fn r16_a_step_runs_if_an_output_begins_with_its_pattern() {
    let runtime = Runtime::builder(()).mount::<Parcels>().build().unwrap();
    for (code, runs) in [("RR123456789FR", true), ("RR123456789CH", false), ("xRR123456789FR", false)] {
        let report = runtime.run::<Parcels>(Label { code: code.to_owned() }, None).await.unwrap();
        let expected = if runs { StepState::Completed } else { StepState::Skipped };
        assert_eq!(report.step("abroad").unwrap().state, expected, "{code}");
    }
}
