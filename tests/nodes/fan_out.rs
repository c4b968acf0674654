//! Steps that are done once for each entry of a list, and what comes after all of them.
#![allow(clippy::ptr_arg)] // a parameter has the type that its step returns

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::config::{Config, Environment};
use onex::engine::BuildProblem;
use onex::journal::{Journal, Memory};
use onex::message::{RunId, item_action_id, list_action_id};
use onex::run::{CompensationState, Fact, RunState, StepState};
use onex::{Container, Ctx, Dep, Event, RunReport, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct BasketSent {
    basket_id: String,
    goods: Goods,
}

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct TraySent {
    basket_id: String,
    goods: Goods,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Goods {
    lines: Vec<Line>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    cents: u64,
    count: u64,
}

/// What the warehouse is told to do with a price, and what it saw.
#[derive(Default)]
struct Warehouse {
    fails: Mutex<HashMap<u64, u32>>,
    hangs: Mutex<Vec<u64>>,
    calls: Mutex<Vec<(u64, u32, Uuid)>>,
    released: Mutex<Vec<Vec<u64>>>,
    now: Mutex<(u32, u32)>,
    refuses_charge: Mutex<bool>,
}

#[orchestrator(contract = "contracts/fan_out.yaml")]
struct Baskets;

#[orchestrator(contract = "contracts/fan_out_tolerant.yaml")]
struct Trays;

#[handler(step = baskets::priced)]
fn priced(item: &Line, sent: &BasketSent) -> u64 {
    assert!(!sent.basket_id.is_empty());
    item.cents * item.count
}

#[handler(step = trays::priced)]
fn tray_priced(item: &Line) -> u64 {
    item.cents * item.count
}

async fn reserve(price: u64, warehouse: &Warehouse, ctx: &Ctx) -> Result<String, String> {
    warehouse.calls.lock().unwrap().push((price, ctx.attempt, ctx.idempotency_key()));
    {
        let (now, most) = &mut *warehouse.now.lock().unwrap();
        *now += 1;
        *most = (*most).max(*now);
    }
    sleep(Duration::from_millis(100 + 800 * (price % 2))).await;
    let hangs = warehouse.hangs.lock().unwrap().contains(&price);
    if hangs {
        sleep(Duration::from_secs(3600)).await;
    }
    warehouse.now.lock().unwrap().0 -= 1;
    match warehouse.fails.lock().unwrap().get_mut(&price) {
        Some(times) if *times > 0 => {
            *times -= 1;
            Err(format!("no room for {price}"))
        }
        _ => Ok(format!("#{price}")),
    }
}

#[handler(step = baskets::reserved)]
async fn reserved(item: &u64, warehouse: Dep<Warehouse>, ctx: Ctx) -> Result<String, String> {
    reserve(*item, &warehouse, &ctx).await
}

#[handler(step = trays::reserved)]
async fn tray_reserved(item: &u64, warehouse: Dep<Warehouse>, ctx: Ctx) -> Result<String, String> {
    reserve(*item, &warehouse, &ctx).await
}

/// Of one entry: a list of what was returned for it.
#[handler(compensation = baskets::release)]
async fn release(reserved: Option<&Vec<String>>, warehouse: Dep<Warehouse>, ctx: Ctx) {
    let of: Vec<u64> = reserved.into_iter().flatten().map(|one| one[1..].parse().unwrap()).collect();
    assert!(ctx.step.unwrap().compensating);
    warehouse.released.lock().unwrap().push(of);
}

#[handler(step = baskets::total)]
fn total(reserved: &Vec<String>) -> String {
    reserved.join(" ")
}

#[handler(step = trays::total)]
fn tray_total(reserved: &Vec<String>) -> String {
    reserved.join(" ")
}

#[handler(step = baskets::charge)]
async fn charge(total: &String, warehouse: Dep<Warehouse>) -> Result<usize, String> {
    if *warehouse.refuses_charge.lock().unwrap() { Err("no money".to_owned()) } else { Ok(total.len()) }
}

#[handler(step = trays::charge)]
async fn tray_charge(total: &String) -> usize {
    total.len()
}

#[derive(Container, Clone)]
struct House {
    warehouse: Arc<Warehouse>,
}

type Engine = Runtime<House, Arc<Memory>>;

async fn open(warehouse: &Arc<Warehouse>, journal: &Arc<Memory>) -> Engine {
    let builder = Runtime::builder(House { warehouse: Arc::clone(warehouse) });
    builder.mount::<Baskets>().mount::<Trays>().build_on(Arc::clone(journal), "tests").await.unwrap()
}

fn goods(cents: &[u64]) -> Goods {
    Goods { lines: cents.iter().map(|&cents| Line { cents, count: 1 }).collect() }
}

async fn run(warehouse: &Arc<Warehouse>, cents: &[u64]) -> (RunReport, Engine) {
    let runtime = open(warehouse, &Arc::default()).await;
    let sent = BasketSent { basket_id: "b".into(), goods: goods(cents) };
    (runtime.run::<Baskets>(sent, None).await.unwrap(), runtime)
}

fn instances(report: &RunReport, step: &str) -> Vec<StepState> {
    report.step(step).unwrap().instances.iter().map(|instance| instance.state).collect()
}

use StepState::{Cancelled, Completed, Failed, Indeterminate, NotRun, Skipped};

#[tokio::test(start_paused = true)]
async fn r09_each_entry_has_an_action_of_its_own_and_outputs_are_in_the_order_of_the_list() {
    let warehouse = Arc::<Warehouse>::default();
    // Odd ones take longer: they end in another order.
    let (report, runtime) = run(&warehouse, &[7, 2, 9, 4, 6]).await;
    assert_eq!(report.state, RunState::Completed);
    assert_eq!(*report.output::<Vec<u64>>("priced").unwrap(), [7, 2, 9, 4, 6]);
    assert_eq!(*report.output::<String>("total").unwrap(), "#7 #2 #9 #4 #6");
    assert_eq!(instances(&report, "reserved"), [Completed; 5]);
    assert_eq!(report.step("reserved").unwrap().attempts, 0);
    let calls = warehouse.calls.lock().unwrap().clone();
    for (index, price) in [7, 2, 9, 4, 6].into_iter().enumerate() {
        let (_, _, key) = calls.iter().find(|(of, ..)| *of == price).unwrap();
        assert_eq!(*key, item_action_id(report.run, "reserved", index as u64, false, 0));
    }
    let status = runtime.status(report.run).await.unwrap().unwrap();
    assert_eq!(status.steps, report.steps);
    assert_eq!(status.output::<Vec<String>>("reserved").unwrap().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn r09_the_whole_step_is_an_action_that_waits_for_those_of_its_entries() {
    let warehouse = Arc::<Warehouse>::default();
    *warehouse.refuses_charge.lock().unwrap() = true;
    let (report, runtime) = run(&warehouse, &[7, 2, 9]).await;
    let of = |step: &str, item, compensating| item_action_id(report.run, step, item, compensating, 0);
    let whole = |step: &str| list_action_id(report.run, step);
    for actions in [report.actions(), runtime.actions(report.run).await.unwrap().unwrap()] {
        let told: Vec<(Uuid, Vec<Uuid>)> =
            actions.iter().map(|action| (action.action_id, action.dependencies.clone())).collect();
        let mut expected = vec![];
        expected.extend((0..3).map(|item| (of("priced", item, false), vec![])));
        expected.push((whole("priced"), (0..3).map(|item| of("priced", item, false)).collect()));
        for item in 0..3 {
            expected.push((of("reserved", item, false), vec![whole("priced")]));
            expected.push((of("reserved", item, true), vec![of("reserved", item, false)]));
        }
        expected.push((whole("reserved"), (0..3).map(|item| of("reserved", item, false)).collect()));
        expected.push((of("total", 0, false), vec![whole("reserved")]));
        expected.push((of("charge", 0, false), vec![of("total", 0, false)]));
        assert_eq!(told, expected);
        // Each is given its entry, and the whole step what all of them are given.
        let line = &actions[1].payload;
        assert_eq!((&*line.step_id, line.item), ("priced", Some(1)));
        assert_eq!(line.input::<Line>("item").unwrap().unwrap().cents, 2);
        assert_eq!(line.steps().collect::<Vec<_>>(), ["item"]);
        assert_eq!(actions[3].payload.steps().collect::<Vec<_>>(), ["sent"]);
        let undone: Vec<_> = actions.iter().filter(|action| action.payload.compensating).collect();
        assert!(undone.iter().all(|undo| (undo.state, undo.attempts, undo.revision) == (Completed, 1, 2)));
    }
    // What was dispatched: every entry, and what undid it, and no whole step.
    let emitted = report.to_output(onex::engine::Disclose::default()).actions_emitted;
    let emitted: Vec<Uuid> = emitted.iter().map(|action| action.action_id).collect();
    assert_eq!(emitted.len(), 3 + 6 + 2);
    assert!(!emitted.contains(&whole("priced")) && !emitted.contains(&whole("reserved")));
    let calls = warehouse.calls.lock().unwrap().clone();
    assert!(calls.iter().all(|(_, _, key)| emitted.contains(key)));
}

#[tokio::test(start_paused = true)]
async fn no_more_are_done_at_once_than_the_step_says() {
    let warehouse = Arc::<Warehouse>::default();
    let (report, _) = run(&warehouse, &[2, 4, 6, 8, 10, 12, 14]).await;
    assert_eq!(report.state, RunState::Completed);
    assert_eq!(warehouse.now.lock().unwrap().1, 3, "of five that may run side by side");
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_gives_an_empty_list() {
    let (report, _) = run(&Arc::default(), &[]).await;
    assert_eq!(report.state, RunState::Completed);
    assert!(report.output::<Vec<u64>>("priced").unwrap().is_empty());
    assert_eq!(*report.output::<String>("total").unwrap(), "");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_too_long_fails_its_step() {
    let settings = onex::engine::Settings { max_instances: 2, ..Default::default() };
    let builder = Runtime::builder(House { warehouse: Arc::default() }).settings(settings);
    let runtime = builder.mount::<Baskets>().build().unwrap();
    let sent = BasketSent { basket_id: "b".into(), goods: goods(&[1, 2, 3]) };
    let report = runtime.run::<Baskets>(sent, None).await.unwrap();
    assert_eq!(report.state, RunState::Failed);
    let error = report.step("priced").unwrap().error.clone();
    assert_eq!(error.as_deref(), Some("it goes over a list of 3 entries; there may be 2"));
}

#[tokio::test(start_paused = true)]
async fn r26_a_list_counts_among_the_actions_that_a_program_allows_when_it_is_counted() {
    let mut config = Config::for_environment(Environment::Production);
    let builder = || Runtime::builder(House { warehouse: Arc::default() }).mount::<Baskets>();
    let sent = |entries: u64| {
        let goods = goods(&(1..=entries).map(|cents| 2 * cents).collect::<Vec<_>>());
        BasketSent { basket_id: entries.to_string(), goods }
    };
    let report = builder().config(&config).build().unwrap().run::<Baskets>(sent(5), None).await.unwrap();
    assert_eq!((report.state, instances(&report, "reserved")), (RunState::Completed, vec![Completed; 5]));

    // `total` and `charge` are one each. An entry is priced once, reserved twice at most, and released once.
    config.max_actions_per_workflow = 2 + 3 + 3 * 3;
    let runtime = builder().config(&config).build().unwrap();
    assert_eq!(runtime.run::<Baskets>(sent(3), None).await.unwrap().state, RunState::Completed);
    let report = runtime.run::<Baskets>(sent(4), None).await.unwrap();
    assert_eq!((report.state, report.step("priced").unwrap().state), (RunState::Failed, Completed));
    let refused = report.step("reserved").unwrap();
    assert_eq!((refused.state, refused.instances.len()), (Failed, 0), "before any of it is done");
    assert_eq!(
        refused.error.as_deref(),
        Some(
            "it goes over a list of 4 entries, with which the run may come to 18 actions, and the program allows 14; \
             lessen retries, or raise `max_actions`"
        )
    );
    let status = runtime.status(report.run).await.unwrap().unwrap();
    assert_eq!(status.steps, report.steps);

    // What is known before is judged before.
    config.max_actions_per_workflow = 1;
    let error = builder().config(&config).build().unwrap_err();
    assert!(
        matches!(error.problems[..], [BuildProblem::TooManyActions { actions: 2, max: 1, .. }]),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn r12_each_entry_has_retries_of_its_own() {
    let warehouse = Arc::<Warehouse>::default();
    warehouse.fails.lock().unwrap().extend([(4, 1), (6, 1)]);
    let (report, _) = run(&warehouse, &[2, 4, 6]).await;
    assert_eq!(report.state, RunState::Completed);
    let attempts: Vec<u32> =
        report.step("reserved").unwrap().instances.iter().map(|instance| instance.attempts).collect();
    assert_eq!(attempts, [1, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn r19_what_was_done_for_each_entry_is_undone_latest_first() {
    let warehouse = Arc::<Warehouse>::default();
    *warehouse.refuses_charge.lock().unwrap() = true;
    let (report, _) = run(&warehouse, &[2, 4, 6, 8]).await;
    assert_eq!(report.state, RunState::Failed);
    assert_eq!(*warehouse.released.lock().unwrap(), [[8], [6], [4], [2]]);
    let reserved = report.step("reserved").unwrap();
    assert_eq!((reserved.state, reserved.compensation), (Completed, CompensationState::Done));
    assert!(reserved.instances.iter().all(|instance| instance.compensation == CompensationState::Done));
}

#[tokio::test(start_paused = true)]
async fn r18_the_failure_of_one_entry_stops_the_others() {
    let warehouse = Arc::<Warehouse>::default();
    warehouse.fails.lock().unwrap().insert(4, 2);
    warehouse.hangs.lock().unwrap().push(6);
    let (report, _) = run(&warehouse, &[2, 4, 6, 8, 10, 12]).await;
    assert_eq!(report.state, RunState::Failed);
    let reserved = report.step("reserved").unwrap();
    assert_eq!(reserved.error.as_deref(), Some("no room for 4"));
    assert_eq!(report.step("total").unwrap().state, NotRun);
    let states = instances(&report, "reserved");
    assert_eq!((states[0], states[1], states[2]), (Completed, Failed, Indeterminate), "{states:?}");
    assert!(report.cause.is_some());
    let undone = warehouse.released.lock().unwrap().concat();
    assert!(undone.contains(&2) && !undone.contains(&4), "{undone:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_tolerated_is_left_out() {
    let warehouse = Arc::<Warehouse>::default();
    warehouse.fails.lock().unwrap().extend([(4, 9), (8, 9)]);
    let runtime = open(&warehouse, &Arc::default()).await;
    let tray = |cents: &[u64]| TraySent { basket_id: cents.len().to_string(), goods: goods(cents) };
    let report = runtime.run::<Trays>(tray(&[2, 4, 6]), None).await.unwrap();
    assert_eq!(report.state, RunState::CompletedWithErrors);
    assert_eq!(instances(&report, "reserved"), [Completed, Failed, Completed]);
    assert_eq!(report.step("reserved").unwrap().state, Completed);
    assert_eq!(*report.output::<String>("total").unwrap(), "#2 #6");
    assert_eq!(warehouse.now.lock().unwrap().1, 1, "steps go one by one");

    let report = runtime.run::<Trays>(tray(&[4, 8]), None).await.unwrap();
    assert_eq!(report.step("reserved").unwrap().state, Failed, "nothing is left of it");
    assert_eq!(report.step("total").unwrap().state, Skipped);
}

#[tokio::test(start_paused = true)]
async fn r18_a_run_that_goes_over_a_list_can_be_cancelled() {
    let warehouse = Arc::<Warehouse>::default();
    let runtime = open(&warehouse, &Arc::default()).await;
    let sent = BasketSent { basket_id: "b".into(), goods: goods(&[2, 1, 4, 6, 8, 10, 12, 14]) };
    let handle = runtime.start::<Baskets>(sent, None).await.unwrap();
    sleep(Duration::from_millis(150)).await;
    handle.cancel("not needed any more");
    let report = handle.await.unwrap();
    assert_eq!(report.state, RunState::Cancelled);
    assert_eq!(report.step("reserved").unwrap().state, Cancelled);
    let states = instances(&report, "reserved");
    assert_eq!((states[0], states[7]), (Completed, NotRun), "{states:?}");
}

/// Ends the process at each moment in turn: nothing that was recorded is done again, and all is done.
#[tokio::test(start_paused = true)]
async fn r15_what_was_returned_for_an_entry_is_not_computed_again() {
    for after_ms in [5, 50, 105, 205, 250, 305, 850] {
        let (warehouse, journal) = (Arc::<Warehouse>::default(), Arc::<Memory>::default());
        // One waits for its retry while the process ends.
        warehouse.fails.lock().unwrap().insert(4, 1);
        let runtime = open(&warehouse, &journal).await;
        let sent = BasketSent { basket_id: "b".into(), goods: goods(&[2, 4, 1, 6, 8]) };
        let id: RunId = runtime.start::<Baskets>(sent, None).await.unwrap().id();
        sleep(Duration::from_millis(after_ms)).await;
        let before = journal.run(id).await.unwrap().unwrap().facts;
        let next = open(&warehouse, &journal).await;
        let began = Instant::now();
        next.settled().await;
        assert!(began.elapsed() < Duration::from_secs(60));
        let report = next.status(id).await.unwrap().unwrap();
        assert_eq!(report.state, RunState::Completed, "after {after_ms} ms");
        assert_eq!(*report.output::<String>("total").unwrap(), "#2 #4 #1 #6 #8");
        let after = journal.run(id).await.unwrap().unwrap().facts;
        assert!(after.starts_with(&before));
        for (index, fact) in before.iter().enumerate() {
            if let Fact::StepCompleted { step, .. } = fact {
                let again = |fact: &&Fact| matches!(fact, Fact::StepScheduled { step: of, .. } if of == step);
                assert_eq!(after[index..].iter().filter(again).count(), 0, "{fact:?} after {after_ms} ms");
            }
        }
    }
}

async fn tray(warehouse: &Arc<Warehouse>, journal: &Arc<Memory>, cents: &[u64]) -> (RunReport, Engine) {
    let runtime = open(warehouse, journal).await;
    let sent = TraySent { basket_id: "t".into(), goods: goods(cents) };
    (runtime.run::<Trays>(sent, None).await.unwrap(), runtime)
}

fn called(warehouse: &Warehouse) -> Vec<(u64, Uuid)> {
    let mut calls: Vec<(u64, Uuid)> =
        warehouse.calls.lock().unwrap().drain(..).map(|(price, _, key)| (price, key)).collect();
    calls.sort_unstable();
    calls.dedup();
    calls
}

#[tokio::test(start_paused = true)]
async fn r09_a_retry_from_a_list_does_each_entry_again_under_its_key_and_one_from_behind_it_none() {
    let (warehouse, journal) = (Arc::<Warehouse>::default(), Arc::<Memory>::default());
    warehouse.fails.lock().unwrap().insert(4, 100);
    let (failed, runtime) = tray(&warehouse, &journal, &[2, 4, 6]).await;
    assert_eq!(
        (failed.state, instances(&failed, "reserved")),
        (RunState::CompletedWithErrors, vec![Completed, Failed, Completed])
    );
    let before = called(&warehouse);
    warehouse.fails.lock().unwrap().clear();

    let report = runtime.retry_from(failed.run, "reserved").await.unwrap().await.unwrap();
    assert_eq!((report.state, instances(&report, "reserved")), (RunState::Completed, vec![Completed; 3]));
    assert_eq!(*report.output::<String>("total").unwrap(), "#2 #4 #6");
    assert_eq!(called(&warehouse), before, "each was called again, under the key that it had");
    assert_eq!(runtime.status(failed.run).await.unwrap().unwrap().steps, report.steps);

    let fork = runtime.fork_from(failed.run, "total").await.unwrap().await.unwrap();
    assert_eq!((fork.state, instances(&fork, "reserved")), (RunState::Completed, vec![Completed; 3]));
    assert_eq!(*fork.output::<String>("total").unwrap(), "#2 #4 #6");
    assert_eq!(called(&warehouse), [], "what was returned for each entry stands");
    let again = runtime.fork_from(fork.run, "priced").await.unwrap().await.unwrap();
    assert_eq!(called(&warehouse).len(), 3, "a list that is made anew is gone over anew");
    assert_eq!(runtime.status(again.run).await.unwrap().unwrap().steps, again.steps);
}

#[tokio::test(start_paused = true)]
async fn r09_what_stands_of_a_list_with_failures_is_an_error_still() {
    let (warehouse, journal) = (Arc::<Warehouse>::default(), Arc::<Memory>::default());
    warehouse.fails.lock().unwrap().insert(4, 100);
    let (failed, runtime) = tray(&warehouse, &journal, &[2, 4, 6]).await;
    called(&warehouse);
    let report = runtime.retry_from(failed.run, "charge").await.unwrap().await.unwrap();
    assert_eq!((report.state, called(&warehouse)), (RunState::CompletedWithErrors, vec![]));
    assert_eq!(report.step("reserved"), failed.step("reserved"));
}

#[tokio::test(start_paused = true)]
async fn r09_a_list_that_is_gone_over_again_goes_on_in_the_next_process() {
    let (warehouse, journal) = (Arc::<Warehouse>::default(), Arc::<Memory>::default());
    warehouse.fails.lock().unwrap().insert(4, 100);
    let (failed, first) = tray(&warehouse, &journal, &[2, 4, 6, 8, 10]).await;
    warehouse.fails.lock().unwrap().clear();
    called(&warehouse);
    drop(first.retry_from(failed.run, "reserved").await.unwrap());
    sleep(Duration::from_millis(150)).await;
    // The journal is another's from now on.
    let second = open(&warehouse, &journal).await;
    second.settled().await;
    assert_eq!(second.held_runs(), []);
    let report = second.status(failed.run).await.unwrap().unwrap();
    assert_eq!((report.state, instances(&report, "reserved")), (RunState::Completed, vec![Completed; 5]));
    assert_eq!(*report.output::<String>("total").unwrap(), "#2 #4 #6 #8 #10");
}

#[tokio::test(start_paused = true)]
async fn r09_what_was_undone_for_entries_is_done_again_by_a_fork_under_its_own_keys() {
    let warehouse = Arc::<Warehouse>::default();
    *warehouse.refuses_charge.lock().unwrap() = true;
    let (undone, runtime) = run(&warehouse, &[2, 4]).await;
    let before = called(&warehouse);
    assert!(matches!(
        runtime.retry_from(undone.run, "charge").await.unwrap_err(),
        onex::engine::AgainError::Undone { .. }
    ));
    *warehouse.refuses_charge.lock().unwrap() = false;
    let fork = runtime.fork_from(undone.run, "charge").await.unwrap().await.unwrap();
    assert_eq!((fork.state, instances(&fork, "reserved")), (RunState::Completed, vec![Completed; 2]));
    let keys = [0, 1].map(|item| item_action_id(fork.run, "reserved", item, false, 0));
    assert_eq!(called(&warehouse), [(2, keys[0]), (4, keys[1])]);
    assert!(before.iter().all(|(_, key)| !keys.contains(key)));
    assert_eq!(runtime.status(undone.run).await.unwrap().unwrap().state, RunState::Failed);
}
