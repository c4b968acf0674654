//! The container: what handlers get when they ask for a `Dep`.

use std::sync::Arc;

use crate::services::{AuditLog, Bank, Courier, Customers, Warehouse};

/// The services of this program. Cheap to clone; all clones are the same services.
#[derive(Debug, Clone, Default, onex::Container)]
pub struct App {
    /// Who may order.
    pub customers: Arc<Customers>,
    /// What can be sent.
    pub warehouse: Arc<Warehouse>,
    /// Who pays.
    pub bank: Arc<Bank>,
    /// Who brings the parcels.
    pub courier: Arc<Courier>,
    /// What is written down.
    pub audit_log: Arc<AuditLog>,
}
