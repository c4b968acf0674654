//! The effect node that keeps the audit log. It executes intents and knows nothing of who asks.

use onex::{Ctx, Dep, Intent, handler};
use serde::{Deserialize, Serialize};

use crate::orders::validation::Rejection;
use crate::services::AuditLog;

/// The node: an empty shell over its contract.
#[derive(Debug)]
#[onex::effect(contract = "src/audit/contract.yaml")]
pub struct AuditEffect;

/// Asks for an entry in the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Intent, Serialize, Deserialize)]
#[intent("audit.record")]
pub struct RecordAudit {
    /// The order.
    pub order_id: String,
    /// What became of it.
    pub what: Audited,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "audited", rename_all = "snake_case")]
pub enum Audited {
    /// It made no sense.
    Rejected {
        /// Why.
        reason: Rejection,
    },
    /// It was paid for and sent.
    Completed {
        /// What was charged, in cents.
        total_cents: u64,
        /// The courier's number for the parcel.
        tracking: String,
    },
}

/// Writes the entry, once for each intent.
#[handler(intent = audit_effect::RecordAudit)]
async fn record_audit(intent: &RecordAudit, log: Dep<AuditLog>, ctx: Ctx) {
    log.record(ctx.idempotency_key(), intent).await;
}
