//! Runs that wait: for an event, of somebody who decides within a day, and for a retry.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use onex::engine::Settings;
use onex::journal::Retention;
use onex::{Event, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
pub struct RequestFiled {
    pub id: String,
}

#[derive(Debug, Clone, Event, Serialize, Deserialize)]
pub struct RequestDecided {
    pub id: String,
}

#[orchestrator(contract = "contracts/parked.yaml")]
pub struct Parked;

#[handler(step = parked::reserve)]
async fn reserve(filed: &RequestFiled) -> u64 {
    filed.id.len() as u64
}

#[handler(step = parked::book)]
async fn book(reserve: &u64) -> u64 {
    *reserve
}

#[orchestrator(contract = "contracts/retried.yaml")]
pub struct Retried;

#[handler(step = retried::reserve)]
async fn held() -> u64 {
    1
}

#[handler(step = retried::charge)]
async fn charge() -> Result<u64, String> {
    Err("nobody answers".to_owned())
}

/// A runtime whose runs leave memory as soon as they wait, and whose journal forgets none.
///
/// # Panics
/// When the contracts are not sound.
#[must_use]
pub fn runtime(runs: usize) -> Runtime<()> {
    let retention = Retention { runs, inbox_marks: runs, dead_letters: 1 };
    let settings = Settings { dormant_after: Duration::ZERO, retention, ..Settings::default() };
    let builder = Runtime::builder(()).mount::<Parked>().mount::<Retried>().settings(settings);
    builder.build().expect("both contracts are sound")
}

fn filed() -> RequestFiled {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    RequestFiled { id: format!("request {:07}", NUMBER.fetch_add(1, Ordering::Relaxed)) }
}

/// Begins so many runs and waits until all wait for an event.
///
/// # Panics
/// When a run does not begin.
pub async fn at_gates(runtime: &Runtime<()>, runs: usize) {
    for _ in 0..runs {
        drop(runtime.start::<Parked>(filed(), None).await.expect("it begins"));
    }
    all_asleep(runtime, runs).await;
}

/// The same, where an event begins each run: it is kept with its run, and its mark in the inbox.
///
/// # Panics
/// When an event is refused.
pub async fn at_gates_by_events(runtime: &Runtime<()>, runs: usize) {
    for _ in 0..runs {
        runtime.publish(filed()).await.expect("somebody takes it");
    }
    all_asleep(runtime, runs).await;
}

/// Begins so many runs and waits until all wait for a retry.
///
/// # Panics
/// When a run does not begin.
pub async fn at_retries(runtime: &Runtime<()>, runs: usize) {
    for _ in 0..runs {
        drop(runtime.start::<Retried>((), None).await.expect("it begins"));
    }
    all_asleep(runtime, runs).await;
}

/// Expects as many runs in the journal as were begun, all alive.
async fn all_asleep(runtime: &Runtime<()>, at_least: usize) {
    while runtime.load().asleep < at_least || runtime.load().runs > 0 {
        tokio::task::yield_now().await;
    }
}
