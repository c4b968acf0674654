//! What contracts say of how runs are undone, and of when too little of one is done, is executed; and how large what travels
//! may be.

#![allow(missing_docs, reason = "a test's own types")]

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use onex::engine::{RunCause, Settings};
use onex::journal::DeadLetterCause;
use onex::run::{CompensationState, RunState};
use onex::{Classify, Container, Dep, Emit, Event, FaultClass, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// The outside: what was called, how many milliseconds after the beginning.
struct Outside {
    began: Instant,
    refuses: HashSet<&'static str>,
    hangs: Option<&'static str>,
    calls: Mutex<Vec<(&'static str, u128)>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Refused;

impl Classify for Refused {
    fn class(&self) -> FaultClass {
        FaultClass::Permanent
    }
}

impl Outside {
    async fn call(&self, name: &'static str) -> Result<u64, Refused> {
        self.calls.lock().unwrap().push((name, self.began.elapsed().as_millis()));
        if self.hangs == Some(name) {
            std::future::pending::<()>().await;
        }
        if self.refuses.contains(name) { Err(Refused) } else { Ok(1) }
    }
}

#[derive(Container)]
struct App {
    outside: Arc<Outside>,
}

#[orchestrator(contract = "contracts/stopping/move_house.yaml")]
struct MoveHouse;

#[handler(step = move_house::flat)]
async fn flat() -> u64 {
    1
}

#[handler(step = move_house::van)]
async fn van() -> u64 {
    1
}

#[handler(step = move_house::movers)]
async fn movers() -> u64 {
    1
}

#[handler(step = move_house::key)]
async fn key(outside: Dep<Outside>) -> Result<u64, Refused> {
    outside.call("key").await
}

#[handler(compensation = move_house::give_up_flat)]
async fn give_up_flat(outside: Dep<Outside>) -> Result<(), Refused> {
    outside.call("give_up_flat").await.map(drop)
}

#[handler(compensation = move_house::cancel_van)]
async fn cancel_van(outside: Dep<Outside>) -> Result<(), Refused> {
    outside.call("cancel_van").await.map(drop)
}

#[handler(compensation = move_house::send_movers_home)]
async fn send_movers_home(outside: Dep<Outside>) -> Result<(), Refused> {
    outside.call("send_movers_home").await.map(drop)
}

#[orchestrator(contract = "contracts/stopping/survey.yaml")]
struct Survey;

#[handler(step = survey::north)]
async fn north(outside: Dep<Outside>) -> Result<u64, Refused> {
    outside.call("north").await
}

#[handler(step = survey::south)]
async fn south(outside: Dep<Outside>) -> Result<u64, Refused> {
    outside.call("south").await
}

#[handler(step = survey::west)]
async fn west(outside: Dep<Outside>) -> Result<u64, Refused> {
    outside.call("west").await
}

#[handler(step = survey::map)]
fn map(west: &u64) -> u64 {
    *west
}

#[derive(Event, Serialize, Deserialize)]
struct Called {
    times: usize,
}

#[derive(Event, Serialize, Deserialize)]
struct Echoed {
    text: String,
}

#[orchestrator(contract = "contracts/stopping/echo.yaml")]
struct Echo;

#[handler(event = echo::Called)]
async fn called(call: &Called) -> Emit<echo::Called> {
    Emit::event(Echoed { text: "ho ".repeat(call.times) })
}

fn on(refuses: &[&'static str], hangs: Option<&'static str>) -> (Arc<Outside>, Runtime<App>) {
    let outside = Arc::new(Outside {
        began: Instant::now(),
        refuses: refuses.iter().copied().collect(),
        hangs,
        calls: Mutex::default(),
    });
    let builder = Runtime::builder(App { outside: Arc::clone(&outside) }).mount::<MoveHouse>();
    (outside, builder.mount::<Survey>().build().unwrap())
}

#[tokio::test(start_paused = true)]
async fn r19_a_run_is_undone_in_the_order_and_after_the_delays_of_its_plan() {
    let (outside, runtime) = on(&["key"], None);
    let report = runtime.run::<MoveHouse>((), None).await.unwrap();
    assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::Done));
    let calls = [("key", 0), ("cancel_van", 1000), ("give_up_flat", 1000), ("send_movers_home", 1200)];
    assert_eq!(*outside.calls.lock().unwrap(), calls);
    assert_eq!(runtime.counters().retries, 0, "what is put off is no retry");
}

#[tokio::test(start_paused = true)]
async fn r19_what_is_not_undone_within_the_budget_is_left_to_a_person() {
    let (outside, runtime) = on(&["key"], Some("give_up_flat"));
    let report = runtime.run::<MoveHouse>((), None).await.unwrap();
    assert_eq!(outside.began.elapsed().as_millis(), 5000, "the delay is part of it");
    assert_eq!(report.state, RunState::Parked);
    let compensations: Vec<_> = report.steps.iter().map(|step| step.compensation).collect();
    use CompensationState::{Done, Failed, None as Nothing, Pending};
    assert_eq!(compensations, [Failed, Done, Pending, Nothing]);
    let why = report.step("flat").unwrap().compensation_error.as_deref();
    assert_eq!(why, Some("undoing the run took longer than 5000 ms"));
    let letters = runtime.dead_letter_list().await.unwrap();
    let DeadLetterCause::RunFailed { state, step, message, .. } = &letters[0].cause else { panic!() };
    assert_eq!((*state, step.as_deref()), (RunState::Parked, Some("flat")));
    assert_eq!(message, "the step could not be undone: undoing the run took longer than 5000 ms");
    let status = runtime.status(report.run).await.unwrap().unwrap();
    assert_eq!(status.steps, report.steps, "the journal has the reason, too");
}

#[tokio::test(start_paused = true)]
async fn r17_a_run_that_completes_too_few_steps_has_failed() {
    let (_, runtime) = on(&["north"], None);
    let report = runtime.run::<Survey>((), None).await.unwrap();
    assert_eq!((report.state, report.cause), (RunState::CompletedWithErrors, None), "three of four");

    let (_, runtime) = on(&["north", "west"], None);
    let report = runtime.run::<Survey>((), None).await.unwrap();
    assert_eq!(report.state, RunState::Failed);
    let too_few = RunCause::TooFewCompleted { completed: 1, of: 4, required_percent: 50.0 };
    assert_eq!(report.cause, Some(too_few), "`map` needs what `west` failed to give");
    let letters = runtime.dead_letter_list().await.unwrap();
    let DeadLetterCause::RunFailed { message, .. } = &letters[0].cause else { panic!() };
    assert_eq!(message, "1 of 4 steps completed, and 50 % must");
}

#[tokio::test]
async fn what_a_handler_emits_and_takes_too_much_is_not_sent() {
    let settings = Settings { max_payload_bytes: Some(100), ..Settings::default() };
    let runtime = Runtime::builder(()).settings(settings).mount::<Echo>().build().unwrap();
    let mut echoes = runtime.subscribe_to::<Echo, Echoed>().unwrap();
    runtime.publish(Called { times: 1 }).await.unwrap();
    runtime.publish(Called { times: 100 }).await.unwrap();
    runtime.settled().await;
    assert!(echoes.try_recv().is_some() && echoes.try_recv().is_none());
    let letters = runtime.dead_letter_list().await.unwrap();
    let DeadLetterCause::HandlerFailed { attempts: 1, message } = &letters[0].cause else { panic!() };
    let expected =
        "the handler emitted `Echoed`, which takes 311 bytes as JSON, and `max_payload_bytes` is 100";
    assert_eq!(message, expected);
}
