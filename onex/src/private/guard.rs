//! Guards of transitions: what a field can be compared with. An impl exists only for what can be true, so that a guard which could
//! never hold does not compile.

use std::cmp::Ordering;

use super::pattern::{Matching, Pattern};

/// A field that can be equal to a literal of the contract.
pub trait EqualTo<L> {
    /// Whether it is.
    fn equal_to(&self, literal: &L) -> bool;
}

/// A field that can be greater or less than a literal of the contract.
pub trait OrderedWith<L> {
    /// How it compares; `None` where there is nothing to compare.
    fn ordered_with(&self, literal: &L) -> Option<Ordering>;
}

/// A field that can contain a literal of the contract.
pub trait Containing<L> {
    /// Whether it does.
    fn containing(&self, literal: &L) -> bool;
}

/// A field that has a length.
pub trait Measured {
    /// Characters of a text, elements of a list; `None` where there is nothing to measure.
    fn length(&self) -> Option<usize>;
}

/// A field that may be absent.
pub trait MayBeAbsent {
    /// Whether it is there.
    fn is_there(&self) -> bool;
}

macro_rules! integers {
    ($($integer:ty)*) => { $(
        impl EqualTo<i64> for $integer {
            fn equal_to(&self, literal: &i64) -> bool {
                self.ordered_with(literal) == Some(Ordering::Equal)
            }
        }
        impl OrderedWith<i64> for $integer {
            fn ordered_with(&self, literal: &i64) -> Option<Ordering> {
                Some(i128::from(*self).cmp(&i128::from(*literal)))
            }
        }
        impl OrderedWith<f64> for $integer {
            #[allow(clippy::cast_precision_loss)] // a guard with a fraction means no number that large
            fn ordered_with(&self, literal: &f64) -> Option<Ordering> {
                (*self as f64).partial_cmp(literal)
            }
        }
    )* };
}
integers! { i8 i16 i32 i64 u8 u16 u32 u64 }

macro_rules! floats {
    ($($float:ty)*) => { $(
        impl EqualTo<f64> for $float {
            fn equal_to(&self, literal: &f64) -> bool {
                self.ordered_with(literal) == Some(Ordering::Equal)
            }
        }
        impl OrderedWith<f64> for $float {
            fn ordered_with(&self, literal: &f64) -> Option<Ordering> {
                f64::from(*self).partial_cmp(literal)
            }
        }
        impl EqualTo<i64> for $float {
            fn equal_to(&self, literal: &i64) -> bool {
                self.ordered_with(literal) == Some(Ordering::Equal)
            }
        }
        impl OrderedWith<i64> for $float {
            #[allow(clippy::cast_precision_loss)] // a field that is a float has no more precision
            fn ordered_with(&self, literal: &i64) -> Option<Ordering> {
                f64::from(*self).partial_cmp(&(*literal as f64))
            }
        }
    )* };
}
floats! { f32 f64 }

impl EqualTo<i64> for usize {
    fn equal_to(&self, literal: &i64) -> bool {
        usize::try_from(*literal).is_ok_and(|literal| literal == *self)
    }
}

impl OrderedWith<i64> for usize {
    fn ordered_with(&self, literal: &i64) -> Option<Ordering> {
        // A negative literal is less than any.
        Some(usize::try_from(*literal).map_or(Ordering::Greater, |literal| self.cmp(&literal)))
    }
}

impl EqualTo<bool> for bool {
    fn equal_to(&self, literal: &bool) -> bool {
        self == literal
    }
}

impl EqualTo<&'static str> for String {
    fn equal_to(&self, literal: &&'static str) -> bool {
        self == literal
    }
}

impl Containing<&'static str> for String {
    fn containing(&self, literal: &&'static str) -> bool {
        self.contains(literal)
    }
}

impl<T: EqualTo<L>, L> Containing<L> for Vec<T> {
    fn containing(&self, literal: &L) -> bool {
        self.iter().any(|element| element.equal_to(literal))
    }
}

impl Measured for String {
    fn length(&self) -> Option<usize> {
        Some(self.chars().count())
    }
}

impl<T> Measured for Vec<T> {
    fn length(&self) -> Option<usize> {
        Some(self.len())
    }
}

