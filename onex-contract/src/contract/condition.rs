//! What must hold for a step to run.

use super::{OutputPath, StepIndex};
use crate::language::words;
use crate::source::{Span, Spanned};

/// What must hold for a step to run.
#[derive(Debug, Clone)]
pub enum Condition {
    /// `output` with an `operator`, `if_true` or `if_false`: an earlier output passes a test.
    Output {
        /// Which.
        path: OutputPath,
        /// The test.
        test: Test,
    },
    /// `if_success`, `if_error`, `if_timeout`: an earlier step ended like this.
    Outcome {
        /// Which.
        step: Spanned<StepIndex>,
        /// How it ended.
        ended: Ended,
    },
    /// A function of the program.
    Custom {
        /// The name as written.
        name: Spanned<String>,
        /// The name as a Rust identifier.
        ident: String,
    },
    /// `all`: each of them, at least one.
    All(Vec<Condition>),
    /// `any`: one of them, at least one.
    Any(Vec<Condition>),
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ended {
    /// It completed.
    Success,
    /// It failed, for whatever reason.
    Error,
    /// Its last attempt took too long.
    Timeout,
}

/// What an output is tested for. Each test has the values that it needs and no others.
#[derive(Debug, Clone)]
pub enum Test {
    /// `equals`.
    Equals(Spanned<TestValue>),
    /// `not_equals`.
    NotEquals(Spanned<TestValue>),
    /// `greater_than`, with a number or a string.
    GreaterThan(Spanned<TestValue>),
    /// `greater_than_or_equal`, with a number or a string.
    GreaterThanOrEqual(Spanned<TestValue>),
    /// `less_than`, with a number or a string.
    LessThan(Spanned<TestValue>),
    /// `less_than_or_equal`, with a number or a string.
    LessThanOrEqual(Spanned<TestValue>),
    /// `contains`: the list has it, or the string has it in it.
    Contains(Spanned<TestValue>),
    /// `not_contains`.
    NotContains(Spanned<TestValue>),
    /// `in`: it is one of these, at least one.
    In(Vec<Spanned<TestValue>>),
    /// `not_in`: it is none of these, at least one.
    NotIn(Vec<Spanned<TestValue>>),
    /// `is_true`, or `if_true`.
    IsTrue,
    /// `is_false`, or `if_false`.
    IsFalse,
    /// `exists`.
    Exists,
    /// `not_exists`.
    NotExists,
}

/// A value that stands in a contract.
#[derive(Debug, Clone, PartialEq)]
pub enum TestValue {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(String),
}

words! {
    /// `operator`.
    pub enum ConditionOperator {
        /// The same value.
        Equals = "equals";
        /// Another value.
        NotEquals = "not_equals";
        /// A greater number, or a string that is sorted behind it.
        GreaterThan = "greater_than";
        /// The same or a greater one.
        GreaterThanOrEqual = "greater_than_or_equal";
        /// A lesser number, or a string that is sorted before it.
        LessThan = "less_than";
        /// The same or a lesser one.
        LessThanOrEqual = "less_than_or_equal";
        /// A list that has the value, or a string that has it in it.
        Contains = "contains";
        /// One that has it not.
        NotContains = "not_contains";
        /// One of the values of a list.
        In = "in";
        /// None of them.
        NotIn = "not_in";
        /// `true`; takes no value.
        IsTrue = "is_true";
        /// `false`; takes no value.
        IsFalse = "is_false";
        /// There is one; takes no value.
        Exists = "exists";
        /// There is none; takes no value.
        NotExists = "not_exists";
    }
}

/// The steps that have one `branch_group`, of which the first that may run does, and no other.
#[derive(Debug, Clone)]
pub struct BranchGroup {
    /// `branch_group`.
    pub name: String,
    /// The steps, in the order of the file, at least two. Only the last may be without a condition.
    pub steps: Vec<StepIndex>,
    /// Where the group is first named.
    pub span: Span,
}
