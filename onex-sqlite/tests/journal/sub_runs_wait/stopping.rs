//! A run that waits is stopped, moved to a later contract, or over when its event comes.

use onex::engine::{HeldCause, MigrateError, Migration, RunCause, Settings};
use onex::journal::{DeadLetterCause, EventRefusal, Journal};
use onex::run::{CompensationState, RunState, StepState};

use super::{
    Desk, Engine, asked, child_of, first, give, is_over, later_process, order, process, report, settings,
    sleeps, until,
};
use crate::support::Folder;

#[test]
fn r23_a_run_of_an_earlier_plan_that_sleeps_wakes_on_its_own_and_may_be_moved_asleep() {
    let (folder, desk) = (Folder::new(), Desk::new(99));
    let path = folder.path("orders.db");
    let (stays, moves) = process(&path, &desk, settings(9), async |runtime| {
        let start = async |id| runtime.start::<first::Approval>(asked(id), None).await.unwrap().id();
        let runs = (start("a-1").await, start("a-2").await);
        sleeps(runtime, 2).await;
        runs
    });
    later_process(&path, &desk, async |runtime| {
        sleeps(runtime, 2).await;
        // Twice: the second time it wakes in the process in which it went to sleep.
        for _ in 0..2 {
            runtime.pause(stays, "to look at it").await.unwrap();
            runtime.resume(stays).await.unwrap();
            sleeps(runtime, 2).await;
        }
        let moved = runtime.migrate(moves, &Migration::new()).await.unwrap();
        assert_eq!(moved.new, ["audited"]);
        sleeps(runtime, 2).await;
        assert_eq!(desk.done(), ["note a-1", "note a-2", "audit a-2"]);
        give(runtime, "a-1").await;
        give(runtime, "a-2").await;
        let (stayed, moved) = (
            is_over(runtime, stays, RunState::Completed).await,
            is_over(runtime, moves, RunState::Completed).await,
        );
        assert_eq!((stayed.version, moved.version), ((1, 0, 0), (2, 0, 0)));
        assert_eq!((desk.count("audit"), desk.count("book")), (1, 2));
    });
}

/// It stays in the outbox for ever where only a run that the program's own plan drives can say that it is over.
#[test]
fn r03_an_event_for_a_run_that_is_over_on_an_earlier_plan_is_refused_and_leaves_the_outbox() {
    let (folder, desk) = (Folder::new(), Desk::new(1));
    let path = folder.path("orders.db");
    let ended = [("a-1", RunState::Completed), ("a-2", RunState::Cancelled), ("a-3", RunState::Parked)];
    let [_, _, parked] = process(&path, &desk, settings(9), async |runtime| {
        let start = async |id| runtime.start::<first::Approval>(asked(id), None).await.unwrap().id();
        let runs = [start("a-1").await, start("a-2").await, start("a-3").await];
        sleeps(runtime, 3).await;
        give(runtime, "a-1").await;
        is_over(runtime, runs[0], RunState::Completed).await;
        runtime.cancel(runs[1], "enough");
        is_over(runtime, runs[1], RunState::Cancelled).await;
        give(runtime, "a-3").await;
        until("it books", async || desk.count("book") == 2).await;
        runs
    });
    process(&path, &desk, Settings { crash_limit: 1, ..settings(9) }, async |runtime| {
        until("it is parked", async || report(runtime, parked).await.state == RunState::Parked).await;
    });
    later_process(&path, &desk, async |runtime| {
        for (id, _) in ended {
            give(runtime, id).await;
        }
        runtime.settled().await;
        let letters = runtime.journal().dead_letters().await.unwrap();
        let refused: Vec<_> = letters
            .iter()
            .filter_map(|letter| match &letter.cause {
                DeadLetterCause::EventRefused { key, because, .. } => Some((key.as_str(), *because)),
                _ => None,
            })
            .collect();
        for (id, state) in ended {
            assert!(refused.contains(&(id, EventRefusal::RunOver { state })), "{id}: {refused:?}");
        }
        assert_eq!((refused.len(), runtime.journal().outbox().await.unwrap().len()), (3, 0));
    });
}

