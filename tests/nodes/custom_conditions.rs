//! Conditions that functions of the program decide, from the contract to the report.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::SkipCause;
use onex::journal::{Journal, Memory};
use onex::run::{FailureCause, RunState, StepState};
use onex::{Container, Event, Outcome, RunReport, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct LoanAsked {
    loan_id: String,
    cents: u64,
}

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct LoanSigned {
    loan_id: String,
}

#[orchestrator(contract = "contracts/conditions/custom.yaml")]
struct Loans;

/// Which loans conditions were asked about, and what they were told.
static ASKED: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

fn note(loan: &LoanAsked, what: impl Into<String>) {
    ASKED.lock().unwrap().push((loan.loan_id.clone(), what.into()));
}

fn noted(loan: &str) -> Vec<String> {
    let asked = ASKED.lock().unwrap();
    asked.iter().filter(|(of, _)| of == loan).map(|(_, what)| what.clone()).collect()
}

#[handler(step = loans::score)]
async fn score(asked: &LoanAsked) -> Result<u64, String> {
    if asked.cents == 0 { Err("no answer".to_owned()) } else { Ok(asked.cents / 10) }
}

/// Decides about two steps.
#[handler(condition = loans::worth_it)]
fn worth_it(score: &u64, input: &LoanAsked) -> bool {
    note(input, "worth it?");
    assert!(input.cents != 13, "thirteen");
    *score > 10
}

/// Is told how a step ended, also one that has no output and that the one it decides about does not depend on directly.
#[handler(condition = loans::not_scored)]
fn not_scored(score: Outcome<&u64>, asked: &LoanAsked) -> bool {
    note(asked, score.error().unwrap_or("scored"));
    score.error().is_some()
}

#[handler(condition = loans::once_declined)]
fn once_declined(decline: Option<&String>) -> bool {
    decline.is_some()
}

#[handler(step = loans::approve)]
fn approve(score: &u64) -> String {
    format!("approved at {score}")
}

#[handler(step = loans::decline)]
fn decline() -> String {
    "declined".to_owned()
}

#[handler(step = loans::pay)]
fn pay(signed: &LoanSigned) -> String {
    format!("paid {}", signed.loan_id)
}

#[handler(step = loans::apologise)]
fn apologise() -> String {
    "sorry".to_owned()
}

#[derive(Container)]
struct Nothing {}

async fn open(journal: &Arc<Memory>) -> Runtime<Nothing, Arc<Memory>> {
    Runtime::builder(Nothing {}).mount::<Loans>().build_on(Arc::clone(journal), "tests").await.unwrap()
}

/// Lets everything happen that takes no time.
async fn breathe() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    sleep(Duration::from_millis(1)).await;
}

/// Asks for a loan; another process takes over while the signature is waited for, and gets it. Gives back what conditions
/// were asked before that, too.
async fn lend(loan_id: &str, cents: u64) -> (RunReport, Vec<String>) {
    let (loan_id, journal) = (loan_id.to_owned(), Arc::new(Memory::default()));
    let first = open(&journal).await;
    first.publish(LoanAsked { loan_id: loan_id.clone(), cents }).await.unwrap();
    breathe().await;
    let (run, before) = (journal.runs().await.unwrap()[0].run, noted(&loan_id));

    // The journal is another's from now on: the first process can do nothing any more.
    let second = open(&journal).await;
    breathe().await;
    second.publish(LoanSigned { loan_id }).await.unwrap();
    second.settled().await;
    (second.status(run).await.unwrap().unwrap(), before)
}

/// The steps that a function decides about: those that completed, and why the others did not.
fn decided(report: &RunReport) -> [Option<SkipCause>; 4] {
    ["approve", "decline", "pay", "apologise"].map(|step| {
        let step = report.step(step).unwrap();
        assert!(matches!(step.state, StepState::Completed | StepState::Skipped), "{step:?}");
        step.skipped_because
    })
}

const NO: Option<SkipCause> = Some(SkipCause::ConditionFalse);

#[tokio::test(start_paused = true)]
async fn r16_one_function_decides_about_each_step_that_names_it() {
    let (report, before) = lend("good", 1_000).await;
    assert_eq!(report.state, RunState::Completed, "{report:#?}");
    assert_eq!(decided(&report), [None, NO, None, NO]);
    assert_eq!(*report.output::<String>("pay").unwrap(), "paid good");
    assert_eq!(before, ["worth it?", "scored"]);
    assert_eq!(noted("good")[2..], ["worth it?", "scored"], "what is decided is not asked again");

    let (report, _) = lend("bad", 100).await;
    assert_eq!(decided(&report), [NO, NO, NO, NO]);
}

