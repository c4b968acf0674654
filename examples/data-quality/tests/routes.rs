//! Where a batch goes is where its score says, at the bounds too.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::sync::Arc;

use data_quality::quality::{BatchArrived, Quality, Scoring, Warehouse};
use data_quality::stores::{Place, Stores};
use onex::run::{RunState, StepState};
use onex::{RunReport, Runtime};

async fn sent(csv: &str) -> (RunReport, Option<(Place, usize)>) {
    let stores = Arc::new(Stores::default());
    let warehouse = Warehouse { stores: Arc::clone(&stores) };
    let runtime = Runtime::builder(warehouse).mount::<Scoring>().build().unwrap();
    let batch = BatchArrived { batch_id: "b".to_owned(), csv: csv.to_owned() };
    let report = runtime.run::<Scoring>(batch, None).await.unwrap();
    (report, stores.contents().get("b").copied())
}

fn score(report: &RunReport) -> f64 {
    report.output::<Quality>("quality").unwrap().score
}

#[tokio::test]
async fn good_data_takes_the_fast_track_and_nothing_else() {
    let (report, stored) = sent(include_str!("../data/spotless.csv")).await;
    assert_eq!((report.state, score(&report)), (RunState::Completed, 1.0), "{report:#?}");
    assert_eq!(stored, Some((Place::FastTrack, 5)));
    for other in ["full_processing", "quarantine"] {
        assert_eq!(report.step(other).unwrap().state, StepState::Skipped, "{other}");
    }
}

#[tokio::test]
async fn middling_data_is_processed_without_its_bad_rows() {
    let (report, stored) = sent(include_str!("../data/gaps.csv")).await;
    // 6 of 8 complete, 7 of 8 valid, 7 of 8 unique, 7 of 8 in time.
    assert_eq!(score(&report), (0.75 + 3.0 * 0.875) / 4.0);
    assert_eq!(stored, Some((Place::FullProcessing, 5)));
}

#[tokio::test]
async fn bad_data_is_kept_for_somebody() {
    let (report, stored) = sent(include_str!("../data/rubbish.csv")).await;
    assert_eq!(score(&report), 0.0);
    assert_eq!(stored, Some((Place::Quarantine, 0)));
    assert_eq!(*report.output::<String>("quarantine").unwrap(), "scored 0.00");
}

#[tokio::test]
async fn a_score_on_the_bound_is_above_it() {
    // One of ten rows has no value, is not of this hour, is taken twice, and another value cannot be: four times 0.9.
    let mut csv = "sensor,taken_s,celsius\n,1,1\nn,9000,1\nn,2,1\nn,2,1\nn,3,99\n".to_owned();
    (10..15).for_each(|second| csv += &format!("n,{second},1\n"));
    let (report, stored) = sent(&csv).await;
    assert_eq!(score(&report), 0.9);
    assert_eq!(stored, Some((Place::FastTrack, 10)));
}

/// So many rows, of which the first are of this hour: the worst check, and twice that is the score.
fn in_time(rows: u32, of_this_hour: u32) -> String {
    let second = |row| if row < of_this_hour { row } else { 3600 + row };
    (0..rows).fold("sensor,taken_s,celsius\n".to_owned(), |csv, row| csv + &format!("n,{},1\n", second(row)))
}

#[tokio::test]
async fn below_six_tenths_it_is_kept_for_somebody() {
    let (report, stored) = sent(&in_time(10, 3)).await;
    assert_eq!((score(&report), stored), (0.6, Some((Place::FullProcessing, 10))));
    let (report, stored) = sent(&in_time(200, 59)).await;
    assert_eq!((score(&report), stored), (0.59, Some((Place::Quarantine, 0))));
}

#[tokio::test]
async fn the_checks_are_at_work_together() {
    let (report, _) = sent(include_str!("../data/spotless.csv")).await;
    assert_eq!(report.parallel_executions, 1, "from the first check that begins to the last that ends");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_its_line() {
    let (report, stored) = sent(include_str!("../data/broken.csv")).await;
    assert_eq!((report.state, stored), (RunState::Failed, None));
    let error = report.step("read").unwrap().error.as_deref().unwrap();
    assert!(error.contains("line: 2") && error.contains("field 1: invalid digit"), "{error}");
}

#[test]
fn the_program_looks_at_its_own_batches_and_at_files() {
    let program = |files: &[&str]| {
        let program =
            std::process::Command::new(env!("CARGO_BIN_EXE_data-quality")).args(files).output().unwrap();
        String::from_utf8(program.stdout).unwrap() + &String::from_utf8(program.stderr).unwrap()
    };
    let own = program(&[]);
    assert!(own.contains("gaps: scored 0.84, FullProcessing, 5 rows"), "{own}");
    assert!(own.contains("broken: Failed, CSV deserialize error"), "{own}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/data/spotless.csv");
    assert!(program(&[file]).contains("scored 1.00, FastTrack, 5 rows"));
    assert!(program(&["no.csv"]).contains("`no.csv` cannot be read"));
}
