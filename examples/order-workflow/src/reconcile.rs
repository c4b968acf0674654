//! Whether the numbers agree: with each other, with what the services say, and with what the generator expects.
//!
//! Pure: numbers in, findings out.

use std::fmt;

use crate::books::Books;
use crate::counts::{Counts, End};
use crate::tally::Finished;

/// Two numbers that have to be equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// What the one counts.
    pub what: &'static str,
    /// The one.
    pub found: u128,
    /// What the other counts.
    pub against: &'static str,
    /// The other.
    pub expected: u128,
}

impl Check {
    /// Whether they are equal.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.found == self.expected
    }
}

/// Everything that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    /// Numbers that have to be equal.
    pub checks: Vec<Check>,
    /// Lines that have to end once and did not, or not once.
    pub unaccounted: Vec<Unaccounted>,
    /// Numbers that are not what the generator expects; `None` where nobody expects anything.
    pub unexpected: Option<Vec<Check>>,
}

/// Lines that did not end exactly once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unaccounted {
    /// What is wrong with them.
    pub fault: &'static str,
    /// Their numbers.
    pub lines: Vec<u64>,
}

impl Reconciliation {
    /// Whether every line is accounted for and all numbers agree.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.checks.iter().all(Check::holds)
            && self.unaccounted.is_empty()
            && self.unexpected.as_ref().is_none_or(Vec::is_empty)
    }
}

/// Checks everything.
#[must_use]
pub fn reconcile(finished: &Finished, books: &Books, expected: Option<&Counts>) -> Reconciliation {
    let unaccounted =
        [("never ended", &finished.never_ended), ("ended more than once", &finished.ended_twice)];
    Reconciliation {
        checks: checks(finished, books),
        unaccounted: unaccounted
            .into_iter()
            .filter(|(_, lines)| !lines.is_empty())
            .map(|(fault, lines)| Unaccounted { fault, lines: lines.clone() })
            .collect(),
        unexpected: expected.map(|expected| differences(&finished.counts, expected)),
    }
}

fn checks(finished: &Finished, books: &Books) -> Vec<Check> {
    let counts = &finished.counts;
    let sold = &finished.sold;
    let check = |what, found, against, expected| Check { what, found, against, expected };
    let few = |what, found: u64, against, expected: u64| check(what, found.into(), against, expected.into());
    let set_aside: u64 =
        End::ALL.into_iter().filter(|end| end.is_set_aside()).map(|end| counts.of(end)).sum();
    vec![
        few("lines ended", counts.ended(), "lines read", counts.lines),
        few("orders validated", counts.validated, "runs + duplicates", {
            books.runtime.runs_started + counts.of(End::Duplicate)
        }),
        few("runs ended", finished.runs_ended, "runs started", books.runtime.runs_started),
        few("orders completed", counts.of(End::Completed), "parcels sent", books.parcels),
        check("cents paid by them", sold.cents, "balance at the bank", books.bank.balance_cents),
        check("articles in them", sold.units, "articles gone", books.units_gone),
        few("cards charged", counts.charged, "charges at the bank", books.bank.charges),
        few("cards refused", counts.refused, "refusals at the bank", books.bank.refusals),
        few("steps retried", counts.retried, "retries of the runtime", books.runtime.retries),
        few(
            "completed + rejected",
            counts.of(End::Completed) + counts.of(End::Rejected),
            "entries in the audit log",
            books.audit_entries,
        ),
        few("lines set aside", finished.set_aside.len() as u64, "bad ends", set_aside),
        few("stray messages", finished.strays, "none", 0),
    ]
}

