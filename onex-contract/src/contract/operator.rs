//! What a condition compares with, and what it compares to.

use crate::language::words;
use crate::regex::Pattern;
use crate::source::Spanned;

words! {
    /// `operator`, in any of the spellings in use.
    pub enum Operator {
        /// The field is the value.
        Equals = "equals" | "eq" | "==";
        /// The field is another value.
        NotEquals = "not_equals" | "neq" | "ne" | "!=";
        /// The field is a greater number.
        GreaterThan = "greater_than" | "gt" | ">";
        /// The field is the number or a greater one.
        GreaterThanOrEqual = "greater_than_or_equal" | "gte" | "ge" | ">=";
        /// The field is a lesser number.
        LessThan = "less_than" | "lt" | "<";
        /// The field is the number or a lesser one.
        LessThanOrEqual = "less_than_or_equal" | "lte" | "le" | "<=";
        /// The field, a text or a list, has the value in it.
        Contains = "contains";
        /// The field, a text or a list, does not have the value in it.
        NotContains = "not_contains";
        /// The field is one of the values.
        In = "in";
        /// The field is none of the values.
        NotIn = "not_in";
        /// The field is `true`.
        IsTrue = "is_true";
        /// The field is `false`.
        IsFalse = "is_false";
        /// The field is there.
        Exists = "exists" | "is_present";
        /// The field is not there.
        NotExists = "not_exists" | "is_absent";
        /// The field, a text or a list, is at least this long.
        MinLength = "min_length";
        /// The field, a text or a list, is at most this long.
        MaxLength = "max_length";
        /// The field, a text, begins with what the regular expression matches; with a `$` at its end, is that.
        Matches = "matches";
    }
}

/// What an operator needs behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// Nothing.
    Nothing,
    /// One value, of any type.
    One,
    /// A number.
    Number,
    /// An integer from 0 on.
    Length,
    /// A regular expression.
    Pattern,
    /// At least one value.
    Several,
}

impl Operator {
    /// What the operator needs behind it.
    pub fn operand(self) -> Operand {
        match self {
            Self::Equals | Self::NotEquals | Self::Contains | Self::NotContains => Operand::One,
            Self::GreaterThan | Self::GreaterThanOrEqual | Self::LessThan | Self::LessThanOrEqual => {
                Operand::Number
            }
            Self::In | Self::NotIn => Operand::Several,
            Self::IsTrue | Self::IsFalse | Self::Exists | Self::NotExists => Operand::Nothing,
            Self::MinLength | Self::MaxLength => Operand::Length,
            Self::Matches => Operand::Pattern,
        }
    }
}

/// A value that is written in a contract.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// Another number.
    Number(f64),
    /// A text.
    Text(String),
    /// A regular expression.
    Pattern(Pattern),
    /// Several values.
    List(Vec<Literal>),
}

/// A condition on a field of a state or of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Guard {
    /// The field, or a field of a field: `order_id`, `customer.id`.
    pub field: Spanned<String>,
    /// What it is compared by.
    pub operator: Spanned<Operator>,
    /// What it is compared to: what [`Operator::operand`] says.
    pub value: Option<Literal>,
    /// Whether the transition waits for it; one that is not required only says what is usual.
    pub required: bool,
    /// What to tell whoever is refused.
    pub message: Option<String>,
}
