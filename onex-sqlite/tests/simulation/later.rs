//! The orders of the next release: a step has another name, one is new, and most have another number. The keys of effects, which are
//! made of their names, are the same.

use onex::engine::Migration;
use onex::{Ctx, Dep, handler, orchestrator};

use crate::world::{OrderPaid, OrderPlaced, OrderShipped, Outside, Refused};

#[orchestrator(contract = "tests/contracts/orders_later.yaml")]
pub struct OrdersLater;

#[handler(step = orders_later::quote)]
fn quote(placed: &OrderPlaced) -> u64 {
    placed.cents + 1
}

#[handler(step = orders_later::reserve)]
async fn reserve(placed: &OrderPlaced, outside: Dep<Outside>, ctx: Ctx) -> Result<String, Refused> {
    outside.act(ctx).await?;
    Ok(format!("{} {}", placed.order_id, "reserved ".repeat(placed.cents as usize % 50)))
}

#[handler(compensation = orders_later::release)]
async fn release(outside: Dep<Outside>, ctx: Ctx) -> Result<(), Refused> {
    outside.act(ctx).await
}

#[allow(clippy::ptr_arg)] // a parameter has the type that its step returns
#[handler(step = orders_later::label)]
fn label(reserve: &String) -> String {
    reserve.to_uppercase()
}

#[handler(step = orders_later::charge)]
async fn charge(quote: &u64, outside: Dep<Outside>, ctx: Ctx) -> Result<u64, Refused> {
    outside.act(ctx).await?;
    Ok(*quote)
}

#[handler(compensation = orders_later::refund)]
async fn refund(outside: Dep<Outside>, ctx: Ctx) -> Result<(), Refused> {
    outside.act(ctx).await
}

#[handler(step = orders_later::ship)]
async fn ship(paid: &OrderPaid, outside: Dep<Outside>, ctx: Ctx) -> Result<OrderShipped, Refused> {
    outside.act(ctx).await?;
    Ok(OrderShipped { order_id: paid.order_id.clone() })
}

#[handler(compensation = orders_later::recall)]
async fn recall(outside: Dep<Outside>, ctx: Ctx) -> Result<(), Refused> {
    outside.act(ctx).await
}

#[handler(step = orders_later::receipt)]
fn receipt(ship: &OrderShipped) -> OrderShipped {
    ship.clone()
}

/// Which release of the orders a program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    First,
    Later,
}

impl Release {
    pub fn other(self) -> Self {
        match self {
            Release::First => Release::Later,
            Release::Later => Release::First,
        }
    }

    /// How runs of the other release come to this one.
    pub fn migration(self) -> Migration {
        match self {
            Release::First => Migration::new().rename("quote", "price").give_up("label"),
            Release::Later => Migration::new().rename("price", "quote"),
        }
    }
}
