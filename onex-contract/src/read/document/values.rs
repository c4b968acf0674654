//! The kinds of values that only files beside a contract have.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::language::Text;
use crate::read::Given;
use crate::read::field::{self, Field};
use crate::schema::is_date_time;
use crate::source::Spanned;
use crate::syntax::{Shortened, Value};

/// A name of a file, or of what it belongs to.
pub(super) static NAME: Text = Text {
    name: "name in lower case",
    rule: "a lower-case letter, then lower-case letters, digits, `-` and `_`",
    pattern: Some("^[a-z][a-z0-9_-]*$"),
};
pub(super) static TIME: Text = Text {
    name: "point in time",
    rule: "a date and time with an offset, as in RFC 3339: `2025-01-15T10:00:00Z`",
    pattern: None,
};
pub(super) static PERCENTAGE: Text = Text {
    name: "percentage",
    rule: "a number from 0 to 100 and `%`: `99.9%`",
    pattern: Some("^[0-9]+(\\.[0-9]+)?%$"),
};
pub(super) static REQUIREMENT: Text = Text {
    name: "version requirement",
    rule: "comparisons of versions, joined by `,`: `>=3.12,<4.0`; or `builtin`",
    pattern: None,
};
/// The name of a metric or of a label, as Prometheus takes them.
pub(super) static METRIC: Text = Text {
    name: "metric's name",
    rule: "a letter or `_`, then letters, digits and `_`",
    pattern: Some("^[A-Za-z_][A-Za-z0-9_]*$"),
};

pub(super) fn name(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let starts = |byte: u8| byte.is_ascii_lowercase();
    let continues = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    named(field, &NAME, starts, continues, sink)
}

pub(super) fn metric(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let starts = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    named(field, &METRIC, starts, |byte| starts(byte) || byte.is_ascii_digit(), sink)
}

fn named(
    field: Field<'_>,
    kind: &Text,
    starts: impl Fn(u8) -> bool,
    continues: impl Fn(u8) -> bool,
    sink: &mut Sink,
) -> Given<Spanned<String>> {
    let name = field::spanned_text(field, sink)?;
    if name.value.bytes().next().is_some_and(starts) && name.value.bytes().all(continues) {
        return Ok(name);
    }
    let message = format!("{field}: `{}` is not a {}", Shortened(&name.value), kind.name);
    let fault = Diagnostic::new(Code::BadName, message, name.span, format!("not a {}", kind.name));
    // A file that was made from a template, and not all of it filled in.
    let is_template = name.value.contains('{');
    Err(sink.report(if is_template {
        fault.help("fill in what stands in `{}`")
    } else {
        fault.help(format!("a {} is {}", kind.name, kind.rule))
    }))
}

/// A text that is not empty.
pub(super) fn words(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let text = field::spanned_text(field, sink)?;
    if text.value.trim().is_empty() {
        let fault = Diagnostic::new(Code::BadName, format!("{field} is empty"), text.span, "this is empty");
        return Err(sink.report(fault));
    }
    Ok(text)
}

/// A list of texts of which none is there twice.
pub(super) fn distinct(field: Field<'_>, sink: &mut Sink) -> Given<Vec<String>> {
    distinct_of(field, sink, words)
}

pub(super) fn distinct_of(
    field: Field<'_>,
    sink: &mut Sink,
    read: impl FnMut(Field<'_>, &mut Sink) -> Given<Spanned<String>>,
) -> Given<Vec<String>> {
    let list = field::list(field, sink, read)?;
    let mut seen = HashMap::new();
    for text in &list.items {
        if let Some(first) = seen.insert(text.value.as_str(), text.span) {
            let message = format!("{field} lists `{}` twice", Shortened(&text.value));
            let fault = Diagnostic::new(Code::DuplicateEntry, message, text.span, "listed again here");
            sink.report(fault.also(first, "first listed here").help("remove one of the two"));
        }
    }
    list.broken.map_or(Ok(list.items.into_iter().map(|text| text.value).collect()), Err)
}

pub(super) fn time(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    let text = field::spanned_text(field, sink)?;
    if is_date_time(&text.value) { Ok(text) } else { Err(malformed(field, &text, &TIME, sink)) }
}

pub(super) fn percentage(field: Field<'_>, sink: &mut Sink) -> Given<f64> {
    if let Value::Int(_) | Value::Float(_) = field.node.value {
        return Err(field.expected("a string such as `99.9%`", sink));
    }
    let text = field::spanned_text(field, sink)?;
    let digits =
        text.value.strip_suffix('%').filter(|digits| digits.starts_with(|one: char| one.is_ascii_digit()));
    let number =
        digits.and_then(|digits| digits.parse::<f64>().ok()).filter(|number| (0.0..=100.0).contains(number));
    number.ok_or_else(|| malformed(field, &text, &PERCENTAGE, sink))
}

pub(super) fn requirement(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    if let Value::Int(_) | Value::Float(_) = field.node.value {
        return Err(field.expected("a string such as `\">=2.11\"`", sink));
    }
    let text = field::spanned_text(field, sink)?;
    let good = text.value == "builtin" || text.value.split(',').all(|part| is_comparison(part.trim()));
    if good { Ok(text) } else { Err(malformed(field, &text, &REQUIREMENT, sink)) }
}

/// `>=3.12`, `~=2.0`, `1.4`, `*`.
fn is_comparison(text: &str) -> bool {
    let version = ["===", "==", ">=", "<=", "!=", "~=", ">", "<", "^", "~", "="]
        .into_iter()
        .find_map(|operator| text.strip_prefix(operator))
        .unwrap_or(text)
        .trim_start();
    let part =
        |part: &str| part == "*" || !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    version.split(['.', '-', '+']).all(part)
        && version.starts_with(|first: char| first.is_ascii_digit() || first == '*')
}

fn malformed(
    field: Field<'_>,
    text: &Spanned<String>,
    kind: &Text,
    sink: &mut Sink,
) -> crate::diagnostic::Reported {
    let message = format!("{field}: `{}` is not a {}", Shortened(&text.value), kind.name);
    let fault = Diagnostic::new(Code::Malformed, message, text.span, format!("not a {}", kind.name));
    sink.report(fault.help(format!("a {} is {}", kind.name, kind.rule)))
}
