//! A mapping whose keys are known: each key in it is read, or it is an error.

use std::collections::HashSet;

use super::field::{self, Field, listed};
use super::{Given, List};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink, closest};
use crate::language;
use crate::source::Spanned;
use crate::syntax::{Key, Mapping, Shortened, Value};

/// Keys that start like this belong to whoever put them there.
const EXTENSION: &str = "x-";

/// A mapping in which every key is known or was reported.
pub(super) struct Section<'a> {
    table: &'static language::Section,
    mapping: &'a Mapping,
    pub(super) field: Field<'a>,
    /// Keys that are probably there under a wrong name.
    misspelt: Vec<(&'static str, Reported)>,
    asked: Vec<&'static str>,
}

impl<'a> Section<'a> {
    /// Looks at all keys of a mapping.
    pub(super) fn open(field: Field<'a>, table: &'static language::Section, sink: &mut Sink) -> Given<Self> {
        let mapping = match &field.node.value {
            Value::Map(mapping) => mapping,
            Value::Faulty(reported) => return Err(*reported),
            _ => return Err(field.expected("a mapping", sink)),
        };
        let mut section = Self { table, mapping, field, misspelt: Vec::new(), asked: Vec::new() };
        let present: HashSet<&str> = mapping.entries.iter().map(|(key, _)| key.value.as_str()).collect();
        let absent: Vec<&'static str> = names(table).filter(|known| !present.contains(known)).collect();
        for (key, _) in &mapping.entries {
            section.judge(key, &absent, sink);
        }
        Ok(section)
    }

    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        sink: &mut Sink,
        read: impl FnOnce(Field<'a>, &mut Sink) -> Given<T>,
    ) -> Given<T> {
        match self.take(key) {
            Some(field) => read(field, sink),
            None => Err(self.unreadable(key).unwrap_or_else(|| sink.report(self.missing(key)))),
        }
    }

    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        sink: &mut Sink,
        read: impl FnOnce(Field<'a>, &mut Sink) -> Given<T>,
    ) -> Given<Option<T>> {
        match self.take(key) {
            Some(field) => read(field, sink).map(Some),
            None => self.unreadable(key).map_or(Ok(None), Err),
        }
    }

    /// A list that may be absent.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        sink: &mut Sink,
        read: impl FnMut(Field<'a>, &mut Sink) -> Given<T>,
    ) -> List<T> {
        match self.optional(key, sink, |field, sink| field::list(field, sink, read)) {
            Ok(list) => list.unwrap_or_else(List::absent),
            Err(reported) => List::unreadable(reported),
        }
    }

    /// The value of a key that may be absent.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Field<'a>> {
        let Some(key) = self.table.key(key) else {
            debug_assert!(false, "`{key}` is read and not in the table of {}", self.table.name);
            return None;
        };
        self.asked.push(key.name);
        self.mapping
            .entries
            .iter()
            .find(|(name, _)| name.value == key.name)
            .map(|(name, node)| Field::under(Spanned::new(&name.value, name.span), node, &key.shape))
    }

    /// Ends the reading: a key of the table that nobody asked for would be ignored.
    pub(super) fn close(self) {
        let unread: Vec<&str> = names(self.table).filter(|key| !self.asked.contains(key)).collect();
        debug_assert!(unread.is_empty(), "{} has keys that are not read: {unread:?}", self.table.name);
    }

    /// A key that is not there: its name is misspelt, or is among the keys that could not be read.
    pub(super) fn unreadable(&self, key: &str) -> Option<Reported> {
        let misspelt = self.misspelt.iter().find(|(meant, _)| *meant == key).map(|(_, reported)| *reported);
        misspelt.or(self.mapping.broken)
    }

    /// Reports a key that is not known; it may be meant as one of those that are absent.
    fn judge(&mut self, key: &Key, absent: &[&'static str], sink: &mut Sink) {
        let name = key.value.as_str();
        let foreign = self.table.foreign;
        let extension = !foreign.is_empty() && name.starts_with(EXTENSION);
        if self.table.key(name).is_some() || foreign.iter().any(|key| key.name == name) || extension {
            return;
        }
        let meant = closest(name, absent.iter().copied());
        let reported = sink.report(self.unknown(key, meant));
        self.misspelt.extend(meant.map(|meant| (meant, reported)));
    }

    fn unknown(&self, key: &Key, meant: Option<&str>) -> Diagnostic {
        let section = self.table.name;
        let message = format!("unknown key `{}` in {section}", Shortened(&key.value));
        let unknown = Diagnostic::new(Code::UnknownKey, message, key.span, "unknown key")
            .note(format!("the keys of {section} are {}", listed(names(self.table))));
        match meant {
            Some(meant) => unknown.replace(format!("there is a key `{meant}`"), key.span, meant),
            None if self.table.foreign.is_empty() => unknown,
            None => unknown.help(format!("a key of another tool starts with `{EXTENSION}`")),
        }
    }

    fn missing(&self, key: &str) -> Diagnostic {
        let section = self.table.name;
        let message = format!("missing key `{key}` in {section}");
        Diagnostic::new(Code::MissingKey, message, self.field.key, format!("this has no `{key}`"))
    }
}

fn names(table: &'static language::Section) -> impl Iterator<Item = &'static str> {
    table.keys.iter().map(|key| key.name)
}
