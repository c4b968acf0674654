//! A contract as a tree of values, each with its place.
//!
//! It knows YAML and must not know the language: which keys exist is no concern of this stage.

mod core_schema;
mod yaml;

use std::fmt;

pub(crate) use core_schema::resolve as plain_scalar;

use crate::diagnostic::{Reported, Sink};
use crate::include::ReadFile;
use crate::limits::Limits;
use crate::source::{Source, Span, Spanned};

#[cfg(feature = "tools")]
pub(crate) use yaml::{Document, Notation, Style, Token, TokenKind, tokens};

/// A value and its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) span: Span,
}

/// What a YAML value can be in a contract.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(String),
    Seq(Vec<Node>),
    Map(Mapping),
    /// It stands in the file and cannot be read, which was reported.
    Faulty(Reported),
}

/// A key and its place.
pub(crate) type Key = Spanned<String>;

/// Keys and values in the order of the file, each key once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mapping {
    pub(crate) entries: Vec<(Key, Node)>,
    /// Some entries could not be read: a key that is not there may be one of those.
    pub(crate) broken: Option<Reported>,
}

/// The tree of a source. Files that it includes are read, and the source has them from then on.
///
/// # Errors
///
/// There is no tree. Faults that leave a tree are in the sink only.
pub(crate) fn compose(
    source: &mut Source,
    limits: &Limits,
    read: &mut ReadFile<'_>,
    sink: &mut Sink,
) -> Result<Node, Reported> {
    yaml::compose(source, limits, read, sink)
}

/// The trees of files that a source names, each where its path is written, within one set of limits. The source has the
/// files from then on.
pub(crate) fn compose_named(
    paths: &[Spanned<&str>],
    source: &mut Source,
    limits: &Limits,
    read: &mut ReadFile<'_>,
    sink: &mut Sink,
) -> Vec<Result<Node, Reported>> {
    yaml::compose_named(paths, source, limits, read, sink)
}

impl Node {
    /// An entry of a mapping.
    pub(crate) fn entry(&self, key: &str) -> Option<(&Key, &Self)> {
        let Value::Map(mapping) = &self.value else { return None };
        mapping.entries.iter().find(|(name, _)| name.value == key).map(|(name, node)| (name, node))
    }
}

/// What a value is, to be put behind "found": `the string "5000"`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("nothing"),
            Self::Bool(value) => write!(f, "the boolean `{value}`"),
            Self::Int(value) => write!(f, "the integer `{value}`"),
            Self::Float(value) => write!(f, "the number `{value}`"),
            Self::Str(value) => write!(f, "the string `\"{}\"`", Shortened(value)),
            Self::Seq(_) => f.write_str("a list"),
            Self::Map(_) => f.write_str("a mapping"),
            Self::Faulty(_) => f.write_str("a value that cannot be read"),
        }
    }
}

/// A text on one line, cut after some characters.
pub(crate) struct Shortened<'a>(pub(crate) &'a str);

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX: usize = 40;
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(MAX) {
            if character.is_control() {
                write!(f, "{}", character.escape_debug())?;
            } else {
                write!(f, "{character}")?;
            }
        }
        if characters.next().is_some() { f.write_str("...") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
