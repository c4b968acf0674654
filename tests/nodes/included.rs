//! A contract of several files is one contract: what any of them declares happens, has its place, and is tracked.

use onex::node::Node;
use onex::run::RunState;
use onex::{Container, Emit, Event, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Event, Serialize, Deserialize)]
struct ParcelArrived {
    label: String,
}

#[derive(Event, Serialize, Deserialize)]
struct ParcelWeighed {
    label: String,
    grams: usize,
}

#[orchestrator(contract = "contracts/included/contract.yaml")]
struct Parcels;

#[handler(event = parcels::ParcelArrived)]
async fn parcel_arrived(event: &ParcelArrived) -> Emit<parcels::ParcelArrived> {
    Emit::event(ParcelWeighed { label: event.label.clone(), grams: 7 })
}

#[handler(step = parcels::shelve)]
fn shelve(weighed: &ParcelWeighed) -> String {
    format!("{} of {} g", weighed.label, weighed.grams)
}

#[handler(step = parcels::confirm)]
fn confirm(shelve: &String) -> String {
    format!("shelved {shelve}")
}

#[derive(Container)]
struct Nothing {}

#[tokio::test]
async fn what_included_files_declare_happens() {
    let runtime = Runtime::builder(Nothing {}).mount::<Parcels>().build().unwrap();
    let mut reports = runtime.reports();
    runtime.publish(ParcelArrived { label: "a".into() }).await.unwrap();
    runtime.settled().await;

    let report = reports.try_recv().expect("the run has ended");
    assert_eq!((report.state, &*report.key.to_string()), (RunState::Completed, "a"));
    assert_eq!(*report.output::<String>("confirm").unwrap(), "shelved a of 7 g");
}

#[test]
fn every_row_of_the_tables_has_its_place_in_its_file() {
    let table = Parcels::TABLE;
    assert_eq!(table.contract, "contracts/included/contract.yaml");
    assert_eq!(table.routes[0].at.to_string(), "contracts/included/parts/routing.yaml:3:5");
    let events: Vec<String> = table.events.iter().map(|event| event.at.to_string()).collect();
    assert_eq!(events, ["contracts/common/parcel_arrived.yaml:1:1", "contracts/included/contract.yaml:8:5"]);
    let steps = table.workflow.expect("the contract has one").steps;
    let steps: Vec<String> = steps.iter().map(|step| step.at.to_string()).collect();
    let file = "contracts/included/parts/steps.yaml";
    assert_eq!(steps, [format!("{file}:1:14"), format!("{file}:2:38"), format!("{file}:3:38")]);
}

/// rustc writes down, beside what it compiles, what that was compiled from.
#[test]
fn a_change_of_an_included_file_rebuilds() {
    let program = std::env::current_exe().unwrap();
    let sources = std::fs::read_to_string(program.with_extension("d")).unwrap();
    for file in [
        "included/contract.yaml",
        "included/parts/routing.yaml",
        "included/parts/steps.yaml",
        "included/parts/step.yaml",
        "included/../common/parcel_arrived.yaml",
    ] {
        assert!(sources.contains(&format!("contracts/{file}")), "{file} is not tracked:\n{sources}");
    }
}
