//! What can be sent: the articles `sku-00` to `sku-99`. Those that end in 9 are never in stock.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;

use onex::{Classify, FaultClass};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Request, Witness, lock, travel};
use crate::orders::events::Item;

/// Far more of each article than a file of orders asks for, so that who comes first does not matter.
const STOCK: u64 = 1_000_000_000_000;

/// The warehouse.
#[derive(Debug)]
pub struct Warehouse {
    books: Mutex<Books>,
    pub(super) witness: Witness,
}

#[derive(Debug)]
struct Books {
    available: HashMap<String, u64>,
    /// By order.
    reserved: HashMap<String, Held>,
}

#[derive(Debug)]
struct Held {
    key: Uuid,
    items: Vec<(String, u64)>,
}

/// Items that are set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reservation {
    /// For which order.
    pub order_id: String,
    /// How many articles.
    pub units: u64,
}

/// Why items cannot be set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WarehouseError {
    /// There are not enough, or the article does not exist.
    OutOfStock {
        /// The article.
        sku: String,
    },
    /// Something is set aside for the order already, by another request.
    AlreadyReserved {
        /// The order.
        order_id: String,
    },
}

impl Warehouse {
    /// How many articles there are.
    pub const ARTICLES: u32 = 100;

    /// The name of an article, from 0.
    #[must_use]
    pub fn sku(number: u32) -> String {
        format!("sku-{number:02}")
    }

    /// Whether an article is never in stock.
    #[must_use]
    pub fn is_sold_out(number: u32) -> bool {
        number % 10 == 9
    }

    /// Sets items aside for an order, all or none. Again with the same key, it answers the same.
    ///
    /// # Errors
    /// One of them is out of stock; the order has a reservation under another key.
    pub async fn reserve(
        &self,
        key: Uuid,
        order_id: &str,
        items: &[Item],
    ) -> Result<Reservation, WarehouseError> {
        travel().await;
        let order = || order_id.to_owned();
        self.witness.note(|| Request::Reserve { key, order_id: order(), items: items.to_vec() });
        self.reserve_now(key, order_id, items)
    }

    pub(super) fn reserve_now(
        &self,
        key: Uuid,
        order_id: &str,
        items: &[Item],
    ) -> Result<Reservation, WarehouseError> {
        let mut wanted: Vec<(String, u64)> = Vec::new();
        for item in items {
            let quantity = u64::from(item.quantity);
            match wanted.iter_mut().find(|(sku, _)| *sku == item.sku) {
                Some((_, sum)) => *sum = sum.saturating_add(quantity),
                None => wanted.push((item.sku.clone(), quantity)),
            }
        }
        let mut books = lock(&self.books);
        if let Some(held) = books.reserved.get(order_id) {
            let order_id = order_id.to_owned();
            return if held.key == key {
                Ok(Reservation { order_id, units: held.units() })
            } else {
                Err(WarehouseError::AlreadyReserved { order_id })
            };
        }
        let short =
            wanted.iter().find(|(sku, quantity)| books.available.get(sku).is_none_or(|n| n < quantity));
        if let Some((sku, _)) = short {
            return Err(WarehouseError::OutOfStock { sku: sku.clone() });
        }
        for (sku, quantity) in &wanted {
            if let Some(available) = books.available.get_mut(sku) {
                *available -= quantity;
            }
        }
        let held = Held { key, items: wanted };
        let reservation = Reservation { order_id: order_id.to_owned(), units: held.units() };
        books.reserved.insert(order_id.to_owned(), held);
        Ok(reservation)
    }

    /// Puts back what is set aside for an order. Where nothing is, there is nothing to do.
    pub async fn release(&self, order_id: &str) {
        travel().await;
        self.witness.note(|| Request::Release { order_id: order_id.to_owned() });
        self.release_now(order_id);
    }

    pub(super) fn release_now(&self, order_id: &str) {
        let mut books = lock(&self.books);
        let Some(held) = books.reserved.remove(order_id) else { return };
        for (sku, quantity) in held.items {
            *books.available.entry(sku).or_default() += quantity;
        }
    }

    /// How many articles are gone from the shelves.
    #[must_use]
    pub fn units_gone(&self) -> u128 {
        let full = Warehouse::default();
        let sum = |warehouse: &Warehouse| -> u128 {
            lock(&warehouse.books).available.values().map(|units| u128::from(*units)).sum()
        };
        sum(&full) - sum(self)
    }
}

impl Held {
    fn units(&self) -> u64 {
        self.items.iter().map(|(_, quantity)| quantity).sum()
    }
}

impl Default for Warehouse {
    fn default() -> Self {
        let stock = |number| if Self::is_sold_out(number) { 0 } else { STOCK };
        let available = (0..Self::ARTICLES).map(|number| (Self::sku(number), stock(number))).collect();
        let books = Mutex::new(Books { available, reserved: HashMap::new() });
        Warehouse { books, witness: Witness::default() }
    }
}

impl fmt::Display for WarehouseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WarehouseError::OutOfStock { sku } => write!(f, "`{sku}` is out of stock"),
            WarehouseError::AlreadyReserved { order_id } => {
                write!(f, "items are set aside for the order `{order_id}` by another request")
            }
        }
    }
}

impl Classify for WarehouseError {
    fn class(&self) -> FaultClass {
        FaultClass::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(wanted: &[(&str, u32)]) -> Vec<Item> {
        let item = |&(sku, quantity): &(&str, u32)| Item { sku: sku.into(), quantity, unit_cents: 1 };
        wanted.iter().map(item).collect()
    }

    #[tokio::test]
    async fn the_same_request_twice_is_one_reservation() {
        let warehouse = Warehouse::default();
        let key = Uuid::from_u128(1);
        let wanted = items(&[("sku-01", 2), ("sku-02", 1), ("sku-01", 3)]);
        let first = warehouse.reserve(key, "o", &wanted).await.unwrap();
        assert_eq!(first.units, 6);
        assert_eq!(warehouse.reserve(key, "o", &wanted).await, Ok(first));
        assert_eq!(warehouse.units_gone(), 6);
        let other = warehouse.reserve(Uuid::from_u128(2), "o", &wanted).await;
        assert_eq!(other, Err(WarehouseError::AlreadyReserved { order_id: "o".into() }));

        warehouse.release("o").await;
        warehouse.release("o").await;
        assert_eq!(warehouse.units_gone(), 0);
    }

    #[tokio::test]
    async fn nothing_is_set_aside_when_one_item_is_missing() {
        let warehouse = Warehouse::default();
        for sku in ["sku-09", "sku-100"] {
            let reserved =
                warehouse.reserve(Uuid::from_u128(1), "o", &items(&[("sku-01", 2), (sku, 1)])).await;
            assert_eq!(reserved, Err(WarehouseError::OutOfStock { sku: sku.into() }));
        }
        assert_eq!(warehouse.units_gone(), 0);
    }
}
