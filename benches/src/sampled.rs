//! How long things take that are measured in turns, and rows of the tables in `docs/performance.md`.

use std::time::{Duration, Instant};

/// What one go takes, of many.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    pub fastest: Duration,
    pub median: Duration,
}

/// Takes so many samples of each, in turns, so that what else the machine does falls on all. A sample is so many goes in a row,
/// for what is too short to be timed alone.
///
/// # Panics
/// When `samples` is 0.
pub fn in_turns<const N: usize>(samples: usize, goes: u32, mut works: [&mut dyn FnMut(); N]) -> [Took; N] {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::with_capacity(samples));
    for _ in 0..samples {
        for (work, times) in works.iter_mut().zip(&mut times) {
            let began = Instant::now();
            (0..goes).for_each(|_| work());
            times.push(began.elapsed() / goes);
        }
    }
    times.map(|mut times| {
        times.sort_unstable();
        Took { fastest: times[0], median: times[times.len() / 2] }
    })
}

/// A row of a table.
pub fn row(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}

/// The first row of a table, and the line below it.
pub fn head(columns: &[&str]) {
    println!("\n| {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len()));
}

/// As people write a number: `1,214`.
#[must_use]
pub fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// With three digits, in the unit that suits it.
#[must_use]
pub fn time(took: Duration) -> String {
    let nanos = took.as_nanos() as f64;
    let (number, unit) = match nanos {
        ..1e3 => (nanos, "ns"),
        ..1e6 => (nanos / 1e3, "µs"),
        ..1e9 => (nanos / 1e6, "ms"),
        _ => (nanos / 1e9, "s"),
    };
    let digits = match number {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{number:.digits$} {unit}")
}

/// What one of `parts` takes.
#[must_use]
pub fn each(took: Duration, parts: f64) -> String {
    let nanos = took.as_nanos() as f64 / parts;
    if nanos < 10.0 { format!("{nanos:.1} ns") } else { format!("{nanos:.0} ns") }
}
