//! A run of which three steps are undone at once, from the file: its process ends when two of them are.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::message::action_id;
use onex::run::{CompensationState, RunState};
use onex::{Classify, Container, Ctx, Dep, FaultClass, Runtime, application, handler, orchestrator};
use onex_sqlite::{Durable as _, Sqlite};
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::support::Folder;

#[derive(Debug, Serialize, Deserialize)]
struct Refused;

impl Classify for Refused {
    fn class(&self) -> FaultClass {
        FaultClass::Permanent
    }
}

/// What was cancelled, under which key; the train in vain, while it does not answer.
struct Desk {
    train_answers: bool,
    cancelled: Mutex<Vec<(&'static str, Uuid)>>,
}

impl Desk {
    async fn cancel(&self, what: &'static str, ctx: &Ctx) {
        self.cancelled.lock().unwrap().push((what, ctx.idempotency_key()));
        if what == "train" && !self.train_answers {
            std::future::pending::<()>().await;
        }
    }

    fn cancelled(&self) -> Vec<(&'static str, Uuid)> {
        let mut cancelled = self.cancelled.lock().unwrap().clone();
        cancelled.sort_unstable();
        cancelled
    }
}

#[derive(Container)]
struct Agency {
    desk: Arc<Desk>,
}

#[orchestrator(contract = "tests/contracts/undone_at_once/trip.yaml")]
struct Trip;

#[application(container = Agency, nodes = [Trip])]
struct Travel;

#[handler(step = trip::hotel)]
async fn hotel() {}

#[handler(step = trip::train)]
async fn train() {}

#[handler(step = trip::plane)]
async fn plane() {}

#[handler(step = trip::visa)]
async fn visa() -> Result<(), Refused> {
    Err(Refused)
}

#[handler(compensation = trip::cancel_hotel)]
async fn cancel_hotel(desk: Dep<Desk>, ctx: Ctx) {
    desk.cancel("hotel", &ctx).await;
}

#[handler(compensation = trip::cancel_train)]
async fn cancel_train(desk: Dep<Desk>, ctx: Ctx) {
    desk.cancel("train", &ctx).await;
}

#[handler(compensation = trip::cancel_plane)]
async fn cancel_plane(desk: Dep<Desk>, ctx: Ctx) {
    desk.cancel("plane", &ctx).await;
}

/// A process with the file, which ends as by a crash when `work` has: all its tasks are gone.
fn process<T>(path: &Path, desk: &Arc<Desk>, work: impl AsyncFnOnce(&Runtime<Agency, Sqlite>) -> T) -> T {
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    tokio.block_on(async {
        let runtime = Travel::builder(Agency { desk: Arc::clone(desk) }).durable(path).await.unwrap();
        timeout(Duration::from_secs(20), work(&runtime)).await.expect("it comes to an end")
    })
}

fn desk(train_answers: bool) -> Arc<Desk> {
    Arc::new(Desk { train_answers, cancelled: Mutex::default() })
}

#[test]
fn r19_of_three_that_are_undone_at_once_the_next_process_undoes_the_one_that_is_left_under_its_key() {
    let folder = Folder::new();
    let (path, first, second) = (folder.path("trips.db"), desk(false), desk(true));
    let run = process(&path, &first, async |runtime| {
        let run = runtime.start::<Trip>((), None).await.unwrap().id();
        loop {
            let report = runtime.status(run).await.unwrap().unwrap();
            let is_done = |step: &str| {
                report.step(step).is_some_and(|step| step.compensation == CompensationState::Done)
            };
            if is_done("hotel") && is_done("plane") {
                return run;
            }
            sleep(Duration::from_millis(2)).await;
        }
    });
    let key = |step| action_id(run, step, true, 0);
    let all = [("hotel", key("hotel")), ("plane", key("plane")), ("train", key("train"))];
    assert_eq!(first.cancelled(), all);

    process(&path, &second, async |runtime| {
        runtime.settled().await;
        let report = runtime.status(run).await.unwrap().unwrap();
        assert_eq!((report.state, report.compensation), (RunState::Failed, CompensationState::Done));
    });
    assert_eq!(second.cancelled(), [("train", key("train"))], "the others are undone");
}
