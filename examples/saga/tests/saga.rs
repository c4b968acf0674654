//! Each trouble, and what stands after it: everything, nothing, or what a person is told to look after.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::sync::Arc;

use onex::run::{CompensationState, RunState, StepState};
use onex::{RunReport, Runtime};
use saga::companies::{Companies, Company};
use saga::trip::{Agency, BookTrip, Trip};
use saga::troubles::Trouble;

async fn book(trouble: Trouble) -> (Arc<Companies>, RunReport, usize) {
    let companies = Arc::new(Companies::default());
    let agency = Agency { companies: Arc::clone(&companies) };
    let runtime = Runtime::builder(agency).mount::<Trip>().build().unwrap();
    let trip = BookTrip { trip_id: "t".to_owned(), cents: 12_500, trouble };
    let report = runtime.run::<Trip>(trip, None).await.unwrap();
    (companies, report, runtime.dead_letter_list().await.unwrap().len())
}

fn undone(report: &RunReport) -> Vec<&'static str> {
    let done = report.steps.iter().filter(|step| step.compensation == CompensationState::Done);
    done.map(|step| step.id).collect()
}

const ALL: [Company; 4] = [Company::Airline, Company::Hotel, Company::CarRental, Company::Bank];

#[tokio::test(start_paused = true)]
async fn a_trip_without_trouble_stands_whole() {
    let (companies, report, _) = book(Trouble::None).await;
    assert_eq!(report.state, RunState::Completed, "{report:#?}");
    assert_eq!(companies.standing("t"), ALL);
    assert_eq!(*report.last::<Trip>().unwrap(), "flight, hotel and car for 375.00, charged 12500");
}

#[tokio::test(start_paused = true)]
async fn a_refused_booking_undoes_those_before_it() {
    let (companies, report, dead_letters) = book(Trouble::NoCarLeft).await;
    assert_eq!(
        (report.state, report.compensation),
        (RunState::Failed, CompensationState::Done),
        "{report:#?}"
    );
    assert_eq!(undone(&report), ["flight", "hotel"]);
    assert_eq!(companies.standing("t"), []);
    assert_eq!(companies.calls("t", Company::CarRental, true), 0, "what was refused is not cancelled");
    assert_eq!(dead_letters, 1, "a run that failed is set aside, with its cause");
}

#[tokio::test(start_paused = true)]
async fn a_busy_line_is_tried_again_and_nothing_is_booked_twice() {
    let (companies, report, _) = book(Trouble::HotelIsBusy).await;
    assert_eq!(report.state, RunState::Completed, "{report:#?}");
    assert_eq!(report.step("hotel").unwrap().attempts, 3);
    assert_eq!(companies.standing("t"), ALL);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_is_undone_as_well() {
    let (companies, report, _) = book(Trouble::BankHangs).await;
    assert_eq!(report.step("charge").unwrap().state, StepState::Indeterminate, "{report:#?}");
    assert_eq!(undone(&report), ["flight", "hotel", "car", "charge"]);
    assert_eq!(companies.standing("t"), [], "the money that was taken is back");
}

#[tokio::test(start_paused = true)]
async fn undoing_is_tried_again_too() {
    let (companies, report, _) = book(Trouble::CancellingIsHard).await;
    assert_eq!(
        (report.state, report.compensation),
        (RunState::Failed, CompensationState::Done),
        "{report:#?}"
    );
    assert_eq!(companies.calls("t", Company::Hotel, true), 3);
    assert_eq!(companies.standing("t"), []);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_undone_is_kept_for_a_person() {
    let (companies, report, _) = book(Trouble::AirlineNeverCancels).await;
    assert_eq!(
        (report.state, report.compensation),
        (RunState::Parked, CompensationState::Failed),
        "{report:#?}"
    );
    let flight = report.step("flight").unwrap();
    assert_eq!(flight.compensation_error.as_deref(), Some("the company does not cancel"));
    assert!(companies.standing("t").contains(&Company::Airline));
}

#[test]
fn the_program_says_for_each_trouble_what_stands() {
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_saga")).output().unwrap();
    let told = String::from_utf8(program.stdout).unwrap();
    let runs: Vec<&str> = told.lines().filter(|line| line.starts_with("trip-")).collect();
    let ends = [
        "Completed, undone: None",
        "Failed, undone: Done",
        "Completed, undone: None",
        "Failed, undone: Done",
        "Failed, undone: Done",
        "Parked, undone: Failed",
    ];
    let expected = (1..).zip(Trouble::ALL).zip(ends);
    let expected = expected.map(|((number, (_, called)), end)| format!("trip-{number}, {called}: {end}"));
    assert_eq!(runs, expected.collect::<Vec<_>>(), "{told}");
    let stands: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("    what stands: ")).collect();
    let all = "[Airline, Hotel, CarRental, Bank]";
    assert_eq!(stands, [all, "[]", all, "[]", "[]", "[Airline]"], "{told}");
    assert!(told.contains("    flight   Completed, cannot be undone: the company does not cancel"), "{told}");
    assert!(told.contains("    hotel    Completed, 3 attempts\n"), "{told}");
}
