//! What contracts say of failing targets, of retries and of how many runs there are at once, is executed.

#![allow(missing_docs, reason = "a test's own types")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::{BuildProblem, CircuitPolicy, CircuitProblem, CircuitState};
use onex::run::{RunState, StepState};
use onex::{Container, Ctx, Dep, Emit, Event, Runtime, RuntimeBuilder, effect, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

/// The outside: calls by name, of which the first so many fail.
#[derive(Default)]
struct Outside {
    failing: Mutex<HashMap<&'static str, u32>>,
    hanging: Mutex<Option<&'static str>>,
    calls: Mutex<Vec<(&'static str, Instant)>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Busy;

impl Outside {
    fn fails(&self, name: &'static str, times: u32) {
        self.failing.lock().unwrap().insert(name, times);
    }

    /// It never answers again.
    fn hang(&self, name: &'static str) {
        *self.hanging.lock().unwrap() = Some(name);
    }

    async fn hangs(&self, name: &'static str) {
        if *self.hanging.lock().unwrap() == Some(name) {
            std::future::pending::<()>().await;
        }
    }

    fn call(&self, name: &'static str) -> Result<u64, Busy> {
        self.calls.lock().unwrap().push((name, Instant::now()));
        match self.failing.lock().unwrap().get_mut(name) {
            Some(left @ 1..) => {
                *left -= 1;
                Err(Busy)
            }
            _ => Ok(1),
        }
    }

    /// How many milliseconds lay between the calls.
    fn pauses(&self, name: &str) -> Vec<u128> {
        let calls = self.calls.lock().unwrap();
        let times: Vec<Instant> =
            calls.iter().filter(|(called, _)| *called == name).map(|(_, at)| *at).collect();
        times.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect()
    }
}

#[derive(Container)]
struct App {
    outside: Arc<Outside>,
}

#[derive(Event, Serialize, Deserialize)]
struct TransferAsked {
    id: u64,
}

#[effect(contract = "contracts/limits/bank.yaml")]
struct Bank;

#[handler(event = bank::TransferAsked)]
async fn transfer_asked(_: &TransferAsked, outside: Dep<Outside>) -> Result<Emit<bank::TransferAsked>, Busy> {
    outside.call("transfer")?;
    outside.hangs("transfer").await;
    Ok(Emit::nothing())
}

#[orchestrator(contract = "contracts/limits/shop.yaml")]
struct Shop;

#[handler(step = shop::charge)]
async fn charge(outside: Dep<Outside>) -> Result<u64, Busy> {
    outside.call("charge")
}

#[handler(step = shop::pack)]
async fn pack(outside: Dep<Outside>) -> Result<u64, Busy> {
    outside.call("pack")
}

#[handler(step = shop::send)]
async fn send(outside: Dep<Outside>) -> Result<u64, Busy> {
    outside.call("send")
}

#[handler(step = shop::notify)]
async fn notify(outside: Dep<Outside>, ctx: Ctx) -> Result<u64, Busy> {
    if outside.failing.lock().unwrap().contains_key("deaf") {
        ctx.cancellation.cancelled().await;
        sleep(Duration::from_millis(1_001)).await;
    }
    outside.call("notify")
}

#[orchestrator(contract = "contracts/limits/errand.yaml")]
struct Errand;

#[handler(step = errand::fetch)]
async fn fetch(outside: Dep<Outside>) -> Result<u64, Busy> {
    outside.hangs("fetch").await;
    outside.call("fetch")
}

#[handler(step = errand::weigh)]
fn weigh(fetch: &u64) -> u64 {
    *fetch
}

#[handler(step = errand::carry)]
async fn carry(outside: Dep<Outside>) -> Result<u64, Busy> {
    outside.call("carry")
}

#[orchestrator(contract = "contracts/limits/trip.yaml")]
struct Trip;

#[handler(step = trip::hotel)]
async fn hotel() -> u64 {
    1
}

#[handler(step = trip::train)]
async fn train() -> u64 {
    1
}

#[handler(step = trip::visa)]
async fn visa(outside: Dep<Outside>) -> Result<u64, Busy> {
    outside.call("visa")
}

#[handler(compensation = trip::cancel_hotel)]
async fn cancel_hotel(outside: Dep<Outside>) -> Result<(), Busy> {
    outside.call("cancel_hotel")?;
    outside.hangs("cancel_hotel").await;
    Ok(())
}

#[handler(compensation = trip::cancel_train)]
async fn cancel_train(outside: Dep<Outside>) -> Result<(), Busy> {
    outside.call("cancel_train")?;
    outside.hangs("cancel_train").await;
    Ok(())
}

#[orchestrator(contract = "contracts/limits/ferry.yaml")]
struct Ferry;

#[handler(step = ferry::sail)]
async fn sail(outside: Dep<Outside>) -> Result<u64, Busy> {
    outside.call("sail")
}

fn app() -> (Arc<Outside>, RuntimeBuilder<App>) {
    let outside = Arc::new(Outside::default());
    (Arc::clone(&outside), Runtime::builder(App { outside }))
}

#[tokio::test(start_paused = true)]
async fn r13_a_node_is_left_alone_as_its_contract_says() {
    let (outside, builder) = app();
    let runtime = builder.mount::<Bank>().build().unwrap();
    outside.fails("transfer", 3);
    runtime.publish(TransferAsked { id: 1 }).await.unwrap();
    sleep(Duration::from_millis(3_000)).await;
    let circuits = runtime.circuits();
    assert_eq!((&*circuits[0].target, circuits[0].state), ("node_bank_effect", CircuitState::Open));
    runtime.settled().await;
    // The fourth attempt waits for what is left of five seconds, not only for its delay.
    assert_eq!(outside.pauses("transfer"), [200, 400, 5_000]);
    assert_eq!(runtime.circuits()[0].state, CircuitState::Closed);
}

#[tokio::test(start_paused = true)]
async fn r12_the_routes_of_a_node_are_retried_by_its_policy() {
    let (outside, builder) = app();
    let patient = CircuitPolicy { failure_threshold: 100, ..CircuitPolicy::default() };
    let runtime = builder.mount::<Bank>().circuit_breaker("node_bank_effect", patient).build().unwrap();
    let mut dead = runtime.dead_letters();
    outside.fails("transfer", 5);
    runtime.publish(TransferAsked { id: 1 }).await.unwrap();
    runtime.settled().await;
    // Linear, at most half a second, nothing at random; and five attempts, as the program has made the breaker patient.
    assert_eq!(outside.pauses("transfer"), [200, 400, 500, 500]);
    assert!(dead.try_recv().is_some());
}

#[tokio::test(start_paused = true)]
async fn r13_each_step_of_a_workflow_is_left_alone_for_itself_and_what_shares_a_target_together() {
    let (outside, builder) = app();
    let runtime = builder.mount::<Shop>().build().unwrap();
    let names: Vec<_> = runtime.circuits().iter().map(|circuit| circuit.target.to_string()).collect();
    assert_eq!(names, ["node_shop_orchestrator/charge", "node_shop_orchestrator/pack", "post"]);

    outside.fails("charge", 2);
    let run = runtime.start::<Shop>((), None).await.unwrap();
    sleep(Duration::from_millis(500)).await;
    let status = runtime.status(run.id()).await.unwrap().unwrap();
    let states: Vec<_> = status.steps.iter().map(|step| step.state).collect();
    assert_eq!(states[..2], [StepState::Held, StepState::Completed], "packing is not held back");
    assert_eq!(status.steps[0].waits_for.as_deref(), Some("node_shop_orchestrator/charge"));
    assert_eq!(run.await.unwrap().state, RunState::Completed);
    assert_eq!(outside.pauses("charge"), [100, 1_000]);

    outside.fails("send", 2);
    let first = runtime.start::<Shop>((), None).await.unwrap();
    sleep(Duration::from_millis(500)).await;
    let post = runtime.circuits().remove(2);
    assert_eq!((post.state, post.waiting), (CircuitState::Open, 1));
    assert_eq!(first.await.unwrap().state, RunState::Completed);
}

#[tokio::test(start_paused = true)]
async fn r13_a_target_is_left_alone_for_the_share_of_its_failures_in_a_window() {
    let (outside, builder) = app();
    let runtime = builder.mount::<Ferry>().build().unwrap();
    let state = || runtime.circuits()[0].state;
    for round in 0..2 {
        runtime.run::<Ferry>((), None).await.unwrap();
        outside.fails("sail", 1);
        assert_eq!(state(), CircuitState::Closed, "round {round}: a success came in between");
        runtime.run::<Ferry>((), None).await.unwrap();
    }
    assert_eq!(state(), CircuitState::Open, "two of four");
}

#[tokio::test(start_paused = true)]
async fn r12_the_retries_of_a_workflow_grow_and_vary_as_its_contract_says() {
    let (outside, builder) = app();
    let patient = CircuitPolicy { failure_threshold: 100, ..CircuitPolicy::default() };
    let runtime = builder.mount::<Shop>().circuit_breaker("node_shop_orchestrator", patient).build().unwrap();
    let names: Vec<_> = runtime.circuits().iter().map(|circuit| circuit.target.to_string()).collect();
    assert_eq!(names, ["node_shop_orchestrator", "post"], "what the program says of the node counts");
    outside.fails("charge", 4);
    let report = runtime.run::<Shop>((), None).await.unwrap();
    assert_eq!(report.state, RunState::Failed);
    assert_eq!(outside.pauses("charge"), [100, 200, 300]);
}

#[tokio::test(start_paused = true)]
async fn r12_effect_steps_are_retried_by_the_policy_of_their_node_where_the_workflow_says_nothing() {
    let (outside, builder) = app();
    let runtime = builder.mount::<Errand>().build().unwrap();
    outside.fails("carry", 1);
    let report = runtime.run::<Errand>((), None).await.unwrap();
    assert_eq!((report.state, outside.pauses("carry").len()), (RunState::Failed, 0), "it says: none");

    outside.fails("fetch", 2);
    let report = runtime.run::<Errand>((), None).await.unwrap();
    assert_eq!(report.state, RunState::Completed);
    let pauses = outside.pauses("fetch");
    // r13: `shelf` is left alone for a second after each failure; the node's other targets are more patient.
    assert_eq!(pauses[pauses.len() - 2..], [1_000, 1_000]);
    let opened: Vec<_> = runtime.circuits().iter().map(|it| (it.target.to_string(), it.opened)).collect();
    assert_eq!(opened, [("node_errand_orchestrator".into(), 0), ("shelf".into(), 2)]);
}

#[tokio::test(start_paused = true)]
async fn r12_the_delay_of_such_a_retry_is_that_of_the_policy() {
    let (outside, builder) = app();
    let patient = CircuitPolicy { failure_threshold: 100, ..CircuitPolicy::default() };
    let runtime = builder.mount::<Errand>().circuit_breaker("shelf", patient).build().unwrap();
    outside.fails("fetch", 3);
    let report = runtime.run::<Errand>((), None).await.unwrap();
    assert_eq!((report.state, outside.pauses("fetch")), (RunState::Failed, vec![300, 300]));
}

#[tokio::test(start_paused = true)]
async fn r12_an_attempt_of_a_route_or_an_effect_step_takes_no_longer_than_the_policy_of_its_node_says() {
    let (outside, builder) = app();
    let runtime = builder.mount::<Bank>().mount::<Errand>().build().unwrap();
    outside.hang("transfer");
    runtime.publish(TransferAsked { id: 1 }).await.unwrap();
    sleep(Duration::from_millis(2_200)).await;
    // r13: three that took half a second each, and then it is left alone; what takes too long counts as a failure.
    assert_eq!(outside.pauses("transfer"), [700, 900]);
    assert_eq!(runtime.circuits()[0].state, CircuitState::Open);

    outside.hang("fetch");
    let began = Instant::now();
    let report = runtime.run::<Errand>((), None).await.unwrap();
    let error = report.steps[0].error.as_deref().unwrap_or_default();
    assert!(report.state == RunState::Failed && error.ends_with("after 2000 ms"), "{report:?}");
    // Three attempts of two seconds, and `shelf` is left alone for one after each.
    assert_eq!(began.elapsed().as_millis(), 8_000);
}

#[tokio::test(start_paused = true)]
async fn r19_what_undoes_a_step_is_tried_as_its_contract_says() {
    let (outside, builder) = app();
    let runtime = builder.mount::<Trip>().build().unwrap();
    outside.fails("visa", 9);
    outside.fails("cancel_train", 3);
    outside.hang("cancel_hotel");
    let report = runtime.run::<Trip>((), None).await.unwrap();
    assert_eq!(report.state, RunState::Parked, "the hotel is not undone");
    assert_eq!(outside.pauses("cancel_train"), [100, 100, 100]);
    assert_eq!(outside.pauses("cancel_hotel"), [1_100], "one attempt more, each a second long");

    outside.hang("cancel_train");
    let report = runtime.run::<Trip>((), None).await.unwrap();
    assert_eq!(report.state, RunState::Parked);
    let pauses = outside.pauses("cancel_train");
    assert_eq!(pauses[pauses.len() - 3..], [3_100, 3_100, 3_100]);
}

#[tokio::test(start_paused = true)]
async fn r26_no_more_runs_of_a_workflow_are_driven_at_once_than_its_contract_says() {
    let (outside, builder) = app();
    let runtime = Arc::new(builder.mount::<Shop>().mount::<Errand>().build().unwrap());
    outside.fails("deaf", 1);
    let runs =
        [runtime.start::<Shop>((), None).await.unwrap(), runtime.start::<Shop>((), None).await.unwrap()];
    let third = tokio::spawn({
        let runtime = Arc::clone(&runtime);
        async move { runtime.run::<Shop>((), None).await }
    });
    sleep(Duration::from_millis(100)).await;
    assert_eq!((runtime.load().runs, runtime.load().waiting_runs), (2, 1));
    let other = runtime.run::<Errand>((), None).await.unwrap();
    assert_eq!(other.state, RunState::Completed, "another workflow does not wait");

    // r18: what is told to stop has the second that its contract gives it, and these need a little more.
    outside.failing.lock().unwrap().remove("deaf");
    let told = Instant::now();
    for run in &runs {
        assert!(run.cancel("enough"));
    }
    for run in runs {
        let report = run.await.unwrap();
        assert_eq!((report.state, report.steps[3].state), (RunState::Cancelled, StepState::Indeterminate));
        assert_eq!(told.elapsed(), Duration::from_secs(1));
    }
    assert_eq!(third.await.unwrap().unwrap().state, RunState::Completed);
    assert_eq!((runtime.load().runs, runtime.load().waiting_runs), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn r13_contracts_that_say_different_things_of_a_target_are_refused() {
    let (_, builder) = app();
    let shelf = CircuitPolicy { failure_threshold: 2, ..CircuitPolicy::default() };
    let (_, other) = app();
    let other = other.mount::<Errand>().circuit_breaker("shelf", shelf).step_target(
        "node_errand_orchestrator",
        "carry",
        "shelf",
    );
    let runtime = other.build().unwrap();
    let names: Vec<_> = runtime.circuits().iter().map(|circuit| circuit.target.to_string()).collect();
    assert_eq!(names, ["shelf"], "the program says what each step acts on, so the node's own guards nothing");
    let error = builder.mount::<Errand>().mount::<OtherErrand>().build().unwrap_err();
    let [BuildProblem::Circuit(problem)] = &error.problems[..] else { panic!("{error}") };
    let CircuitProblem::Disagreement { target, .. } = problem else { panic!("{problem}") };
    assert_eq!(&**target, "shelf");
}

mod other {
    use super::*;

    #[orchestrator(contract = "contracts/limits/other.yaml")]
    pub(super) struct OtherErrand;

    #[handler(step = other_errand::fetch)]
    async fn fetch(outside: Dep<Outside>) -> Result<u64, Busy> {
        outside.call("fetch")
    }
}
use other::OtherErrand;
