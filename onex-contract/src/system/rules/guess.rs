//! How much is done to find out what was meant: a set of contracts may have any number of faults and of names, and each
//! fault could be compared with each name.

use crate::diagnostic::closest;

/// So many pairs of names are compared for one set of contracts.
const MOST: usize = 200_000;

/// What is left of the comparisons.
pub(super) struct Guesses {
    left: usize,
}

impl Guesses {
    pub(super) fn new() -> Self {
        Self { left: MOST }
    }

    /// As many of the candidates as may still be compared.
    pub(super) fn of<'a, T>(&mut self, candidates: &'a [T]) -> &'a [T] {
        let compared = candidates.len().min(self.left);
        self.left -= compared;
        &candidates[..compared]
    }

    /// Whether so many may still be compared, which they are then.
    pub(super) fn affords(&mut self, count: usize) -> bool {
        let left = self.left.checked_sub(count);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }

    /// The candidate that is most like a name, if one is like it enough.
    pub(super) fn closest<'a>(&mut self, name: &str, candidates: &[&'a str]) -> Option<&'a str> {
        closest(name, self.of(candidates).iter().copied())
    }
}
