//! Regular expressions, as the operator `matches` compares with them: read, judged and made into a program while the contract
//! is compiled, so that what runs has nothing left to refuse.
//!
//! A [`Pattern`] says whether a text begins with it; with `$` behind it, whether it is the whole text. The language is what
//! Python's `re` and Rust's `regex` both mean: characters, `.`, sets, `\d \w \s`, `\b`, `^` and `$`, groups, `|`, and
//! repetition. `\d`, `\w`, `\s` and `\b` know the characters of ASCII, and `$` is the very end. What takes more than linear time
//! (references to groups, looking around) and what would need to be said elsewhere (flags) is not part of it.
//!
//! This module knows no contract: a `Fault` has its place in the pattern.

mod compile;
mod fault;
mod parse;
mod set;
#[cfg(test)]
mod tests;

pub(crate) use fault::Fault;

/// How many instructions a program may have: what matching costs for each character of a text.
pub const MOST_INSTRUCTIONS: usize = 1_000;

/// A regular expression, and the program that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As it is written.
    pub text: String,
    /// What is executed from its first instruction on; at most [`MOST_INSTRUCTIONS`].
    pub program: Vec<Instruction>,
}

/// A step of a program. All that is reached without a character is reached at once; the text begins with the pattern as soon as
/// [`Instruction::Matched`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Instruction {
    /// Takes a character that is in one of these ranges, which are in order and do not overlap, and goes on with the next.
    One(Vec<(char, char)>),
    /// Goes on with the next if this holds here.
    Check(Assertion),
    /// Goes on with this one.
    Go(u32),
    /// Goes on with both.
    Both(u32, u32),
    /// The end of the pattern.
    Matched,
}

/// What is asked of a place between two characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assertion {
    /// Nothing comes before it.
    Start,
    /// Nothing comes after it.
    End,
    /// On one side of it, and not on the other, is a letter, a digit or `_` of ASCII.
    WordEdge,
    /// It is not such a place.
    NoWordEdge,
}

impl Pattern {
    /// Reads a pattern, in time that its length and [`MOST_INSTRUCTIONS`] bound.
    pub(crate) fn read(text: &str) -> Result<Self, Fault> {
        let program = compile::program(&parse::parse(text)?, text)?;
        Ok(Self { text: text.to_owned(), program })
    }
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Set(set::Set),
    Assertion(Assertion),
    Sequence(Vec<Part>),
    /// Any of them.
    Either(Vec<Part>),
    Repeated {
        part: Box<Part>,
        least: u32,
        /// `None`: without end.
        most: Option<u32>,
    },
}
