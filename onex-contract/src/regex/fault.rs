//! Why a text is no regular expression, and which part of it that is about.

use std::ops::Range;

/// A fault of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) what: What,
    /// In bytes of the pattern; never empty, unless the pattern is.
    pub(crate) place: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    OpenGroup,
    CloseGroup,
    OpenSet,
    SpecialGroup,
    NestedSet,
    SetOperation,
    BackwardRange,
    RangeOfClass,
    NothingToRepeat,
    RepeatedTwice,
    NoCount,
    BackwardCount,
    CountTooLarge,
    NoEscape,
    Reference,
    TooDeep,
    TooLarge,
}

impl What {
    /// What is wrong, as it stands behind the pattern and a colon.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::OpenGroup => "nothing closes this `(`",
            Self::CloseGroup => "nothing is closed by this `)`",
            Self::OpenSet => "nothing closes this `[`",
            Self::SpecialGroup => "a group cannot begin with this",
            Self::NestedSet => "a set cannot be in a set",
            Self::SetOperation => "two of these in a set mean different things to different readers",
            Self::BackwardRange => "this range goes backward",
            Self::RangeOfClass => "a range goes from one character to another",
            Self::NothingToRepeat => "there is nothing to repeat before this",
            Self::RepeatedTwice => "what is repeated already cannot be repeated like this",
            Self::NoCount => "this is no count",
            Self::BackwardCount => "this repeats at least more often than at most",
            Self::CountTooLarge => "this repeats too often",
            Self::NoEscape => "there is no such escape",
            Self::Reference => "a pattern cannot refer to what a group has matched",
            Self::TooDeep => "groups are too deep in each other",
            Self::TooLarge => "it is too large, with what it repeats written out",
        }
    }

    /// What to do.
    pub(crate) fn help(self) -> &'static str {
        match self {
            Self::OpenGroup => "close the group with `)`, or write `\\(` if the character is meant",
            Self::CloseGroup => "open a group with `(`, or write `\\)` if the character is meant",
            Self::OpenSet => "close the set with `]`, or write `\\[` if the character is meant",
            Self::SpecialGroup => {
                "a pattern is matched in linear time, so it cannot look around; flags and names are not part of it: groups are `(..)` and `(?:..)`"
            }
            Self::NestedSet => "write `\\[` if the character is meant",
            Self::SetOperation => "write a backslash before each, if the characters are meant",
            Self::BackwardRange => "turn it around, or write `\\-` if the character is meant",
            Self::RangeOfClass => "write `\\-` if the character is meant",
            Self::NothingToRepeat => "remove it, or write a backslash before it if the character is meant",
            Self::RepeatedTwice => "put what is repeated into a group: `(?:a+)*`",
            Self::NoCount => {
                "a count is `{3}`, `{3,}`, `{,5}` or `{3,5}`; write `\\{` if the character is meant"
            }
            Self::BackwardCount => "turn the numbers around",
            Self::CountTooLarge => {
                "nothing repeats more than 1,000 times; `min_length` and `max_length` measure a text"
            }
            Self::NoEscape => {
                "write a backslash as `\\\\`; in YAML, single quotes leave backslashes as they are"
            }
            Self::Reference => "a pattern is matched in linear time; what must be equal is compared in code",
            Self::TooDeep => "at most 50 groups are in each other",
            Self::TooLarge => "repeat less often; `min_length` and `max_length` measure a text",
        }
    }
}
