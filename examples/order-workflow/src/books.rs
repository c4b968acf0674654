//! The books of the others: what the services and the runtime say that they have done. What the job has counted is
//! compared with them.

use onex::engine::Counters;

use crate::app::App;
use crate::services::Statement;

/// What the services and the runtime say that they have done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Books {
    /// The bank.
    pub bank: Statement,
    /// Articles that are gone from the warehouse.
    pub units_gone: u128,
    /// Parcels that the courier took.
    pub parcels: u64,
    /// Entries in the audit log.
    pub audit_entries: u64,
    /// The runtime.
    pub runtime: Counters,
}

impl Books {
    /// Asks the services.
    #[must_use]
    pub fn of(app: &App, runtime: Counters) -> Self {
        Books {
            bank: app.bank.statement(),
            units_gone: app.warehouse.units_gone(),
            parcels: app.courier.parcels(),
            audit_entries: app.audit_log.entries(),
            runtime,
        }
    }
}
