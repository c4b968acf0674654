//! What does a step cost that is on the disk before anybody is told? Runs of ten effects that do nothing, so many at once,
//! beside a bare group commit: the same bytes through the same SQLite, and no engine. Then how long it takes to open a journal
//! and to go on with what is unfinished in it, and what a million ended runs in it cost.
//!
//! ```text
//! cargo bench -p onex-benches --bench durable                  # all of it, some minutes
//! cargo bench -p onex-benches --bench durable -- 500 10000     # half a second each, 10,000 unfinished and 100,000 ended runs
//! cargo bench -p onex-benches --bench durable -- 500 0 64      # a second for 64 runs at once, and nothing else
//! ```
#![allow(missing_docs, reason = "a program")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use onex::engine::Settings;
use onex::{Container, Dep, Runtime, handler, orchestrator};
use onex_sqlite::{Check, Durability, Durable as _, Inspect, Options, RunFilter, Sqlite};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, oneshot};

const STEPS: u64 = 10;
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

macro_rules! steps {
    ($($step:ident after $before:ident),*) => {
        $(#[handler(step = workload::$step)]
        async fn $step($before: &Done) -> Done {
            Done { reference: $before.reference + 1 }
        })*
    };
}

steps!(
    charge after reserve,
    pack after charge,
    ship after pack,
    label after ship,
    notify after label,
    invoice after notify,
    book after invoice,
    audit after book,
    close after audit
);

#[orchestrator(contract = "contracts/short.yaml")]
struct Short;

#[handler(step = short::note)]
fn note() -> u64 {
    1
}

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let duration = Duration::from_millis(numbers.first().copied().unwrap_or(5_000));
    let most = numbers.get(1).map_or(usize::MAX, |most| *most as usize);
    let folder = std::env::temp_dir().join(format!("onex-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
    throughput(&folder, duration, numbers.get(2).map(|at_once| *at_once as usize));
    recovery(&folder, most);
    finished(&folder, most.saturating_mul(10).min(1_000_000));
    drop(std::fs::remove_dir_all(folder));
}

fn tokio() -> tokio::runtime::Runtime {
    let builder = &mut tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_time().build().expect("a runtime needs few resources")
}

async fn engine(path: &Path, gate: &Arc<Gate>, check: Check) -> Runtime<App, Sqlite> {
    engine_with(path, gate, Options::default().check(check)).await
}

async fn engine_with(path: &Path, gate: &Arc<Gate>, options: Options) -> Runtime<App, Sqlite> {
    let settings = Settings { max_concurrent_runs: 1_000_000, ..Settings::default() };
    let app = App { gate: Arc::clone(gate) };
    let builder = Runtime::builder(app).settings(settings).mount::<Workload>().mount::<Short>();
    builder.durable_with(path, options).await.expect("the journal can be used")
}

fn gate(is_open: bool) -> Arc<Gate> {
    let permits = if is_open { Semaphore::MAX_PERMITS } else { 0 };
    Arc::new(Gate { open: Semaphore::new(permits), reached: AtomicU64::new(0) })
}

/// `only`: one run, by which commits are counted, and so many at once.
fn throughput(folder: &Path, duration: Duration, only: Option<usize>) {
    println!("durability: strict (synced before it is acknowledged)");
    println!(
        "runs at once   steps/s   run p50     p99   commits/s   a sync   bare commits/s   share   bytes/step"
    );
    let mut commits_per_run = 0.0;
    for at_once in
        AT_ONCE.into_iter().filter(|at_once| *at_once == 1 || only.is_none_or(|only| only == *at_once))
    {
        let path = folder.join(format!("{at_once}.db"));
        let (mut runs, elapsed) = tokio().block_on(run_for(&path, at_once, duration));
        runs.sort_unstable();
        let status = Inspect::open(&path).expect("it was just written").status().expect("it can be read");
        let count = runs.len() as f64;
        if at_once == 1 {
            // Alone, each commit is a transaction.
            commits_per_run = status.transactions as f64 / count;
        }
        let seconds = elapsed.as_secs_f64();
        let commits = count * commits_per_run / seconds;
        let bytes_per_commit = status.bytes as f64 / count / commits_per_run;
        let bare =
            bare(&folder.join(format!("bare-{at_once}.db")), at_once, bytes_per_commit as usize, duration);
        let quantile = |share: f64| runs[((count - 1.0) * share) as usize].as_secs_f64() * 1e3;
        println!(
            "{at_once:>12} {:>9.0} {:>6.1} ms {:>5.1} ms {commits:>9.0} {:>8.1} {bare:>16.0} {:>6.0} % {:>12.0}",
            count * STEPS as f64 / seconds,
            quantile(0.5),
            quantile(0.99),
            count * commits_per_run / status.transactions as f64,
            commits / bare * 100.0,
            status.bytes as f64 / (count * STEPS as f64),
        );
    }
}

/// How long each run took, and all of them together.
async fn run_for(path: &Path, at_once: usize, duration: Duration) -> (Vec<Duration>, Duration) {
    let runtime = engine(path, &gate(true), Check::Everything).await;
    let began = Instant::now();
    let tasks = (0..at_once).map(|_| {
        let runtime = runtime.clone();
        tokio::spawn(async move {
            let mut runs = Vec::new();
            while began.elapsed() < duration {
                let run_began = Instant::now();
                runtime.run::<Workload>((), None).await.expect("nothing refuses the run");
                runs.push(run_began.elapsed());
            }
            runs
        })
    });
    let mut runs = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        runs.extend(task.await.expect("no run panics"));
    }
    (runs, began.elapsed())
}

