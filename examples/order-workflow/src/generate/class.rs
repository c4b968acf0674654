//! The kinds of lines: how many there are of each, what one looks like, what is to come of it.

use fastrand::Rng;

use super::{broken, orders};
use crate::counts::{Counts, End};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// An order that can be filled.
    Good,
    /// One for which the bank is away at first, up to three times.
    FlakyBank,
    /// One for which the bank stays away.
    BankAway,
    /// One whose card is refused.
    Declined,
    /// One to a city where the courier does not go.
    Undeliverable,
    /// One of which an article is out of stock.
    OutOfStock,
    /// One of a customer that nobody knows.
    UnknownCustomer,
    /// One without items.
    NoItems,
    /// One with a quantity of zero or less, or beyond what can be counted.
    ImpossibleQuantity,
    /// One that costs more than can be counted.
    Overflow,
    /// An earlier line again.
    Duplicate,
    /// JSON that lacks a field of an order.
    MissingField,
    /// JSON that is no order in other ways.
    NotAnOrder,
    /// An order that is cut off.
    Truncated,
    /// No JSON at all.
    Garbage,
    /// An order with bytes that are not UTF-8.
    NotUtf8,
    /// White space.
    Blank,
    /// An order of two megabytes.
    TooLong,
}

impl Class {
    /// All of them.
    pub const ALL: [Class; 18] = [
        Class::Good,
        Class::FlakyBank,
        Class::BankAway,
        Class::Declined,
        Class::Undeliverable,
        Class::OutOfStock,
        Class::UnknownCustomer,
        Class::NoItems,
        Class::ImpossibleQuantity,
        Class::Overflow,
        Class::Duplicate,
        Class::MissingField,
        Class::NotAnOrder,
        Class::Truncated,
        Class::Garbage,
        Class::NotUtf8,
        Class::Blank,
        Class::TooLong,
    ];

    /// How a line of this class ends.
    #[must_use]
    pub fn end(self) -> End {
        match self {
            Class::Good | Class::FlakyBank => End::Completed,
            Class::BankAway | Class::Declined | Class::Undeliverable => End::Compensated,
            Class::OutOfStock | Class::UnknownCustomer => End::Failed,
            Class::NoItems | Class::ImpossibleQuantity | Class::Overflow => End::Rejected,
            Class::Duplicate => End::Duplicate,
            Class::MissingField | Class::NotAnOrder => End::DeadLettered,
            Class::Truncated | Class::Garbage | Class::NotUtf8 | Class::Blank | Class::TooLong => {
                End::Malformed
            }
        }
    }

    /// How many of ten thousand lines are of this class. The rest is [`Class::Good`].
    fn share(self) -> u64 {
        match self {
            Class::Good | Class::TooLong => 0,
            Class::BankAway | Class::NotAnOrder => 50,
            Class::NotUtf8 | Class::Blank => 60,
            Class::Undeliverable | Class::Overflow | Class::Truncated | Class::Garbage => 100,
            Class::ImpossibleQuantity => 150,
            Class::NoItems | Class::MissingField => 200,
            Class::OutOfStock | Class::UnknownCustomer => 250,
            Class::FlakyBank | Class::Declined | Class::Duplicate => 300,
        }
    }

    /// A line of this class, without its end. `index` makes its order id unique.
    pub(super) fn line(self, index: usize, is_last: bool, rng: &mut Rng) -> Vec<u8> {
        match self {
            Class::MissingField => broken::missing_field(&orders::order(self, index, rng), rng),
            Class::NotAnOrder => broken::not_an_order(&orders::order(self, index, rng), rng),
            Class::Truncated => broken::truncated(&orders::json(self, index, rng), rng),
            Class::Garbage => broken::garbage(rng),
            Class::NotUtf8 => broken::not_utf8(&orders::json(self, index, rng), rng),
            Class::Blank => broken::blank(is_last, rng),
            Class::TooLong => broken::too_long(orders::order(self, index, rng)),
            // All others are orders, and differ in what these say. (A duplicate is made where the originals are.)
            _ => orders::json(self, index, rng).into_bytes(),
        }
    }

    /// Counts what is to come of a line of this class.
    pub(super) fn expect(self, line: &[u8], expected: &mut Counts) {
        expected.lines += 1;
        expected.end(self.end());
        match self {
            Class::Good | Class::Undeliverable => expected.charged += 1,
            Class::FlakyBank => {
                expected.charged += 1;
                expected.retried += u64::from(orders::outages_of(line));
            }
            Class::BankAway => expected.retried += orders::MAX_RETRIES,
            Class::Declined => expected.refused += 1,
            _ => {}
        }
        expected.validated += u64::from(self.starts_a_run());
    }
}

/// The classes of so many lines, shuffled. From a hundred lines on there is at least one of each.
pub(super) fn deal(lines: u64, rng: &mut Rng) -> Vec<Class> {
    let lines = usize::try_from(lines).unwrap_or(usize::MAX);
    let mut classes = Vec::new();
    for class in Class::ALL {
        let share = lines as u64 * class.share() / 10_000;
        let least = u64::from(lines >= 100);
        classes.extend((0..share.max(least)).map(|_| class));
    }
    classes.resize(lines, Class::Good);
    rng.shuffle(&mut classes);
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_a_hundred_lines_on_there_is_one_of_each_class() {
        for lines in [100, 101, 6_000] {
            let classes = deal(lines, &mut Rng::with_seed(1));
            assert_eq!(classes.len() as u64, lines);
            for class in Class::ALL {
                assert!(classes.contains(&class), "{class:?} of {lines}");
            }
        }
        assert_eq!(deal(3, &mut Rng::with_seed(1)), [Class::Good; 3]);
        assert_eq!(deal(0, &mut Rng::with_seed(1)), []);
    }

    #[test]
    fn most_lines_are_good() {
        let good = deal(6_000, &mut Rng::with_seed(1)).iter().filter(|class| **class == Class::Good).count();
        assert!(good > 4_000, "{good}");
    }
}
