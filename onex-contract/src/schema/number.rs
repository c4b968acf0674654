//! Numbers, compared and divided without loss.

use std::cmp::Ordering;
use std::fmt;

use crate::syntax::Value;

/// A number as it was read. A float is finite.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    Int(i64),
    Float(f64),
}

/// The first float that is greater than every `i64`.
const BEYOND: f64 = 9_223_372_036_854_775_808.0;

impl Number {
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(integer) => Some(Self::Int(*integer)),
            Value::Float(float) if float.is_finite() => Some(Self::Float(*float)),
            _ => None,
        }
    }

    /// The integer that it is, if there is one among the `i64`.
    pub(super) fn integer(self) -> Option<i64> {
        match self {
            Self::Int(integer) => Some(integer),
            Self::Float(float) => {
                let whole = float.fract() == 0.0 && (-BEYOND..BEYOND).contains(&float);
                whole.then_some(float as i64)
            }
        }
    }

    pub(super) fn is_positive(self) -> bool {
        match self {
            Self::Int(integer) => integer > 0,
            Self::Float(float) => float > 0.0,
        }
    }

    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Int(one), Self::Int(other)) => one.cmp(&other),
            (Self::Float(one), Self::Float(other)) => one.partial_cmp(&other).unwrap_or(Ordering::Equal),
            (Self::Int(one), Self::Float(other)) => integer_to_float(one, other),
            (Self::Float(one), Self::Int(other)) => integer_to_float(other, one).reverse(),
        }
    }

    /// Whether it is the product of an integer and a factor, both as they are written: 0.3 is a multiple of 0.1.
    pub(super) fn is_multiple_of(self, factor: Self) -> bool {
        let (Some(number), Some(factor)) = (Decimal::of(self), Decimal::of(factor)) else { return false };
        number.is_multiple_of(factor)
    }
}

fn integer_to_float(integer: i64, float: f64) -> Ordering {
    if float >= BEYOND {
        Ordering::Less
    } else if float < -BEYOND {
        Ordering::Greater
    } else {
        // What is cut off decides between two that are otherwise equal.
        integer.cmp(&(float.trunc() as i64)).then(0.0.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
    }
}

/// The magnitude of a number as decimal digits: `digits * 10^exponent`.
#[derive(Debug, Clone, Copy)]
struct Decimal {
    digits: u64,
    exponent: i32,
}

impl Decimal {
    /// A float is taken for the shortest decimal that reads as it, which is what was written, up to 17 digits.
    fn of(number: Number) -> Option<Self> {
        let float = match number {
            Number::Int(integer) => return Some(Self { digits: integer.unsigned_abs(), exponent: 0 }),
            Number::Float(float) => float.abs(),
        };
        let text = format!("{float:e}");
        let (digits, exponent) = text.split_once('e')?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction_digits = i32::try_from(fraction.len()).ok()?;
        Some(Self {
            digits: format!("{whole}{fraction}").parse().ok()?,
            exponent: exponent.parse::<i32>().ok()? - fraction_digits,
        })
    }

    fn is_multiple_of(self, factor: Self) -> bool {
        if self.digits == 0 || factor.digits == 0 {
            return self.digits == 0;
        }
        let (number, modulus) = (u128::from(self.digits), u128::from(factor.digits));
        let shift = self.exponent - factor.exponent;
        if shift >= 0 {
            // Both are below 2^64, so that no product is too large.
            return (0..shift).fold(number % modulus, |rest, _| rest * 10 % modulus) == 0;
        }
        // A divisor that is too large for the type is larger than the number.
        let divisor = 10_u128.checked_pow(shift.unsigned_abs()).and_then(|power| power.checked_mul(modulus));
        divisor.is_some_and(|divisor| number.is_multiple_of(divisor))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(integer) => integer.fmt(f),
            // Hundreds of zeros tell nobody how large it is.
            Self::Float(float) if *float != 0.0 && !(1e-6..1e16).contains(&float.abs()) => {
                write!(f, "{float:e}")
            }
            Self::Float(float) => float.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_floats_are_compared_without_loss() {
        use Number::{Float, Int};
        for (one, other, order) in [
            (Int(5), Float(5.0), Ordering::Equal),
            (Int(5), Float(5.5), Ordering::Less),
            (Int(-5), Float(-5.5), Ordering::Greater),
            (Int(i64::MAX), Float(BEYOND), Ordering::Less),
            (Int(i64::MIN), Float(-BEYOND), Ordering::Equal),
            (Int(i64::MIN), Float(-1e300), Ordering::Greater),
            (Int(9_007_199_254_740_993), Float(9_007_199_254_740_992.0), Ordering::Greater),
        ] {
            assert_eq!(one.compare(other), order, "{one} to {other}");
            assert_eq!(other.compare(one), order.reverse(), "{other} to {one}");
        }
        assert_eq!(Float(-0.0).integer(), Some(0));
        assert_eq!(Float(BEYOND).integer(), None);
        assert_eq!(Float(-BEYOND).integer(), Some(i64::MIN));
    }

    #[test]
    fn a_number_is_shown_as_short_as_it_is_written() {
        for (float, text) in
            [(0.0, "0"), (0.5, "0.5"), (-1e15, "-1000000000000000"), (1e300, "1e300"), (-2e-9, "-2e-9")]
        {
            assert_eq!(Number::Float(float).to_string(), text);
        }
    }

    #[test]
    fn multiples_are_those_of_the_written_decimals() {
        use Number::{Float, Int};
        for (number, factor) in [
            (Float(0.3), Float(0.1)),
            (Float(-0.3), Float(0.1)),
            (Int(0), Float(0.7)),
            (Int(7), Float(0.01)),
            (Float(1e300), Int(1_000)),
            (Float(1e300), Float(1e-300)),
            (Float(4.5), Float(1.5)),
            (Int(i64::MIN), Int(2)),
            (Float(1e20), Int(10)),
        ] {
            assert!(number.is_multiple_of(factor), "{number} of {factor}");
        }
        for (number, factor) in [
            (Float(0.35), Float(0.1)),
            (Int(7), Int(2)),
            (Float(1e-300), Int(1)),
            (Float(1e-300), Float(1e300)),
            (Int(1), Float(0.3)),
            (Float(1e300), Int(7)),
        ] {
            assert!(!number.is_multiple_of(factor), "{number} of {factor}");
        }
    }
}
