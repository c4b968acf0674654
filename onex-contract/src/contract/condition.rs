//! What must hold for a step to run.

use super::{Literal, Operator, OutputPath, StepIndex};
use crate::source::{Span, Spanned};

/// What must hold for a step to run.
#[derive(Debug, Clone)]
pub enum Condition {
    /// `output` with an `operator`, `if_true` or `if_false`: an earlier output passes a comparison.
    Output {
        /// Which.
        path: OutputPath,
        /// What it is compared by.
        operator: Operator,
        /// What it is compared to: what [`Operator::operand`] says.
        value: Option<Literal>,
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
