//! Steps with conditions, branches of which one runs, and what runs whatever happened, from the contract to the report.

use std::sync::Arc;
use std::time::Duration;

use onex::engine::SkipCause;
use onex::run::{RunState, StepState};
use onex::{Container, Event, RunReport, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct ClaimFiled {
    claim_id: String,
    kind: String,
    score: f64,
    disputed: bool,
    note: Option<String>,
    tags: Vec<String>,
    payment: Payment,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Payment {
    Succeeds,
    Fails,
    Hangs,
}

#[derive(Debug, Serialize, Deserialize)]
struct Quality {
    score: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Assessment {
    quality: Quality,
    disputed: bool,
    note: Option<String>,
}

#[orchestrator(contract = "contracts/conditions/contract.yaml")]
struct Claims;

#[handler(step = claims::assess)]
fn assess(filed: &ClaimFiled) -> Assessment {
    let ClaimFiled { score, disputed, ref note, .. } = *filed;
    Assessment { quality: Quality { score }, disputed, note: note.clone() }
}

#[handler(step = claims::fast)]
fn fast(assess: &Assessment) -> String {
    format!("fast at {}", assess.quality.score)
}

#[handler(step = claims::by_hand)]
fn by_hand() -> String {
    "by hand".to_owned()
}

#[handler(step = claims::slow)]
fn slow() -> String {
    "slow".to_owned()
}

#[handler(step = claims::join)]
fn join(fast: Option<&String>, by_hand: Option<&String>, slow: Option<&String>) -> String {
    [fast, by_hand, slow].into_iter().flatten().cloned().collect::<Vec<_>>().join(" and ")
}

#[handler(step = claims::pay)]
async fn pay(input: &ClaimFiled) -> Result<u64, String> {
    match input.payment {
        Payment::Succeeds => Ok(1),
        Payment::Fails => Err("no money".to_owned()),
        Payment::Hangs => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(2)
        }
    }
}

#[handler(step = claims::thank)]
fn thank() -> String {
    "thank you".to_owned()
}

#[handler(step = claims::excuse)]
fn excuse() -> String {
    "sorry".to_owned()
}

#[handler(step = claims::remind)]
fn remind() -> String {
    "hurry".to_owned()
}

#[handler(step = claims::close)]
fn close(pay: Option<&u64>) -> bool {
    pay.is_some()
}

#[handler(step = claims::note)]
fn note() -> String {
    "noted".to_owned()
}

#[handler(step = claims::archive)]
fn archive() -> String {
    "kept".to_owned()
}

#[derive(Container)]
struct Nothing {}

fn claim() -> ClaimFiled {
    ClaimFiled {
        claim_id: "a".to_owned(),
        kind: "theft".to_owned(),
        score: 0.2,
        disputed: false,
        note: None,
        tags: Vec::new(),
        payment: Payment::Succeeds,
    }
}

async fn settle(claim: ClaimFiled) -> Arc<RunReport> {
    let runtime = Runtime::builder(Nothing {}).mount::<Claims>().build().unwrap();
    let mut reports = runtime.reports();
    runtime.publish(claim).await.unwrap();
    runtime.settled().await;
    reports.try_recv().expect("the run has ended")
}

fn skipped(report: &RunReport, step: &str) -> Option<SkipCause> {
    report.step(step).unwrap().skipped_because
}

fn joined(report: &RunReport) -> String {
    String::clone(&report.output::<String>("join").unwrap())
}

#[tokio::test]
async fn r16_the_first_branch_whose_condition_holds_runs() {
    let report = settle(ClaimFiled { score: 0.9, kind: "fire".to_owned(), ..claim() }).await;
    assert_eq!((report.state, &*joined(&report)), (RunState::Completed, "fast at 0.9"));
    assert_eq!(skipped(&report, "by_hand"), Some(SkipCause::OtherBranch { runs: "fast" }));
    assert_eq!(skipped(&report, "slow"), Some(SkipCause::OtherBranch { runs: "fast" }));
}

#[tokio::test]
async fn r16_a_branch_is_chosen_by_the_input_or_by_an_output() {
    for claim in
        [ClaimFiled { kind: "flood".to_owned(), ..claim() }, ClaimFiled { disputed: true, ..claim() }]
    {
        let report = settle(claim).await;
        assert_eq!(joined(&report), "by hand");
        assert_eq!(skipped(&report, "fast"), Some(SkipCause::ConditionFalse));
        assert_eq!(skipped(&report, "slow"), Some(SkipCause::OtherBranch { runs: "by_hand" }));
    }
}

#[tokio::test]
async fn r16_the_branch_without_a_condition_runs_otherwise() {
    let report = settle(claim()).await;
    assert_eq!(joined(&report), "slow");
    assert_eq!(skipped(&report, "by_hand").unwrap().to_string(), "its condition does not hold");
}

#[tokio::test]
async fn r16_conditions_ask_how_an_earlier_step_ended() {
    let ran = |report: &RunReport, step| report.step(step).unwrap().state == StepState::Completed;
    let report = settle(claim()).await;
    assert!(ran(&report, "thank") && !ran(&report, "excuse") && !ran(&report, "remind"));

    let report = settle(ClaimFiled { payment: Payment::Fails, ..claim() }).await;
    assert!(!ran(&report, "thank") && ran(&report, "excuse") && !ran(&report, "remind"));
    assert_eq!(report.state, RunState::CompletedWithErrors);
    assert_eq!(skipped(&report, "remind"), Some(SkipCause::ConditionFalse), "the condition decides");

    let report = settle(ClaimFiled { payment: Payment::Hangs, ..claim() }).await;
    assert_eq!(report.step("pay").unwrap().state, StepState::Indeterminate);
    assert!(!ran(&report, "thank") && ran(&report, "excuse") && ran(&report, "remind"));
}

#[tokio::test]
async fn r11_a_step_that_always_runs_does_after_a_failure() {
    let report = settle(ClaimFiled { payment: Payment::Fails, ..claim() }).await;
    assert!(!*report.output::<bool>("close").unwrap());
    assert_eq!(*report.output::<String>("note").unwrap(), "noted");
}

#[tokio::test]
async fn r16_each_of_several_conditions_must_hold() {
    let kept = |note: Option<&str>, tags: &[&str], score| ClaimFiled {
        note: note.map(str::to_owned),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        score,
        ..claim()
    };
    let state = async |claim| settle(claim).await.step("archive").unwrap().state;
    assert_eq!(state(kept(Some("n"), &["urgent", "keep"], 0.0)).await, StepState::Completed);
    assert_eq!(state(kept(None, &["keep"], 0.0)).await, StepState::Skipped);
    assert_eq!(state(kept(Some("n"), &["urgent"], 0.0)).await, StepState::Skipped);
    assert_eq!(state(kept(Some("n"), &["keep"], 1.0)).await, StepState::Skipped, "it was settled fast");
}
