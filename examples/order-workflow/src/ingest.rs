//! From a line to a message, or to the reason why there is none. Knows JSON, and no orders.

use std::fmt;
use std::str::Utf8Error;

use onex::Payload;
use serde_json::value::RawValue;

use crate::lines::{Line, MAX_LINE};

/// Why no message can be made of a line.
#[derive(Debug)]
pub enum Malformed {
    /// It has no characters but white space.
    Blank,
    /// It is longer than [`MAX_LINE`].
    TooLong {
        /// Its length in bytes.
        len: u64,
    },
    /// It is not UTF-8.
    NotUtf8(Utf8Error),
    /// It is not JSON.
    NotJson(serde_json::Error),
}

/// What editors on Windows put before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Makes a message of a line. Whether it is an order is seen by whoever takes it.
///
/// # Errors
/// See [`Malformed`].
pub fn message(line: &Line<'_>) -> Result<Payload, Malformed> {
    let Some(bytes) = line.bytes else { return Err(Malformed::TooLong { len: line.at.len }) };
    let bytes = match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) if line.at.offset == 0 => rest,
        _ => bytes,
    };
    let text = std::str::from_utf8(bytes).map_err(Malformed::NotUtf8)?;
    if text.trim().is_empty() {
        return Err(Malformed::Blank);
    }
    serde_json::from_str::<Box<RawValue>>(text).map(Payload::json).map_err(Malformed::NotJson)
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::Blank => f.write_str("the line is blank"),
            Malformed::TooLong { len } => {
                write!(f, "the line has {len} bytes; at most {MAX_LINE} are read")
            }
            Malformed::NotUtf8(error) => write!(f, "the line is not UTF-8: {error}"),
            Malformed::NotJson(error) => write!(f, "the line is not JSON: {error}"),
        }
    }
}

impl std::error::Error for Malformed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Malformed::Blank | Malformed::TooLong { .. } => None,
            Malformed::NotUtf8(error) => Some(error),
            Malformed::NotJson(error) => Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lines::LineAt;

    fn at(offset: u64, bytes: &[u8]) -> Result<String, String> {
        let at = LineAt { number: 1, offset, len: bytes.len() as u64 };
        match message(&Line { at, bytes: Some(bytes) }) {
            Ok(payload) => Ok(payload.to_json().unwrap().get().to_owned()),
            Err(malformed) => Err(malformed.to_string()),
        }
    }

    #[test]
    fn any_json_is_a_message() {
        assert_eq!(at(9, br#"{"order_id":"a"}"#).as_deref(), Ok(r#"{"order_id":"a"}"#));
        assert_eq!(at(9, b" 42 \r").as_deref(), Ok("42"));
    }

    #[test]
    fn what_is_none_is_named() {
        assert_eq!(at(9, b" \t\r").unwrap_err(), "the line is blank");
        assert!(at(9, b"{\"order_id\":").unwrap_err().starts_with("the line is not JSON: EOF while parsing"));
        assert!(at(9, b"{} {}").unwrap_err().starts_with("the line is not JSON: trailing characters"));
        assert!(at(9, b"\"\xFF\"").unwrap_err().starts_with("the line is not UTF-8: invalid utf-8 sequence"));
        let at = LineAt { number: 1, offset: 0, len: 2_000_000 };
        let too_long = message(&Line { at, bytes: None }).unwrap_err();
        assert_eq!(too_long.to_string(), "the line has 2000000 bytes; at most 1048576 are read");
    }

    #[test]
    fn a_byte_order_mark_is_forgiven_at_the_start_of_the_file_only() {
        assert_eq!(at(0, b"\xEF\xBB\xBF[]").as_deref(), Ok("[]"));
        assert!(at(9, b"\xEF\xBB\xBF[]").unwrap_err().starts_with("the line is not JSON"));
    }

    #[test]
    fn nesting_without_end_is_not_followed() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert!(at(9, deep.as_bytes()).is_ok());
    }
}
