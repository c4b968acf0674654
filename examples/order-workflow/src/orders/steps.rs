//! What a run does, step by step. A parameter is named after the step whose output it takes.
//!
//! What undoes a step goes by the order's id and not by the step's output: it also runs when nobody knows whether
//! the step took effect, and then there is no output.

use onex::{Ctx, Dep, handler};

use super::events::{OrderFulfilled, OrderValidated};
use super::order_workflow;
use super::validation::{Total, TotalOverflow, total};
use crate::services::{
    Bank, BankError, Courier, CourierError, Customer, CustomerError, Customers, Receipt, Reservation,
    Warehouse, WarehouseError,
};

/// Refuses customers that nobody knows, before anything is set aside for them.
#[handler(step = order_workflow::check_customer)]
async fn check_customer(
    received: &OrderValidated,
    customers: Dep<Customers>,
) -> Result<Customer, CustomerError> {
    customers.find(&received.customer_id).await
}

/// Adds the order up.
#[handler(step = order_workflow::price)]
fn price(received: &OrderValidated) -> Result<Total, TotalOverflow> {
    total(&received.items)
}

/// Sets the items aside, all or none.
#[handler(step = order_workflow::reserve)]
async fn reserve(
    received: &OrderValidated,
    warehouse: Dep<Warehouse>,
    ctx: Ctx,
) -> Result<Reservation, WarehouseError> {
    warehouse.reserve(ctx.idempotency_key(), &received.order_id, &received.items).await
}

/// Puts the items back.
#[handler(compensation = order_workflow::release)]
async fn release(received: &OrderValidated, warehouse: Dep<Warehouse>) {
    warehouse.release(&received.order_id).await;
}

/// Charges the card.
#[handler(step = order_workflow::charge)]
async fn charge(
    received: &OrderValidated,
    price: &Total,
    bank: Dep<Bank>,
    ctx: Ctx,
) -> Result<Receipt, BankError> {
    bank.charge(ctx.idempotency_key(), ctx.attempt, &received.order_id, &received.card, price.cents).await
}

/// Gives the money back.
#[handler(compensation = order_workflow::refund)]
async fn refund(received: &OrderValidated, bank: Dep<Bank>) {
    bank.refund(&received.order_id).await;
}

/// Hands the parcel over. What it returns is published.
#[handler(step = order_workflow::fulfil)]
async fn fulfil(
    received: &OrderValidated,
    price: &Total,
    courier: Dep<Courier>,
    ctx: Ctx,
) -> Result<OrderFulfilled, CourierError> {
    let tracking = courier.send(ctx.idempotency_key(), &received.ship_to).await?;
    Ok(OrderFulfilled {
        order_id: received.order_id.clone(),
        tracking,
        total_cents: price.cents,
        units: price.units,
    })
}
