//! Values as JSON text. A [`Json`] is a whole value, so that no combination of them is malformed.

use std::fmt::Write;

/// The text of one JSON value, on one line.
pub(super) struct Json(String);

impl Json {
    pub(super) fn null() -> Self {
        Self("null".to_owned())
    }

    pub(super) fn number(value: usize) -> Self {
        Self(value.to_string())
    }

    pub(super) fn string(text: &str) -> Self {
        let mut json = String::with_capacity(text.len() + 2);
        json.push('"');
        for character in text.chars() {
            match character {
                '"' => json.push_str("\\\""),
                '\\' => json.push_str("\\\\"),
                '\n' => json.push_str("\\n"),
                // Some readers of JSON Lines take the last two for the end of a line.
                '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                    let _ = write!(json, "\\u{:04x}", u32::from(character));
                }
                other => json.push(other),
            }
        }
        json.push('"');
        Self(json)
    }

    pub(super) fn array(items: impl IntoIterator<Item = Self>) -> Self {
        let mut json = String::from("[");
        for (position, Self(item)) in items.into_iter().enumerate() {
            if position > 0 {
                json.push(',');
            }
            json.push_str(&item);
        }
        json.push(']');
        Self(json)
    }

    /// The names are written as they are.
    pub(super) fn object(members: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        let mut json = String::from("{");
        for (position, (name, Self(value))) in members.into_iter().enumerate() {
            if position > 0 {
                json.push(',');
            }
            json.push('"');
            json.push_str(name);
            json.push_str("\":");
            json.push_str(&value);
        }
        json.push('}');
        Self(json)
    }

    /// The text, with the end of its line.
    pub(super) fn line(self) -> String {
        self.0 + "\n"
    }
}
