//! The outside world, in memory: what effects talk to.
//!
//! Each service behaves as a real one would towards a workflow engine: it takes time, it may refuse or be away, and
//! doing the same thing twice under one idempotency key is doing it once. What it answers follows from what it is
//! asked and from nothing else, so that the same input gives the same numbers. A [`Witness`] lets them outlive the process. Must not know onex's runtime, only
//! how errors are classified.

mod audit_log;
mod bank;
mod courier;
mod customers;
mod warehouse;
mod witness;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use audit_log::AuditLog;
pub use bank::{Bank, BankError, Receipt, Statement};
pub use courier::{Courier, CourierError, UNSERVED_CITY};
pub use customers::{Customer, CustomerError, Customers};
pub use warehouse::{Reservation, Warehouse, WarehouseError};
pub use witness::{Request, Witness};

/// The way to the service and back: lets others go first.
async fn travel() {
    tokio::task::yield_now().await;
}

/// No service leaves its books half written: each checks before it writes.
fn lock<T>(books: &Mutex<T>) -> MutexGuard<'_, T> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
}
