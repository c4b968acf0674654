//! What is wrong with a value, kept as it was found; it becomes words only if it is reported.

use std::cmp::Ordering;

use super::super::format::Format;
use super::super::model::Properties;
use super::super::number::Number;
use super::super::types::Types;
use crate::read::field::Field;
use crate::source::Span;
use crate::syntax::{Key, Mapping, Node};

/// A value, what it was found to be, and the keyword that asks for something else.
#[derive(Debug)]
pub(super) struct Fault<'s> {
    pub(super) at: Field<'s>,
    pub(super) says_so: Span,
    pub(super) why: Why<'s>,
    /// The value fits none of these, and the fault is what keeps it from fitting the closest one.
    pub(super) closest_of: Option<Alternatives>,
}

/// An `anyOf` or `oneOf`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alternatives {
    pub(super) span: Span,
    pub(super) count: usize,
}

#[derive(Debug)]
pub(super) enum Why<'s> {
    /// It has another type than these.
    Type(Types),
    /// It is none of these.
    NotListed(Vec<&'s Node>),
    Format {
        found: &'s str,
        format: Format,
    },
    Bound {
        found: Number,
        side: Side,
        bound: Number,
    },
    NotMultiple {
        found: Number,
        factor: Number,
    },
    Count {
        what: Counted,
        found: u64,
        side: Side,
        bound: u64,
    },
    /// An entry of a list stands there a second time.
    Twice {
        first: Span,
    },
    Missing {
        name: &'s str,
        mapping: &'s Mapping,
        properties: Option<&'s Properties>,
    },
    UnknownKey {
        key: &'s Key,
        mapping: &'s Mapping,
        properties: Option<&'s Properties>,
    },
    /// The schema is `false`.
    Impossible,
    /// It fits what is under `not`.
    Excluded,
    /// It fits more than one schema of `oneOf`.
    Ambiguous {
        count: usize,
        first: Span,
        second: Span,
    },
}

/// On which side of a bound a number has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    AtLeast,
    Above,
    AtMost,
    Below,
}

/// What is counted in a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Characters,
    Entries,
    Keys,
}

impl<'s> Fault<'s> {
    /// The types that were asked for, if a value has another one.
    pub(super) fn wrong_type(&self, of: &Node) -> Option<Types> {
        match self.why {
            Why::Type(types) if std::ptr::eq(self.at.node, of) => Some(types),
            _ => None,
        }
    }

    /// The values that were asked for, if a value is none of them.
    pub(super) fn not_listed(&self, value: &Node) -> Option<&[&'s Node]> {
        match &self.why {
            Why::NotListed(values) if std::ptr::eq(self.at.node, value) => Some(values),
            _ => None,
        }
    }

    /// One value was asked for, and it is another.
    pub(super) fn is_of_fixed_value(&self) -> bool {
        matches!(&self.why, Why::NotListed(values) if values.len() == 1)
    }
}

impl Side {
    /// Whether a number may compare so with the bound.
    pub(super) fn admits(self, number_to_bound: Ordering) -> bool {
        match self {
            Self::AtLeast => number_to_bound.is_ge(),
            Self::Above => number_to_bound.is_gt(),
            Self::AtMost => number_to_bound.is_le(),
            Self::Below => number_to_bound.is_lt(),
        }
    }
}
