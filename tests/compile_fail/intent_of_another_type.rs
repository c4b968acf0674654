//! An intent whose Rust type has another name than the contract says.

#[path = "shared/orders.rs"]
mod orders;

use orders::*;

#[onex::effect(contract = "./intent_of_another_type.yaml")]
pub struct Audit;

#[onex::handler(intent = audit::RecordAudit)]
async fn record_audit(intent: &RecordAudit) {
    let _ = intent;
}

fn main() {}
