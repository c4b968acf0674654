//! Where batches end.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// The three places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Place {
    /// Written as it came.
    FastTrack,
    /// Its bad rows are dropped first.
    FullProcessing,
    /// Kept for somebody to look at.
    Quarantine,
}

/// What was put where, and how many rows of it. Putting a batch twice is putting it once.
#[derive(Debug, Default)]
pub struct Stores(Mutex<BTreeMap<String, (Place, usize)>>);

impl Stores {
    /// Puts `rows` of a batch.
    pub fn put(&self, batch: &str, place: Place, rows: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(batch.to_owned(), (place, rows));
    }

    /// All that was put.
    pub fn contents(&self) -> BTreeMap<String, (Place, usize)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
