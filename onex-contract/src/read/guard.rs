//! The two ways to write a guard, and the one thing that both mean.
//!
//! In parts, `{ field: total, operator: greater_than, value: 100 }`, or as a text, `"total greater_than 100"`: a field, an
//! operator, and what the operator needs behind it. In a text a value with spaces stands in quotes, and several stand in
//! brackets.

use super::field::{self, Field};
use super::section::Section;
use super::{Given, header, names, topics};
use crate::contract::{Guard, Literal, Operand, Operator};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::language::{Key, Section as Table, Shape, Words, text};
use crate::regex::Pattern;
use crate::source::Spanned;
use crate::syntax::{Node, Shortened, Value, plain_scalar};
use std::ops::Range;

pub(super) static CONDITION: Table = Table::new(
    "a condition",
    "When a transition may fire, as a text.",
    &[
        Key::required(
            "expression",
            Shape::Text(&text::GUARD),
            "The condition: `retry_count less_than 3`, `order_id exists`.",
        ),
        Key::default(
            "required",
            Shape::Boolean,
            "true",
            "Whether the transition waits for it; one that is not required only says what is usual.",
        ),
        Key::optional("condition_name", Shape::TEXT, "Its name in reports.").documents(),
        Key::optional("condition_type", Shape::TEXT, "A word for tools: `data_validation`.").documents(),
        Key::optional("version", header::VERSION, "Its version.").documents(),
        Key::optional("description", Shape::TEXT, "What it is for.").documents(),
        Key::optional("error_message", Shape::TEXT, "What to tell whoever is refused."),
        Key::default("retry_count", Shape::COUNT, "0", "How often it is looked at again.").later(),
        Key::optional(
            "timeout_ms",
            Shape::Integer { min: 1, max: u32::MAX as i64 },
            "How long it is looked at, in milliseconds.",
        )
        .later(),
    ],
);

pub(super) static GUARD: Table = Table::new(
    "a guard",
    "When a transition may fire, in parts.",
    &[
        Key::required("field", Shape::Text(&text::FIELD), "The field that is looked at."),
        Key::required("operator", Shape::Word(Operator::WORDS), "What it is compared by."),
        Key::optional("value", Shape::Anything, "What it is compared to, where the operator needs that."),
        Key::optional("description", Shape::TEXT, "What it is for.").documents(),
        Key::optional("error_message", Shape::TEXT, "What to tell whoever is refused."),
    ],
);

/// An entry of `conditions`.
pub(super) fn condition(field: Field<'_>, sink: &mut Sink) -> Given<Guard> {
    let mut section = Section::open(field, &CONDITION, sink)?;
    let guard = section.required("expression", sink, expression);
    let required = section.optional("required", sink, field::boolean);
    let message = section.optional("error_message", sink, field::text);
    let mut read_only = section.optional("version", sink, header::version).map(drop);
    for key in ["condition_name", "condition_type", "description"] {
        read_only = read_only.and(section.optional(key, sink, field::text).map(drop));
    }
    for key in ["retry_count", "timeout_ms"] {
        read_only = read_only.and(section.optional(key, sink, field::integer::<u32>).map(drop));
    }
    section.close();
    read_only?;
    let required = required?.is_none_or(|required| required.value);
    Ok(Guard { required, message: message?, ..guard? })
}

/// An entry of `guard_conditions`.
pub(super) fn guard(field: Field<'_>, sink: &mut Sink) -> Given<Guard> {
    let mut section = Section::open(field, &GUARD, sink)?;
    let subject = section.required("field", sink, names::data_field);
    let operator = section.required("operator", sink, field::word::<Operator>);
    let description = section.optional("description", sink, field::text);
    let message = section.optional("error_message", sink, field::text);
    let value = section.take("value");
    let absent = section.unreadable("value");
    section.close();
    description?;
    let operator = operator?;
    let value = operand(operator, value, absent, field, sink)?;
    Ok(Guard { field: subject?, operator, value, required: true, message: message? })
}

