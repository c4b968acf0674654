//! The whole job, from bytes in a file to the table and the dead letters.

mod classes;
mod command;
mod dead_letters;
mod failpoints;
mod files;
mod generated;
mod kill;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use order_workflow::counts::{Counts, End};
use order_workflow::dead_letters::Entry;
use order_workflow::input::Input;
use order_workflow::job::{self, Outcome};
use order_workflow::progress::Progress;

/// A folder of a test's own, removed with this value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("it-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).expect("cargo's folder for tests can be written");
        Folder(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("cargo's folder for tests can be written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs an input; gives back what came of it and the dead letters.
pub(crate) async fn run(input: &Input) -> (Outcome, Vec<Entry>) {
    let folder = Folder::new();
    let outcome = job::run(input, &folder.path("sub/dead.jsonl"), &Progress::hidden()).await;
    let outcome = outcome.expect("the job runs");
    let dead = order_workflow::dead_letters::read(&outcome.dead_letters).expect("the file can be read back");
    assert_eq!(dead.len() as u64, outcome.set_aside);
    (outcome, dead)
}

/// Runs a file with these bytes.
pub(crate) async fn run_bytes(bytes: &[u8]) -> (Outcome, Vec<Entry>) {
    let folder = Folder::new();
    let input = Input::existing(&folder.file("orders.jsonl", bytes)).expect("it was just written");
    run(&input).await
}

/// The ends that lines came to, with how many did.
pub(crate) fn ends(counts: &Counts) -> Vec<(End, u64)> {
    End::ALL.into_iter().map(|end| (end, counts.of(end))).filter(|(_, count)| *count > 0).collect()
}

/// An order that can be filled.
pub(crate) fn order(id: &str) -> String {
    format!(
        r#"{{"order_id":"{id}","customer_id":"cust-001","card":"card-1","ship_to":{{"name":"Zoë","city":"Łódź"}},"items":[{{"sku":"sku-01","quantity":2,"unit_cents":150}}]}}"#
    )
}
