//! The engine on its journal, on SQLite, on a disk in memory that fails, in virtual time: all that happens follows from a seed.
//!
//! Orders with effects side by side, retries, compensations, and gates with a time of their own are worked on by one program after the
//! other, of two releases, each of which moves runs of the other to its plan; what waits leaves memory, and some messages end the program that handles them. Each program ends by a power failure, a kill, an error of the disk or by itself, and the last one comes to an end. What every one finds
//! is held against what was acknowledged before it, and what the outside sees against what is in the file.
//!
//! `ONEX_SIM_SEEDS` says how many seeds, `ONEX_SIM_SEED` repeats one. A program of its own, since it is built with optimisations where many
//! seeds are asked for, and since it hides the panics that it provokes.

#![cfg(unix)]
#![allow(missing_docs, unreachable_pub, reason = "a test's own types")]
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod bells;
mod books;
mod check;
mod disk;
mod fate;
mod journal;
mod later;
mod ledger;
mod life;
mod locks;
mod program;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod vfs;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use onex::journal::{Commit, DeadLetter, DeadLetterCause, Journal as _, StoredEnvelope};
use onex::message::Topic;
use onex::{Envelope, Payload};
use onex_sqlite::Sqlite;

use crate::disk::Trip;
use crate::program::{Machine, Program, options};
use crate::story::{Fault, Told, tell};
use crate::support::Folder;
use crate::vfs::Mounted;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("a number"))
}

/// Panics that are part of the simulation are not worth their backtraces.
fn expect_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if info.payload().downcast_ref::<&str>() != Some(&"simulated") {
                before(info);
            }
        }));
    });
}

/// What the simulation is about.
const PARTS: [&str; 30] = [
    "power failures",
    "kills",
    "stopped journals",
    "full disks",
    "clocks set",
    "second owners",
    "fenced commits",
    "checkpoints from beside",
    "shared transactions",
    "completed",
    "failed",
    "cancelled",
    "parked",
    "paused",
    "compensated",
    "indeterminate",
    "crashed",
    "gates passed",
    "gates timed out",
    "events refused",
    "moved",
    "moved back",
    "moves refused",
    "held",
    "woken",
    "checkpoints of its own",
    "programs ended by a message",
    "counted calls",
    "called alone",
    "given up",
];

#[test]
fn nothing_that_was_acknowledged_is_lost_and_nothing_that_is_recorded_is_done_again_whatever_the_disk_does() {
    expect_panics();
    let seeds = match variable("ONEX_SIM_SEED") {
        Some(seed) => seed..seed + 1,
        None => {
            let first = variable("ONEX_SIM_FIRST").unwrap_or(0);
            first..first + variable("ONEX_SIM_SEEDS").unwrap_or(170)
        }
    };
    let mut covered: BTreeMap<&str, u64> = PARTS.into_iter().map(|what| (what, 0)).collect();
    let count = seeds.end - seeds.start;
    for seed in seeds {
        let Told { violations, came_to, .. } = tell(seed, Fault::None);
        assert!(violations.is_empty(), "ONEX_SIM_SEED={seed}\n{}", violations.join("\n"));
        for (what, times) in came_to {
            *covered.entry(what).or_default() += times;
        }
    }
    println!("{count} seeds: {covered:?}");
    if count >= 100 {
        let missing: Vec<_> = covered.iter().filter(|(_, times)| **times == 0).collect();
        assert!(missing.is_empty(), "the simulation does not come to all that it is about: {missing:?}");
    }
}

#[test]
fn the_same_seed_does_the_same() {
    expect_panics();
    for seed in 0..20 {
        let [first, second] = [tell(seed, Fault::None), tell(seed, Fault::None)];
        assert_eq!(first, second, "seed {seed}");
    }
}

