//! Regular expressions, as the operator `matches` compares with them. A library compiles each while the contract is read, so that
//! what runs has nothing left to refuse. Knows no contract.
//!
//! The language is that of `regex-lite`: Rust's `regex` without tables of Unicode. What takes more than linear time (looking
//! around, references to groups) is not part of it.

use std::fmt;

use regex_lite::{Error, Regex, RegexBuilder};

/// In bytes.
const LONGEST: usize = 1_000;
/// In bytes, of what the library makes of a pattern: about a thousand steps, each of which a character of a text may cost.
const LARGEST: usize = 32 << 10;

/// A regular expression that the library takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// Reads a pattern, in time that its bounds bound.
    pub(crate) fn read(text: &str) -> Result<Self, Fault> {
        if text.len() > LONGEST {
            return Err(Fault::TooLarge);
        }
        let pattern = Self(text.to_owned());
        // By itself as well: `a)(b` is no pattern, and would be one in the group.
        for text in [text, &pattern.anchored()] {
            build(text, LARGEST).map_err(|error| match build("", 0) {
                // The library has no other way to tell this fault from others.
                Err(too_large) if too_large == error => Fault::TooLarge,
                _ => Fault::Refused(error),
            })?;
        }
        Ok(pattern)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What matches the texts that begin with the pattern. `regex_lite::Regex::new`, which has wider bounds than a pattern has
    /// here, compiles it.
    pub fn anchored(&self) -> String {
        format!("^(?:{})", self.0)
    }
}

/// Why a text is no pattern.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It is longer than [`LONGEST`], or what the library makes of it is larger than [`LARGEST`].
    TooLarge,
    Refused(Error),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("it is too large, with what it repeats written out"),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl Fault {
    /// What to do.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::TooLarge => "repeat less often; `min_length` and `max_length` measure a text",
            Self::Refused(_) => {
                "a pattern is written as Rust's `regex` has it; a character that is meant as it is has a backslash before it: `\\(`, `\\[`, `\\*`"
            }
        }
    }
}

fn build(text: &str, limit: usize) -> Result<Regex, Error> {
    RegexBuilder::new(text).size_limit(limit).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(pattern: &str, text: &str) -> bool {
        let anchored = Pattern::read(pattern).expect(pattern).anchored();
        Regex::new(&anchored).expect(pattern).is_match(text)
    }

    #[test]
    fn a_text_begins_with_its_pattern() {
        for (pattern, text, expected) in [
            ("o|n", "on", true),
            ("x|n", "on", false),
            ("on", "one", true),
            ("on$", "one", false),
            ("on$", "on\n", false),
            ("o.$", "o\n", false),
            ("o.$", "oé", true),
            (r"\d", "٣", false),
            (r"\w", "é", false),
            (r"\s", "\u{a0}", false),
            (r"z\b", "zé", true),
            ("(?i)É", "é", false),
            ("(?i)E", "e", true),
            ("(?m)^n", "o\nn", false),
        ] {
            assert_eq!(begins(pattern, text), expected, "`{pattern}` and {text:?}");
        }
    }

    #[test]
    fn what_would_be_one_in_a_group_is_no_pattern() {
        for text in ["a)(b", "(?x)a # b"] {
            Pattern::read(text).expect_err(text);
        }
    }

    #[test]
    fn what_costs_much_is_refused() {
        let deep = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        Pattern::read(&deep(20)).expect("it is not deep");
        Pattern::read(&"a".repeat(LONGEST)).expect("it is as long as may be");
        let mut empty = "(?:)".to_owned();
        for _ in 0..20 {
            empty = format!("(?:{empty}){{1000}}");
        }
        for text in ["a".repeat(LONGEST + 1), "a*".repeat(LONGEST / 2), empty] {
            assert!(matches!(Pattern::read(&text), Err(Fault::TooLarge)), "{text}");
        }
        for text in [deep(100), format!("a{}", "*".repeat(LONGEST - 1))] {
            assert!(matches!(Pattern::read(&text), Err(Fault::Refused(_))), "{text}");
        }
    }

    /// One that goes back would take longer than the universe has.
    #[test]
    fn matching_takes_linear_time() {
        let text = format!("{}!", "a".repeat(10_000));
        for pattern in ["^(a+)+$", "^(a|a)*$", "^(a*)*b", "(a{0,10}){0,10}$"] {
            assert!(!begins(pattern, &text), "{pattern}");
        }
    }
}
