//! A code from what a person types.

use std::fmt;

use super::{Code, closest};

const PREFIX: &str = "ONEX";
const DIGITS: usize = 4;

/// There is no such code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownCode {
    /// The code that was probably meant.
    pub closest: Option<Code>,
}

impl Code {
    /// Reads a code: `ONEX0101`, in any case, with or without the letters and the zeros in front.
    ///
    /// # Errors
    ///
    /// There is no such code; the error may know which one was meant.
    ///
    /// ```
    /// use onex_contract::Code;
    ///
    /// assert_eq!(Code::parse("onex0101"), Ok(Code::WrongType));
    /// assert_eq!(Code::parse("101"), Ok(Code::WrongType));
    /// let error = Code::parse("ONX0101").expect_err("there is no such code");
    /// assert_eq!(error.to_string(), "there is no such code, perhaps `ONEX0101` is meant");
    /// ```
    pub fn parse(text: &str) -> Result<Self, UnknownCode> {
        let digits = match text.get(..PREFIX.len()) {
            Some(prefix) if prefix.eq_ignore_ascii_case(PREFIX) => &text[PREFIX.len()..],
            _ => text,
        };
        let written = if digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty() {
            format!("{PREFIX}{:0>DIGITS$}", digits.trim_start_matches('0'))
        } else {
            text.to_owned()
        };
        let find = |name: &str| Self::ALL.iter().copied().find(|code| code.as_str() == name);
        find(&written).ok_or_else(|| {
            let names = Self::ALL.iter().map(|code| code.as_str());
            UnknownCode { closest: closest(&written, names).and_then(find) }
        })
    }
}

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such code")?;
        match self.closest {
            Some(code) => write!(f, ", perhaps `{}` is meant", code.as_str()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnknownCode {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_in_each_of_its_spellings() {
        for code in Code::ALL.iter().copied() {
            let digits = &code.as_str()[PREFIX.len()..];
            let short = digits.trim_start_matches('0');
            for spelling in [code.as_str(), &code.as_str().to_lowercase(), digits, short] {
                assert_eq!(Code::parse(spelling), Ok(code), "{spelling}");
            }
        }
    }

    #[test]
    fn what_is_no_code_is_told_from_a_code_that_is_misspelt() {
        let closest = |text| Code::parse(text).expect_err(text).closest;
        assert_eq!(closest("0NEX0204"), Some(Code::UnknownStep));
        assert_eq!(closest("ONEX204x"), Some(Code::UnknownStep));
        assert_eq!(closest("E0309"), Some(Code::NoCompensation));
        for text in ["", "+204", "unknown", "99999999999999999999999", "öäüß"] {
            assert_eq!(closest(text), None, "{text}");
        }
    }
}
