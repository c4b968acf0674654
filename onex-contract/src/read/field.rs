//! One value under its key, read as the type that the key asks for.

use std::fmt;

use super::{Given, List};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink, closest};
use crate::language::{Shape, Word, Words};
use crate::source::{Span, Spanned};
use crate::syntax::{Node, Shortened, Value};

/// A value and how messages call it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'a> {
    name: &'a str,
    /// It is an entry of the list that has the name.
    entry: bool,
    /// Where the key stands; for an entry and the root, where the value does.
    pub(crate) key: Span,
    pub(crate) node: &'a Node,
    /// What the language's table says of the value.
    pub(crate) shape: &'static Shape,
}

impl<'a> Field<'a> {
    /// The value that has no key.
    pub(crate) fn of(name: &'a str, node: &'a Node, shape: &'static Shape) -> Self {
        Self { name, entry: false, key: node.span, node, shape }
    }

    pub(crate) fn under(key: Spanned<&'a str>, node: &'a Node, shape: &'static Shape) -> Self {
        Self { name: key.value, entry: false, key: key.span, node, shape }
    }

    pub(crate) fn span(&self) -> Span {
        self.node.span
    }

    pub(crate) fn entry(self, node: &'a Node) -> Self {
        Self { entry: true, key: node.span, node, shape: self.shape.of_entries(), ..self }
    }

    /// Whether it is an entry of a list.
    pub(crate) fn is_entry(&self) -> bool {
        self.entry
    }

    /// Reports that the value has another type than the expected one.
    pub(crate) fn expected(self, expected: &str, sink: &mut Sink) -> Reported {
        sink.report(self.wrong_type(expected))
    }

    fn wrong_type(self, expected: &str) -> Diagnostic {
        let message = format!("{self}: expected {expected}, found {}", self.node.value);
        let found = Diagnostic::new(Code::WrongType, message, self.node.span, format!("expected {expected}"));
        match self.node.value {
            Value::Null => found.help("give it a value, or remove the key"),
            _ => found,
        }
    }
}

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.entry, self.name.contains(' ')) {
            (true, _) => write!(f, "an entry of `{}`", self.name),
            (false, true) => f.write_str(self.name),
            (false, false) => write!(f, "`{}`", Shortened(self.name)),
        }
    }
}

pub(crate) fn text(field: Field<'_>, sink: &mut Sink) -> Given<String> {
    spanned_text(field, sink).map(|text| text.value)
}

