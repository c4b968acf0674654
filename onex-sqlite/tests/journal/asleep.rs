//! An owner that sleeps, is taken for dead and wakes: a process that is stopped in the middle of an effect, while another takes
//! its file over.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::message::{RunId, action_id};
use onex::run::{Fact, RunState, StepId};
use onex::{Container, Ctx, Dep, Runtime, handler, orchestrator};
use onex_sqlite::Sqlite;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::support::{Folder, again};

const CHILD: &str = "ONEX_TEST_ASLEEP";

/// Where things are reserved: by the first owner not before `until` exists.
#[derive(Default)]
struct Shelf {
    until: Option<PathBuf>,
    keys: Mutex<Vec<Uuid>>,
}

#[derive(Container)]
struct App {
    shelf: Arc<Shelf>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Reserved {
    by: String,
}

#[orchestrator(contract = "tests/contracts/shop.yaml")]
struct Shop;

#[handler(step = shop::reserve)]
async fn reserve(shelf: Dep<Shelf>, ctx: Ctx) -> Reserved {
    shelf.keys.lock().unwrap().push(ctx.idempotency_key());
    let Some(until) = &shelf.until else { return Reserved { by: "the successor".into() } };
    println!("reserving {}", ctx.idempotency_key());
    while !until.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!("reserved");
    Reserved { by: "the sleeper".into() }
}

#[handler(step = shop::charge)]
async fn charge(reserve: &Reserved) -> String {
    format!("charged for {}", reserve.by)
}

#[handler(step = shop::receipt)]
fn receipt(charge: &String) -> String {
    charge.clone()
}

async fn open(path: &Path, owner: &str, shelf: &Arc<Shelf>) -> Runtime<App, Sqlite> {
    let app = App { shelf: Arc::clone(shelf) };
    let journal = Sqlite::open(path).unwrap();
    Runtime::builder(app).mount::<Shop>().build_on(journal, owner).await.unwrap()
}

async fn sleeper(path: &Path) {
    let shelf = Shelf { until: Some(path.with_extension("wake")), ..Shelf::default() };
    let runtime = open(path, "the sleeper", &Arc::new(shelf)).await;
    let lost = runtime.run::<Shop>((), None).await.unwrap_err();
    println!("lost: {lost}");
    let refused = runtime.start::<Shop>((), None).await.unwrap_err();
    println!("refused: {refused}");
}

fn signal(pid: u32, signal: &str) {
    assert!(Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
}

#[tokio::test]
async fn r05_an_owner_that_was_stopped_and_wakes_commits_nothing() {
    if let Some(path) = std::env::var_os(CHILD) {
        return sleeper(Path::new(&path)).await;
    }
    let folder = Folder::new();
    let path = folder.path("orders.db");
    let mut child = again("asleep::r05_an_owner_that_was_stopped_and_wakes_commits_nothing")
        .env(CHILD, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let key =
        lines.find_map(|line| Some(line.split_once("reserving ")?.1.to_owned())).expect("its effect began");
    signal(child.id(), "-STOP");

    // Somebody takes it for dead and its lock away: what fences it is in the file.
    std::fs::remove_file(folder.path("orders.db-owner")).unwrap();
    let shelf = Arc::<Shelf>::default();
    let runtime = open(&path, "the successor", &shelf).await;
    let run: RunId = runtime.live_runs()[0];
    runtime.settled().await;
    let before = runtime.status(run).await.unwrap().unwrap();
    assert_eq!(
        (before.state, &*before.lease.owner, before.lease.epoch),
        (RunState::Completed, "the successor", 2)
    );

    std::fs::write(path.with_extension("wake"), "").unwrap();
    signal(child.id(), "-CONT");
    let told: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{told:?}");
    let told = told.join("\n");
    assert!(told.contains("reserved\nlost: "), "its effect did come to its end: {told}");
    assert_eq!(told.matches("`the successor` has owned the partition since epoch 2").count(), 2, "{told}");

    // It was done again under the same key, and its result alone is in the file.
    assert_eq!(*shelf.keys.lock().unwrap(), [action_id(run, "reserve", false, 0)]);
    assert_eq!(key, shelf.keys.lock().unwrap()[0].to_string());
    let report = runtime.status(run).await.unwrap().unwrap();
    assert_eq!(*report.output::<String>("receipt").unwrap(), "charged for the successor");
    let record = onex::journal::Journal::run(runtime.journal(), run).await.unwrap().unwrap();
    let completed = Fact::StepCompleted { step: StepId(0), attempt: 1 };
    assert_eq!(record.facts.iter().filter(|fact| **fact == completed).count(), 1);
    // And the file says what each action was given, and whose it is.
    let actions = runtime.actions(run).await.unwrap().unwrap();
    let given = actions[1].payload.input::<Reserved>("reserve").unwrap().unwrap();
    assert_eq!(*given, Reserved { by: "the successor".into() });
    assert!(actions.iter().all(|action| action.lease_id == runtime.lease().lease_id && action.epoch == 2));
}
