use std::sync::Arc;
use std::sync::atomic::Ordering;

use shuttle::future::block_on;
use shuttle::thread;
use uuid::Uuid;

use super::SubRuns;
use super::waiting::Ended;
use crate::engine::run_handle::{LostCause, RunLost};
use crate::engine::sync;
use crate::engine::sync::tests::{in_every_order, in_many_orders, in_order};
use crate::message::RunId;

fn run(id: u128) -> RunId {
    RunId(Uuid::from_u128(id))
}

fn lost(id: u128) -> Ended {
    Err(RunLost { run: run(id), cause: LostCause::Dropped })
}

/// Waits as a dispatch does: it says that it waits, and only then reads whether the run is over.
fn waits(sub_runs: &SubRuns, parent: RunId, is_over: &sync::AtomicBool) {
    let ended = sub_runs.wait(run(1), parent);
    if !is_over.load(Ordering::SeqCst) {
        block_on(ended).expect("it is told").expect_err("as it is said here");
    }
}

/// It waits for ever where the run is read before it is waited for.
#[test]
fn r27_who_waits_for_a_run_hears_of_its_end_or_finds_it_over() {
    in_every_order(|| {
        let (sub_runs, is_over) = (Arc::<SubRuns>::default(), Arc::new(sync::AtomicBool::new(false)));
        let driver = {
            let (sub_runs, is_over) = (Arc::clone(&sub_runs), Arc::clone(&is_over));
            thread::spawn(move || {
                is_over.store(true, Ordering::SeqCst);
                sub_runs.ended(run(1), &lost(1));
            })
        };
        waits(&sub_runs, run(2), &is_over);
        driver.join().expect("it does not panic");
    });
}

/// One waits for ever where `wait` takes the list out, and puts it back under another lock.
#[test]
fn r03_all_who_join_a_run_hear_of_its_end() {
    in_many_orders(|| {
        let (sub_runs, is_over) = (Arc::<SubRuns>::default(), Arc::new(sync::AtomicBool::new(false)));
        let waiting = [2, 3].map(|parent| {
            let (sub_runs, is_over) = (Arc::clone(&sub_runs), Arc::clone(&is_over));
            thread::spawn(move || waits(&sub_runs, run(parent), &is_over))
        });
        is_over.store(true, Ordering::SeqCst);
        sub_runs.ended(run(1), &lost(1));
        waiting.into_iter().for_each(|waiting| waiting.join().expect("it does not panic"));
    });
}

#[test]
fn who_waits_is_known_until_the_run_is_over() {
    in_order(|| {
        let sub_runs = SubRuns::default();
        let _ended = [2, 3].map(|parent| sub_runs.wait(run(1), run(parent)));
        assert_eq!((sub_runs.parents(run(1)), sub_runs.parents(run(9))), (vec![run(2), run(3)], vec![]));
        sub_runs.ended(run(1), &lost(1));
        assert_eq!(sub_runs.parents(run(1)), []);
    });
}
