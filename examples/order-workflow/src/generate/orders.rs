//! Orders: a good one, and what makes one of another class of it.

use fastrand::Rng;

use super::Class;
use crate::orders::events::{Address, OrderPlaced, PlacedItem};
use crate::services::{Bank, Customers, UNSERVED_CITY, Warehouse};

/// How often a step is tried again before it is given up: `retry_count` of `charge` in the contract.
pub(super) const MAX_RETRIES: u64 = 3;

const NAMES: [&str; 8] = [
    "Ada Lovelace",
    "Zoë Müller",
    "Łukasz Żak",
    "王小明",
    "نجيب محفوظ",
    "Þóra Jónsdóttir",
    "O'Brien \"Bob\"",
    "María-José 🏝",
];
const CITIES: [&str; 7] = ["Oslo", "København", "São Paulo", "東京", "Łódź", "القاهرة", "Ελλάδα\tΑθήνα"];

/// An order of this class as a line.
pub(super) fn json(class: Class, index: usize, rng: &mut Rng) -> String {
    serde_json::to_string(&order(class, index, rng))
        .expect("an order has only string keys and finite numbers")
}

/// An order of this class; a good one if its class is about something else than orders.
pub(super) fn order(class: Class, index: usize, rng: &mut Rng) -> OrderPlaced {
    let outages: &[u32] = match class {
        Class::FlakyBank => &[1, 2, 3],
        Class::BankAway => &[1_000],
        _ => &[0],
    };
    let customer = match class {
        Class::UnknownCustomer => Customers::COUNT + rng.u32(1..=100),
        _ => rng.u32(1..=Customers::COUNT),
    };
    let card = if class == Class::Declined { "declined" } else { "card" };
    let city = if class == Class::Undeliverable { UNSERVED_CITY } else { CITIES[rng.usize(..CITIES.len())] };
    let mut items = (0..rng.usize(1..=4)).map(|_| item(false, rng)).collect::<Vec<_>>();
    match class {
        Class::NoItems => items.clear(),
        Class::OutOfStock => items.push(item(true, rng)),
        Class::ImpossibleQuantity => {
            let impossible = [0, -1, i64::from(u32::MAX) + 1, i64::MIN, i64::MAX];
            let at = rng.usize(..items.len());
            items[at].quantity = impossible[rng.usize(..impossible.len())];
        }
        // Each price can be counted, and what they come to cannot.
        Class::Overflow => {
            let at = rng.usize(..items.len());
            items[at].unit_cents = i64::MAX;
            items[at].quantity = rng.i64(3..=i64::from(u32::MAX));
        }
        _ => {}
    }
    OrderPlaced {
        order_id: order_id(index, outages, rng),
        customer_id: Customers::id(customer),
        card: format!("{card}-{:08x}", rng.u32(..)),
        ship_to: Address { name: NAMES[rng.usize(..NAMES.len())].into(), city: city.into() },
        items,
    }
}

/// How often the bank is away for the order in a line.
pub(super) fn outages_of(line: &[u8]) -> u32 {
    serde_json::from_slice::<OrderPlaced>(line).map_or(0, |order| Bank::outages(&order.order_id))
}

fn item(sold_out: bool, rng: &mut Rng) -> PlacedItem {
    let number = loop {
        let number = rng.u32(..Warehouse::ARTICLES);
        if Warehouse::is_sold_out(number) == sold_out {
            break number;
        }
    };
    PlacedItem { sku: Warehouse::sku(number), quantity: rng.i64(1..=5), unit_cents: rng.i64(50..=20_000) }
}

/// An id that no other line has, for which the bank is away so many times.
fn order_id(index: usize, outages: &[u32], rng: &mut Rng) -> String {
    loop {
        let id = format!("ord-{index:07}-{:04x}", rng.u16(..));
        if outages.contains(&Bank::outages(&id)) {
            return id;
        }
    }
}

#[cfg(test)]
mod tests {
    use onex::node::Node as _;

    use super::*;
    use crate::orders::OrderWorkflow;

    #[test]
    fn the_contract_retries_as_often_as_is_expected_here() {
        let workflow = OrderWorkflow::TABLE.workflow.expect("the contract has one");
        let charge = workflow.steps.iter().find(|step| step.id == "charge").expect("it has this step");
        assert_eq!(charge.retry_count.map(u64::from), Some(MAX_RETRIES));
    }
}
