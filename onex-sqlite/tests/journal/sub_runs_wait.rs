//! Runs that are steps of others and wait, while the others wait for them: in one process, over several, and with other contracts.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::RunReport;
use onex::engine::{AgainError, HeldCause, MigrateError, Migration, RunCause, RunHandle, Settings};
use onex::journal::Journal;
use onex::message::RunId;
use onex::run::{CompensationState, RunState, StepState};
use onex::{Container, Event, Runtime};
use onex_sqlite::{Durable as _, Sqlite};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::support::Folder;

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct Asked {
    id: String,
}

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
struct Given {
    id: String,
}

/// What was done outside, in its order. Each booking takes one of `may_book`.
struct Desk {
    done: Mutex<Vec<String>>,
    may_book: Semaphore,
}

impl Desk {
    fn new(may_book: usize) -> Arc<Self> {
        Arc::new(Desk { done: Mutex::default(), may_book: Semaphore::new(may_book) })
    }

    fn does(&self, what: &str, id: &str) {
        self.done.lock().unwrap().push(format!("{what} {id}"));
    }

    fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    fn count(&self, what: &str) -> usize {
        self.done().iter().filter(|done| done.starts_with(what)).count()
    }

    async fn book(&self, id: &str) -> String {
        self.does("book", id);
        self.may_book.acquire().await.unwrap().forget();
        format!("{id} is booked")
    }
}

#[derive(Container)]
struct App {
    desk: Arc<Desk>,
}

/// The contracts that runs begin with.
mod first {
    use super::{Asked, Desk, Given};
    use onex::{Call, Dep, handler, orchestrator};

    #[orchestrator(contract = "tests/contracts/sub_runs_wait/order.yaml")]
    pub(super) struct Order;
    #[orchestrator(contract = "tests/contracts/sub_runs_wait/approval.yaml")]
    pub(super) struct Approval;

    #[handler(call = order::approve)]
    fn approve(input: &Asked) -> Call<Approval> {
        Call::with(input.clone())
    }
    #[handler(compensation = order::withdrawn)]
    async fn withdrawn(input: &Asked, desk: Dep<Desk>) {
        desk.does("withdraw", &input.id);
    }
    #[handler(step = order::told)]
    async fn told(approve: &String) -> String {
        approve.clone()
    }
    #[handler(step = approval::noted)]
    async fn noted(asked: &Asked, desk: Dep<Desk>) {
        desk.does("note", &asked.id);
    }
    #[handler(compensation = approval::erased)]
    async fn erased(asked: &Asked, desk: Dep<Desk>) {
        desk.does("erase", &asked.id);
    }
    #[handler(step = approval::booked)]
    async fn booked(given: &Given, desk: Dep<Desk>) -> String {
        desk.book(&given.id).await
    }
}

/// Each has a step more, without whose output the last step cannot do.
mod later {
    use super::{Asked, Desk, Given};
    use onex::{Call, Dep, handler, orchestrator};

    #[orchestrator(contract = "tests/contracts/sub_runs_wait/order_later.yaml")]
    pub(super) struct Order;
    #[orchestrator(contract = "tests/contracts/sub_runs_wait/approval_later.yaml")]
    pub(super) struct Approval;

    #[handler(step = order::checked)]
    async fn checked(input: &Asked, desk: Dep<Desk>) -> u32 {
        desk.does("check", &input.id);
        7
    }
    #[handler(call = order::approve)]
    fn approve(input: &Asked) -> Call<Approval> {
        Call::with(input.clone())
    }
    #[handler(compensation = order::withdrawn)]
    async fn withdrawn(input: &Asked, desk: Dep<Desk>) {
        desk.does("withdraw", &input.id);
    }
    #[handler(step = order::told)]
    async fn told(approve: &String, checked: &u32) -> String {
        format!("{approve}, {checked}")
    }
    #[handler(step = approval::noted)]
    async fn noted(asked: &Asked, desk: Dep<Desk>) {
        desk.does("note", &asked.id);
    }
    #[handler(compensation = approval::erased)]
    async fn erased(asked: &Asked, desk: Dep<Desk>) {
        desk.does("erase", &asked.id);
    }
    #[handler(step = approval::audited)]
    async fn audited(input: &Asked, desk: Dep<Desk>) -> u32 {
        desk.does("audit", &input.id);
        7
    }
    #[handler(step = approval::booked)]
    async fn booked(given: &Given, audited: Option<&u32>, desk: Dep<Desk>) -> String {
        let _ = audited;
        desk.book(&given.id).await
    }
}

type Engine = Runtime<App, Sqlite>;

/// What waits leaves memory at once.
fn settings(max_concurrent_runs: usize) -> Settings {
    let (dormant_after, grace) = (Duration::ZERO, Duration::from_secs(1));
    Settings { max_concurrent_runs, dormant_after, grace, ..Settings::default() }
}

/// A process with the file, which ends as by a crash when `work` has: all its tasks are gone.
fn process<T>(path: &Path, desk: &Arc<Desk>, settings: Settings, work: impl AsyncFnOnce(&Engine) -> T) -> T {
    in_a_process(async {
        let builder = Runtime::builder(App { desk: Arc::clone(desk) }).settings(settings);
        let builder = builder.mount::<first::Order>().mount::<first::Approval>();
        work(&builder.durable(path).await.unwrap()).await
    })
}

/// The same with the later contracts.
fn later_process<T>(path: &Path, desk: &Arc<Desk>, work: impl AsyncFnOnce(&Engine) -> T) -> T {
    in_a_process(async {
        let builder = Runtime::builder(App { desk: Arc::clone(desk) }).settings(settings(9));
        let builder = builder.mount::<later::Order>().mount::<later::Approval>();
        work(&builder.durable(path).await.unwrap()).await
    })
}

fn in_a_process<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap()
        .block_on(work)
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waited = timeout(Duration::from_secs(20), async {
        while !is_so().await {
            sleep(Duration::from_millis(2)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("it does not come to this: {what}"));
}

fn asked(id: &str) -> Asked {
    Asked { id: id.into() }
}

async fn order(runtime: &Engine, id: &str) -> RunHandle {
    runtime.start::<first::Order>(asked(id), None).await.unwrap()
}

async fn give(runtime: &Engine, id: &str) {
    runtime.publish(Given { id: id.into() }).await.unwrap();
}

async fn report(runtime: &Engine, run: RunId) -> RunReport {
    runtime.status(run).await.unwrap().unwrap()
}

async fn child_of(runtime: &Engine, run: RunId) -> RunId {
    report(runtime, run).await.step("approve").unwrap().sub_run.unwrap()
}

async fn is_over(runtime: &Engine, run: RunId, state: RunState) -> RunReport {
    until("it is over", async || report(runtime, run).await.state.is_final()).await;
    let report = report(runtime, run).await;
    assert_eq!(report.state, state, "{report:?}");
    report
}

async fn sleeps(runtime: &Engine, runs: usize) {
    until("they sleep", async || runtime.load().asleep == runs).await;
}

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
        let others = [run("b-1"), run("b-2")];
        until("three wait", async || runtime.load().waiting_runs >= one + 2).await;
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
