//! The four checks. Each gives the part of the rows that pass, from 0 to 1; of no rows, all pass.

use std::collections::HashSet;

use crate::batch::{Measurement, Rows};

/// Seconds in the hour that a batch is about.
const HOUR_S: u32 = 3600;
/// What the sensors can measure.
const CELSIUS: std::ops::RangeInclusive<f64> = -40.0..=60.0;

/// Rows that leave nothing out.
#[must_use]
pub fn completeness(rows: &Rows) -> f64 {
    share(rows, |row| row.sensor.is_some() && row.celsius.is_some())
}

/// Rows whose value can be one; a value that is left out is not wrong.
#[must_use]
pub fn validity(rows: &Rows) -> f64 {
    share(rows, |row| row.celsius.is_none_or(|celsius| CELSIUS.contains(&celsius)))
}

/// Rows that tell of another sensor or time than all before them.
#[must_use]
pub fn uniqueness(rows: &Rows) -> f64 {
    let mut seen = HashSet::new();
    share(rows, |row| seen.insert((&row.sensor, row.taken_s)))
}

/// Rows of this hour.
#[must_use]
pub fn timeliness(rows: &Rows) -> f64 {
    share(rows, |row| row.taken_s < HOUR_S)
}

fn share<'r>(Rows(rows): &'r Rows, mut passes: impl FnMut(&'r Measurement) -> bool) -> f64 {
    if rows.is_empty() {
        return 1.0;
    }
    let passed = rows.iter().filter(|row| passes(row)).count();
    passed as f64 / rows.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(sensor: &str, taken_s: u32, celsius: Option<f64>) -> Measurement {
        Measurement { sensor: Some(sensor.to_owned()).filter(|name| !name.is_empty()), taken_s, celsius }
    }

    #[test]
    fn each_check_sees_its_own_fault_and_no_other() {
        let checks = |rows: &Rows| [completeness(rows), validity(rows), uniqueness(rows), timeliness(rows)];
        let good = row("north", 60, Some(11.0));
        let with = |bad: Measurement| checks(&Rows::from_iter([good.clone(), bad]));
        assert_eq!(with(row("north", 120, Some(60.0))), [1.0, 1.0, 1.0, 1.0]);
        assert_eq!(with(row("", 60, Some(11.0))), [0.5, 1.0, 1.0, 1.0]);
        assert_eq!(with(row("north", 120, None)), [0.5, 1.0, 1.0, 1.0]);
        assert_eq!(with(row("north", 120, Some(60.5))), [1.0, 0.5, 1.0, 1.0]);
        assert_eq!(with(row("north", 60, Some(12.0))), [1.0, 1.0, 0.5, 1.0]);
        assert_eq!(with(row("north", 3600, Some(11.0))), [1.0, 1.0, 1.0, 0.5]);
        assert_eq!(checks(&Rows::from_iter([])), [1.0; 4]);
    }
}
