//! How much work the values of one file may cause.

use crate::diagnostic::{Code, Diagnostic};
use crate::read::field::Field;

/// A value with one schema is one step; so is each name, key or value that is looked at for it, and every 64 bytes of a
/// text. This is twice as many as a file can have values; what people write takes a thousandth.
const MAX_STEPS: usize = 100_000;
/// How many schemas may lie around the one that is looked at. A value is at most 64 deep, and each level costs the
/// schema of the value and those that it refers to.
const MAX_DEPTH: usize = 256;
/// How many names are compared to find what a wrong one was meant to be.
const MAX_COMPARISONS: usize = 10_000;

/// What is left of the work that one file may cause.
#[derive(Debug)]
pub(crate) struct Budget {
    steps: usize,
    depth: usize,
    comparisons: usize,
    spent: bool,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self { steps: MAX_STEPS, depth: 0, comparisons: MAX_COMPARISONS, spent: false }
    }

    /// Whether something was not looked at because the budget did not suffice.
    pub(super) fn is_spent(&self) -> bool {
        self.spent
    }

    /// Takes some steps, if they are left. Once they are not, none are.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        if self.spent || self.steps < steps {
            self.spent = true;
            return false;
        }
        self.steps -= steps;
        true
    }

    /// Takes the step into a schema.
    pub(super) fn enter(&mut self) -> bool {
        if self.depth == MAX_DEPTH {
            self.spent = true;
        }
        let entered = self.spend(1);
        self.depth += usize::from(entered);
        entered
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Takes some comparisons of names, if they are left.
    pub(super) fn compare(&mut self, names: usize) -> bool {
        let enough = self.comparisons >= names;
        self.comparisons -= if enough { names } else { 0 };
        enough
    }
}

pub(super) fn too_much(value: Field<'_>) -> Diagnostic {
    let message = format!("{value} takes too long to be checked against its schema");
    Diagnostic::new(Code::DataTooMuch, message, value.node.span, "the limit is exceeded in this value").note(format!(
        "the values of a file are checked in {MAX_STEPS} steps together, each through at most {MAX_DEPTH} schemas; \
         what comes after is not checked"
    ))
}
