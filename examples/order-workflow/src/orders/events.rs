//! What travels: an order as it is placed, and as it is once it has been checked.
//!
//! The two have different types on purpose. What comes from outside may say anything that JSON can say; what a run
//! works on cannot say what is wrong.

use onex::Event;
use serde::{Deserialize, Serialize};

use super::validation::Rejection;

/// Somebody wants to order. Comes from outside, so nothing in it has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
pub struct OrderPlaced {
    /// Chosen by whoever places the order; the same id is the same order.
    pub order_id: String,
    /// Who orders.
    pub customer_id: String,
    /// The card's token at the bank.
    pub card: String,
    /// Where the parcel goes.
    pub ship_to: Address,
    /// What is ordered.
    pub items: Vec<PlacedItem>,
}

/// A position of an order, unchecked: zero, negative and absurd numbers fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedItem {
    /// The article.
    pub sku: String,
    /// How many.
    pub quantity: i64,
    /// The price of one, in cents.
    pub unit_cents: i64,
}

/// Where a parcel goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The recipient.
    pub name: String,
    /// The city.
    pub city: String,
}

/// The order can be worked on. Starts a run.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
pub struct OrderValidated {
    /// The identity of the order's run.
    pub order_id: String,
    /// Who orders.
    pub customer_id: String,
    /// The card's token at the bank.
    pub card: String,
    /// Where the parcel goes.
    pub ship_to: Address,
    /// What is ordered: at least one, and what they cost together can be counted.
    pub items: Vec<Item>,
}

/// A position of an order, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The article.
    pub sku: String,
    /// How many, at least 1.
    pub quantity: u32,
    /// The price of one, in cents.
    pub unit_cents: u64,
}

/// The order makes no sense. No run is started for it.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
pub struct OrderRejected {
    /// As it was placed, so it may be empty.
    pub order_id: String,
    /// Why.
    pub reason: Rejection,
}

/// The parcel is on its way. Published by the workflow's last step, whose output it is.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
pub struct OrderFulfilled {
    /// The order.
    pub order_id: String,
    /// The courier's number for the parcel.
    pub tracking: String,
    /// What was charged, in cents.
    pub total_cents: u64,
    /// How many articles are in the parcel.
    pub units: u64,
}

/// Nothing is left to do for the order.
#[derive(Debug, Clone, PartialEq, Eq, Event, Serialize, Deserialize)]
pub struct OrderCompleted {
    /// The order.
    pub order_id: String,
    /// What was charged, in cents.
    pub total_cents: u64,
    /// How many articles were sent.
    pub units: u64,
}
