//! A delivery, and its three sources as they are written. Knows neither where they lie nor what they are for.

use std::collections::BTreeMap;
use std::path::PathBuf;

use onex::{Classify, FaultClass};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A folder with `customers.csv`, `orders.csv` and `manifest.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// What it is called. It is loaded once.
    pub name: String,
    /// Where it lies.
    pub folder: PathBuf,
}

/// The country of each customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customers(pub BTreeMap<String, String>);

/// An order as a shop has written it, which is not to say well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawOrder {
    /// The shop's number.
    pub order_id: String,
    /// Whose it is.
    pub customer: String,
    /// What it comes to, as `12.50` if all is well.
    pub amount: String,
}

/// The lines of `orders.csv`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orders(pub Vec<RawOrder>);

/// What the shop says that it has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// How many orders.
    pub orders: u32,
}

/// A text is no table of what it should be. It will not become one by reading it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoTable(pub String);

/// A delivery without a name: nobody could say what is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unnamed;

impl std::fmt::Display for Unnamed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a delivery has no name")
    }
}

impl Classify for Unnamed {
    fn class(&self) -> FaultClass {
        FaultClass::Refused
    }
}

/// Whether a delivery can be told from others.
///
/// # Errors
/// It has no name.
pub fn validate(delivery: &Delivery) -> Result<(), Unnamed> {
    if delivery.name.trim().is_empty() { Err(Unnamed) } else { Ok(()) }
}

/// Reads `customers.csv`.
///
/// # Errors
/// The first line that is no customer, with its number.
pub fn customers(csv: &str) -> Result<Customers, NoTable> {
    Ok(Customers(lines::<(String, String)>(csv)?.into_iter().collect()))
}

/// Reads `orders.csv`.
///
/// # Errors
/// The first line that is no order, with its number.
pub fn orders(csv: &str) -> Result<Orders, NoTable> {
    lines(csv).map(Orders)
}

/// Reads `manifest.csv`.
///
/// # Errors
/// It has not one line, or that is no number.
pub fn manifest(csv: &str) -> Result<Manifest, NoTable> {
    match lines(csv)?.as_slice() {
        [manifest] => Ok(*manifest),
        lines => Err(NoTable(format!("it has one line with the number of orders, not {}", lines.len()))),
    }
}

fn lines<T: DeserializeOwned>(csv: &str) -> Result<Vec<T>, NoTable> {
    let lines = csv::Reader::from_reader(csv.as_bytes()).into_deserialize();
    lines.collect::<Result<_, csv::Error>>().map_err(|error| NoTable(said(&error)))
}

fn said(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { pos: Some(at), expected_len, len } => {
            format!("line {} has {len} fields, and the lines above it have {expected_len}", at.line())
        }
        _ => error.to_string(),
    }
}
