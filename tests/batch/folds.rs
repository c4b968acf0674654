//! Reducers of a batch: barriers that fold over the items.

use onex::message::item_action_id;
use onex::run::{RunState, StepState};
use onex::{BatchReport, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Sale {
    cents: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Total {
    cents: u64,
    of: Vec<u64>,
}

#[orchestrator(contract = "contracts/batch/totals.yaml")]
struct Totals;

#[handler(step = totals::price)]
fn price(input: &Sale) -> Result<u64, String> {
    if input.cents == 0 { Err("a sale of nothing".to_owned()) } else { Ok(input.cents) }
}

#[handler(fold = totals::total)]
fn total(total: &mut Total, price: &u64) -> Result<(), String> {
    total.cents = total.cents.checked_add(*price).ok_or("more than there is")?;
    total.of.push(*price);
    Ok(())
}

/// Once for all items: it depends on nothing but the reducer.
#[handler(step = totals::report)]
fn report(total: &Total) -> String {
    format!("{} in all", total.cents)
}

#[handler(step = totals::share)]
fn share(price: &u64, total: &Total) -> u64 {
    price * 100 / total.cents
}

async fn run(cents: &[u64]) -> BatchReport {
    let runtime = Runtime::builder(()).mount::<Totals>().build().unwrap();
    let sales = cents.iter().map(|cents| Sale { cents: *cents }).collect();
    runtime.batch::<Totals>(sales, None).await.unwrap()
}

/// Mutation: a fold in another order, over items that failed, or before all have come so far.
#[tokio::test]
async fn r25_a_reducer_folds_what_all_items_have_come_to() {
    let report = run(&[50, 0, 30, 20]).await;
    assert_eq!(report.state, RunState::CompletedWithErrors);
    assert_eq!(*report.output::<Total>("total").unwrap(), Total { cents: 100, of: vec![50, 30, 20] });
    assert_eq!(*report.output::<String>("report").unwrap(), "100 in all");
    let once = report.steps.iter().filter(|step| step.item.is_none()).map(|step| step.id);
    assert_eq!(once.collect::<Vec<_>>(), ["total", "report"]);
    let shares: Vec<Option<u64>> =
        report.items().map(|item| item.output::<u64>("share").ok().map(|share| *share)).collect();
    assert_eq!(shares, [Some(50), None, Some(30), Some(20)]);
    assert_eq!(report.items().nth(1).unwrap().step("share").unwrap().state, StepState::Skipped);
}

#[tokio::test]
async fn a_fold_over_no_items_is_what_it_begins_with() {
    let report = run(&[]).await;
    assert_eq!(*report.output::<Total>("total").unwrap(), Total::default());
    assert_eq!(*report.output::<String>("report").unwrap(), "0 in all");
}

#[tokio::test]
async fn a_fold_that_fails_fails_for_all() {
    let report = run(&[u64::MAX, 1]).await;
    let step = report.step("total").unwrap();
    assert_eq!((step.state, step.error.as_deref()), (StepState::Failed, Some("more than there is")));
    assert_eq!(report.step("report").unwrap().state, StepState::Skipped);
    assert!(report.items().all(|item| item.step("share").unwrap().state == StepState::Skipped));
}

#[tokio::test]
async fn r09_an_action_for_an_item_waits_for_that_item_and_what_is_done_once_for_all() {
    let report = run(&[50, 30]).await;
    let id = |step: &str, item| item_action_id(report.run, step, item, false, 0);
    let actions = report.actions();
    let told: Vec<_> = actions.iter().map(|action| (action.action_id, action.dependencies.clone())).collect();
    assert_eq!(
        told,
        [
            (id("price", 0), vec![]),
            (id("price", 1), vec![]),
            (id("total", 0), vec![id("price", 0), id("price", 1)]),
            (id("report", 0), vec![id("total", 0)]),
            (id("share", 0), vec![id("price", 0), id("total", 0)]),
            (id("share", 1), vec![id("price", 1), id("total", 0)]),
        ]
    );
    let items: Vec<_> = actions.iter().map(|action| action.payload.item).collect();
    assert_eq!(items, [Some(0), Some(1), None, None, Some(0), Some(1)]);
    assert_eq!(*actions[5].payload.input::<u64>("price").unwrap().unwrap(), 30, "of its own item");
    assert_eq!(actions[5].payload.input::<Total>("total").unwrap().unwrap().cents, 80);
    assert_eq!(actions[1].payload.input::<Sale>("input").unwrap().unwrap().cents, 30);
}

#[orchestrator(contract = "contracts/batch/large.yaml")]
struct Large;

#[handler(step = large::price)]
fn large_price(input: &Sale) -> u64 {
    input.cents
}

#[handler(step = large::check)]
fn check(price: &u64) -> Result<(), String> {
    if *price == 50 { Err("too round".to_owned()) } else { Ok(()) }
}

#[handler(fold = large::large)]
fn large_total(large: &mut Total, price: &u64) {
    large.cents += price;
    large.of.push(*price);
}

/// Mutation: the condition is asked once for all items, where no item has an output to look at.
#[tokio::test]
async fn r16_the_condition_of_a_fold_is_asked_of_each_item() {
    let runtime = Runtime::builder(()).mount::<Large>().build().unwrap();
    let run = async |cents: &[u64]| {
        let sales = cents.iter().map(|cents| Sale { cents: *cents }).collect();
        runtime.batch::<Large>(sales, None).await.unwrap()
    };
    let report = run(&[30, 20, 50, 40]).await;
    assert_eq!(*report.output::<Total>("large").unwrap(), Total { cents: 70, of: vec![30, 40] });
    let none = run(&[20, 50]).await;
    assert_eq!(*none.output::<Total>("large").unwrap(), Total::default());
}
