//! What the outside world remembers of a process that is gone: each request, written down before it is answered.
//!
//! It knows nothing of the runtime and its journal, so what it says can be held against them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AuditLog, Bank, Courier, Warehouse, lock};
use crate::audit::RecordAudit;
use crate::orders::events::{Address, Item};

/// What a service was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "asked", rename_all = "snake_case")]
#[allow(missing_docs)] // the parameters of the services' functions, by their names
pub enum Request {
    /// [`Warehouse::reserve`].
    Reserve { key: Uuid, order_id: String, items: Vec<Item> },
    /// [`Warehouse::release`].
    Release { order_id: String },
    /// [`Bank::charge`].
    Charge { key: Uuid, attempt: u32, order_id: String, card: String, cents: u64 },
    /// [`Bank::refund`].
    Refund { order_id: String },
    /// [`Courier::send`].
    Send { key: Uuid, to: Address },
    /// [`AuditLog::record`].
    Record { key: Uuid, entry: RecordAudit },
}

/// Writes down what a service is asked; nothing until it is [told where](Witness::attend).
#[derive(Debug, Default)]
pub struct Witness(OnceLock<Arc<Mutex<File>>>);

impl Witness {
    /// What was written to a file, in order. Where there is none, nothing was.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(path: &Path) -> io::Result<Vec<Request>> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        // A process may have ended in the middle of a line: whoever asked got no answer.
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// Lets these services write to a file from now on.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn attend(
        path: &Path,
        warehouse: &Warehouse,
        bank: &Bank,
        courier: &Courier,
        audit_log: &AuditLog,
    ) -> io::Result<()> {
        let file = Arc::new(Mutex::new(OpenOptions::new().append(true).create(true).open(path)?));
        for witness in [&warehouse.witness, &bank.witness, &courier.witness, &audit_log.witness] {
            witness.0.get_or_init(|| Arc::clone(&file));
        }
        Ok(())
    }

    /// Called by a service before it does what it is asked.
    ///
    /// # Panics
    /// The file cannot be written: a world that forgets what it has done would tell nothing.
    pub(super) fn note(&self, request: impl FnOnce() -> Request) {
        let Some(file) = self.0.get() else { return };
        // One write, so that a process that ends leaves the line or nothing; begun with a line feed, so that half a line
        // does not spoil the next.
        let line = serde_json::to_string(&request()).map(|line| format!("\n{line}\n"));
        let line = line.expect("requests are plain data");
        lock(file).write_all(line.as_bytes()).expect("the witness can be written");
    }
}

impl Request {
    /// Asks again for what was asked before: the services are then as they were.
    pub(crate) fn again(&self, warehouse: &Warehouse, bank: &Bank, courier: &Courier, audit_log: &AuditLog) {
        match self {
            Request::Reserve { key, order_id, items } => drop(warehouse.reserve_now(*key, order_id, items)),
            Request::Release { order_id } => warehouse.release_now(order_id),
            Request::Charge { key, attempt, order_id, card, cents } => {
                drop(bank.charge_now(*key, *attempt, order_id, card, *cents));
            }
            Request::Refund { order_id } => bank.refund_now(order_id),
            Request::Send { key, to } => drop(courier.send_now(*key, to)),
            Request::Record { key, entry } => audit_log.record_now(*key, entry),
        }
    }
}