#[tokio::test(start_paused = true)]
async fn r16_a_function_is_told_how_a_step_without_output_ended_in_the_next_process_too() {
    let (report, before) = lend("unknown", 0).await;
    assert_eq!(report.state, RunState::CompletedWithErrors, "{report:#?}");
    // `pay` does without the score; its condition does not.
    assert_eq!(decided(&report), [Some(SkipCause::NoOutput { of: "score" }), None, NO, None]);
    assert_eq!(before, ["no answer"], "who takes `&u64` is not asked where there is none");
    assert_eq!(noted("unknown")[1..], ["no answer"]);
}

#[tokio::test(start_paused = true)]
async fn r16_a_function_that_panics_fails_its_step() {
    let journal = Arc::new(Memory::default());
    let runtime = open(&journal).await;
    let report =
        runtime.run::<Loans>(LoanAsked { loan_id: "evil".to_owned(), cents: 13 }, None).await.unwrap();
    assert_eq!(report.state, RunState::Failed);
    let approve = report.step("approve").unwrap();
    assert_eq!((approve.state, approve.attempts), (StepState::Failed, 0));
    assert_eq!(approve.failure.unwrap().cause, FailureCause::Panicked);
    let error = approve.error.clone().unwrap();
    assert_eq!(error, "its condition panicked: thirteen");
    let told = runtime.status(report.run).await.unwrap().unwrap();
    assert_eq!(told.steps, report.steps, "its journal says the same");
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Parcel {
    grams: u64,
}

/// Weighs nothing, fails; weighs 13, panics in a condition; weighs more than 100, is wrapped.
macro_rules! parcels {
    ($module:ident $contract:literal) => {
        mod $module {
            use super::{Outcome, Parcel, handler, orchestrator};

            #[orchestrator(contract = $contract)]
            pub(super) struct Parcels;

            #[handler(step = parcels::weigh)]
            async fn weigh(input: &Parcel) -> Result<u64, String> {
                if input.grams > 0 { Ok(input.grams) } else { Err("too light".to_owned()) }
            }

            #[handler(condition = parcels::heavy)]
            fn heavy(weigh: &u64) -> bool {
                assert!(*weigh != 13, "thirteen");
                *weigh > 100
            }

            #[handler(condition = parcels::not_weighed)]
            fn not_weighed(weigh: Outcome<&u64>) -> bool {
                weigh.error() == Some("too light")
            }

            #[handler(step = parcels::wrap)]
            async fn wrap() {}

            #[handler(step = parcels::ask)]
            async fn ask() {}
        }
    };
}
parcels!(batched "contracts/conditions/batch.yaml");
parcels!(streamed "contracts/conditions/streaming.yaml");

const PARCELS: [u64; 4] = [500, 7, 0, 13];

/// Of each parcel whether it is wrapped, and asked for.
const DONE: [[StepState; 2]; 4] = [
    [StepState::Completed, StepState::Skipped],
    [StepState::Skipped, StepState::Skipped],
    [StepState::Skipped, StepState::Completed],
    [StepState::Failed, StepState::Skipped],
];

#[tokio::test(start_paused = true)]
async fn r16_a_function_decides_for_each_item_of_a_batch() {
    let runtime = Runtime::builder(Nothing {}).mount::<batched::Parcels>().build().unwrap();
    let parcels = PARCELS.map(|grams| Parcel { grams }).to_vec();
    let report = runtime.batch::<batched::Parcels>(parcels, None).await.unwrap();
    let state = |item: &onex::engine::BatchItem<'_>, step| item.step(step).unwrap().state;
    let done: Vec<_> = report.items().map(|item| [state(&item, "wrap"), state(&item, "ask")]).collect();
    assert_eq!(done, DONE);
}

#[tokio::test(start_paused = true)]
async fn r16_a_function_decides_for_each_item_of_a_stream() {
    let runtime = Runtime::builder(Nothing {}).mount::<streamed::Parcels>().build().unwrap();
    let source = onex::stream::Iter::new(PARCELS.map(|grams| Parcel { grams }));
    let mut items = runtime.stream::<streamed::Parcels>(source).open().await.unwrap();
    let mut done = Vec::new();
    while let Some(item) = items.next().await.unwrap() {
        done.push(["wrap", "ask"].map(|step| item.step(step).unwrap().state));
    }
    assert_eq!(done, DONE);
}
