//! What the engine's tests share: nodes written by hand in the shape that the macros emit, steps that follow a
//! script, and a journal that remembers how it was used.
#![allow(dead_code, unused_macros, unused_imports)] // each test binary uses a part of it
#![allow(missing_docs, unreachable_pub)] // nothing outside the tests sees it
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

mod journal;
mod orders;
mod scripts;
pub mod seeds;
pub mod stage;
#[macro_use]
mod workflow;

pub use journal::Recording;
pub use orders::*;
pub use scripts::{Call, Scripts, World, fail, permanent, refused};
pub use workflow::{STEP, WORKFLOW, index_of};

use std::panic;
use std::sync::{Mutex, Once};
use std::time::Duration;

use onex::Runtime;
use onex::engine::Settings;
use onex::run::{Backoff, StepState};

/// Settings under which a test does not wait longer than it must.
pub fn quick() -> Settings {
    Settings {
        grace: Duration::from_millis(500),
        route_backoff: Backoff::exponential(Duration::from_millis(10), 2.0, Duration::from_millis(100)),
        ..Settings::default()
    }
}

/// A runtime with one node.
pub fn on<N: onex::node::mount::Mount<World>>() -> (World, Runtime<World>) {
    let world = World::default();
    let runtime = Runtime::builder(world.clone()).settings(quick()).mount::<N>().build().unwrap();
    (world, runtime)
}

/// Runs the workflow of `N`.
pub async fn run<N: onex::node::Workflow<Input = u64>>(runtime: &Runtime<World>) -> onex::RunReport {
    runtime.run::<N>(0_u64, None).await.unwrap()
}

pub fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// The states of a report's steps, in order.
pub fn states(report: &onex::RunReport) -> Vec<StepState> {
    report.steps.iter().map(|step| step.state).collect()
}

/// Lets everything run that can run without time passing.
pub async fn breathe() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

/// How many tasks there are on this thread's tokio runtime, whoever spawned them. What ends when it is dropped has had its turn.
pub async fn alive_tasks() -> usize {
    breathe().await;
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

/// A panic that a test provokes, known by this text, is not worth its backtrace. All tests have one hook.
pub fn expect_panic(text: &'static str) {
    static EXPECTED: Mutex<Vec<&str>> = Mutex::new(Vec::new());
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let told = info.to_string();
            if !EXPECTED.lock().unwrap().iter().any(|text| told.contains(text)) {
                usual(info);
            }
        }));
    });
    EXPECTED.lock().unwrap().push(text);
}

/// What a test reads of a runtime's journal.
pub trait Look {
    fn journal_timers(&self) -> impl Future<Output = Vec<onex::journal::Timer>>;
    fn journal_outbox(&self) -> impl Future<Output = Vec<onex::Envelope>>;
}

impl<J: onex::journal::Journal> Look for Runtime<World, J> {
    async fn journal_timers(&self) -> Vec<onex::journal::Timer> {
        self.journal().timers().await.unwrap()
    }

    async fn journal_outbox(&self) -> Vec<onex::Envelope> {
        self.journal().outbox().await.unwrap()
    }
}
