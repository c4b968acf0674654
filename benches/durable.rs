//! What does a step cost that is on the disk before anybody is told? Runs of four effects that do nothing, so many at once,
//! beside a bare group commit: the same bytes through the same SQLite, and no engine. Then how long it takes to open a journal
//! and to go on with what is unfinished in it.
//!
//! ```text
//! cargo bench -p onex-benches --bench durable                  # all of it, some minutes
//! cargo bench -p onex-benches --bench durable -- 500 10000     # half a second each, and 10,000 unfinished runs at most
//! ```
#![allow(missing_docs, reason = "a program")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use onex::engine::Settings;
use onex::{Container, Dep, Runtime, handler, orchestrator};
use onex_sqlite::{Check, Durable as _, Inspect, Options, Sqlite};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, oneshot};

const STEPS: u64 = 4;
const AT_ONCE: [usize; 4] = [1, 8, 64, 512];
const UNFINISHED: [usize; 3] = [1_000, 10_000, 100_000];

/// Closed, every first step waits.
struct Gate {
    open: Semaphore,
    reached: AtomicU64,
}

#[derive(Container)]
struct App {
    gate: Arc<Gate>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Done {
    reference: u64,
}

#[orchestrator(contract = "contracts/durable.yaml")]
struct Workload;

#[handler(step = workload::reserve)]
async fn reserve(gate: Dep<Gate>) -> Done {
    gate.reached.fetch_add(1, Ordering::Relaxed);
    drop(gate.open.acquire().await);
    Done { reference: 1 }
}

#[handler(step = workload::charge)]
async fn charge(reserve: &Done) -> Done {
    Done { reference: reserve.reference + 1 }
}

#[handler(step = workload::pack)]
async fn pack(charge: &Done) -> Done {
    Done { reference: charge.reference + 1 }
}

#[handler(step = workload::ship)]
async fn ship(pack: &Done) -> Done {
    Done { reference: pack.reference + 1 }
}

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let duration = Duration::from_millis(numbers.first().copied().unwrap_or(5_000));
    let most = numbers.get(1).map_or(usize::MAX, |most| *most as usize);
    let folder = std::env::temp_dir().join(format!("onex-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
    throughput(&folder, duration);
    recovery(&folder, most);
    drop(std::fs::remove_dir_all(folder));
}

fn tokio() -> tokio::runtime::Runtime {
    let builder = &mut tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_time().build().expect("a runtime needs few resources")
}

async fn engine(path: &Path, gate: &Arc<Gate>, check: Check) -> Runtime<App, Sqlite> {
    let settings = Settings { max_concurrent_runs: 1_000_000, ..Settings::default() };
    let app = App { gate: Arc::clone(gate) };
    let builder = Runtime::builder(app).settings(settings).mount::<Workload>();
    builder.durable_with(path, Options::default().check(check)).await.expect("the journal can be used")
}

fn gate(is_open: bool) -> Arc<Gate> {
    let permits = if is_open { Semaphore::MAX_PERMITS } else { 0 };
    Arc::new(Gate { open: Semaphore::new(permits), reached: AtomicU64::new(0) })
}

fn throughput(folder: &Path, duration: Duration) {
    println!("runs at once   steps/s   commits/s   bare commits/s   share   bytes/step");
    let mut commits_per_run = 0.0;
    for at_once in AT_ONCE {
        let path = folder.join(format!("{at_once}.db"));
        let (runs, elapsed) = tokio().block_on(run_for(&path, at_once, duration));
        let status = Inspect::open(&path).expect("it was just written").status().expect("it can be read");
        if at_once == 1 {
            // Alone, each commit is a transaction.
            commits_per_run = status.transactions as f64 / runs as f64;
        }
        let seconds = elapsed.as_secs_f64();
        let commits = runs as f64 * commits_per_run / seconds;
        let bytes_per_commit = status.bytes as f64 / runs as f64 / commits_per_run;
        let bare =
            bare(&folder.join(format!("bare-{at_once}.db")), at_once, bytes_per_commit as usize, duration);
        println!(
            "{at_once:>12} {:>9.0} {commits:>11.0} {bare:>16.0} {:>6.0} % {:>12.0}",
            (runs * STEPS) as f64 / seconds,
            commits / bare * 100.0,
            status.bytes as f64 / (runs * STEPS) as f64,
        );
    }
}

/// How many runs, and in which time.
async fn run_for(path: &Path, at_once: usize, duration: Duration) -> (u64, Duration) {
    let runtime = engine(path, &gate(true), Check::Everything).await;
    let (runs, began) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let mut tasks = Vec::new();
    for _ in 0..at_once {
        let (runtime, runs) = (runtime.clone(), Arc::clone(&runs));
        tasks.push(tokio::spawn(async move {
            while began.elapsed() < duration {
                runtime.run::<Workload>((), None).await.expect("nothing refuses the run");
                runs.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    for task in tasks {
        task.await.expect("no run panics");
    }
    (runs.load(Ordering::Relaxed), began.elapsed())
}

type Acknowledgement = oneshot::Sender<()>;

/// Commits a second: rows of so many bytes, in as large transactions as come together, each synced before it is acknowledged.
fn bare(path: &Path, at_once: usize, bytes: usize, duration: Duration) -> f64 {
    let connection = Connection::open(path).expect("the folder can be written");
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE row (bytes TEXT)")
        .expect("it is SQLite");
    let (sender, receiver): (Sender<(String, Acknowledgement)>, Receiver<_>) = channel();
    let writer = std::thread::spawn(move || {
        while let Ok(first) = receiver.recv() {
            let batch: Vec<_> = std::iter::once(first).chain(receiver.try_iter().take(1023)).collect();
            connection.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
            let mut insert =
                connection.prepare_cached("INSERT INTO row VALUES (?1)").expect("there is the table");
            let acknowledgements: Vec<Acknowledgement> = batch
                .into_iter()
                .map(|(bytes, acknowledgement)| {
                    insert.execute([bytes]).expect("there is room");
                    acknowledgement
                })
                .collect();
            drop(insert);
            connection.execute_batch("COMMIT").expect("the disk works");
            acknowledgements.into_iter().for_each(|acknowledgement| {
                let _ = acknowledgement.send(());
            });
        }
    });
    let (commits, began) = (Arc::new(AtomicU64::new(0)), Instant::now());
    tokio().block_on(async {
        let tasks = (0..at_once).map(|_| {
            let (sender, commits) = (sender.clone(), Arc::clone(&commits));
            tokio::spawn(async move {
                while began.elapsed() < duration {
                    let (acknowledgement, acknowledged) = oneshot::channel();
                    sender.send(("x".repeat(bytes), acknowledgement)).expect("the writer lives");
                    acknowledged.await.expect("the writer lives");
                    commits.fetch_add(1, Ordering::Relaxed);
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("nothing panics");
        }
    });
    let elapsed = began.elapsed();
    drop(sender);
    writer.join().expect("the writer does not panic");
    commits.load(Ordering::Relaxed) as f64 / elapsed.as_secs_f64()
}

fn recovery(folder: &Path, most: usize) {
    println!(
        "\nunfinished runs   MB   opened, all checked   opened, unfinished checked   gone on to the end"
    );
    for unfinished in UNFINISHED.into_iter().filter(|unfinished| *unfinished <= most) {
        let path = folder.join(format!("unfinished-{unfinished}.db"));
        leave_unfinished(&path, unfinished);
        let bytes =
            Inspect::open(&path).expect("it was just written").status().expect("it can be read").bytes;
        let opened = |check| {
            let began = Instant::now();
            drop(Sqlite::open_with(&path, Options::default().check(check)).expect("nobody owns it"));
            began.elapsed().as_secs_f64()
        };
        let (everything, only_unfinished) = (opened(Check::Everything), opened(Check::Unfinished));
        let began = Instant::now();
        tokio().block_on(async {
            let runtime = engine(&path, &gate(true), Check::Unfinished).await;
            runtime.settled().await;
            assert_eq!(runtime.counters().runs_taken_over, unfinished as u64);
        });
        let gone_on = began.elapsed().as_secs_f64();
        let megabytes = bytes as f64 / 1e6;
        println!(
            "{unfinished:>15} {megabytes:>4.0} {everything:>19.3} s {only_unfinished:>26.3} s {gone_on:>17.3} s"
        );
    }
}

/// Runs whose first step is in flight when their process ends.
fn leave_unfinished(path: &Path, runs: usize) {
    tokio().block_on(async {
        let closed = gate(false);
        let runtime = engine(path, &closed, Check::Everything).await;
        let starts = (0..256).map(|task| {
            let runtime = runtime.clone();
            tokio::spawn(async move {
                for _ in (task..runs).step_by(256) {
                    drop(runtime.start::<Workload>((), None).await.expect("nothing refuses the run"));
                }
            })
        });
        for start in starts.collect::<Vec<_>>() {
            start.await.expect("nothing panics");
        }
        // The steps begin after the starts are acknowledged.
        while closed.reached.load(Ordering::Relaxed) < runs as u64 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
}
