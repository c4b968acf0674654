//! A run that waits for its step, which waits: in one place, asleep, through a shutdown, and until a person lets it go on.

use std::time::Duration;

use onex::engine::{AgainError, Settings};
use onex::journal::Journal;
use onex::message::RunId;
use onex::run::{RunState, StepState};
use tokio::time::{sleep, timeout};

use super::{Desk, asked, child_of, first, give, is_over, order, process, report, settings, sleeps, until};
use crate::support::Folder;

#[test]
fn r27_a_run_that_is_a_step_wakes_in_the_place_of_the_run_that_waits_for_it() {
    let (folder, desk) = (Folder::new(), Desk::new(99));
    let path = folder.path("orders.db");
    let (first, second) = process(&path, &desk, settings(1), async |runtime| {
        let first = order(runtime, "o-1").await;
        sleeps(runtime, 1).await;
        let second = tokio::spawn({
            let runtime = runtime.clone();
            async move { order(&runtime, "o-2").await.id() }
        });
        until("the second waits for its turn", async || runtime.load().waiting_runs == 1).await;
        give(runtime, "o-1").await;
        assert_eq!(first.await.unwrap().state, RunState::Completed);
        let second = second.await.unwrap();
        sleeps(runtime, 1).await;
        assert_eq!(desk.done(), ["note o-1", "book o-1", "note o-2"]);
        (child_of(runtime, second).await, second)
    });
    process(&path, &desk, settings(1), async |runtime| {
        sleeps(runtime, 1).await;
        give(runtime, "o-2").await;
        is_over(runtime, second, RunState::Completed).await;
        is_over(runtime, first, RunState::Completed).await;
        assert_eq!((desk.count("note"), desk.count("book o-2")), (2, 1));
    });
}

#[test]
fn r27_runs_and_their_steps_come_to_their_ends_through_one_place_in_the_next_process() {
    const EACH: usize = 4;
    let (folder, desk) = (Folder::new(), Desk::new(0));
    let path = folder.path("orders.db");
    let runs: Vec<RunId> = process(&path, &desk, settings(99), async |runtime| {
        let mut runs = Vec::new();
        for number in 0..EACH {
            runs.push(order(runtime, &format!("o-{number}")).await.id());
            let alone = runtime.start::<first::Approval>(asked(&format!("a-{number}")), None).await.unwrap();
            runs.push(alone.id());
        }
        sleeps(runtime, 2 * EACH).await;
        for number in 0..EACH {
            give(runtime, &format!("o-{number}")).await;
            // Half of the others sleep on.
            if number % 2 == 0 {
                give(runtime, &format!("a-{number}")).await;
            }
        }
        until("they book", async || desk.count("book") == EACH + EACH / 2).await;
        runs
    });
    desk.may_book.add_permits(99);
    process(&path, &desk, settings(1), async |runtime| {
        for number in (1..EACH).step_by(2) {
            give(runtime, &format!("a-{number}")).await;
        }
        for run in runs {
            is_over(runtime, run, RunState::Completed).await;
        }
        assert_eq!(runtime.journal().runs().await.unwrap().len(), 3 * EACH, "each was begun once");
        assert_eq!((desk.count("note"), desk.count("book")), (2 * EACH, 2 * EACH + EACH + EACH / 2));
    });
}

/// Of what its step waits for, a process that ends in order leaves all.
#[test]
fn r20_a_shutdown_leaves_a_run_whose_step_waits_for_a_person() {
    for sleeps_before in [true, false] {
        let (folder, desk) = (Folder::new(), Desk::new(9));
        let path = folder.path("orders.db");
        let dormant_after = if sleeps_before { Duration::ZERO } else { Duration::from_secs(3600) };
        let run = process(&path, &desk, Settings { dormant_after, ..settings(9) }, async |runtime| {
            let run = order(runtime, "o-1").await.id();
            until("it waits", async || {
                let child = report(runtime, run).await.step("approve").and_then(|step| step.sub_run);
                let Some(child) = child else { return false };
                let child = runtime.status(child).await.unwrap();
                child.is_some_and(|child| child.step("given").unwrap().state == StepState::Awaiting)
            })
            .await;
            if sleeps_before {
                sleeps(runtime, 1).await;
            }
            let shutdown = runtime.shutdown(Duration::from_secs(20)).await;
            assert_eq!((shutdown.settled, shutdown.left, shutdown.cancelled), (false, 2, 0));
            run
        });
        process(&path, &desk, settings(9), async |runtime| {
            give(runtime, "o-1").await;
            is_over(runtime, run, RunState::Completed).await;
            assert_eq!(desk.done(), ["note o-1", "book o-1"]);
        });
    }
}

/// It is waited for like anything else that is under way, and so is whoever waits for it.
#[test]
fn r20_a_shutdown_waits_for_a_run_whose_step_is_about_to_end() {
    let (folder, desk) = (Folder::new(), Desk::new(0));
    process(&folder.path("orders.db"), &desk, settings(9), async |runtime| {
        let handle = order(runtime, "o-1").await;
        give(runtime, "o-1").await;
        until("it books", async || desk.count("book") == 1).await;
        let books = async {
            sleep(Duration::from_millis(50)).await;
            desk.may_book.add_permits(1);
        };
        let (shutdown, ()) = tokio::join!(runtime.shutdown(Duration::from_secs(20)), books);
        assert!(shutdown.settled, "{shutdown:?}");
        assert_eq!(handle.await.unwrap().state, RunState::Completed);
    });
}

