//! The types that the cases share.

use onex::{Event, Intent};
use serde::{Deserialize, Serialize};

#[derive(Clone, Event, Serialize, Deserialize)]
pub struct OrderPlaced {
    pub order_id: String,
}

#[derive(Clone, Event, Serialize, Deserialize)]
pub struct OrderValidated {
    pub order_id: String,
}

#[derive(Clone, Event, Serialize, Deserialize)]
pub struct OrderShipped {
    pub order_id: String,
}

#[derive(Clone, Intent, Serialize, Deserialize)]
#[intent("audit.record")]
pub struct RecordAudit {
    pub order_id: String,
}

#[derive(Serialize, Deserialize)]
pub struct Valid {
    pub cents: u64,
}

#[derive(Serialize, Deserialize)]
pub struct Receipt {
    pub cents: u64,
}

pub struct Bank;