/// Where the numbers are not those that were expected.
fn differences(counts: &Counts, expected: &Counts) -> Vec<Check> {
    let against = "expected";
    let of = |what, found: u64, expected: u64| Check {
        what,
        found: found.into(),
        against,
        expected: expected.into(),
    };
    let ends = End::ALL.into_iter().map(|end| of(end.name(), counts.of(end), expected.of(end)));
    let on_the_way = counts
        .on_the_way()
        .into_iter()
        .zip(expected.on_the_way())
        .map(|((name, found, _), (_, expected, _))| of(name, found, expected));
    std::iter::once(of("lines", counts.lines, expected.lines))
        .chain(ends)
        .chain(on_the_way)
        .filter(|check| !check.holds())
        .collect()
}

impl fmt::Display for Unaccounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        let shown: Vec<String> = self.lines.iter().take(SHOWN).map(u64::to_string).collect();
        let noun = if self.lines.len() == 1 { "line" } else { "lines" };
        write!(f, "{} {noun} {}: {}", self.lines.len(), self.fault, shown.join(", "))?;
        match self.lines.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use onex::message::source_id;

    use super::*;
    use crate::lines::LineAt;
    use crate::tally::Tally;

    /// Three lines of which the first `ended` are rejected.
    fn finished(ended: u64) -> (Finished, Books) {
        let mut tally = Tally::default();
        let id = |number: u64| source_id("test", number);
        for number in 1..=3 {
            tally.delivered(id(number), LineAt { number, offset: number, len: 1 });
        }
        (1..=ended).for_each(|number| tally.rejected(id(number)));
        (tally.finish(), Books { audit_entries: ended, ..Books::default() })
    }

    #[test]
    fn three_lines_with_three_ends_reconcile() {
        let (finished, books) = finished(3);
        let found = reconcile(&finished, &books, Some(&finished.counts));
        assert!(found.holds(), "{found:#?}");
        assert!(reconcile(&finished, &books, None).holds());
    }

    #[test]
    fn a_lost_line_is_named() {
        let (finished, books) = finished(2);
        let found = reconcile(&finished, &books, None);
        assert!(!found.holds());
        assert_eq!(found.unaccounted, [Unaccounted { fault: "never ended", lines: vec![3] }]);
        assert_eq!(found.unaccounted[0].to_string(), "1 line never ended: 3");
        let broken: Vec<_> = found.checks.iter().filter(|check| !check.holds()).collect();
        assert_eq!(broken.len(), 1);
        assert_eq!((broken[0].what, broken[0].found, broken[0].expected), ("lines ended", 2, 3));
    }

    #[test]
    fn a_line_that_was_lost_is_not_made_up_for_by_one_that_ended_twice() {
        let mut tally = Tally::default();
        for number in 1..=2 {
            tally.delivered(source_id("test", number), LineAt { number, offset: number, len: 1 });
            tally.rejected(source_id("test", 1));
        }
        let books = Books { audit_entries: 2, ..Books::default() };
        let found = reconcile(&tally.finish(), &books, None);
        assert!(found.checks.iter().all(Check::holds));
        assert!(!found.holds());
    }

    #[test]
    fn money_or_articles_that_are_missing_break_it() {
        type Change = fn(&mut Books);
        let changes: [Change; 8] = [
            |books| books.bank.balance_cents = 1,
            |books| books.bank.charges = 1,
            |books| books.bank.refusals = 1,
            |books| books.units_gone = 1,
            |books| books.parcels = 1,
            |books| books.audit_entries = 0,
            |books| books.runtime.runs_started = 1,
            |books| books.runtime.retries = 1,
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let (finished, mut books) = finished(3);
            change(&mut books);
            assert!(!reconcile(&finished, &books, None).holds(), "change {index}");
        }
    }

    #[test]
    fn numbers_that_nobody_expected_are_listed() {
        let (finished, books) = finished(3);
        let mut expected = finished.counts;
        expected.end(End::Completed);
        expected.retried = 2;
        let found = reconcile(&finished, &books, Some(&expected));
        assert!(!found.holds());
        let names: Vec<_> = found.unexpected.iter().flatten().map(|check| check.what).collect();
        assert_eq!(names, ["completed", "retried"]);
    }
}