/// After a sync that failed the system may take for written what never came to the disk. The next process sees it, and what is
/// acknowledged behind it must not be lost with it.
#[tokio::test]
async fn what_a_failed_sync_left_in_memory_is_written_anew_before_anything_follows_it() {
    for seed in 0..20 {
        let (machine, folder) = (Machine::new(seed), Folder::new());
        let path = folder.path("orders.db");
        let commits = async |count: u32, trip: Option<Trip>| {
            let program = Program::begin(&machine);
            let mounted = Mounted::of(&program);
            let journal = Sqlite::open_with(&path, options(&program, mounted.name())).unwrap();
            let lease = journal.acquire("a program").await.unwrap();
            if let Some(trip) = trip {
                machine.disk.arm(1, trip);
            }
            let mut acknowledged = 0;
            for number in 0..count {
                let letter = DeadLetter {
                    envelope: StoredEnvelope::of(&letter_of(number)),
                    cause: DeadLetterCause::Unroutable,
                    node: None,
                    handler: None,
                    at_unix_ms: 0,
                    parked: None,
                };
                let letters = [Arc::new(letter)];
                let commit = Commit { dead_letters: &letters, ..Commit::default() };
                acknowledged += usize::from(journal.commit(&lease, commit).await.is_ok());
            }
            let found = journal.dead_letters().await.unwrap_or_default().len();
            program.kill();
            drop((journal, mounted));
            (acknowledged, found)
        };
        let (before, _) = commits(3, Some(Trip::SyncFails)).await;
        assert_eq!(before, 0, "it stops at the first");
        let (acknowledged, found) = commits(3, None).await;
        assert_eq!(acknowledged, 3);
        machine.disk.switch_off();
        machine.disk.switch_on();
        let (_, kept) = commits(0, None).await;
        assert_eq!(kept, found, "seed {seed}: acknowledged, and lost to a power failure");
    }
}

/// SQLite says that the file has a log before it has one, and may fail afterwards.
#[test]
fn a_file_whose_making_fails_is_not_taken_for_a_journal() {
    for (operation, trip) in (1..15).flat_map(|at| [(at, Trip::SyncFails), (at, Trip::WriteFails)]) {
        let (machine, folder) = (Machine::new(0), Folder::new());
        let program = Program::begin(&machine);
        let mounted = Mounted::of(&program);
        machine.disk.arm(operation, trip);
        let opened = Sqlite::open_with(folder.path("orders.db"), options(&program, mounted.name()));
        let has_a_log = machine
            .disk
            .files()
            .iter()
            .any(|(name, bytes)| name.ends_with(".db") && bytes.get(18) == Some(&2));
        assert!(opened.is_err() || has_a_log, "{trip:?} at {operation}: opened without a write-ahead log");
        drop((opened, mounted));
    }
}

/// A second owner that opened its journal on such a machine would write what no program can have written.
#[test]
fn nobody_begins_to_live_on_a_machine_that_is_off() {
    let (machine, folder) = (Machine::new(0), Folder::new());
    machine.disk.switch_off();
    for is_on in [false, true] {
        if is_on {
            machine.disk.switch_on();
        }
        let program = Program::begin(&machine);
        let mounted = Mounted::of(&program);
        let opened = Sqlite::open_with(folder.path("orders.db"), options(&program, mounted.name()));
        assert_eq!((program.is_alive(), opened.is_ok()), (is_on, is_on));
        drop((opened, mounted));
    }
}

fn letter_of(number: u32) -> Envelope {
    let payload = Payload::new("x".repeat(9000));
    Envelope::external(uuid::Uuid::from_u128(u128::from(number)), Topic::new("onex.evt.a.b.v1"), payload)
}

/// How many of these seeds show the fault.
fn noticed(fault: Fault) -> usize {
    expect_panics();
    (0..40).filter(|seed| !tell(*seed, fault).violations.is_empty()).count()
}

#[test]
fn a_disk_that_lies_is_noticed() {
    let noticed = noticed(Fault::DiskLies);
    assert!(noticed > 5, "noticed by {noticed} seeds");
}

#[test]
fn a_journal_that_does_not_check_whose_commit_it_is_is_noticed() {
    let noticed = noticed(Fault::NoFence);
    assert!(noticed > 5, "noticed by {noticed} seeds");
}
