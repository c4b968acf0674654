//! An effect that asks for more work.

#[path = "shared/orders.rs"]
mod orders;

use onex::Emit;
use orders::*;

#[onex::effect(contract = "./effect_emits_an_intent.yaml")]
pub struct Audit;

#[onex::handler(intent = audit::RecordAudit)]
async fn record_audit(intent: RecordAudit) -> Emit<audit::RecordAudit> {
    Emit::intent(intent)
}

fn main() {}
