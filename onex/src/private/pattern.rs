//! Regular expressions of a contract, which a library matches in time that the length of the text bounds, whatever stands in it.

use std::sync::OnceLock;

use regex_lite::Regex;

/// A regular expression that matches from the beginning of a text on. It is compiled when it is first asked, once a process.
#[derive(Debug)]
pub struct Pattern {
    anchored: &'static str,
    compiled: OnceLock<Regex>,
}

/// A field that can be matched with a regular expression.
pub trait Matching {
    /// Whether it begins with the pattern.
    fn begins_with(&self, pattern: &Pattern) -> bool;
}

impl Matching for String {
    fn begins_with(&self, pattern: &Pattern) -> bool {
        pattern.begins(self)
    }
}

// What is not there begins with nothing.
impl<T: Matching> Matching for Option<T> {
    fn begins_with(&self, pattern: &Pattern) -> bool {
        self.as_ref().is_some_and(|field| field.begins_with(pattern))
    }
}

impl Pattern {
    /// What `onex_contract::regex::Pattern::anchored` gives.
    #[must_use]
    pub const fn new(anchored: &'static str) -> Self {
        Self { anchored, compiled: OnceLock::new() }
    }

    fn begins(&self, text: &str) -> bool {
        let compiled = || Regex::new(self.anchored).expect("it was compiled when the contract was");
        self.compiled.get_or_init(compiled).is_match(text)
    }
}
