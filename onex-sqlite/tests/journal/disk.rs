//! Power failures, syncs that fail and disks that are full, by a shim between SQLite and the operating system. Skipped, and
//! said so, where there is no C compiler.

use std::collections::{HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use onex::engine::StartError;
use onex::journal::CommitError;
use onex::{Container, Ctx, Dep, Runtime, handler, orchestrator};
use onex_sqlite::{Durability, Durable as _, Health, Inspect, Options, RunFilter};
use serde::{Deserialize, Serialize};

use crate::support::{Folder, again};

const RUNS: u32 = 10;
const CHILD: &str = "ONEX_TEST_DISK";

/// Everything that the outside sees, in a file: it is not lost with the journal's disk.
struct Outside(PathBuf);

impl Outside {
    fn note(&self, line: &str) {
        let mut file = OpenOptions::new().append(true).create(true).open(&self.0).unwrap();
        file.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    fn lines(path: &Path) -> Vec<String> {
        fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
    }
}

#[derive(Container)]
struct App {
    outside: Arc<Outside>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Reserved;

#[derive(Debug, Serialize, Deserialize)]
struct Charged(String);

#[derive(Debug, Serialize, Deserialize)]
struct Receipt(String);

#[orchestrator(contract = "tests/contracts/shop.yaml")]
struct Shop;

#[handler(step = shop::reserve)]
async fn reserve(outside: Dep<Outside>, ctx: Ctx) -> Reserved {
    outside.note(&format!("reserve {}", ctx.idempotency_key()));
    Reserved
}

#[handler(step = shop::charge)]
async fn charge(reserve: &Reserved, outside: Dep<Outside>, ctx: Ctx) -> Charged {
    let Reserved = reserve;
    outside.note(&format!("charge {}", ctx.idempotency_key()));
    Charged("x".repeat(3000))
}

#[handler(step = shop::receipt)]
fn receipt(charge: &Charged) -> Receipt {
    Receipt(charge.0.clone())
}

/// What the child does: begins a few runs, each once, and notes which of them were acknowledged.
async fn work(path: &Path) -> i32 {
    let log = path.with_extension("log");
    let acknowledged: HashSet<String> = Outside::lines(&log).into_iter().collect();
    let outside = Arc::new(Outside(log));
    let app = App { outside: Arc::clone(&outside) };
    let relaxed = std::env::var_os("ONEX_TEST_RELAXED").is_some();
    let durability = if relaxed { Durability::Relaxed } else { Durability::Strict };
    let options = Options::default().durability(durability);
    let runtime = match Runtime::builder(app).mount::<Shop>().durable_with(path, options).await {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return 3;
        }
    };
    for number in 0..RUNS {
        if acknowledged.contains(&format!("acknowledged {number}")) {
            continue;
        }
        let handle = loop {
            match runtime.start::<Shop>((), Some(number.to_string())).await {
                Ok(handle) => break Some(handle),
                // Begun by a process that could not say so.
                Err(StartError::DuplicateRun { .. }) => break None,
                Err(StartError::Journal(CommitError::Full { .. })) => {
                    assert!(matches!(runtime.journal().health(), Health::Full));
                    assert!(
                        runtime.status(onex::message::RunId(uuid::Uuid::nil())).await.is_ok(),
                        "it is alive"
                    );
                    outside.note("full");
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Err(error) => {
                    eprintln!("{error}");
                    return 3;
                }
            }
        };
        outside.note(&format!("acknowledged {number}"));
        if let Some(Err(error)) = match handle {
            Some(handle) => Some(handle.await),
            None => None,
        } {
            eprintln!("{error}");
            return 3;
        }
    }
    runtime.settled().await;
    0
}

/// This test program again, as the process whose disk fails.
fn child(shim: Option<&Path>, journal: &Path, disk: &str) -> Command {
    let mut command = again("disk::a_process_whose_disk_fails");
    command.env(CHILD, journal).stdout(Stdio::null()).stderr(Stdio::piped());
    if let Some(shim) = shim {
        command
            .env("LD_PRELOAD", shim)
            .env("ONEX_DISK", disk)
            .env("ONEX_DISK_JOURNAL", journal)
            .env("ONEX_DISK_FULL", journal.with_extension("full"));
    }
    command
}

/// Does nothing by itself.
#[tokio::test]
async fn a_process_whose_disk_fails() {
    if let Some(path) = std::env::var_os(CHILD) {
        let status = work(Path::new(&path)).await;
        std::process::exit(status);
    }
}

/// The shim, or `None` where it cannot be made.
fn shim(folder: &Folder) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/journal/disk.c");
    let shim = folder.path("disk.so");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&shim).arg(&source).args(["-ldl", "-lpthread"]);
    match compiler.status() {
        Ok(status) => {
            assert!(status.success(), "the shim does not compile");
            Some(shim)
        }
        Err(error) => {
            println!("skipped: there is no C compiler: {error}");
            None
        }
    }
}

/// Which runs were acknowledged and are not in the journal.
fn lost(journal: &Path) -> Vec<String> {
    let log = Outside::lines(&journal.with_extension("log"));
    let mut acknowledged: Vec<String> =
        log.iter().filter_map(|line| Some(line.strip_prefix("acknowledged ")?.to_owned())).collect();
    if !acknowledged.is_empty() {
        let look = Inspect::open(journal).unwrap();
        assert!(look.damage(1).unwrap().is_empty());
        let kept: HashSet<String> =
            look.runs(&RunFilter::default()).unwrap().into_iter().map(|line| line.key).collect();
        acknowledged.retain(|key| !kept.contains(key));
    }
    acknowledged
}

/// After the disk has failed: all that was acknowledged is in the journal, and the next process comes to the end.
fn comes_to_its_end(journal: &Path, what: &str) {
    let log = journal.with_extension("log");
    assert_eq!(lost(journal), Vec::<String>::new(), "{what}: acknowledged and lost");
    let output = child(None, journal, "").output().unwrap();
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    let look = Inspect::open(journal).unwrap();
    let status = look.status().unwrap();
    assert_eq!((status.runs, status.unfinished, status.timers), (u64::from(RUNS), 0, 0), "{what}");
    assert!(look.damage(1).unwrap().is_empty(), "{what}");
    let mut calls: HashMap<&str, HashSet<String>> = HashMap::new();
    for line in Outside::lines(&log) {
        for effect in ["reserve", "charge"] {
            if let Some(key) = line.strip_prefix(effect) {
                calls.entry(effect).or_default().insert(key.to_owned());
            }
        }
    }
    assert_eq!(calls["reserve"].len() as u32, RUNS, "{what}: each run has one key for it");
    assert_eq!(calls["charge"].len() as u32, RUNS, "{what}: each run has one key for it");
}

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |value| value.parse().expect("a number"))
}