/// What stands behind an operator in parts: as much as it needs, and nothing else.
pub(super) fn operand(
    operator: Spanned<Operator>,
    value: Option<Field<'_>>,
    unreadable: Option<Reported>,
    condition: Field<'_>,
    sink: &mut Sink,
) -> Given<Option<Literal>> {
    let name = operator.value.as_str();
    match (operator.value.operand(), value) {
        (Operand::Nothing, None) => Ok(None),
        (Operand::Nothing, Some(value)) => {
            let message = format!("`{name}` is compared with nothing, and a `value` is given");
            let fault = Diagnostic::new(Code::MisplacedKey, message, value.key, "compared with nothing")
                .also(operator.span, "the operator")
                .help("remove the key");
            Err(sink.report(fault))
        }
        (Operand::Pattern, Some(value)) => {
            if !matches!(value.node.value, Value::Str(_) | Value::Faulty(_)) {
                let expected = format!("{} behind `{name}`", what(Operand::Pattern));
                return Err(value.expected(&expected, sink));
            }
            let text = field::spanned_text(value, sink)?;
            pattern(&text, 0..text.value.len(), sink).map(Some)
        }
        (needed, Some(value)) => {
            let literal = literal(value, sink)?;
            fitting(operator.value, needed, literal, value, sink).map(Some)
        }
        (_, None) => Err(unreadable.unwrap_or_else(|| {
            let message = format!("`{name}` needs a `value` to compare with");
            sink.report(Diagnostic::new(Code::MissingKey, message, condition.key, "this has no `value`"))
        })),
    }
}

/// `field operator value`, in a text.
fn expression(field: Field<'_>, sink: &mut Sink) -> Given<Guard> {
    let text = field::spanned_text(field, sink)?;
    let (subject, rest) = token(&text.value, 0);
    let (operator, rest) = token(&text.value, rest);
    let value = rest + text.value[rest..].len() - text.value[rest..].trim_start().len();
    let value = value..value + text.value[value..].trim_end().len();
    let place = |part: &Range<usize>| topics::within(&text, part);

    if operator.is_empty() {
        return Err(sink.report(no_guard(&text, "there is no operator in it")));
    }
    if !names::is_field_path(&text.value[subject.clone()]) {
        let why = format!("`{}` is not a field", Shortened(&text.value[subject]));
        return Err(sink.report(no_guard(&text, &why)));
    }
    let written = Spanned::new(text.value[operator.clone()].to_owned(), place(&operator));
    let Some(operator) = Operator::of(&written.value) else {
        return Err(sink.report(field::unknown_word(field, &written, Operator::WORDS)));
    };
    let written_value = &text.value[value.clone()];
    let literal = match (operator.operand(), written_value) {
        (Operand::Nothing, "") => None,
        (Operand::Nothing, _) => {
            let why = format!("`{}` is compared with nothing", operator.as_str());
            return Err(sink.report(no_guard(&text, &why)));
        }
        (_, "") => {
            let why = format!("`{}` needs a value behind it", operator.as_str());
            return Err(sink.report(no_guard(&text, &why)));
        }
        (Operand::Pattern, _) => {
            let Some(unquoted) = unquoted(written_value) else {
                let why = format!("`{}` needs {} behind it", operator.as_str(), what(Operand::Pattern));
                return Err(sink.report(no_guard(&text, &why)));
            };
            let start = value.start + unquoted.start;
            Some(pattern(&text, start..start + unquoted.len(), sink)?)
        }
        (needed, _) => {
            let literal = in_text(written_value, needed == Operand::Several);
            match literal.filter(|literal| fits(needed, literal)) {
                Some(literal) => Some(literal),
                None => {
                    let why = format!("`{}` needs {} behind it", operator.as_str(), what(needed));
                    return Err(sink.report(no_guard(&text, &why)));
                }
            }
        }
    };
    let subject = Spanned::new(text.value[subject.clone()].to_owned(), place(&subject));
    let operator = Spanned::new(operator, written.span);
    Ok(Guard { field: subject, operator, value: literal, required: true, message: None })
}

/// The next word of a text, and where it ends.
fn token(text: &str, from: usize) -> (Range<usize>, usize) {
    let start = from + text[from..].len() - text[from..].trim_start().len();
    let end = text[start..].find(char::is_whitespace).map_or(text.len(), |length| start + length);
    (start..end, end)
}

