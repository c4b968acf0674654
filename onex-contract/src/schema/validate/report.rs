//! Faults in words.

use std::collections::HashSet;

use super::super::model::Properties;
use super::super::types::{Type, Types};
use super::budget::Budget;
use super::fault::{Counted, Fault, Side, Why};
use super::suggest;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::read::field::{Field, listed};
use crate::syntax::{Key, Node, Shortened, Value};

const SAYS_SO: &str = "the schema says so here";
/// A message lists no more values or names than this.
const LISTED: usize = 10;

/// Reports each fault, but for a key that is unknown because it is a misspelt one that is missing.
pub(super) fn report(faults: &[Fault<'_>], budget: &mut Budget, sink: &mut Sink) {
    let misspelt: Vec<_> = faults.iter().map(|fault| suggest::misspelt(fault, budget)).collect();
    let meant: HashSet<_> = misspelt.iter().flatten().map(|key| key.span).collect();
    for (fault, misspelt) in faults.iter().zip(misspelt) {
        let words = match (&fault.why, misspelt) {
            (Why::UnknownKey { key, .. }, _) if meant.contains(&key.span) => continue,
            (Why::Missing { name, .. }, Some(key)) => {
                let help = format!("`{}` is probably meant as this key", Shortened(&key.value));
                in_words(fault, budget).replace(help, key.span, quoted(name))
            }
            _ => in_words(fault, budget),
        };
        sink.report(with_alternatives(words, fault));
    }
}

fn in_words(fault: &Fault<'_>, budget: &mut Budget) -> Diagnostic {
    let Fault { at, says_so, .. } = *fault;
    let new = |code, message: String, label: String| {
        Diagnostic::new(code, message, at.node.span, label).also(says_so, SAYS_SO)
    };
    match &fault.why {
        Why::Type(types) => {
            let message = format!("{at}: expected {types}, found {}", at.node.value);
            quotes(new(Code::DataType, message, format!("expected {types}")), at, *types)
        }
        Why::NotListed(values) => not_listed(fault, values, budget),
        Why::Format { found, format } => {
            let phrase = format.phrase();
            let message = format!("{at}: `{}` is not {phrase}", Shortened(found));
            new(Code::DataFormat, message, format!("not {phrase}")).note(format!(
                "the format `{}` is written like `{}`",
                format.name(),
                format.example()
            ))
        }
        Why::Bound { found, side, bound } => {
            let message = format!("{at} is {found}, and must be {} {bound}", side.phrase());
            new(Code::DataBounds, message, format!("not {} {bound}", side.phrase()))
        }
        Why::NotMultiple { found, factor } => {
            let message = format!("{at} is {found}, and must be a multiple of {factor}");
            new(Code::DataBounds, message, format!("no multiple of {factor}"))
        }
        Why::Count { what, found, side, bound } => {
            let bound = format!("{} {}", side.phrase(), what.phrase(*bound));
            let message = format!("{at} has {}, and must have {bound}", what.phrase(*found));
            // The first line of a mapping is but one of its keys.
            let place = if *what == Counted::Keys { at.key } else { at.node.span };
            Diagnostic::new(Code::DataBounds, message, place, format!("not {bound}")).also(says_so, SAYS_SO)
        }
        Why::Twice { first } => {
            let message = format!("{at} is given twice, and each may be given once");
            new(Code::DataTwice, message, "given again here".to_owned()).also(*first, "first given here")
        }
        Why::Missing { name, .. } => {
            let name = Shortened(name);
            let message = format!("missing key `{name}` in {at}");
            Diagnostic::new(Code::DataMissing, message, at.key, format!("this has no `{name}`"))
                .also(says_so, "required here")
        }
        Why::UnknownKey { key, properties, .. } => {
            let meant = suggest::known_key(fault, budget);
            unknown_key(fault, key, *properties, meant)
        }
        Why::Impossible => {
            let message = format!("{at}: the schema allows no value here");
            new(Code::DataValue, message, "no value is allowed".to_owned())
        }
        Why::Excluded => {
            let message = format!("{at}: this value is excluded by `not`");
            new(Code::DataValue, message, "this fits what is excluded".to_owned())
        }
        Why::Ambiguous { count, first, second } => {
            let message = format!("{at} fits {count} schemas of `oneOf`, and must fit exactly one");
            new(Code::DataAmbiguous, message, format!("this fits {count}"))
                .also(*first, "it fits this one")
                .also(*second, "and this one")
        }
    }
}

fn not_listed(fault: &Fault<'_>, values: &[&Node], budget: &mut Budget) -> Diagnostic {
    let Fault { at, says_so, .. } = *fault;
    let shown: Vec<String> = values.iter().take(LISTED).map(|value| short(&value.value)).collect();
    let (message, label) = match (&shown[..], &at.node.value) {
        ([one], found) => (format!("{at}: expected `{one}`, found {found}"), format!("expected `{one}`")),
        (_, Value::Str(text)) => {
            (format!("{at}: there is no `{}`", Shortened(text)), "unknown value".to_owned())
        }
        (_, found) => {
            (format!("{at}: {found} is none of the values of the schema"), "unknown value".to_owned())
        }
    };
    let words = Diagnostic::new(Code::DataValue, message, at.node.span, label).also(says_so, SAYS_SO);
    let words = if shown.len() > 1 {
        let more = and_more(values.len() - shown.len());
        words.note(format!("it is one of {}{more}", listed(shown.iter().map(String::as_str))))
    } else {
        words
    };
    match suggest::value(at.node, values, budget) {
        Some(meant) => words.replace(format!("there is `{meant}`"), at.node.span, quoted(meant)),
        None => words,
    }
}

fn unknown_key(
    fault: &Fault<'_>,
    key: &Key,
    properties: Option<&Properties>,
    meant: Option<&str>,
) -> Diagnostic {
    let Fault { at, says_so, .. } = *fault;
    let message = format!("unknown key `{}` in {at}", Shortened(&key.value));
    let words = Diagnostic::new(Code::DataUnknownKey, message, key.span, "unknown key")
        .also(says_so, "the schema allows no others");
    let Some(properties) = properties.filter(|properties| !properties.list.is_empty()) else { return words };
    let names = listed(properties.names().take(LISTED));
    let more = and_more(properties.list.len().saturating_sub(LISTED));
    let words = words.note(format!("the keys of {at} are {names}{more}"));
    match meant {
        Some(meant) => words.replace(format!("there is a key `{meant}`"), key.span, quoted(meant)),
        None => words,
    }
}

fn with_alternatives(words: Diagnostic, fault: &Fault<'_>) -> Diagnostic {
    match fault.closest_of {
        Some(alternatives) => {
            let note = format!("it fits none of {} schemas, and this is the closest", alternatives.count);
            words.also(alternatives.span, "it must fit one of these").note(note)
        }
        None => words,
    }
}

/// YAML takes `5` for a number and `"5"` for a string: often only the quotes are wrong.
fn quotes(words: Diagnostic, at: Field<'_>, expected: Types) -> Diagnostic {
    match &at.node.value {
        Value::Str(text) => {
            let integer = text.parse::<i64>().is_ok() && expected.has(Type::Integer);
            let boolean = text.parse::<bool>().is_ok() && expected.has(Type::Boolean);
            if integer || boolean {
                words.replace("remove the quotes", at.node.span, text.as_str())
            } else {
                words
            }
        }
        Value::Int(_) | Value::Float(_) | Value::Bool(_) if expected.has(Type::String) => {
            words.help("put it in quotes, if it is meant as a string")
        }
        _ => words,
    }
}

/// A value of a schema as it may be written.
fn short(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Str(text) => Shortened(text).to_string(),
        Value::Seq(_) => "[..]".to_owned(),
        Value::Map(_) => "{..}".to_owned(),
        Value::Faulty(_) => "..".to_owned(),
    }
}

/// A text as YAML takes it for itself.
fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./".contains(&byte);
    if text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("\"{}\"", text.escape_default())
    }
}

fn and_more(more: usize) -> String {
    if more == 0 { String::new() } else { format!(" and {more} more") }
}

impl Side {
    fn phrase(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::Above => "greater than",
            Self::AtMost => "at most",
            Self::Below => "less than",
        }
    }
}

impl Counted {
    fn phrase(self, number: u64) -> String {
        let (one, several) = match self {
            Self::Characters => ("character", "characters"),
            Self::Entries => ("entry", "entries"),
            Self::Keys => ("key", "keys"),
        };
        format!("{number} {}", if number == 1 { one } else { several })
    }
}