type Acknowledgement = oneshot::Sender<()>;

/// How many of the bytes of a commit say how far its run has come; the others, what has happened.
const STATE: usize = 64;

/// Commits a second of so many bytes, each a row of what has happened and the state of its run in its place, in as large
/// transactions as come together, each synced before it is acknowledged.
fn bare(path: &Path, at_once: usize, bytes: usize, duration: Duration) -> f64 {
    let connection = Connection::open(path).expect("the folder can be written");
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             CREATE TABLE fact (bytes TEXT); CREATE TABLE run (id INTEGER PRIMARY KEY, state TEXT)",
        )
        .expect("it is SQLite");
    let (sender, receiver): (Sender<(usize, String, String, Acknowledgement)>, Receiver<_>) = channel();
    let writer = std::thread::spawn(move || {
        while let Ok(first) = receiver.recv() {
            let batch: Vec<_> = std::iter::once(first).chain(receiver.try_iter().take(1023)).collect();
            connection.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
            let mut insert =
                connection.prepare_cached("INSERT INTO fact VALUES (?1)").expect("there is the table");
            let mut update = connection
                .prepare_cached("INSERT OR REPLACE INTO run VALUES (?1, ?2)")
                .expect("there is the table");
            let acknowledgements: Vec<Acknowledgement> = batch
                .into_iter()
                .map(|(run, bytes, state, acknowledgement)| {
                    insert.execute([bytes]).expect("there is room");
                    update.execute((run as i64, state)).expect("there is room");
                    acknowledgement
                })
                .collect();
            drop((insert, update));
            connection.execute_batch("COMMIT").expect("the disk works");
            acknowledgements.into_iter().for_each(|acknowledgement| {
                let _ = acknowledgement.send(());
            });
        }
    });
    let (commits, began) = (Arc::new(AtomicU64::new(0)), Instant::now());
    tokio().block_on(async {
        let tasks = (0..at_once).map(|run| {
            let (sender, commits) = (sender.clone(), Arc::clone(&commits));
            tokio::spawn(async move {
                while began.elapsed() < duration {
                    let (acknowledgement, acknowledged) = oneshot::channel();
                    let (fact, state) = ("x".repeat(bytes.saturating_sub(STATE)), "x".repeat(STATE));
                    sender.send((run, fact, state, acknowledgement)).expect("the writer lives");
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

/// What a journal of so many ended runs costs whoever opens it, looks into it or starts another one.
fn finished(folder: &Path, count: usize) {
    let path = folder.join("finished.db");
    tokio().block_on(async {
        let options = Options::default().durability(Durability::Relaxed);
        let runtime = engine_with(&path, &gate(true), options).await;
        let tasks = (0..512).map(|task| {
            let runtime = runtime.clone();
            tokio::spawn(async move {
                for _ in (task..count).step_by(512) {
                    runtime.run::<Short>((), None).await.expect("nothing refuses the run");
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("nothing panics");
        }
    });
    let timed = |what: &str, job: &mut dyn FnMut()| {
        let began = Instant::now();
        job();
        println!("{:>10.1} ms  {what}", began.elapsed().as_secs_f64() * 1e3);
    };
    println!(
        "\n{count} ended runs of one step, {:.0} MB",
        path.metadata().map_or(0.0, |file| file.len() as f64 / 1e6)
    );
    let open =
        |check| drop(Sqlite::open_with(&path, Options::default().check(check)).expect("nobody owns it"));
    timed("opened, all checked", &mut || open(Check::Everything));
    timed("opened, what is unfinished checked", &mut || open(Check::Unfinished));
    let journal = Inspect::open(&path).expect("it was just written");
    let list = |filter: RunFilter| journal.runs(&filter).expect("it can be read").len();
    let latest = RunFilter { latest_first: true, ..RunFilter::default() };
    let state = |state: &str| RunFilter { state: Some(state.to_owned()), ..latest.clone() };
    timed("the latest hundred runs", &mut || assert_eq!(list(latest.clone()), 100.min(count)));
    timed("the latest hundred that completed", &mut || assert_eq!(list(state("completed")), 100.min(count)));
    timed("those that failed: none", &mut || assert_eq!(list(state("failed")), 0));
    timed("those that are unfinished: none", &mut || {
        assert_eq!(list(RunFilter { unfinished: true, ..latest.clone() }), 0);
    });
    timed("the status of the journal", &mut || drop(journal.status().expect("it can be read")));
    tokio().block_on(async {
        let runtime = engine(&path, &gate(true), Check::Unfinished).await;
        let began = Instant::now();
        for _ in 0..100 {
            runtime.run::<Short>((), None).await.expect("nothing refuses the run");
        }
        println!("{:>10.1} ms  another run, from its start to its end", began.elapsed().as_secs_f64() * 10.0);
    });
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