// What is not there is equal to nothing, neither greater nor less, and has no length.
impl<T: EqualTo<L>, L> EqualTo<L> for Option<T> {
    fn equal_to(&self, literal: &L) -> bool {
        self.as_ref().is_some_and(|field| field.equal_to(literal))
    }
}

impl<T: OrderedWith<L>, L> OrderedWith<L> for Option<T> {
    fn ordered_with(&self, literal: &L) -> Option<Ordering> {
        self.as_ref()?.ordered_with(literal)
    }
}

impl<T: Containing<L>, L> Containing<L> for Option<T> {
    fn containing(&self, literal: &L) -> bool {
        self.as_ref().is_some_and(|field| field.containing(literal))
    }
}

impl<T: Measured> Measured for Option<T> {
    fn length(&self) -> Option<usize> {
        self.as_ref()?.length()
    }
}

impl<T> MayBeAbsent for Option<T> {
    fn is_there(&self) -> bool {
        self.is_some()
    }
}

/// A field that a state requires: `(&Required(&data.field)).is_given()`. Only an `Option` can lack it.
#[derive(Debug)]
pub struct RequiredField<'a, T>(pub &'a T);

/// The answer for an `Option`.
pub trait Given {
    /// Whether it is there.
    fn is_given(&self) -> bool;
}

impl<T> Given for RequiredField<'_, Option<T>> {
    fn is_given(&self) -> bool {
        self.0.is_some()
    }
}

/// The answer for every other field, found only where there is no [`Given`], since it takes one reference more.
pub trait AlwaysGiven {
    /// It is there.
    fn is_given(&self) -> bool {
        true
    }
}

impl<T> AlwaysGiven for &RequiredField<'_, T> {}

/// Every field of a state whose type does not exist, which is reported once, elsewhere.
#[derive(Debug)]
pub struct UnknownField;

impl<L> EqualTo<L> for UnknownField {
    fn equal_to(&self, _: &L) -> bool {
        false
    }
}

impl<L> OrderedWith<L> for UnknownField {
    fn ordered_with(&self, _: &L) -> Option<Ordering> {
        None
    }
}

impl<L> Containing<L> for UnknownField {
    fn containing(&self, _: &L) -> bool {
        false
    }
}

impl<T: 'static> crate::node::step::Entries<T> for UnknownField {
    fn entries(&self) -> impl Iterator<Item = &T> {
        std::iter::empty()
    }
}

impl Matching for UnknownField {
    fn begins_with(&self, _: &Pattern) -> bool {
        false
    }
}

impl Measured for UnknownField {
    fn length(&self) -> Option<usize> {
        None
    }
}

impl MayBeAbsent for UnknownField {
    fn is_there(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_numbers_and_not_as_texts() {
        assert!(10_u8.ordered_with(&9_i64) == Some(Ordering::Greater));
        assert!(u64::MAX.ordered_with(&-1_i64) == Some(Ordering::Greater));
        assert!(0_usize.ordered_with(&-1_i64) == Some(Ordering::Greater));
        assert!(!u64::MAX.equal_to(&-1_i64), "no wrapping");
        assert!(2.5_f32.ordered_with(&2_i64) == Some(Ordering::Greater));
        assert!(3_i32.ordered_with(&2.5_f64) == Some(Ordering::Greater));
        assert_eq!(f64::NAN.ordered_with(&0.0), None);
    }

    #[test]
    fn what_is_absent_fulfils_no_comparison() {
        assert!(!None::<u64>.equal_to(&0_i64));
        assert_eq!(None::<u64>.ordered_with(&0_i64), None);
        assert_eq!(None::<String>.length(), None);
        assert!(Some(7_u64).equal_to(&7_i64));
    }

    #[test]
    fn texts_and_lists_contain_and_have_a_length() {
        assert!("Zürich".to_owned().containing(&"rich"));
        assert_eq!("Zürich".to_owned().length(), Some(6), "characters, not bytes");
        assert!(vec!["a".to_owned(), "b".to_owned()].containing(&"b"));
        assert!(!vec![1_u8].containing(&2_i64));
    }

    #[test]
    #[allow(clippy::needless_borrow)] // with it both answers are found, as in expanded code
    fn only_an_option_can_lack_what_is_required() {
        assert!((&RequiredField(&0_u8)).is_given());
        assert!((&RequiredField(&Some(0_u8))).is_given());
        assert!(!(&RequiredField(&None::<u8>)).is_given());
    }
}
