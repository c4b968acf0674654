//! A file's keys and values, each with its place.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigProblem, Fault, Origin};
use super::keys::{self, Scalar};
use super::load::Said;

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Values of known keys.
    pub(super) said: Vec<Said>,
    pub(super) topics: Vec<(String, String)>,
    pub(super) domain: serde_json::Map<String, serde_json::Value>,
}

pub(super) fn read(path: &Path, problems: &mut Vec<ConfigProblem>) -> Contents {
    let whole = Origin::File { path: path.to_owned(), line: 0, column: 0 };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            problems.push(ConfigProblem { origin: whole, fault: Fault::Unreadable(error.to_string()) });
            return Contents::default();
        }
    };
    let mut reader = Reader { path, text: &text, contents: Contents::default(), problems };
    match DeTable::parse(&text) {
        Ok(table) => reader.root(table.get_ref()),
        Err(error) => {
            let span = error.span().unwrap_or_default();
            reader.problem(span, Fault::Syntax(error.message().to_owned()));
        }
    }
    reader.contents
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    contents: Contents,
    problems: &'a mut Vec<ConfigProblem>,
}

impl Reader<'_> {
    fn root(&mut self, table: &DeTable<'_>) {
        for (key, value) in in_order(table) {
            match (key.get_ref().as_ref(), value.get_ref()) {
                (keys::TOPICS, DeValue::Table(topics)) => self.topics(topics),
                (keys::DOMAIN, DeValue::Table(domain)) => self.contents.domain = object(domain),
                (section @ (keys::TOPICS | keys::DOMAIN), other) => {
                    let found = describe(other).to_owned();
                    let fault = Fault::OtherType { key: section.to_owned(), expected: "a table", found };
                    self.problem(value.span(), fault);
                }
                (section, DeValue::Table(keys)) => {
                    for (key, value) in in_order(keys) {
                        self.key(&format!("{section}.{}", key.get_ref()), key.span(), value);
                    }
                }
                (path, _) => self.key(path, key.span(), value),
            }
        }
    }

    fn key(&mut self, path: &str, at: Range<usize>, value: &Spanned<DeValue<'_>>) {
        let key = match keys::find(path) {
            Ok(key) => key,
            Err(unknown) => return self.problem(at, unknown),
        };
        match scalar(value.get_ref()) {
            Some(scalar) => {
                let origin = self.origin(value.span());
                self.contents.said.push(Said { key, value: scalar, origin });
            }
            None => {
                let found = describe(value.get_ref()).to_owned();
                self.problem(
                    value.span(),
                    Fault::OtherType { key: path.to_owned(), expected: "a single value", found },
                );
            }
        }
    }

    fn topics(&mut self, topics: &DeTable<'_>) {
        for (key, value) in in_order(topics) {
            match value.get_ref() {
                DeValue::String(text) => {
                    self.contents.topics.push((key.get_ref().to_string(), text.to_string()));
                }
                other => {
                    let (key, found) = (format!("topics.{}", key.get_ref()), describe(other).to_owned());
                    self.problem(value.span(), Fault::OtherType { key, expected: "a text", found });
                }
            }
        }
    }

    fn problem(&mut self, at: Range<usize>, fault: Fault) {
        let origin = self.origin(at);
        self.problems.push(ConfigProblem { origin, fault });
    }

    fn origin(&self, at: Range<usize>) -> Origin {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Origin::File { path: self.path.to_owned(), line, column }
    }
}

/// In the order of the file: a table has its own.
fn in_order<'t, 'i>(
    table: &'t DeTable<'i>,
) -> Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn scalar(value: &DeValue<'_>) -> Option<Scalar> {
    Some(match value {
        DeValue::String(text) => Scalar::Text(text.to_string()),
        DeValue::Integer(number) => {
            Scalar::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()?)
        }
        DeValue::Float(number) => Scalar::Number(number.as_str().parse().ok()?),
        DeValue::Boolean(value) => Scalar::Switch(*value),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => return None,
    })
}

fn describe(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn object(table: &DeTable<'_>) -> serde_json::Map<String, serde_json::Value> {
    table.iter().map(|(key, value)| (key.get_ref().to_string(), json(value.get_ref()))).collect()
}

fn json(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => object(table).into(),
        DeValue::Datetime(moment) => moment.to_string().into(),
        single => match scalar(single) {
            Some(Scalar::Text(text)) => text.into(),
            Some(Scalar::Integer(number)) => number.into(),
            Some(Scalar::Number(number)) => number.into(),
            Some(Scalar::Switch(value)) => value.into(),
            None => serde_json::Value::Null,
        },
    }
}
