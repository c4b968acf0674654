//! A disk that is really full: a small file system in memory, in a namespace of this test's own. Skipped, and said so, where the system
//! lets nobody make one.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use onex::engine::StartError;
use onex::journal::CommitError;
use onex::run::RunState;
use onex::{Runtime, handler, orchestrator};
use onex_sqlite::{Durable as _, Health, Inspect};

use crate::support::Folder;

/// Where the small file system is, for the process inside.
const INSIDE: &str = "ONEX_TEST_TMPFS";

#[orchestrator(contract = "tests/contracts/shop.yaml")]
struct Shop;

#[handler(step = shop::reserve)]
async fn reserve() -> u64 {
    1
}

#[handler(step = shop::charge)]
async fn charge(reserve: &u64) -> String {
    "x".repeat(20_000 + *reserve as usize)
}

#[handler(step = shop::receipt)]
#[allow(clippy::ptr_arg)] // a parameter has the type that its step returns
fn receipt(charge: &String) -> usize {
    charge.len()
}

/// Runs this test again, inside.
fn inside(test: &str) -> Option<std::process::Output> {
    let folder = Folder::new();
    let script = "mount -t tmpfs -o size=3m tmpfs \"$ONEX_TEST_TMPFS\" || exit 77; exec \"$@\"";
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, folder.path(""))
        .output();
    match output {
        Ok(output) if output.status.code() == Some(77) || is_refused(&output) => {
            println!("skipped: no file system can be made: {}", String::from_utf8_lossy(&output.stderr));
            None
        }
        Ok(output) => Some(output),
        Err(error) => {
            println!("skipped: there is no `unshare`: {error}");
            None
        }
    }
}

/// By the system, before the test has begun.
fn is_refused(output: &std::process::Output) -> bool {
    !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("unshare: ")
}

/// Takes all the room that there is.
fn fill(path: &Path) {
    let mut filler = fs::File::create(path).unwrap();
    for piece in [4096, 1] {
        while filler.write_all(&vec![0; piece]).is_ok() {}
    }
}

#[tokio::test]
async fn a_small_file_system_that_is_full_is_refused_by_its_name_and_goes_on_when_there_is_room() {
    let Some(folder) = std::env::var_os(INSIDE).map(PathBuf::from) else {
        let test =
            "tmpfs::a_small_file_system_that_is_full_is_refused_by_its_name_and_goes_on_when_there_is_room";
        let Some(output) = inside(test) else { return };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "there is no such test");
        return;
    };
    let (journal, filler) = (folder.join("orders.db"), folder.join("filler"));
    let runtime = Runtime::builder(()).mount::<Shop>().durable(&journal).await.unwrap();
    let first = runtime.run::<Shop>((), Some("before".into())).await.unwrap();
    assert_eq!(first.state, RunState::Completed);

    fill(&filler);
    let mut begun = Vec::new();
    let refused = loop {
        // What is left of the log's last page may still take a little.
        match runtime.start::<Shop>((), Some(format!("full {}", begun.len()))).await {
            Ok(handle) => begun.push(handle),
            Err(refused) => break refused,
        }
        assert!(begun.len() < 100, "there is room where there is none");
    };
    assert!(matches!(refused, StartError::Journal(CommitError::Full { .. })), "{refused}");
    assert!(matches!(runtime.journal().health(), Health::Full), "{:?}", runtime.journal().health());
    // It is alive, and what it has acknowledged can be read.
    let report = runtime.status(first.run).await.unwrap().unwrap();
    assert_eq!(report.state, RunState::Completed);
    assert_eq!(*report.output::<usize>("receipt").unwrap(), 20_001);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(matches!(runtime.journal().health(), Health::Full), "{:?}", runtime.journal().health());

    fs::remove_file(&filler).unwrap();
    let after = runtime.run::<Shop>((), Some("after".into())).await.unwrap();
    assert_eq!(after.state, RunState::Completed);
    let begun_while_full = begun.len();
    for handle in begun {
        assert_eq!(handle.await.unwrap().state, RunState::Completed);
    }
    runtime.settled().await;
    assert!(matches!(runtime.journal().health(), Health::Writing));
    drop(runtime);
    let look = Inspect::open(&journal).unwrap();
    let status = look.status().unwrap();
    assert_eq!((status.runs, status.unfinished, status.timers), (2 + begun_while_full as u64, 0, 0));
    assert!(look.damage(1).unwrap().is_empty());
}
