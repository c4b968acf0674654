//! The specification's patterns, each as a contract and its functions: fan-out and fan-in, circuit breaker, saga, hybrid.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::SkipCause;
use onex::run::{CompensationState, RunState, StepState};
use onex::{Container, Dep, RunReport, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

/// What the steps do outside, in order.
#[derive(Default)]
struct World {
    log: Mutex<Vec<String>>,
    service_is_down: AtomicBool,
    calls: AtomicU32,
    refuses_to_announce: AtomicBool,
}

impl World {
    fn note(&self, what: impl Into<String>) {
        self.log.lock().unwrap().push(what.into());
    }
}

#[derive(Container)]
struct App {
    world: Arc<World>,
}

fn app() -> (Arc<World>, App) {
    let world = Arc::new(World::default());
    (Arc::clone(&world), App { world })
}

fn state(report: &RunReport, step: &str) -> StepState {
    report.step(step).unwrap().state
}

#[orchestrator(contract = "contracts/patterns/fan_out.yaml")]
struct Gather;

/// Each source answers after its own time, so that only all at once is quick.
async fn fetch(source: &str, seconds: u64, world: &World) -> Vec<String> {
    sleep(Duration::from_secs(seconds)).await;
    world.note(format!("fetched {source}"));
    vec![format!("row of {source}")]
}

#[handler(step = gather::fetch_db1)]
async fn fetch_db1(world: Dep<World>) -> Vec<String> {
    fetch("db1", 3, &world).await
}

#[handler(step = gather::fetch_db2)]
async fn fetch_db2(world: Dep<World>) -> Vec<String> {
    fetch("db2", 1, &world).await
}

#[handler(step = gather::fetch_db3)]
async fn fetch_db3(world: Dep<World>) -> Vec<String> {
    fetch("db3", 2, &world).await
}

#[handler(step = gather::aggregate)]
fn aggregate(fetch_db1: &Vec<String>, fetch_db2: &Vec<String>, fetch_db3: &Vec<String>) -> Vec<String> {
    [fetch_db1, fetch_db2, fetch_db3].into_iter().flatten().cloned().collect()
}

#[tokio::test(start_paused = true)]
async fn fan_out_fetches_from_all_sources_at_once_and_fan_in_waits_for_the_last() {
    let (world, app) = app();
    let runtime = Runtime::builder(app).mount::<Gather>().build().unwrap();
    let began = Instant::now();

    let rows = runtime.complete::<Gather>(()).await.unwrap();

    assert_eq!(began.elapsed(), Duration::from_secs(3), "as long as the slowest, not as all");
    assert_eq!(*world.log.lock().unwrap(), ["fetched db2", "fetched db3", "fetched db1"]);
    assert_eq!(*rows, ["row of db1", "row of db2", "row of db3"], "in the order of the parameters");
}

#[orchestrator(contract = "contracts/patterns/breaker.yaml")]
struct Careful;

#[handler(step = careful::call)]
async fn call(world: Dep<World>) -> Result<String, String> {
    world.calls.fetch_add(1, Ordering::SeqCst);
    if world.service_is_down.load(Ordering::SeqCst) { Err("down".into()) } else { Ok("fresh".into()) }
}

#[handler(step = careful::fallback)]
fn fallback() -> String {
    "from yesterday".into()
}

#[handler(step = careful::answer)]
fn answer(call: Option<&String>, fallback: Option<&String>) -> String {
    call.or(fallback).cloned().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_service_that_fails_three_times_is_left_alone_until_a_probe_succeeds() {
    let (world, app) = app();
    let runtime = Runtime::builder(app).mount::<Careful>().build().unwrap();
    let ask = || async { runtime.run::<Careful>((), None).await.unwrap() };

    world.service_is_down.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        let report = ask().await;
        assert_eq!(*report.last::<Careful>().unwrap(), "from yesterday", "{report:#?}");
    }
    assert_eq!(world.calls.load(Ordering::SeqCst), 3);

    world.service_is_down.store(false, Ordering::SeqCst);
    let began = Instant::now();
    let waiting = runtime.start::<Careful>((), None).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    let so_far = runtime.status(waiting.id()).await.unwrap().unwrap();
    let call = so_far.step("call").unwrap();
    assert_eq!((call.state, call.waits_for.as_deref()), (StepState::Held, Some("node_service_effect")));
    assert_eq!(world.calls.load(Ordering::SeqCst), 3, "nobody calls a service that is left alone");

    let report = waiting.await.unwrap();
    assert_eq!(began.elapsed(), Duration::from_secs(5), "the probe goes when the circuit is half open");
    assert_eq!(*report.last::<Careful>().unwrap(), "fresh");
    assert_eq!(report.step("call").unwrap().attempts, 1, "waiting used up no attempt");

    let began = Instant::now();
    assert_eq!(*ask().await.last::<Careful>().unwrap(), "fresh");
    assert_eq!(began.elapsed(), Duration::ZERO, "one success has closed it");
}

#[orchestrator(contract = "contracts/patterns/saga.yaml")]
struct Saga;

#[handler(step = saga::store_raw)]
async fn store_raw(world: Dep<World>) -> String {
    world.note("store raw");
    "raw".into()
}

#[handler(compensation = saga::delete_raw)]
async fn delete_raw(world: Dep<World>) {
    world.note("delete raw");
}

#[handler(step = saga::transform)]
fn transform(store_raw: &String) -> String {
    format!("{store_raw}, transformed")
}

#[handler(step = saga::store_result)]
async fn store_result(transform: &String, world: Dep<World>) -> String {
    world.note(format!("store {transform}"));
    transform.clone()
}

#[handler(compensation = saga::delete_result)]
async fn delete_result(store_result: Option<&String>, world: Dep<World>) {
    world.note(format!("delete {}", store_result.map_or("nothing", String::as_str)));
}

#[handler(step = saga::announce)]
async fn announce(world: Dep<World>) -> Result<(), String> {
    if world.refuses_to_announce.load(Ordering::SeqCst) { Err("nobody listens".into()) } else { Ok(()) }
}

#[tokio::test(start_paused = true)]
async fn a_saga_that_fails_undoes_what_was_stored_in_reverse_and_one_that_does_not_keeps_it() {
    let (world, app) = app();
    let runtime = Runtime::builder(app).mount::<Saga>().build().unwrap();

    let report = runtime.run::<Saga>((), None).await.unwrap();
    assert_eq!((report.state, report.compensation), (RunState::Completed, CompensationState::None));
    assert_eq!(*world.log.lock().unwrap(), ["store raw", "store raw, transformed"]);

    world.log.lock().unwrap().clear();
    world.refuses_to_announce.store(true, Ordering::SeqCst);
    let report = runtime.run::<Saga>((), None).await.unwrap();
    assert_eq!(
        (report.state, report.compensation),
        (RunState::Failed, CompensationState::Done),
        "{report:#?}"
    );
    assert_eq!(
        *world.log.lock().unwrap(),
        ["store raw", "store raw, transformed", "delete raw, transformed", "delete raw"]
    );
    assert_eq!(
        report.step("transform").unwrap().compensation,
        CompensationState::None,
        "it did nothing outside"
    );
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Job {
    parts: u32,
}

#[orchestrator(contract = "contracts/patterns/hybrid.yaml")]
struct Hybrid;

#[derive(Debug, Serialize, Deserialize)]
struct Plan {
    in_code: bool,
}

/// Decides, from the input, who drives this run: the contract's graph, or code.
#[handler(step = hybrid::plan)]
fn plan(input: &Job) -> Plan {
    Plan { in_code: f64::from(input.parts) / 10.0 > 0.8 }
}

#[handler(step = hybrid::validate)]
fn validate(input: &Job) -> Result<u32, String> {
    if input.parts == 0 { Err("nothing to do".into()) } else { Ok(input.parts) }
}

#[handler(step = hybrid::process)]
async fn process(validate: &u32) -> String {
    format!("{validate} by the graph")
}

/// A path that code drives is one step of the run, whatever it does inside.
#[handler(step = hybrid::in_code)]
async fn in_code(input: &Job, world: Dep<World>) -> String {
    for part in 1..=input.parts {
        world.note(format!("part {part}"));
        tokio::task::yield_now().await;
    }
    format!("{} by code", input.parts)
}

#[handler(step = hybrid::finalize)]
fn finalize(process: Option<&String>, in_code: Option<&String>) -> String {
    process.or(in_code).cloned().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn a_hybrid_decides_for_each_run_and_both_paths_are_reported_alike() {
    let (world, app) = app();
    let runtime = Runtime::builder(app).mount::<Hybrid>().build().unwrap();

    let simple = runtime.run::<Hybrid>(Job { parts: 8 }, None).await.unwrap();
    assert_eq!(*simple.last::<Hybrid>().unwrap(), "8 by the graph");
    assert_eq!(
        (state(&simple, "process"), state(&simple, "in_code")),
        (StepState::Completed, StepState::Skipped)
    );
    assert!(world.log.lock().unwrap().is_empty());

    let complex = runtime.run::<Hybrid>(Job { parts: 9 }, None).await.unwrap();
    assert_eq!(*complex.last::<Hybrid>().unwrap(), "9 by code");
    assert_eq!(
        (state(&complex, "process"), state(&complex, "in_code")),
        (StepState::Skipped, StepState::Completed)
    );
    assert_eq!(world.log.lock().unwrap().len(), 9);

    let steps = |report: &RunReport| report.steps.iter().map(|step| step.id).collect::<Vec<_>>();
    assert_eq!(steps(&simple), steps(&complex));
    let why = complex.step("validate").unwrap().skipped_because;
    assert!(matches!(why, Some(SkipCause::ConditionFalse)), "{why:?}");
}
