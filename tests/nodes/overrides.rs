//! What a step of a contract says for itself happens, whatever the rules of its workflow say.

use std::sync::{Arc, Mutex};

use onex::engine::SkipCause;
use onex::run::{CompensationState, RunState, StepState};
use onex::{Container, Dep, RunReport, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};

/// Which of the steps that can fail do.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Order {
    burnt: bool,
    unpaid: bool,
    stingy: bool,
}

#[orchestrator(contract = "contracts/overrides/contract.yaml")]
struct Kitchen;

#[derive(Default)]
struct Pass(Mutex<Vec<&'static str>>);

impl Pass {
    fn serve(&self, dish: &'static str) {
        self.0.lock().unwrap().push(dish);
    }
}

fn unless(fails: bool, dish: &str) -> Result<String, String> {
    if fails { Err(format!("no {dish}")) } else { Ok(dish.to_owned()) }
}

#[handler(step = kitchen::soup)]
async fn soup(pass: Dep<Pass>) -> u64 {
    pass.serve("soup");
    1
}

#[handler(compensation = kitchen::pour_away)]
async fn pour_away(soup: Option<&u64>, pass: Dep<Pass>) {
    assert_eq!(soup, Some(&1));
    pass.serve("no soup");
}

#[handler(step = kitchen::salad)]
fn salad() -> u64 {
    2
}

#[handler(step = kitchen::starter)]
async fn starter(pass: Dep<Pass>) -> u64 {
    pass.serve("starter");
    3
}

#[handler(step = kitchen::fish)]
fn fish() -> u64 {
    4
}

#[handler(step = kitchen::sauce)]
fn sauce() -> u64 {
    5
}

#[handler(step = kitchen::roast)]
async fn roast(input: &Order, pass: Dep<Pass>) -> Result<String, String> {
    pass.serve("roast");
    unless(input.burnt, "roast")
}

#[handler(step = kitchen::gravy)]
fn gravy(salad: &u64, fish: Option<&u64>) -> u64 {
    salad + fish.copied().unwrap_or_default()
}

#[handler(step = kitchen::bill)]
async fn bill(input: &Order, pass: Dep<Pass>) -> Result<String, String> {
    pass.serve("bill");
    unless(input.unpaid, "bill")
}

#[handler(step = kitchen::tip)]
async fn tip(input: &Order, pass: Dep<Pass>) -> Result<String, String> {
    pass.serve("tip");
    unless(input.stingy, "tip")
}

#[derive(Container)]
struct Restaurant {
    pass: Arc<Pass>,
}

async fn cook(order: Order) -> (RunReport, Vec<&'static str>) {
    let pass = Arc::new(Pass::default());
    let restaurant = Restaurant { pass: Arc::clone(&pass) };
    let runtime = Runtime::builder(restaurant).mount::<Kitchen>().build().unwrap();
    let report = runtime.run::<Kitchen>(order, None).await.unwrap();
    let served = pass.0.lock().unwrap().clone();
    (report, served)
}

fn state(report: &RunReport, step: &str) -> StepState {
    report.step(step).unwrap().state
}

fn skipped(report: &RunReport, step: &str) -> Option<SkipCause> {
    report.step(step).unwrap().skipped_because
}

#[tokio::test]
async fn r10_a_disabled_step_is_skipped_and_what_can_do_without_it_runs() {
    let (report, _) = cook(Order::default()).await;
    assert_eq!(report.state, RunState::Completed);
    assert_eq!(skipped(&report, "fish"), Some(SkipCause::Disabled));
    assert_eq!(skipped(&report, "sauce"), Some(SkipCause::NoOutput { of: "fish" }));
    assert_eq!(*report.output::<u64>("gravy").unwrap(), 2);
    let told = serde_json::to_value(&report).unwrap();
    assert_eq!(told["steps"][3]["skipped_because"], serde_json::json!({ "reason": "disabled" }));
    assert_eq!(skipped(&report, "sauce").unwrap().to_string(), "`fish` has no output");
}

#[tokio::test]
async fn r11_steps_that_may_run_go_by_priority() {
    let (_, served) = cook(Order::default()).await;
    assert_eq!(served, ["starter", "soup", "roast", "bill", "tip"]);
}

#[tokio::test]
async fn r12_a_failed_step_that_is_to_continue_does_and_what_is_to_be_skipped_then_is() {
    let (report, served) = cook(Order { burnt: true, ..Order::default() }).await;
    assert_eq!(report.state, RunState::CompletedWithErrors);
    assert_eq!(state(&report, "roast"), StepState::Failed);
    assert_eq!(skipped(&report, "gravy"), Some(SkipCause::AfterFailure { of: "roast" }));
    assert_eq!(served, ["starter", "soup", "roast", "bill", "tip"]);
}

#[tokio::test]
async fn r19_a_failed_step_that_is_to_be_compensated_is_though_the_strategy_goes_on() {
    let (report, served) = cook(Order { unpaid: true, ..Order::default() }).await;
    assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::Done));
    assert_eq!(state(&report, "tip"), StepState::NotRun);
    assert_eq!(served, ["starter", "soup", "roast", "bill", "no soup"]);
}

#[tokio::test]
async fn r12_a_failed_step_that_is_to_stop_does_and_undoes_nothing() {
    let (report, served) = cook(Order { stingy: true, ..Order::default() }).await;
    assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::None));
    assert_eq!(served, ["starter", "soup", "roast", "bill", "tip"]);
}
