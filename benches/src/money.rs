//! What the two five-step workflows hand from step to step: one number in types of their own.

use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
pub struct Price(pub u64);

#[derive(Debug, Serialize, Deserialize)]
pub struct Reserved(pub u64);

#[derive(Debug, Serialize, Deserialize)]
pub struct Total(pub u64);

#[derive(Debug, Serialize, Deserialize)]
pub struct Charged(pub u64);

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt(pub u64);
