//! What became of orders, written down.

use std::collections::HashMap;
use std::sync::Mutex;

use uuid::Uuid;

use super::{Request, Witness, lock, travel};
use crate::audit::RecordAudit;

/// The audit log.
#[derive(Debug, Default)]
pub struct AuditLog {
    entries: Mutex<HashMap<Uuid, RecordAudit>>,
    pub(super) witness: Witness,
}

impl AuditLog {
    /// Writes an entry. Again with the same key, it is the same entry.
    pub async fn record(&self, key: Uuid, entry: &RecordAudit) {
        travel().await;
        self.witness.note(|| Request::Record { key, entry: entry.clone() });
        self.record_now(key, entry);
    }

    pub(super) fn record_now(&self, key: Uuid, entry: &RecordAudit) {
        lock(&self.entries).entry(key).or_insert_with(|| entry.clone());
    }

    /// How many entries there are.
    #[must_use]
    pub fn entries(&self) -> u64 {
        lock(&self.entries).len() as u64
    }
}