#[test]
fn r03_runs_whose_steps_join_the_same_run_all_have_its_output_also_in_the_next_process() {
    let (folder, desk) = (Folder::new(), Desk::new(9));
    let path = folder.path("orders.db");
    let runs: Vec<RunId> = process(&path, &desk, settings(9), async |runtime| {
        // At the same moment: each finds that nobody has begun it.
        let order = || order(runtime, "o-1");
        let (one, two, three) = tokio::join!(order(), order(), order());
        let runs = vec![one.id(), two.id(), three.id()];
        sleeps(runtime, 1).await;
        assert_eq!(desk.done(), ["note o-1"]);
        runs
    });
    process(&path, &desk, settings(9), async |runtime| {
        give(runtime, "o-1").await;
        for run in runs {
            let report = is_over(runtime, run, RunState::Completed).await;
            assert_eq!(*report.output::<String>("told").unwrap(), "o-1 is booked");
        }
        assert_eq!(desk.done(), ["note o-1", "book o-1"]);
        assert_eq!(runtime.journal().runs().await.unwrap().len(), 4);
    });
}

#[test]
fn r27_a_run_waits_for_its_step_while_that_is_parked_and_goes_on_when_a_person_lets_it() {
    for is_retried in [true, false] {
        let (folder, desk) = (Folder::new(), Desk::new(0));
        let path = folder.path("orders.db");
        let (run, child) = process(&path, &desk, settings(9), async |runtime| {
            let run = order(runtime, "o-1").await.id();
            sleeps(runtime, 1).await;
            give(runtime, "o-1").await;
            until("it books", async || desk.count("book") == 1).await;
            (run, child_of(runtime, run).await)
        });
        desk.may_book.add_permits(9);
        let once = Settings { crash_limit: 1, ..settings(1) };
        process(&path, &desk, once, async |runtime| {
            until("it is parked", async || report(runtime, child).await.state == RunState::Parked).await;
            until("one waits for it", async || runtime.live_runs() == [run]).await;
            let parent = report(runtime, run).await;
            assert_eq!(
                (parent.state, parent.step("approve").unwrap().state),
                (RunState::Running, StepState::Scheduled)
            );
            if is_retried {
                let retried = runtime.retry_from(child, "booked").await.unwrap().await.unwrap();
                assert_eq!(retried.state, RunState::Completed);
                let parent = is_over(runtime, run, RunState::Completed).await;
                assert_eq!(*parent.output::<String>("told").unwrap(), "o-1 is booked");
                return;
            }
            assert!(runtime.cancel(run, "enough"));
            let parent = is_over(runtime, run, RunState::Cancelled).await;
            assert_eq!(parent.step("approve").unwrap().state, StepState::Indeterminate);
            assert_eq!(desk.count("withdraw"), 1, "what it did is unknown, so the step is undone");
            assert_eq!(report(runtime, child).await.state, RunState::Parked, "a person has to look at it");
            let refused = runtime.retry_from(child, "booked").await.unwrap_err();
            let AgainError::ParentOver { run: of, parent } = refused else { panic!("{refused}") };
            assert_eq!((of, parent), (child, run));
            let forked = runtime.fork_from(child, "booked").await.unwrap().await.unwrap();
            assert_eq!((forked.state, forked.parent), (RunState::Completed, None), "it is nobody's step");
        });
    }
}

/// As of any other workflow: also of one of which others may be steps.
#[test]
fn r26_what_goes_on_of_a_called_workflow_is_before_what_has_not_begun_but_for_the_next() {
    let (folder, desk) = (Folder::new(), Desk::new(99));
    let path = folder.path("orders.db");
    process(&path, &desk, settings(1), async |runtime| {
        let woken = runtime.start::<first::Approval>(asked("woken"), None).await.unwrap();
        sleeps(runtime, 1).await;
        // Driven by who asked for it, each keeps the one place until its event comes.
        let run = |id: &'static str| {
            let runtime = runtime.clone();
            tokio::spawn(async move { runtime.run::<first::Approval>(asked(id), None).await.unwrap() })
        };
        let busy = run("busy");
        until("it has the place", async || desk.count("note busy") == 1).await;
        let next = run("next");
        until("one waits", async || runtime.load().waiting_runs >= 1).await;
        let one = runtime.load().waiting_runs;
        let mut others = Vec::new();
        // One after the other, so that they have the place in this order.
        for id in ["b-1", "b-2"] {
            others.push(run(id));
            until("it waits, too", async || runtime.load().waiting_runs >= one + others.len()).await;
        }
        give(runtime, "woken").await;
        until("it wakes", async || runtime.load().asleep == 0).await;
        give(runtime, "busy").await;
        assert_eq!(busy.await.unwrap().state, RunState::Completed);
        until("the next has begun", async || desk.count("note next") == 1).await;
        give(runtime, "next").await;
        let woken = timeout(Duration::from_secs(10), woken).await.expect("the others are behind it");
        assert_eq!(woken.unwrap().state, RunState::Completed);
        assert_eq!(next.await.unwrap().state, RunState::Completed);
        for (other, id) in others.into_iter().zip(["b-1", "b-2"]) {
            give(runtime, id).await;
            assert_eq!(other.await.unwrap().state, RunState::Completed);
        }
    });
}
