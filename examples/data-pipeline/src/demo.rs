//! Five deliveries, so that the example runs on any machine: three that are good enough, and two that are not.

use std::path::Path;
use std::{fs, io};

use crate::delivery::Delivery;

const CUSTOMERS: &str = include_str!("../data/customers.csv");

/// What it is called, its orders, and how many of them the shop says that there are.
const DELIVERIES: [(&str, &str, u32); 5] = [
    // As it should be.
    ("monday", include_str!("../data/orders-monday.csv"), 8),
    // Typed by hand: half of it needs repair, and one order is there twice.
    ("tuesday", include_str!("../data/orders-tuesday.csv"), 7),
    // One order of ten has no amount, which is good enough for the fast track.
    ("wednesday", include_str!("../data/orders-wednesday.csv"), 10),
    // A line breaks off.
    ("thursday", include_str!("../data/orders-thursday.csv"), 3),
    // The end is missing.
    ("friday", include_str!("../data/orders-friday.csv"), 9),
];

/// Writes the deliveries below `folder`.
///
/// # Errors
/// A file cannot be written.
pub fn deliveries(folder: &Path) -> io::Result<Vec<Delivery>> {
    DELIVERIES.iter().map(|(name, orders, count)| write(&folder.join(name), name, orders, *count)).collect()
}

fn write(folder: &Path, name: &str, orders: &str, count: u32) -> io::Result<Delivery> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("customers.csv"), CUSTOMERS)?;
    fs::write(folder.join("orders.csv"), orders)?;
    fs::write(folder.join("manifest.csv"), format!("orders\n{count}\n"))?;
    Ok(Delivery { name: name.to_owned(), folder: folder.to_owned() })
}
