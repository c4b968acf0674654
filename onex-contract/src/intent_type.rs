//! Intent types: what an orchestrator asks for, by the name that routing tables use.

use std::fmt;

/// The name of an intent in routing tables: lower-case words joined by dots, such as `payment.process`, or one
/// such word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IntentType(String);

/// The text is no intent type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntentTypeError {
    /// The intent type that was probably meant, where only the spelling is wrong.
    pub corrected: Option<String>,
}

impl IntentType {
    /// Reads an intent type.
    ///
    /// # Errors
    ///
    /// The text is not words joined by dots, each a lower-case letter and then letters, digits or `_`.
    pub fn parse(text: &str) -> Result<Self, IntentTypeError> {
        if is_intent_type(text) {
            return Ok(Self(text.to_owned()));
        }
        let corrected = text.trim().to_lowercase().replace(['-', ' '], "_");
        Err(IntentTypeError { corrected: is_intent_type(&corrected).then_some(corrected) })
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IntentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for IntentTypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an intent type is lower-case words joined by dots, such as `payment.process`")
    }
}

impl std::error::Error for IntentTypeError {}

fn is_intent_type(text: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    text.split('.').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intent_types_are_words_joined_by_dots() {
        for text in ["payment.process_card2", "extension", "log_event"] {
            assert!(IntentType::parse(text).is_ok(), "{text}");
        }
        for text in ["", "payment.", ".payment", "payment..process", "payment.2nd", "payment.*"] {
            assert!(IntentType::parse(text).is_err(), "{text}");
        }
        let error = IntentType::parse("Payment.process-card").expect_err("not lower case");
        assert_eq!(error.corrected.as_deref(), Some("payment.process_card"));
    }
}
