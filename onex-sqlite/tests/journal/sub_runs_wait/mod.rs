//! Runs that are steps of others and wait, while the others wait for them: in one process, over several, and with other contracts.

mod stopping;
mod waiting;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onex::engine::{RunHandle, Settings};
use onex::message::RunId;
use onex::node::mount::Mount;
use onex::run::RunState;
use onex::{Container, Event, RunReport, Runtime};
use onex_sqlite::{Durable as _, Sqlite};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

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

/// What both releases do. Each names its contracts before.
macro_rules! handlers {
    () => {
        #[handler(call = order::approve)]
        fn approve(input: &Asked) -> Call<Approval> {
            Call::with(input.clone())
        }
        #[handler(compensation = order::withdrawn)]
        async fn withdrawn(input: &Asked, desk: Dep<Desk>) {
            desk.does("withdraw", &input.id);
        }
        #[handler(step = approval::noted)]
        async fn noted(asked: &Asked, desk: Dep<Desk>) {
            desk.does("note", &asked.id);
        }
        #[handler(compensation = approval::erased)]
        async fn erased(asked: &Asked, desk: Dep<Desk>) {
            desk.does("erase", &asked.id);
        }
    };
}

/// The contracts that runs begin with.
mod first {
    use super::{Asked, Desk, Given};
    use onex::{Call, Dep, handler, orchestrator};

    #[orchestrator(contract = "tests/contracts/sub_runs_wait/order.yaml")]
    pub(super) struct Order;
    #[orchestrator(contract = "tests/contracts/sub_runs_wait/approval.yaml")]
    pub(super) struct Approval;

    handlers!();
    #[handler(step = order::told)]
    async fn told(approve: &String) -> String {
        approve.clone()
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

    handlers!();
    #[handler(step = order::checked)]
    async fn checked(input: &Asked, desk: Dep<Desk>) -> u32 {
        desk.does("check", &input.id);
        7
    }
    #[handler(step = order::told)]
    async fn told(approve: &String, checked: &u32) -> String {
        format!("{approve}, {checked}")
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
    process_of::<first::Order, first::Approval, _>(path, desk, settings, work)
}

/// The same with the later contracts.
fn later_process<T>(path: &Path, desk: &Arc<Desk>, work: impl AsyncFnOnce(&Engine) -> T) -> T {
    process_of::<later::Order, later::Approval, _>(path, desk, settings(9), work)
}

fn process_of<Order: Mount<App>, Approval: Mount<App>, T>(
    path: &Path,
    desk: &Arc<Desk>,
    settings: Settings,
    work: impl AsyncFnOnce(&Engine) -> T,
) -> T {
    let builder = Runtime::builder(App { desk: Arc::clone(desk) }).settings(settings);
    let builder = builder.mount::<Order>().mount::<Approval>();
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    let threads = threads.worker_threads(2).enable_time().build().unwrap();
    threads.block_on(async { work(&builder.durable(path).await.unwrap()).await })
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
