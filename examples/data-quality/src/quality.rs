//! The contract, and a function for each of its steps.

use std::sync::Arc;

use onex::{Container, Dep, Event, handler, orchestrator};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use crate::batch::{self, Rows, Unreadable};
use crate::checks;
use crate::stores::{Place, Stores};

/// A batch has come in.
#[derive(Debug, Clone, Event, Serialize, Deserialize)]
pub struct BatchArrived {
    /// Its id; a batch is looked at once.
    pub batch_id: String,
    /// Measurements, as CSV with a header.
    pub csv: String,
}

/// What the effects work with.
#[derive(Debug, Clone, Container)]
pub struct Warehouse {
    /// Where batches end.
    pub stores: Arc<Stores>,
}

/// The contract, compiled in.
#[orchestrator(contract = "contract.yaml")]
#[derive(Debug)]
pub struct Scoring;

#[handler(step = scoring::read)]
fn read(batch: &BatchArrived) -> Result<Rows, Unreadable> {
    batch::read(&batch.csv)
}

/// Checks on a thread of its own, so that the other checks go on meanwhile.
async fn beside(rows: &Rows, check: fn(&Rows) -> f64) -> Result<f64, String> {
    let rows = rows.clone();
    spawn_blocking(move || check(&rows)).await.map_err(|panicked| panicked.to_string())
}

#[handler(step = scoring::completeness)]
async fn completeness(read: &Rows) -> Result<f64, String> {
    beside(read, checks::completeness).await
}

#[handler(step = scoring::validity)]
async fn validity(read: &Rows) -> Result<f64, String> {
    beside(read, checks::validity).await
}

#[handler(step = scoring::uniqueness)]
async fn uniqueness(read: &Rows) -> Result<f64, String> {
    beside(read, checks::uniqueness).await
}

#[handler(step = scoring::timeliness)]
async fn timeliness(read: &Rows) -> Result<f64, String> {
    beside(read, checks::timeliness).await
}

/// What the checks come to. The contract's conditions read `score`: renamed here, the contract does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// From 0 to 1: the mean of the four, and of no batch more than twice its worst.
    pub score: f64,
}

#[handler(step = scoring::quality)]
fn quality(completeness: &f64, validity: &f64, uniqueness: &f64, timeliness: &f64) -> Quality {
    let parts = [*completeness, *validity, *uniqueness, *timeliness];
    let mean = parts.iter().sum::<f64>() / parts.len() as f64;
    let worst = parts.into_iter().fold(1.0, f64::min);
    Quality { score: mean.min(2.0 * worst) }
}

#[handler(step = scoring::fast_track)]
async fn fast_track(input: &BatchArrived, read: &Rows, stores: Dep<Stores>) -> usize {
    stores.put(&input.batch_id, Place::FastTrack, read.0.len());
    read.0.len()
}

#[handler(step = scoring::full_processing)]
async fn full_processing(input: &BatchArrived, read: &Rows, stores: Dep<Stores>) -> usize {
    let whole = |row: &Rows| checks::completeness(row) == 1.0 && checks::validity(row) == 1.0;
    let kept = read.0.iter().filter(|row| whole(&Rows::from_iter([(*row).clone()]))).count();
    stores.put(&input.batch_id, Place::FullProcessing, kept);
    kept
}

#[handler(step = scoring::quarantine)]
async fn quarantine(batch: &BatchArrived, quality: &Quality, stores: Dep<Stores>) -> String {
    stores.put(&batch.batch_id, Place::Quarantine, 0);
    format!("scored {:.2}", quality.score)
}
