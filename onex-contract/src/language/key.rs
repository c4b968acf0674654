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
}

/// A key that belongs to another tool.
#[derive(Debug, Clone, Copy)]
pub struct Foreign {
    /// As it is written.
    pub name: &'static str,
    /// Whose it is, and for what.
    pub what: &'static str,
}

impl Section {
    pub(crate) const fn new(name: &'static str, what: &'static str, keys: &'static [Key]) -> Self {
        Self { name, what, keys, foreign: &[] }
    }

    pub(crate) const fn with_foreign(self, foreign: &'static [Foreign]) -> Self {
        Self { foreign, ..self }
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
    #[expect(dead_code, reason = "every key of the tables is executed so far")]
    pub(crate) const fn later(self) -> Self {
        Self { runs: Runs::Later, ..self }
    }

    /// This version does not do what the key says, unless it is `false`.
    pub(crate) const fn only_off(self) -> Self {
        Self { runs: Runs::OnlyOff, ..self }
    }

    /// The key is for people and tools.
    pub(crate) const fn documents(self) -> Self {
        Self { runs: Runs::Documents, ..self }
    }
}
