//! The example's own input: a function of a seed and a number of lines, with everything in it that can go wrong.
//!
//! It also says what is to come of it. That is counted here, line by line as each is made, from what the line is;
//! the runtime has no part in it.

mod broken;
mod class;
mod orders;

use std::fmt;
use std::io::{self, Write};

use fastrand::Rng;

use crate::counts::{Counts, End};

pub use class::Class;

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How many lines.
    pub orders: u64,
    /// The same seed gives the same bytes.
    pub seed: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Plan { orders: 6_000, seed: 42 }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lines from seed {}", self.orders, self.seed)
    }
}

/// Writes the lines, and returns what is to come of them. Every tenth or so ends as on Windows, the last one does
/// not end at all.
///
/// # Errors
/// The writer's.
pub fn write(plan: Plan, out: &mut impl Write) -> io::Result<Counts> {
    let mut rng = Rng::with_seed(plan.seed);
    let classes = class::deal(plan.orders, &mut rng);
    write_classes(&classes, &mut rng, out)
}

/// Writes one line of each of these classes.
///
/// # Errors
/// The writer's.
pub fn write_classes(classes: &[Class], rng: &mut Rng, out: &mut impl Write) -> io::Result<Counts> {
    let mut expected = Counts::default();
    let mut originals = Originals::default();
    for (index, class) in classes.iter().enumerate() {
        let is_last = index + 1 == classes.len();
        // There is nothing to repeat yet.
        let class =
            if *class == Class::Duplicate && originals.lines.is_empty() { Class::Good } else { *class };
        let line =
            if class == Class::Duplicate { originals.any(rng) } else { class.line(index, is_last, rng) };
        out.write_all(&line)?;
        if !is_last {
            out.write_all(if rng.u8(..10) == 0 { b"\r\n" } else { b"\n" })?;
        }
        class.expect(&line, &mut expected);
        if class.starts_a_run() && class != Class::Duplicate {
            originals.keep(line, rng);
        }
    }
    debug_assert_eq!(expected.ended(), expected.lines, "every line that is made is to end");
    Ok(expected)
}

/// Lines that can be repeated: a sample of those that were written.
#[derive(Debug, Default)]
struct Originals {
    lines: Vec<Vec<u8>>,
}

impl Originals {
    const KEPT: usize = 256;

    fn keep(&mut self, line: Vec<u8>, rng: &mut Rng) {
        if self.lines.len() < Self::KEPT {
            self.lines.push(line);
        } else {
            self.lines[rng.usize(..Self::KEPT)] = line;
        }
    }

    fn any(&self, rng: &mut Rng) -> Vec<u8> {
        self.lines[rng.usize(..self.lines.len())].clone()
    }
}

impl Class {
    /// Whether the runtime starts a run for such a line, or would if there was none yet.
    fn starts_a_run(self) -> bool {
        !matches!(self.end(), End::Malformed | End::DeadLettered | End::Rejected)
    }
}
