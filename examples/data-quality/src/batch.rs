//! A batch of measurements, as text and as rows.

use std::sync::Arc;

use onex::{Classify, FaultClass};
use serde::{Deserialize, Serialize};

/// One line of a batch. What the sensor left out is absent, not wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Which sensor.
    pub sensor: Option<String>,
    /// When, in seconds since the hour began.
    pub taken_s: u32,
    /// What it measured.
    pub celsius: Option<f64>,
}

/// The lines of a batch. A clone is the same lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rows(pub Arc<[Measurement]>);

impl FromIterator<Measurement> for Rows {
    fn from_iter<I: IntoIterator<Item = Measurement>>(rows: I) -> Self {
        Rows(rows.into_iter().collect())
    }
}

/// A batch that is no table of measurements. It will not become one by reading it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable(pub String);

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Classify for Unreadable {
    fn class(&self) -> FaultClass {
        FaultClass::Refused
    }
}

/// Reads CSV with a header.
///
/// # Errors
/// The first line that is no measurement, with its number.
pub fn read(csv: &str) -> Result<Rows, Unreadable> {
    let rows = csv::Reader::from_reader(csv.as_bytes()).into_deserialize();
    rows.collect::<Result<Rows, csv::Error>>().map_err(|error| Unreadable(error.to_string()))
}
