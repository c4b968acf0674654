//! A contract whose plan says `order: parallel`: what was done one after the other is undone side by side.

#![allow(missing_docs, reason = "a test's own types")]

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::journal::DeadLetterCause;
use onex::run::CompensationState::{self, Done, Failed, Pending};
use onex::run::RunState;
use onex::{Classify, Container, Dep, FaultClass, RunReport, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

/// The outside: what was called, how many milliseconds after the beginning. Each call to undo something takes 500.
struct House {
    began: Instant,
    refuses: HashSet<&'static str>,
    hangs: HashSet<&'static str>,
    calls: Mutex<Vec<(&'static str, u128)>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Refused;

impl Classify for Refused {
    fn class(&self) -> FaultClass {
        FaultClass::Permanent
    }
}

impl House {
    async fn undo(&self, name: &'static str) -> Result<(), Refused> {
        self.calls.lock().unwrap().push((name, self.began.elapsed().as_millis()));
        if self.hangs.contains(name) {
            std::future::pending::<()>().await;
        }
        sleep(Duration::from_millis(500)).await;
        if self.refuses.contains(name) { Err(Refused) } else { Ok(()) }
    }
}

#[derive(Container)]
struct Site {
    house: Arc<House>,
}

#[orchestrator(contract = "contracts/stopping/refit.yaml")]
struct Refit;

#[handler(step = refit::power)]
async fn power() {}

#[handler(step = refit::pipes)]
async fn pipes() {}

#[handler(step = refit::walls)]
async fn walls() {}

#[handler(step = refit::floor)]
async fn floor() {}

#[handler(step = refit::permit)]
async fn permit() -> Result<(), Refused> {
    Err(Refused)
}

#[handler(compensation = refit::cut_power)]
async fn cut_power(house: Dep<House>) -> Result<(), Refused> {
    house.undo("power").await
}

#[handler(compensation = refit::cap_pipes)]
async fn cap_pipes(house: Dep<House>) -> Result<(), Refused> {
    house.undo("pipes").await
}

#[handler(compensation = refit::tear_walls)]
async fn tear_walls(house: Dep<House>) -> Result<(), Refused> {
    house.undo("walls").await
}

#[handler(compensation = refit::lift_floor)]
async fn lift_floor(house: Dep<House>) -> Result<(), Refused> {
    house.undo("floor").await
}

/// What becomes of a run of which these cannot be undone, and of which undoing these never ends.
async fn refit(refuses: &[&'static str], hangs: &[&'static str]) -> (Arc<House>, RunReport, Runtime<Site>) {
    let house = Arc::new(House {
        began: Instant::now(),
        refuses: refuses.iter().copied().collect(),
        hangs: hangs.iter().copied().collect(),
        calls: Mutex::default(),
    });
    let builder = Runtime::builder(Site { house: Arc::clone(&house) }).mount::<Refit>();
    let runtime = builder.build().unwrap();
    let report = runtime.run::<Refit>((), None).await.unwrap();
    (house, report, runtime)
}

fn compensations(report: &RunReport) -> Vec<CompensationState> {
    report.steps.iter().take(4).map(|step| step.compensation).collect()
}

#[tokio::test(start_paused = true)]
async fn r19_as_many_are_undone_at_once_as_the_contract_says_and_a_later_priority_after_all_of_them() {
    let (house, report, _) = refit(&[], &[]).await;
    let calls = [("floor", 1000), ("walls", 1000), ("pipes", 1600), ("power", 2100)];
    assert_eq!(*house.calls.lock().unwrap(), calls, "the delay of the plan, then that of the pipes");
    assert_eq!((report.state, report.compensation), (RunState::Failed, Done));
}

#[tokio::test(start_paused = true)]
async fn r19_one_that_cannot_be_undone_stops_none_beside_it_and_what_comes_after_it() {
    let (house, report, runtime) = refit(&["floor"], &[]).await;
    let calls = [("floor", 1000), ("walls", 1000), ("pipes", 1600)];
    assert_eq!(*house.calls.lock().unwrap(), calls);
    assert_eq!((report.state, compensations(&report)), (RunState::Parked, vec![Pending, Done, Done, Failed]));
    assert_eq!(house.began.elapsed().as_millis(), 2100, "the run is parked when nothing is under way");
    let letters = runtime.dead_letter_list().await.unwrap();
    let DeadLetterCause::RunFailed { state, step, .. } = &letters[0].cause else { panic!("{letters:?}") };
    assert_eq!((*state, step.as_deref()), (RunState::Parked, Some("floor")));
}

#[tokio::test(start_paused = true)]
async fn r19_each_has_its_own_attempts_and_all_have_one_budget() {
    let (house, report, runtime) = refit(&[], &["floor", "walls"]).await;
    let calls = [("floor", 1000), ("walls", 1000), ("floor", 3100), ("walls", 3100)];
    assert_eq!(*house.calls.lock().unwrap(), calls, "each attempt takes two seconds, and waits for a tenth");
    assert_eq!(house.began.elapsed().as_millis(), 5000, "the delay is part of it");
    assert_eq!(compensations(&report), [Pending, Pending, Failed, Failed]);
    for step in ["floor", "walls"] {
        let why = report.step(step).unwrap().compensation_error.as_deref();
        assert_eq!(why, Some("undoing the run took longer than 5000 ms"));
    }
    let status = runtime.status(report.run).await.unwrap().unwrap();
    assert_eq!(status.steps, report.steps, "the journal has the reasons, too");
}
