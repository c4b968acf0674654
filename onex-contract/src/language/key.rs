//! Sections and their keys.

use super::Shape;

/// One kind of mapping: what it is called and which keys it may have.
#[derive(Debug)]
pub struct Section {
    /// What messages call it: `` `handler_routing` ``, `a step`.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub what: &'static str,
    /// Every key that is read.
    pub keys: &'static [Key],
    /// Keys that belong to other tools: they may stand here and are not looked into. Where there are any, keys that
    /// start with `x-` are allowed too.
    pub foreign: &'static [Foreign],
    /// Keys that are often written here and belong elsewhere: they are refused with what to write instead.
    pub misplaced: &'static [Misplaced],
}

/// A key of a section.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value takes.
    pub shape: Shape,
    /// Whether it must be there.
    pub need: Need,
    /// Whether this version does what it says.
    pub runs: Runs,
    /// What it says, in a sentence.
    pub what: &'static str,
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It must, unless one of these keys stands for it.
    RequiredOr(&'static [&'static str]),
    /// It may; without it nothing is said.
    Optional,
    /// It may; without it this value holds, written as in a contract.
    Default(&'static str),
}

/// Whether this version does what a key says. What it does not do is refused where a contract is compiled, so that
/// nothing in a contract is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runs {
    /// It does.
    Yes,
    /// There is nothing to do: the key is for people and tools, and is checked.
    Documents,
    /// It does not.
    Later,
    /// It does not, and may be told so: the only value that is executed is `false`.
    OnlyOff,
    /// It does, and may not be told not to: the only value that is executed is `true`.
    OnlyOn,
}

/// A key that belongs to another tool.
#[derive(Debug, Clone, Copy)]
pub struct Foreign {
    /// As it is written.
    pub name: &'static str,
    /// Whose it is, and for what.
    pub what: &'static str,
}

/// A key that belongs elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Misplaced {
    /// As it is written.
    pub name: &'static str,
    /// What to write instead, to be put behind "help:".
    pub instead: &'static str,
}

impl Section {
    pub(crate) const fn new(name: &'static str, what: &'static str, keys: &'static [Key]) -> Self {
        Self { name, what, keys, foreign: &[], misplaced: &[] }
    }

    pub(crate) const fn with_foreign(self, foreign: &'static [Foreign]) -> Self {
        Self { foreign, ..self }
    }

    pub(crate) const fn with_misplaced(self, misplaced: &'static [Misplaced]) -> Self {
        Self { misplaced, ..self }
    }

    /// The key of a name, if the section has one.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

impl Key {
    pub(crate) const fn required(name: &'static str, shape: Shape, what: &'static str) -> Self {
        Self { name, shape, need: Need::Required, runs: Runs::Yes, what }
    }

    /// A key for which others may stand.
    pub(crate) const fn required_or(
        name: &'static str,
        others: &'static [&'static str],
        shape: Shape,
        what: &'static str,
    ) -> Self {
        Self { need: Need::RequiredOr(others), ..Self::required(name, shape, what) }
    }

    pub(crate) const fn optional(name: &'static str, shape: Shape, what: &'static str) -> Self {
        Self { need: Need::Optional, ..Self::required(name, shape, what) }
    }

    pub(crate) const fn default(
        name: &'static str,
        shape: Shape,
        default: &'static str,
        what: &'static str,
    ) -> Self {
        Self { need: Need::Default(default), ..Self::required(name, shape, what) }
    }

    /// This version does not do what the key says.
    pub(crate) const fn later(self) -> Self {
        Self { runs: Runs::Later, ..self }
    }

    /// This version does not do what the key says, unless it is `false`.
    pub(crate) const fn only_off(self) -> Self {
        Self { runs: Runs::OnlyOff, ..self }
    }

    /// This version does what the key says, and cannot leave it.
    pub(crate) const fn only_on(self) -> Self {
        Self { runs: Runs::OnlyOn, ..self }
    }

    /// The key is for people and tools.
    pub(crate) const fn documents(self) -> Self {
        Self { runs: Runs::Documents, ..self }
    }
}