#[test]
fn a_power_failure_at_any_write_loses_nothing_that_was_acknowledged() {
    let folder = Folder::new();
    let Some(shim) = shim(&folder) else { return };
    let stride = variable("ONEX_DISK_STRIDE", 29);
    let mut failures = 0;
    for seed in [0, fastrand::u32(1..)] {
        let mut event = 1 + fastrand::u64(..stride);
        loop {
            let journal = folder.path(&format!("{seed}-{event}.db"));
            let what = format!("lose:{event}:{seed}");
            let output = child(Some(&shim), &journal, &what).output().unwrap();
            if output.status.success() {
                break;
            }
            let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
            assert_eq!(signal, Some(9), "{what}: {}", String::from_utf8_lossy(&output.stderr));
            comes_to_its_end(&journal, &what);
            failures += 1;
            event += stride;
        }
    }
    println!("{failures} power failures");
    assert!(failures * stride > 100, "{failures} power failures: does the shim work?");
}

/// What is not promised is not kept, which also shows that the shim does what it says.
#[test]
fn a_relaxed_journal_may_lose_what_was_acknowledged_to_a_power_failure_and_is_whole_all_the_same() {
    let folder = Folder::new();
    let Some(shim) = shim(&folder) else { return };
    let mut losses = 0;
    for event in [90, 120, 150] {
        let journal = folder.path(&format!("{event}.db"));
        let mut process = child(Some(&shim), &journal, &format!("lose:{event}:0"));
        let output = process.env("ONEX_TEST_RELAXED", "1").output().unwrap();
        assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        losses += lost(&journal).len();
        let opened = onex_sqlite::Sqlite::open(&journal).map(drop);
        assert!(opened.is_ok(), "{opened:?}");
    }
    assert!(losses > 0);
}

#[test]
fn a_sync_that_fails_stops_the_process_and_the_next_one_goes_on() {
    let folder = Folder::new();
    let Some(shim) = shim(&folder) else { return };
    // Those before are of making the file: nobody has been told anything, and SQLite may try again.
    for sync in [14, 17, 30] {
        let journal = folder.path(&format!("{sync}.db"));
        let what = format!("eio:{sync}");
        let output = child(Some(&shim), &journal, &what).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{what}: {said}");
        assert!(said.contains("disk I/O error"), "{what}: {said}");
        comes_to_its_end(&journal, &what);
    }
}

/// Waits until the log has such a line.
fn wait_for(log: &Path, line: &str, child: &mut Child) {
    let began = Instant::now();
    while !Outside::lines(log).iter().any(|found| found == line) {
        assert!(child.try_wait().unwrap().is_none(), "it is over before `{line}`");
        assert!(began.elapsed() < Duration::from_secs(30), "no `{line}`");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_full_disk_is_refused_by_its_name_and_the_process_goes_on_when_there_is_room() {
    let folder = Folder::new();
    let Some(shim) = shim(&folder) else { return };
    let journal = folder.path("orders.db");
    let (log, full) = (journal.with_extension("log"), journal.with_extension("full"));
    let mut process = child(Some(&shim), &journal, "full").spawn().unwrap();
    wait_for(&log, "acknowledged 2", &mut process);
    fs::write(&full, "").unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(process.try_wait().unwrap().is_none(), "it waits");
    let before = Outside::lines(&log).iter().filter(|line| line.starts_with("acknowledged")).count();
    fs::remove_file(&full).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(before < RUNS as usize, "nothing is acknowledged on a full disk");
    comes_to_its_end(&journal, "full");
}
