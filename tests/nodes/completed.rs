//! What a run is for, with its type: the output of its last step, of any step by name, or why there is none.

use onex::engine::{OutputError, RunFailed, StartError};
use onex::run::{RunState, StepState};
use onex::{Container, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Parcel {
    grams: u64,
}

#[orchestrator(contract = "contracts/completed.yaml")]
struct Parcels;

#[handler(step = parcels::weigh)]
fn weigh(input: &Parcel) -> Result<u64, String> {
    if input.grams > 0 { Ok(input.grams) } else { Err("it weighs nothing".to_owned()) }
}

#[handler(step = parcels::label)]
fn label(weigh: &u64) -> String {
    format!("{weigh} g")
}

mod elsewhere {
    use super::{Deserialize, Parcel, Serialize, handler, orchestrator};

    #[orchestrator(contract = "contracts/completed_other.yaml")]
    pub(super) struct Others;

    #[derive(Serialize, Deserialize)]
    pub(super) struct Weighed(u64);

    #[handler(step = others::weigh)]
    fn weigh(input: &Parcel) -> Weighed {
        Weighed(input.grams)
    }
}

#[derive(Container)]
struct Nothing {}

fn runtime() -> Runtime<Nothing> {
    Runtime::builder(Nothing {}).mount::<Parcels>().build().unwrap()
}

#[tokio::test]
async fn whoever_starts_a_run_gets_what_its_last_step_returned() {
    let label = runtime().complete::<Parcels>(Parcel { grams: 400 }).await.unwrap();
    assert_eq!(*label, "400 g");
}

#[tokio::test]
async fn who_gets_nothing_is_told_why_and_what_became_of_the_run() {
    let failed = runtime().complete::<Parcels>(Parcel { grams: 0 }).await.unwrap_err();
    let report = failed.report().unwrap();
    assert_eq!(report.state, RunState::Failed);
    let why = format!("run {} of `parcels` has no output: step `weigh`: it weighs nothing", report.run);
    assert_eq!(failed.to_string(), why);
    let RunFailed::NoOutput { source, .. } = &failed else { panic!("{failed:?}") };
    assert!(
        matches!(source, OutputError::NoOutput { step: "label", state: StepState::NotRun }),
        "{source:?}"
    );

    let skipped = runtime().complete::<Parcels>(Parcel { grams: 7 }).await.unwrap_err();
    assert_eq!(skipped.report().unwrap().state, RunState::Completed);
    let why = skipped.to_string();
    assert!(
        why.ends_with("has no output: its last step is skipped, as its condition does not hold"),
        "{why}"
    );

    let nobody = Runtime::builder(Nothing {}).build().unwrap();
    let failed = nobody.complete::<Parcels>(Parcel { grams: 1 }).await.unwrap_err();
    assert!(matches!(failed, RunFailed::Start(StartError::NotMounted { .. })) && failed.report().is_none());
}

#[tokio::test]
async fn each_output_can_be_had_by_the_name_of_its_step() {
    let report = runtime().run::<Parcels>(Parcel { grams: 400 }, None).await.unwrap();
    assert_eq!(*report.get::<parcels::weigh>().unwrap(), 400);
    assert_eq!(*report.last::<Parcels>().unwrap(), "400 g");

    let foreign = report.get::<elsewhere::others::weigh>().err().unwrap();
    let told =
        "`weigh` is a step of `node_other_orchestrator`, and this is a run of `node_parcels_orchestrator`";
    assert_eq!(foreign.to_string(), told);
}
