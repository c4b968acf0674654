//! Steps that run however what they depend on has ended, and are told: also in the process that takes their run over.
#![allow(clippy::needless_pass_by_value)] // a handler owns the outcomes that it takes

use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::SkipCause;
use onex::journal::{Journal, Memory};
use onex::message::RunId;
use onex::run::{CompensationState, RunState, StepState};
use onex::{Container, Dep, Outcome, RunReport, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Payment {
    Succeeds,
    Fails,
    Hangs,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Sale {
    payment: Payment,
    gift: bool,
    closes: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Receipt {
    lines: Vec<String>,
}

#[orchestrator(contract = "contracts/outcomes/contract.yaml")]
struct Till;

/// Whether the printer works, and what was undone.
#[derive(Default)]
struct Desk {
    jammed: bool,
    printing: Notify,
    refunds: Mutex<Vec<Outcome<u64>>>,
}

#[handler(step = till::charge)]
async fn charge(input: &Sale) -> Result<u64, String> {
    match input.payment {
        Payment::Succeeds => Ok(450),
        Payment::Fails => Err("the card is refused".to_owned()),
        Payment::Hangs => std::future::pending().await,
    }
}

#[handler(compensation = till::refund)]
async fn refund(charge: Outcome<&u64>, desk: Dep<Desk>) {
    let charge = match charge {
        Outcome::Completed(cents) => Outcome::Completed(*cents),
        Outcome::Indeterminate(error) => Outcome::Indeterminate(error),
        _ => unreachable!("nothing else is undone"),
    };
    desk.refunds.lock().unwrap().push(charge);
}

#[handler(step = till::gift)]
fn gift() -> String {
    "a pen".to_owned()
}

#[handler(step = till::card)]
fn card() -> String {
    "a card".to_owned()
}

#[handler(step = till::print)]
async fn print(charge: Outcome<&u64>, desk: Dep<Desk>) -> String {
    if desk.jammed {
        desk.printing.notify_one();
        std::future::pending::<()>().await;
    }
    told(&charge)
}

/// How a step ended, in one line.
fn told<T: std::fmt::Debug>(outcome: &Outcome<T>) -> String {
    match outcome {
        Outcome::Completed(output) => format!("{output:?}"),
        Outcome::Failed(error) => format!("failed: {error}"),
        Outcome::Indeterminate(error) => format!("unknown: {error}"),
        Outcome::Skipped(because) => format!("skipped as {because}"),
        Outcome::Cancelled => "cancelled".to_owned(),
        Outcome::NotRun => "not run".to_owned(),
    }
}

#[handler(step = till::receipt)]
fn receipt(
    charge: Outcome<&u64>,
    gift: Outcome<&String>,
    card: Outcome<&String>,
    print: &String,
    input: Outcome<&Sale>,
) -> Receipt {
    assert!(input.completed().is_some(), "what started the run is always there");
    assert_eq!(*print, told(&charge), "each attempt is told the same");
    Receipt { lines: vec![told(&charge), told(&gift), told(&card)] }
}

#[handler(step = till::thanks)]
fn thanks(charge: Outcome<&u64>) -> Option<u64> {
    charge.completed().copied()
}

#[handler(step = till::wrapping)]
fn wrapping(gift: Option<&String>, charge: Outcome<&u64>) -> bool {
    gift.is_some() && charge.completed().is_some()
}

#[handler(step = till::close)]
async fn close(input: &Sale, receipt: &Receipt) -> Result<usize, String> {
    if input.closes { Ok(receipt.lines.len()) } else { Err("the till is stuck".to_owned()) }
}

#[derive(Container)]
struct App {
    desk: Arc<Desk>,
}

async fn on<J: Journal>(journal: J, desk: &Arc<Desk>) -> Runtime<App, J> {
    let builder = Runtime::builder(App { desk: Arc::clone(desk) }).mount::<Till>();
    builder.build_on(journal, "tests").await.unwrap()
}

async fn sell(payment: Payment, gift: bool, closes: bool) -> (RunReport, Vec<Outcome<u64>>) {
    let desk = Arc::<Desk>::default();
    let runtime = on(Memory::default(), &desk).await;
    let report = runtime.run::<Till>(Sale { payment, gift, closes }, None).await.unwrap();
    let refunds = desk.refunds.lock().unwrap().clone();
    (report, refunds)
}

/// The run that is at the printer.
async fn printing<J: Journal>(runtime: &Runtime<App, J>, desk: &Desk) -> RunId {
    desk.printing.notified().await;
    runtime.live_runs()[0]
}

fn receipt_of(report: &RunReport) -> Vec<String> {
    report.output::<Receipt>("receipt").unwrap().lines.clone()
}

#[tokio::test(start_paused = true)]
async fn r11_a_step_is_told_what_the_others_returned_or_why_not() {
    let (report, _) = sell(Payment::Succeeds, true, true).await;
    assert_eq!(report.state, RunState::Completed);
    assert_eq!(receipt_of(&report), ["450", "\"a pen\"", "skipped as it is disabled"]);

    let (report, _) = sell(Payment::Fails, false, true).await;
    assert_eq!(report.state, RunState::CompletedWithErrors);
    assert_eq!(
        receipt_of(&report),
        [
            "failed: the card is refused",
            "skipped as its condition does not hold",
            "skipped as it is disabled"
        ]
    );

    let (report, _) = sell(Payment::Hangs, false, true).await;
    assert_eq!(report.step("charge").unwrap().state, StepState::Indeterminate);
    assert_eq!(receipt_of(&report)[0], "unknown: attempt timed out after 100 ms");
}

#[tokio::test(start_paused = true)]
async fn r11_what_is_told_why_runs_without_any_output() {
    let (report, _) = sell(Payment::Fails, false, true).await;
    assert_eq!(*report.output::<Option<u64>>("thanks").unwrap(), None);
    assert!(!*report.output::<bool>("wrapping").unwrap(), "its other input is absent, too");
}

#[tokio::test(start_paused = true)]
async fn r19_what_undoes_a_step_is_told_how_it_ended() {
    let (report, refunds) = sell(Payment::Succeeds, false, false).await;
    assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::Done));
    assert_eq!(refunds, [Outcome::Completed(450)]);

    let (_, refunds) = sell(Payment::Hangs, false, false).await;
    assert_eq!(refunds, [Outcome::Indeterminate("attempt timed out after 100 ms".into())]);
}

#[tokio::test(start_paused = true)]
async fn r11_the_next_process_is_told_the_same() {
    for payment in [Payment::Fails, Payment::Hangs] {
        let journal = Arc::new(Memory::default());
        let desk = Arc::new(Desk { jammed: true, ..Desk::default() });
        let first = on(Arc::clone(&journal), &desk).await;
        let sale = Sale { payment, gift: false, closes: true };
        let run = tokio::select! {
            report = first.run::<Till>(sale, Some("k".to_owned())) => panic!("it has ended: {report:?}"),
            run = printing(&first, &desk) => run,
        };
        first.shutdown(Duration::ZERO).await;

        let desk = Arc::<Desk>::default();
        let second = on(Arc::clone(&journal), &desk).await;
        second.settled().await;
        let report = second.status(run).await.unwrap().unwrap();
        let (elsewhere, _) = sell(payment, false, true).await;
        assert_eq!(report.step("charge").unwrap(), elsewhere.step("charge").unwrap());
        assert_eq!(receipt_of(&report), receipt_of(&elsewhere));
        assert_eq!(report.step("card").unwrap().skipped_because, Some(SkipCause::Disabled));
    }
}
