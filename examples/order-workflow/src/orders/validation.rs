//! Whether an order makes sense, and what it costs. Pure: no bank, no warehouse, no clock.

use std::fmt;

use onex::{Classify, FaultClass};
use serde::{Deserialize, Serialize};

use super::events::{Item, OrderPlaced, OrderValidated, PlacedItem};

/// Why an order makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Rejection {
    /// `order_id` is blank.
    NoOrderId,
    /// `customer_id` is blank.
    NoCustomerId,
    /// Nothing is ordered.
    NoItems,
    /// A quantity below 1, or above what can be counted.
    Quantity {
        /// The article.
        sku: String,
        /// What was ordered.
        quantity: i64,
    },
    /// A negative price.
    Price {
        /// The article.
        sku: String,
        /// The price of one, in cents.
        unit_cents: i64,
    },
    /// The items cost more than can be counted.
    TotalOverflow,
}

/// What an order comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// What it costs, in cents.
    pub cents: u64,
    /// How many articles it has.
    pub units: u64,
}

/// The items cost more than can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalOverflow;

/// Checks an order.
///
/// # Errors
/// The first thing that makes no sense.
pub fn validate(order: &OrderPlaced) -> Result<OrderValidated, Rejection> {
    if order.order_id.trim().is_empty() {
        return Err(Rejection::NoOrderId);
    }
    if order.customer_id.trim().is_empty() {
        return Err(Rejection::NoCustomerId);
    }
    if order.items.is_empty() {
        return Err(Rejection::NoItems);
    }
    let items = order.items.iter().map(item).collect::<Result<Vec<_>, _>>()?;
    total(&items).map_err(|TotalOverflow| Rejection::TotalOverflow)?;
    Ok(OrderValidated {
        order_id: order.order_id.clone(),
        customer_id: order.customer_id.clone(),
        card: order.card.clone(),
        ship_to: order.ship_to.clone(),
        items,
    })
}

fn item(placed: &PlacedItem) -> Result<Item, Rejection> {
    let PlacedItem { sku, quantity, unit_cents } = placed.clone();
    match (u32::try_from(quantity), u64::try_from(unit_cents)) {
        (Ok(0) | Err(_), _) => Err(Rejection::Quantity { sku, quantity }),
        (_, Err(_)) => Err(Rejection::Price { sku, unit_cents }),
        (Ok(quantity), Ok(unit_cents)) => Ok(Item { sku, quantity, unit_cents }),
    }
}

/// Adds an order up.
///
/// # Errors
/// The sum does not fit.
pub fn total(items: &[Item]) -> Result<Total, TotalOverflow> {
    items.iter().try_fold(Total { cents: 0, units: 0 }, |total, item| {
        let quantity = u64::from(item.quantity);
        let cents = item.unit_cents.checked_mul(quantity).and_then(|cents| cents.checked_add(total.cents));
        let units = total.units.checked_add(quantity);
        let (Some(cents), Some(units)) = (cents, units) else { return Err(TotalOverflow) };
        Ok(Total { cents, units })
    })
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rejection::NoOrderId => f.write_str("the order has no id"),
            Rejection::NoCustomerId => f.write_str("the order names no customer"),
            Rejection::NoItems => f.write_str("the order has no items"),
            Rejection::Quantity { sku, quantity } => {
                write!(f, "{quantity} of `{sku}` cannot be ordered: a quantity is from 1 to {}", u32::MAX)
            }
            Rejection::Price { sku, unit_cents } => write!(f, "`{sku}` has the negative price {unit_cents}"),
            Rejection::TotalOverflow => TotalOverflow.fmt(f),
        }
    }
}

impl fmt::Display for TotalOverflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the items cost more than {} cents", u64::MAX)
    }
}

impl Classify for TotalOverflow {
    fn class(&self) -> FaultClass {
        FaultClass::Permanent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::events::Address;

    fn order(items: &[(i64, i64)]) -> OrderPlaced {
        let item =
            |&(quantity, unit_cents): &(i64, i64)| PlacedItem { sku: "sku-01".into(), quantity, unit_cents };
        OrderPlaced {
            order_id: "ord-1".into(),
            customer_id: "cust-001".into(),
            card: "card-1".into(),
            ship_to: Address { name: "Zoë".into(), city: "Łódź".into() },
            items: items.iter().map(item).collect(),
        }
    }

    #[test]
    fn a_sensible_order_is_what_was_placed() {
        let validated = validate(&order(&[(2, 150), (1, 0)])).unwrap();
        assert_eq!(validated.items[0], Item { sku: "sku-01".into(), quantity: 2, unit_cents: 150 });
        assert_eq!(total(&validated.items), Ok(Total { cents: 300, units: 3 }));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let quantity = |quantity| Err(Rejection::Quantity { sku: "sku-01".into(), quantity });
        assert_eq!(validate(&order(&[])), Err(Rejection::NoItems));
        assert_eq!(validate(&order(&[(1, 5), (0, 5)])), quantity(0));
        assert_eq!(validate(&order(&[(-1, 5)])), quantity(-1));
        assert_eq!(validate(&order(&[(1 << 32, 5)])), quantity(1 << 32));
        assert_eq!(
            validate(&order(&[(1, -5)])),
            Err(Rejection::Price { sku: "sku-01".into(), unit_cents: -5 })
        );
        let blank = |change: fn(&mut OrderPlaced)| {
            let mut order = order(&[(1, 5)]);
            change(&mut order);
            validate(&order)
        };
        assert_eq!(blank(|order| order.order_id = " ".into()), Err(Rejection::NoOrderId));
        assert_eq!(blank(|order| order.customer_id.clear()), Err(Rejection::NoCustomerId));
    }

    #[test]
    fn a_total_that_cannot_be_counted_is_rejected_and_the_largest_that_can_is_not() {
        assert_eq!(validate(&order(&[(3, i64::MAX)])), Err(Rejection::TotalOverflow));
        assert_eq!(validate(&order(&[(2, i64::MAX), (2, 1)])), Err(Rejection::TotalOverflow));
        let largest = validate(&order(&[(2, i64::MAX), (1, 1)])).unwrap();
        assert_eq!(total(&largest.items).unwrap().cents, u64::MAX);
    }
}