pub(crate) fn spanned_text(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<String>> {
    match &field.node.value {
        Value::Str(text) => Ok(Spanned::new(text.clone(), field.span())),
        Value::Faulty(reported) => Err(*reported),
        _ => Err(field.expected("a string", sink)),
    }
}

pub(crate) fn boolean(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<bool>> {
    match &field.node.value {
        Value::Bool(value) => Ok(Spanned::new(*value, field.span())),
        Value::Faulty(reported) => Err(*reported),
        Value::Str(text) => {
            let meant = text.parse::<bool>().ok();
            Err(sink.report(unquote(field.wrong_type("`true` or `false`"), field, meant)))
        }
        _ => Err(field.expected("`true` or `false`", sink)),
    }
}

/// An integer within the bounds of the table, which are no wider than the type's.
pub(crate) fn integer<T: TryFrom<i64>>(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<T>> {
    let (min, max) = field.shape.integers();
    match &field.node.value {
        Value::Int(value) => match T::try_from(*value) {
            Ok(fitting) if (min..=max).contains(value) => Ok(Spanned::new(fitting, field.span())),
            _ => Err(sink.report(out_of_bounds(field, value, &min, &max))),
        },
        Value::Faulty(reported) => Err(*reported),
        Value::Str(text) => {
            let meant = text.parse::<i64>().ok();
            Err(sink.report(unquote(field.wrong_type("an integer"), field, meant)))
        }
        _ => Err(field.expected("an integer", sink)),
    }
}

/// A number within the bounds of the table.
pub(crate) fn number(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<f64>> {
    let (min, max) = field.shape.numbers();
    let value = match &field.node.value {
        Value::Float(value) => *value,
        Value::Int(value) => *value as f64,
        Value::Faulty(reported) => return Err(*reported),
        _ => return Err(field.expected("a number", sink)),
    };
    // Written so that NaN is outside.
    if (min..=max).contains(&value) {
        Ok(Spanned::new(value, field.span()))
    } else {
        Err(sink.report(out_of_bounds(field, &value, &min, &max)))
    }
}

/// One of the words of an enumeration, in any case.
pub(crate) fn word<T: Words>(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<T>> {
    let place = word_of(field, T::WORDS, sink)?;
    Ok(Spanned::new(T::ALL[place], field.span()))
}

/// The place of a text among the words of an enumeration.
fn word_of(field: Field<'_>, words: &[Word], sink: &mut Sink) -> Given<usize> {
    let text = spanned_text(field, sink)?;
    let place = words.iter().position(|word| word.is(&text.value));
    place.ok_or_else(|| sink.report(unknown_word(field, &text, words)))
}

/// A text that is none of the words that a key takes. What is like one of a word's spellings is that word, and is
/// suggested in the canonical one.
pub(crate) fn unknown_word(field: Field<'_>, text: &Spanned<String>, words: &[Word]) -> Diagnostic {
    let names: Vec<&str> = words.iter().map(|word| word.name).collect();
    let spellings = words.iter().flat_map(|word| std::iter::once(&word.name).chain(word.also)).copied();
    let meant = closest(&text.value, spellings).and_then(|near| words.iter().find(|word| word.is(near)));
    none_of(field, text, &names, meant.map(|word| word.name))
}

/// The same for values that are no words of the language.
pub(crate) fn unknown_value(field: Field<'_>, text: &Spanned<String>, values: &[&str]) -> Diagnostic {
    none_of(field, text, values, closest(&text.value, values.iter().copied()))
}

fn none_of(field: Field<'_>, text: &Spanned<String>, values: &[&str], meant: Option<&str>) -> Diagnostic {
    let message = format!("{field}: there is no `{}`", Shortened(&text.value));
    let unknown = Diagnostic::new(Code::UnknownValue, message, text.span, "unknown value")
        .note(format!("it is one of {}", listed(values.iter().copied())));
    match meant {
        Some(meant) => unknown.replace(format!("there is `{meant}`"), text.span, meant),
        None => unknown,
    }
}

pub(crate) fn list<'a, T>(
    field: Field<'a>,
    sink: &mut Sink,
    mut read: impl FnMut(Field<'a>, &mut Sink) -> Given<T>,
) -> Given<List<T>> {
    let nodes = entries(field, sink)?;
    let mut list = List { items: Vec::with_capacity(nodes.len()), span: Some(field.span()), broken: None };
    for node in nodes {
        match read(field.entry(node), sink) {
            Ok(item) => list.items.push(item),
            Err(reported) => list.broken = Some(reported),
        }
    }
    Ok(list)
}

fn entries<'a>(field: Field<'a>, sink: &mut Sink) -> Given<&'a [Node]> {
    match &field.node.value {
        Value::Seq(nodes) => Ok(nodes),
        Value::Faulty(reported) => Err(*reported),
        _ => Err(field.expected("a list", sink)),
    }
}

/// Words for a message: `` `a`, `b`, `c` ``.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn unquote<T: fmt::Display>(wrong: Diagnostic, field: Field<'_>, meant: Option<T>) -> Diagnostic {
    match meant {
        Some(value) => wrong.replace("remove the quotes", field.span(), value.to_string()),
        None => wrong,
    }
}

fn out_of_bounds<T: fmt::Display>(field: Field<'_>, value: &T, min: &T, max: &T) -> Diagnostic {
    let message = format!("{field} is {value}, and must be from {min} to {max}");
    Diagnostic::new(Code::OutOfBounds, message, field.span(), format!("not from {min} to {max}"))
}
