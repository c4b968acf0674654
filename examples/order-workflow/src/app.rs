//! The program in one place: its nodes, and the container, which is what handlers get when they ask for a `Dep`.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::audit::AuditEffect;
use crate::orders::OrderWorkflow;
use crate::services::{AuditLog, Bank, Courier, Customers, Warehouse, Witness};

/// The program: that it compiles proves that its contracts fit together.
#[derive(Debug)]
#[onex::application(container = App, nodes = [OrderWorkflow, AuditEffect])]
pub struct Shop;

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

impl App {
    /// The services as they were left when the process ended that wrote `path`, and from now on written there.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn remembering(path: &Path) -> io::Result<Self> {
        let requests = Witness::read(path)?;
        let app = App::default();
        requests
            .iter()
            .for_each(|request| request.again(&app.warehouse, &app.bank, &app.courier, &app.audit_log));
        Witness::attend(path, &app.warehouse, &app.bank, &app.courier, &app.audit_log)?;
        Ok(app)
    }
}
