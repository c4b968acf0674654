//! How a scalar is written: plain where every reader takes it for the string that it is, else as simply as possible.
//!
//! A plain scalar stays as it is, because quotes could change what it is. A string loses its quotes only where YAML 1.1
//! and 1.2 agree on what it is without them; a string that starts like a number or a date never does.

use std::borrow::Cow;

use super::cst::{Content, Node, Notation, Scalar};
use crate::syntax::Style;

/// The longest key that YAML has without a `?` in front.
pub(super) const MAX_KEY: usize = 1024;

/// What some reader takes for something else than a string, in any case of letters.
const WORDS: [&str; 14] =
    ["y", "yes", "n", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity", "nil", "none"];

/// A scalar on one line, if it is one: a block scalar or one with line breaks in it is none.
pub(super) fn one_line<'a>(scalar: &'a Scalar<'_>, tagged: bool, flow: bool) -> Option<Cow<'a, str>> {
    match &scalar.notation {
        Notation::New => Some(simplest(&scalar.value, flow)),
        Notation::Written { style: Style::Block { .. }, .. } => None,
        Notation::Written { text, .. } if text.contains('\n') => None,
        Notation::Written { style: Style::Plain, text } => {
            // One that comes out of a block may have what ends it in brackets.
            let fits = !flow || !text.contains(IN_FLOW);
            fits.then_some(Cow::Borrowed(*text))
        }
        Notation::Written { text, .. } if tagged => Some(Cow::Borrowed(*text)),
        Notation::Written { style, text } => Some(quoted(&scalar.value, *style, text, flow)),
    }
}

/// A key, without the colon.
pub(super) fn key_text(key: &Node<'_>, flow: bool) -> String {
    let mut text = String::new();
    for property in &key.properties {
        text.push_str(property);
        text.push(' ');
    }
    match &key.content {
        // The colon would be taken for a part of the name.
        Content::Alias(name) => text.extend([name, " "]),
        Content::Scalar(scalar) => match one_line(scalar, key.is_tagged(), flow) {
            Some(line) => text.push_str(&line),
            None if key.is_tagged() => text.push_str(&double_quoted(&scalar.value)),
            None => text.push_str(&simplest(&scalar.value, flow)),
        },
        Content::Nothing | Content::Collection(_) | Content::Line(_) => {}
    }
    text
}

/// A string in double quotes, on one line.
pub(super) fn double_quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for character in value.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            other if is_printable(other) => text.push(other),
            other if u32::from(other) <= 0xFF => text.push_str(&format!("\\x{:02X}", u32::from(other))),
            other if u32::from(other) <= 0xFFFF => text.push_str(&format!("\\u{:04X}", u32::from(other))),
            other => text.push_str(&format!("\\U{:08X}", u32::from(other))),
        }
    }
    text.push('"');
    text
}

/// What cannot stand in a plain scalar in brackets. YAML 1.1 readers stop at `?` too.
const IN_FLOW: [char; 6] = [',', '[', ']', '{', '}', '?'];

/// The escapes of characters that are hard to see, or to tell from others.
const BY_NUMBER: [&str; 5] = ["\\x", "\\u", "\\U", "\\_", "\\N"];

fn simplest(value: &str, flow: bool) -> Cow<'_, str> {
    if is_plain(value, flow) { Cow::Borrowed(value) } else { Cow::Owned(double_quoted(value)) }
}

fn quoted<'a>(value: &'a str, style: Style, text: &'a str, flow: bool) -> Cow<'a, str> {
    // Who wrote a character by its number did not want to see it.
    let by_number = style == Style::Double && BY_NUMBER.iter().any(|escape| text.contains(escape));
    if !by_number && is_plain(value, flow) {
        return Cow::Borrowed(value);
    }
    // In single quotes these need no escape.
    let better_single = value.contains(['"', '\\']) || !value.chars().all(is_printable);
    if style == Style::Single && !better_single {
        return Cow::Owned(double_quoted(value));
    }
    Cow::Borrowed(text)
}

/// Whether a string is the same string without quotes, to every reader.
pub(super) fn is_plain(value: &str, flow: bool) -> bool {
    let Some(first) = value.chars().next() else { return false };
    let starts_well = first.is_alphabetic() || "_/$(".contains(first);
    let ends_well = !value.ends_with([' ', ':']);
    let breaks = value.contains(": ") || value.contains(" #") || (flow && value.contains(IN_FLOW));
    let word = WORDS.iter().any(|word| value.eq_ignore_ascii_case(word));
    starts_well && ends_well && !breaks && !word && value.chars().all(is_printable)
}

/// Not a control character, and none that some reader takes for a line break or for nothing.
fn is_printable(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_some_reader_takes_for_something_else_stays_in_quotes() {
        for value in [
            "",
            " a",
            "a ",
            "a:",
            "a: b",
            "a #b",
            "- a",
            "-a",
            "?a",
            ":a",
            "#a",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "'a",
            "\"a",
            "%a",
            "@a",
            "`a",
            "=",
            "<<",
            "~",
            "no",
            "No",
            "oN",
            "y",
            "N",
            "null",
            "True",
            "1",
            "1.0",
            "1.0.0",
            "12:30",
            "2001-01-01",
            "0x1f",
            ".inf",
            "+1",
            ".5",
            "a\tb",
            "a\nb",
            "a\u{85}b",
            "a\u{2028}b",
            "---",
            "...",
            "{a",
            "[a",
            "NaN",
            "Infinity",
        ] {
            assert!(!is_plain(value, false), "{value:?}");
        }
        for value in ["a, b", "a[0]", "{", "what?"] {
            assert!(!is_plain(value, true), "{value:?}");
        }
    }

    #[test]
    fn what_is_a_string_to_everybody_needs_no_quotes() {
        for value in [
            "a",
            "ä b",
            "order-validated.*",
            "onex.evt.a.b.v1",
            "a:b",
            "crate::events",
            "a#b",
            "yes please",
            "nope",
            "v1",
            "/health",
            "$HOME",
            "_",
            "it's \"quoted\"",
            "(a)",
        ] {
            assert!(is_plain(value, true), "{value:?}");
        }
        for value in ["a, b", "list[str]", "what?"] {
            assert!(is_plain(value, false), "{value:?}");
        }
    }

    #[test]
    fn quotes_are_double_unless_that_takes_escapes() {
        let written = |text: &str, value: &str, style| quoted(value, style, text, false).into_owned();
        assert_eq!(written("'1.0'", "1.0", Style::Single), "\"1.0\"");
        assert_eq!(written("'it''s: '", "it's: ", Style::Single), "\"it's: \"");
        assert_eq!(written(r"'\d: '", r"\d: ", Style::Single), r"'\d: '");
        assert_eq!(written("'\": '", "\": ", Style::Single), "'\": '");
        assert_eq!(written(r#""\u00e9: ""#, "é: ", Style::Double), r#""\u00e9: ""#);
        assert_eq!(double_quoted("a\"\\\n\t\u{7}\u{2028}\u{e9}"), "\"a\\\"\\\\\\n\\t\\x07\\u2028\u{e9}\"");
    }
}