fn no_guard(text: &Spanned<String>, why: &str) -> Diagnostic {
    let message = format!("`{}` is not a condition: {why}", Shortened(&text.value));
    Diagnostic::new(Code::BadGuard, message, text.span, "not a condition").help(
        "a condition is written `total greater_than 100`, `order_id exists` or `state in [open, paid]`; a text with spaces stands in quotes",
    )
}

/// One value of a text, or several.
fn in_text(text: &str, several: bool) -> Option<Literal> {
    let brackets = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match brackets {
        Some(values) => {
            values.split(',').map(|value| one(value.trim())).collect::<Option<_>>().map(Literal::List)
        }
        None if several => {
            text.split(',').map(|value| one(value.trim())).collect::<Option<_>>().map(Literal::List)
        }
        None => one(text),
    }
}

fn one(text: &str) -> Option<Literal> {
    let inner = unquoted(text)?;
    if inner.len() < text.len() {
        return Some(Literal::Text(text[inner].to_owned()));
    }
    scalar(&plain_scalar(text))
}

/// Where in it the text stands, which is in quotes if there are spaces in it.
fn unquoted(text: &str) -> Option<Range<usize>> {
    for quote in ['"', '\''] {
        if let Some(rest) = text.strip_prefix(quote) {
            let inner = rest.strip_suffix(quote).filter(|inner| !inner.contains(quote))?;
            return Some(1..1 + inner.len());
        }
    }
    (!text.is_empty() && !text.contains(char::is_whitespace)).then_some(0..text.len())
}

/// The regular expression that is a part of a text.
fn pattern(text: &Spanned<String>, part: Range<usize>, sink: &mut Sink) -> Given<Literal> {
    let written = &text.value[part.clone()];
    Pattern::read(written).map(Literal::Pattern).map_err(|fault| {
        let message = format!("`{}` is not a regular expression: {fault}", Shortened(written));
        let place = topics::within(text, &part);
        let fault =
            Diagnostic::new(Code::BadPattern, message, place, "not a regular expression").help(fault.help());
        sink.report(fault)
    })
}

fn scalar(value: &Value) -> Option<Literal> {
    match value {
        Value::Bool(value) => Some(Literal::Boolean(*value)),
        Value::Int(value) => Some(Literal::Integer(*value)),
        Value::Float(value) if value.is_finite() => Some(Literal::Number(*value)),
        Value::Str(text) => Some(Literal::Text(text.clone())),
        _ => None,
    }
}

/// A value of the contract.
fn literal(field: Field<'_>, sink: &mut Sink) -> Given<Literal> {
    let read = |node: &Node| scalar(&node.value);
    let literal = match &field.node.value {
        Value::Faulty(reported) => return Err(*reported),
        Value::Seq(nodes) => nodes.iter().map(read).collect::<Option<Vec<Literal>>>().map(Literal::List),
        _ => read(field.node),
    };
    match literal {
        Some(literal) => Ok(literal),
        None => Err(field.expected("a text, a number, `true`, `false`, or a list of these", sink)),
    }
}

fn fitting(
    operator: Operator,
    needed: Operand,
    literal: Literal,
    value: Field<'_>,
    sink: &mut Sink,
) -> Given<Literal> {
    if fits(needed, &literal) {
        return Ok(literal);
    }
    Err(value.expected(&format!("{} behind `{}`", what(needed), operator.as_str()), sink))
}

fn fits(needed: Operand, literal: &Literal) -> bool {
    match needed {
        Operand::Nothing => false,
        Operand::One => !matches!(literal, Literal::List(_)),
        Operand::Number => matches!(literal, Literal::Integer(_) | Literal::Number(_)),
        Operand::Length => matches!(literal, Literal::Integer(length) if *length >= 0),
        Operand::Pattern => matches!(literal, Literal::Pattern(_)),
        Operand::Several => matches!(literal, Literal::List(values) if !values.is_empty()),
    }
}

fn what(needed: Operand) -> &'static str {
    match needed {
        Operand::Nothing => "nothing",
        Operand::One => "one value",
        Operand::Number => "a number",
        Operand::Length => "an integer from 0 on",
        Operand::Pattern => "a regular expression",
        Operand::Several => "a list of at least one value",
    }
}
