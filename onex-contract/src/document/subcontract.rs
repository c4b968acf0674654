//! What a node is given, gives back or is configured with.

use super::{Metadata, warnings};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::language::words;
use crate::schema::Schema;
use crate::source::{Source, Span, Spanned};

/// A schema, with examples that fit it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Subcontract {
    /// The text that every span points into.
    pub source: Source,
    /// `kind`: what the schema is of.
    pub of: SubcontractKind,
    /// `metadata`.
    pub metadata: Metadata,
    /// `schema`.
    pub schema: Schema,
    /// `validation_rules`, in the order of the file.
    pub rules: Vec<ValidationRule>,
    /// `examples`, in the order of the file. Each fits the schema and keeps the rules.
    pub examples: Vec<Example>,
    pub(crate) unexecuted: Vec<Diagnostic>,
}

impl Subcontract {
    /// What the schema says and this version does not check, as warnings in the order of the file, if it says such.
    pub fn unexecuted(&self) -> Option<Diagnostics> {
        warnings(&self.source, &self.unexecuted)
    }
}

/// What a subcontract is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubcontractKind {
    /// What a node is given.
    Input,
    /// What it gives back.
    Output,
    /// What it is configured with.
    Config,
}

/// An entry of `validation_rules`: what no schema can say.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ValidationRule {
    /// `name`.
    pub name: Spanned<String>,
    /// `description`.
    pub description: Option<String>,
    /// `rule`: the rule in the platform's Python, which is documentation here.
    pub rule: Option<String>,
    /// Who sees to it.
    pub enforced: Enforced,
}

/// Who sees to a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enforced {
    /// It is among those that are checked for every example.
    Here(BuiltInRule),
    /// `enforced_by`: somebody else does, and it is documentation here.
    By(String),
}

words! {
    /// The rules that are checked for every example, by their names.
    pub enum BuiltInRule {
        /// No two `steps` have the same `step_name`.
        StepsHaveUniqueNames = "steps_have_unique_names";
        /// What a step has in `depends_on` is the `step_id` of one of the `steps`.
        DependenciesExist = "dependencies_exist";
        /// What has the `execution_status` `completed` has no `failed_steps`; what has `failed` has some, or `errors`.
        StatusConsistency = "status_consistency";
    }
}

/// An entry of `examples`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Example {
    /// `name`.
    pub name: Spanned<String>,
    /// `description`.
    pub description: Option<String>,
    /// Where its `data` stands.
    pub data: Span,
}
