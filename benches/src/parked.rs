//! Runs that wait: for an event, of somebody who decides within a day, and for a retry. And tasks that wait for the same.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use onex::engine::Settings;
use onex::journal::Retention;
use onex::{Event, Runtime, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

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

/// How many of the tasks of a program have come to where they wait.
static WAITING: AtomicU64 = AtomicU64::new(0);

/// What somebody keeps who is to tell a task of a decision.
pub type Desk = HashMap<String, (oneshot::Sender<RequestDecided>, JoinHandle<u64>)>;

/// Begins so many tasks that do by hand what the runs at gates do, and waits until all wait: each has what it took and what it
/// made of it, and a day.
///
/// # Panics
/// When the clock of tokio is not there.
pub async fn tasks_at_gates(tasks: usize) -> Desk {
    WAITING.store(0, Ordering::Relaxed);
    let mut desk = HashMap::new();
    for _ in 0..tasks {
        let (filed, (decide, decided)) = (filed(), oneshot::channel());
        let id = filed.id.clone();
        let task = tokio::spawn(async move {
            let reserved = reserve(&filed).await;
            WAITING.fetch_add(1, Ordering::Relaxed);
            match timeout(Duration::from_secs(24 * 3600), decided).await {
                Ok(Ok(_)) => book(&reserved).await + filed.id.len() as u64,
                _ => 0,
            }
        });
        desk.insert(id, (decide, task));
    }
    all_waiting(tasks).await;
    desk
}

/// Begins so many tasks that do by hand what the runs at retries do, and waits until all wait.
///
/// # Panics
/// When the clock of tokio is not there.
pub async fn tasks_at_retries(tasks: usize) -> Vec<JoinHandle<u64>> {
    WAITING.store(0, Ordering::Relaxed);
    let begin = || async {
        let reserved = held().await;
        loop {
            match charge().await {
                Ok(charged) => return charged + reserved,
                Err(_) => {
                    WAITING.fetch_add(1, Ordering::Relaxed);
                    sleep(Duration::from_secs(60)).await;
                }
            }
        }
    };
    let begun = (0..tasks).map(|_| tokio::spawn(begin())).collect();
    all_waiting(tasks).await;
    begun
}

async fn all_waiting(tasks: usize) {
    while WAITING.load(Ordering::Relaxed) < tasks as u64 {
        tokio::task::yield_now().await;
    }
}
