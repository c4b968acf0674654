//! Runs that are steps of others go on from the file.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use onex::run::RunState;
use onex::{Call, Container, Dep, Runtime, handler, orchestrator};
use onex_sqlite::{Durable as _, Inspect, Sqlite};
use tokio::time::sleep;

use crate::support::Folder;

type Number = u64;

#[orchestrator(contract = "tests/contracts/sub_runs/outer.yaml")]
struct Outer;

#[orchestrator(contract = "tests/contracts/sub_runs/inner.yaml")]
struct Inner;

/// How often what is slow was begun, and how long it takes.
struct Slow {
    begun: AtomicU32,
    takes: Duration,
}

#[derive(Container)]
struct App {
    slow: Arc<Slow>,
}

#[handler(call = outer::twice)]
fn twice(input: &Number) -> Call<Inner> {
    Call::with(*input)
}

#[handler(step = outer::told)]
async fn told(twice: &u64) -> String {
    format!("it is {twice}")
}

#[handler(step = inner::slow)]
async fn slow(input: &Number, slow: Dep<Slow>) -> u64 {
    slow.begun.fetch_add(1, Ordering::SeqCst);
    sleep(slow.takes).await;
    *input
}

#[handler(step = inner::doubled)]
fn doubled(slow: &u64) -> u64 {
    slow * 2
}

async fn open(path: &Path, takes: Duration) -> (Runtime<App, Sqlite>, Arc<Slow>) {
    let slow = Arc::new(Slow { begun: AtomicU32::new(0), takes });
    let builder = Runtime::builder(App { slow: Arc::clone(&slow) }).mount::<Outer>().mount::<Inner>();
    (builder.durable(path).await.unwrap(), slow)
}

#[tokio::test]
async fn r27_a_run_that_is_a_step_goes_on_from_the_file() {
    let folder = Folder::new();
    let path = folder.path("runs.db");
    let (first, slow) = open(&path, Duration::from_secs(3600)).await;
    let input: Number = 21;
    let run = first.start::<Outer>(input, None).await.unwrap().id();
    while slow.begun.load(Ordering::SeqCst) == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    // As if the process ended at this moment.
    let (crashed, path) = (Inspect::open(&path).unwrap(), folder.path("next.db"));
    crashed.backup(&path).unwrap();

    let (next, slow) = open(&path, Duration::ZERO).await;
    next.settled().await;
    let report = next.status(run).await.unwrap().unwrap();
    assert_eq!(report.state, RunState::Completed, "{report:?}");
    assert_eq!(*report.last::<Outer>().unwrap(), "it is 42");
    assert_eq!((slow.begun.load(Ordering::SeqCst), report.step("twice").unwrap().crashes), (1, 0));

    let child = report.step("twice").unwrap().sub_run.unwrap();
    let line = Inspect::open(&path).unwrap().run(child).unwrap().unwrap().line;
    assert_eq!((line.parent, &*line.workflow, line.state), (Some(run), "inner", RunState::Completed));
    assert_eq!(Inspect::open(&path).unwrap().run(run).unwrap().unwrap().line.parent, None);
    let runs = Inspect::open(&path).unwrap().runs(&Default::default()).unwrap();
    assert_eq!(runs.len(), 2, "each is listed");
}
