//! What the orchestrator decides: events and intents, never a result. No service is in reach here; work is asked for.

use onex::{Emit, handler};

use super::events::{OrderCompleted, OrderFulfilled, OrderPlaced, OrderRejected};
use super::order_workflow;
use super::validation::validate;
use crate::audit::{Audited, RecordAudit};

/// Decides whether the order starts a run.
#[handler(event = order_workflow::OrderPlaced)]
pub async fn order_placed(order: &OrderPlaced) -> Emit<order_workflow::OrderPlaced> {
    match validate(order) {
        Ok(validated) => Emit::event(validated),
        Err(reason) => {
            let order_id = order.order_id.clone();
            let audit = RecordAudit {
                order_id: order_id.clone(),
                what: Audited::Rejected { reason: reason.clone() },
            };
            Emit::event(OrderRejected { order_id, reason }).and_intent(audit)
        }
    }
}

/// Closes an order whose run has done its work.
#[handler(event = order_workflow::OrderFulfilled)]
pub async fn order_fulfilled(order: &OrderFulfilled) -> Emit<order_workflow::OrderFulfilled> {
    let OrderFulfilled { order_id, tracking, total_cents, units } = order.clone();
    let audit =
        RecordAudit { order_id: order_id.clone(), what: Audited::Completed { total_cents, tracking } };
    Emit::event(OrderCompleted { order_id, total_cents, units }).and_intent(audit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::events::{Address, OrderValidated, PlacedItem};
    use crate::orders::validation::Rejection;

    fn placed(quantity: i64) -> OrderPlaced {
        OrderPlaced {
            order_id: "ord-1".into(),
            customer_id: "cust-001".into(),
            card: "card-1".into(),
            ship_to: Address { name: "Ada".into(), city: "Oslo".into() },
            items: vec![PlacedItem { sku: "sku-01".into(), quantity, unit_cents: 250 }],
        }
    }

    #[tokio::test]
    async fn a_valid_order_is_announced_and_nothing_else() {
        let emit = order_placed(&placed(2)).await;
        assert_eq!(emit.events_of::<OrderValidated>().next().unwrap().items[0].quantity, 2);
        assert_eq!((emit.events().len(), emit.intents().len()), (1, 0));
    }

    #[tokio::test]
    async fn a_rejection_is_announced_and_recorded() {
        let emit = order_placed(&placed(0)).await;
        let reason = Rejection::Quantity { sku: "sku-01".into(), quantity: 0 };
        assert_eq!(emit.events_of::<OrderRejected>().next().unwrap().reason, reason);
        assert_eq!(emit.intents_of::<RecordAudit>().next().unwrap().what, Audited::Rejected { reason });
        assert_eq!((emit.events().len(), emit.intents().len()), (1, 1));
    }

    #[tokio::test]
    async fn a_fulfilled_order_is_completed_and_recorded() {
        let fulfilled =
            OrderFulfilled { order_id: "ord-1".into(), tracking: "T1".into(), total_cents: 500, units: 2 };
        let emit = order_fulfilled(&fulfilled).await;
        let completed = OrderCompleted { order_id: "ord-1".into(), total_cents: 500, units: 2 };
        assert_eq!(emit.events_of::<OrderCompleted>().collect::<Vec<_>>(), [&completed]);
        assert_eq!(emit.intents_of::<RecordAudit>().count(), 1);
    }
}
