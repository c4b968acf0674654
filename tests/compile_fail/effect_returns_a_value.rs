//! An effect node that returns a result.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::effect(contract = "./effect_returns_a_value.yaml")]
pub struct Audit;

#[onex::handler(intent = audit::RecordAudit)]
async fn record_audit(intent: &RecordAudit) -> Receipt {
    Receipt { cents: intent.order_id.len() as u64 }
}

fn main() {}
