//! What is printed at the end. Pure: an outcome in, text out.

use std::fmt;

use crate::counts::{Counts, End};
use crate::job::Outcome;
use crate::reconcile::{Check, Reconciliation};

/// Prints an outcome as a table.
#[derive(Debug)]
pub struct Table<'a>(pub &'a Outcome);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outcome { source, counts, expected, reconciliation, .. } = self.0;
        let expected = expected.as_ref();
        writeln!(f, "{source}")?;
        writeln!(f)?;
        header(f, "ended", expected.is_some())?;
        for end in End::ALL {
            let expected = expected.map(|expected| expected.of(end));
            row(f, end.name(), counts.of(end), expected, end.meaning())?;
        }
        row(f, "lines", counts.ended(), expected.map(Counts::ended), "each ended in exactly one of these")?;
        writeln!(f)?;
        header(f, "on the way", expected.is_some())?;
        for (index, (name, count, meaning)) in counts.on_the_way().into_iter().enumerate() {
            let expected = expected.map(|expected| expected.on_the_way()[index].1);
            row(f, name, count, expected, meaning)?;
        }
        writeln!(f)?;
        reconciled(f, reconciliation)?;
        writeln!(f)?;
        let Outcome { dead_letters, set_aside, elapsed, .. } = self.0;
        writeln!(f, "dead letters: {}, in {}", grouped((*set_aside).into()), dead_letters.display())?;
        let rate = counts.lines as f64 / elapsed.as_secs_f64().max(1e-9);
        let rate = grouped(rate as u128);
        writeln!(
            f,
            "{} lines in {:.2} s, {rate} a second",
            grouped(counts.lines.into()),
            elapsed.as_secs_f64()
        )?;
        let verdict = if reconciliation.holds() {
            "reconciled: every line is accounted for"
        } else {
            "NOT RECONCILED: see what is marked `!!` above"
        };
        writeln!(f, "{verdict}")
    }
}

fn header(f: &mut fmt::Formatter<'_>, title: &str, expected: bool) -> fmt::Result {
    let expected = if expected { "expected" } else { "" };
    writeln!(f, "{}", format!("  {title:<14}{:>10}  {expected:>10}", "found").trim_end())
}

fn row(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    found: u64,
    expected: Option<u64>,
    meaning: &str,
) -> fmt::Result {
    let mark = if expected.is_some_and(|expected| expected != found) { "!!" } else { "  " };
    let expected = expected.map(|expected| grouped(expected.into())).unwrap_or_default();
    writeln!(f, "{mark}{name:<14}{:>10}  {expected:>10}  {meaning}", grouped(found.into()))
}

fn reconciled(f: &mut fmt::Formatter<'_>, found: &Reconciliation) -> fmt::Result {
    writeln!(f, "  checked")?;
    for check in &found.checks {
        let Check { what, found, against, expected } = *check;
        let (mark, sign) = if check.holds() { ("  ", "=") } else { ("!!", "≠") };
        writeln!(f, "{mark}{what:<22}{:>14} {sign} {:<14} {against}", grouped(found), grouped(expected))?;
    }
    for lines in &found.unaccounted {
        writeln!(f, "!!{lines}")?;
    }
    Ok(())
}

/// A number with a comma between thousands.
#[must_use]
pub fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::reconcile::Unaccounted;

    fn completed(lines: u64) -> Counts {
        let mut counts = Counts::default();
        (0..lines).for_each(|_| counts.end(End::Completed));
        counts.lines = 2;
        counts
    }

    fn outcome(found: u64, lost: &[u64]) -> Outcome {
        let check = Check { what: "ended", found: found.into(), against: "read", expected: 2 };
        let lost = Unaccounted { fault: "never ended", lines: lost.to_vec() };
        Outcome {
            source: "two orders".into(),
            counts: completed(found),
            expected: Some(completed(2)),
            reconciliation: Reconciliation {
                checks: vec![check],
                unaccounted: if lost.lines.is_empty() { Vec::new() } else { vec![lost] },
                unexpected: None,
            },
            dead_letters: "dead.jsonl".into(),
            set_aside: 0,
            elapsed: Duration::from_secs(2),
        }
    }

    #[test]
    fn what_agrees_is_not_marked() {
        let text = Table(&outcome(2, &[])).to_string();
        assert!(
            !text.contains("!!") && text.contains("  ended                              2 = 2 "),
            "{text}"
        );
        assert!(
            text.ends_with("2 lines in 2.00 s, 1 a second\nreconciled: every line is accounted for\n"),
            "{text}"
        );
    }

    #[test]
    fn what_does_not_agree_is_marked() {
        let text = Table(&outcome(1, &[2])).to_string();
        let marked: Vec<&str> = text.lines().filter(|line| line.starts_with("!!")).collect();
        assert_eq!(marked.len(), 4, "{text}");
        assert!(marked[0].starts_with("!!completed") && marked[1].starts_with("!!lines"), "{text}");
        assert!(marked[2].starts_with("!!ended ") && marked[2].contains("1 ≠ 2"), "{text}");
        assert_eq!(marked[3], "!!1 line never ended: 2");
        assert!(text.contains("\nNOT RECONCILED"), "{text}");
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(grouped(number), text);
        }
    }
}