/// The run that it is goes on meanwhile, and is not begun a second time.
#[test]
fn r27_a_run_whose_step_is_a_run_is_moved_and_waits_for_the_same() {
    for asleep in [true, false] {
        let (folder, desk) = (Folder::new(), Desk::new(0));
        let path = folder.path("orders.db");
        let (run, child) = process(&path, &desk, settings(9), async |runtime| {
            let run = order(runtime, "o-1").await.id();
            sleeps(runtime, 1).await;
            let refused = runtime.migrate(run, &Migration::new()).await;
            assert!(refused.is_ok(), "nothing is to be moved: {refused:?}");
            (run, child_of(runtime, run).await)
        });
        later_process(&path, &desk, async |runtime| {
            until("it is held", async || !runtime.held_runs().is_empty()).await;
            let [held] = &runtime.held_runs()[..] else { panic!("{:?}", runtime.held_runs()) };
            assert!(held.run == run && matches!(held.cause, HeldCause::Unfit { .. }), "{held:?}");
            if !asleep {
                give(runtime, "o-1").await;
                until("its step goes on", async || desk.count("book") == 1).await;
            }
            runtime.migrate(run, &Migration::new()).await.unwrap();
            until("what is new is done", async || desk.count("check") == 1).await;
            // The run that it waits for may be moved beside it, if nothing of it is in flight.
            match runtime.migrate(child, &Migration::new()).await {
                Ok(_) => assert!(asleep),
                Err(MigrateError::Refused { .. }) => {
                    assert!(!asleep, "what it has begun would come after what is new");
                }
                Err(other) => panic!("{other}"),
            }
            if asleep {
                give(runtime, "o-1").await;
            }
            desk.may_book.add_permits(9);
            let report = is_over(runtime, run, RunState::Completed).await;
            assert_eq!(report.step("approve").unwrap().sub_run, Some(child));
            assert_eq!(report.step("approve").unwrap().crashes, 0);
            assert_eq!(*report.output::<String>("told").unwrap(), "o-1 is booked, 7");
            assert_eq!((desk.count("note"), desk.count("book")), (1, 1));
            assert_eq!(runtime.journal().runs().await.unwrap().len(), 2);
        });
    }
}

/// Where a run is that is a step, when the run that waits for it is told to stop.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Child {
    InFlight,
    Asleep,
    Paused,
}

#[test]
fn r18_whoever_stops_a_run_stops_the_run_that_is_its_step_and_who_kills_it_undoes_neither() {
    for child_is in [Child::InFlight, Child::Asleep, Child::Paused] {
        for (kills, next_process) in [(true, false), (false, false), (true, true), (false, true)] {
            let (folder, desk) = (Folder::new(), Desk::new(0));
            let path = folder.path("orders.db");
            let what = format!("{child_is:?}, kills: {kills}, in the next process: {next_process}");
            let stop = async |runtime: &Engine, run| {
                let asked = if kills { runtime.kill(run, "enough") } else { runtime.cancel(run, "enough") };
                assert!(asked, "{what}");
                let child = child_of(runtime, run).await;
                let parent = is_over(runtime, run, RunState::Cancelled).await;
                let child = is_over(runtime, child, RunState::Cancelled).await;
                let done = desk.done();
                let noted = child.step("noted").unwrap().compensation;
                let step = parent.step("approve").unwrap();
                if kills {
                    assert!(matches!(child.cause, Some(RunCause::Killed { .. })), "{what}: {child:?}");
                    assert_eq!(noted, CompensationState::Pending, "{what}");
                    assert_eq!(step.state, StepState::Indeterminate, "{what}");
                    assert!(
                        !done.iter().any(|done| done.starts_with("erase") || done.starts_with("with")),
                        "{what}"
                    );
                } else {
                    assert!(matches!(child.cause, Some(RunCause::Cancelled { .. })), "{what}: {child:?}");
                    assert_eq!(noted, CompensationState::Done, "{what}");
                    let stands = child.step("booked").unwrap().state == StepState::Indeterminate;
                    assert_eq!(stands, child_is == Child::InFlight, "{what}");
                    assert_eq!(step.state == StepState::Indeterminate, stands, "{what}: {step:?}");
                    assert_eq!(done.contains(&"withdraw o-1".to_owned()), stands, "{what}");
                }
            };
            let run = process(&path, &desk, settings(9), async |runtime| {
                let run = order(runtime, "o-1").await.id();
                sleeps(runtime, 1).await;
                match child_is {
                    Child::InFlight => {
                        give(runtime, "o-1").await;
                        until("it books", async || desk.count("book") == 1).await;
                    }
                    Child::Asleep => {}
                    Child::Paused => {
                        runtime.pause(child_of(runtime, run).await, "to look at it").await.unwrap();
                    }
                }
                if !next_process {
                    stop(runtime, run).await;
                }
                run
            });
            if next_process {
                process(&path, &desk, settings(9), async |runtime| {
                    until("they are known", async || runtime.live_runs().len() == 2).await;
                    stop(runtime, run).await;
                });
            }
        }
    }
}
