//! A mapping whose keys are known: each key in it is read, or it is an error.
//!
//! What is generic here is compiled for each of the language's types, in every user's build. So it only calls the reader;
//! all else is in functions that are not.

use std::collections::HashSet;

use super::field::{self, Field, listed};
use super::{Given, List};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink, closest};
use crate::language;
use crate::source::Spanned;
use crate::syntax::{Key, Mapping, Shortened, Value};

/// Keys that start like this belong to whoever put them there.
const EXTENSION: &str = "x-";

/// More keys than this are not listed in a message.
const MOST_LISTED: usize = 24;
/// Nor more than this where one of them is likely to be meant.
const MOST_LISTED_BESIDE_ONE: usize = 8;

/// Of more unknown keys than this in one mapping nobody asks what each was meant as.
const MOST_COMPARED: usize = 200;

/// A mapping in which every key is known or was reported.
pub(crate) struct Section<'a> {
    table: &'static language::Section,
    mapping: &'a Mapping,
    pub(crate) field: Field<'a>,
    /// Keys that are probably there under a wrong name.
    misspelt: Vec<(&'static str, Reported)>,
    asked: Vec<&'static str>,
    /// How many keys are not known.
    unknown: usize,
}

impl<'a> Section<'a> {
    /// Looks at all keys of a mapping.
    pub(crate) fn open(field: Field<'a>, table: &'static language::Section, sink: &mut Sink) -> Given<Self> {
        let mapping = match &field.node.value {
            Value::Map(mapping) => mapping,
            Value::Faulty(reported) => return Err(*reported),
            _ if field.shape.takes_text() => return Err(field.expected("a string or a mapping", sink)),
            _ => return Err(field.expected("a mapping", sink)),
        };
        let mut section = Self { table, mapping, field, misspelt: Vec::new(), asked: Vec::new(), unknown: 0 };
        let strange = |(key, _): &&(Key, _)| !knows(table, &key.value);
        let mut strangers = mapping.entries.iter().filter(strange).peekable();
        if strangers.peek().is_some() {
            let present: HashSet<&str> = mapping.entries.iter().map(|(key, _)| key.value.as_str()).collect();
            let absent: Vec<&'static str> = names(table).filter(|known| !present.contains(known)).collect();
            strangers.for_each(|(key, _)| section.judge(key, &absent, sink));
        }
        Ok(section)
    }

    pub(crate) fn required<T>(
        &mut self,
        key: &'static str,
        sink: &mut Sink,
        read: impl FnOnce(Field<'a>, &mut Sink) -> Given<T>,
    ) -> Given<T> {
        match self.take(key) {
            Some(field) => read(field, sink),
            None => Err(self.not_given(key, sink)),
        }
    }

    pub(crate) fn optional<T>(
        &mut self,
        key: &'static str,
        sink: &mut Sink,
        read: impl FnOnce(Field<'a>, &mut Sink) -> Given<T>,
    ) -> Given<Option<T>> {
        match self.take(key) {
            Some(field) => Ok(Some(read(field, sink)?)),
            None => match self.unreadable(key) {
                Some(reported) => Err(reported),
                None => Ok(None),
            },
        }
    }

    /// The one key that is given of several that say the same.
    pub(super) fn either<T>(
        &mut self,
        keys: &[&'static str],
        sink: &mut Sink,
        read: impl FnOnce(Field<'a>, &mut Sink) -> Given<T>,
    ) -> Given<Option<T>> {
        match self.only_one(keys, sink)? {
            Some(field) => Ok(Some(read(field, sink)?)),
            None => Ok(None),
        }
    }

    fn only_one(&mut self, keys: &[&'static str], sink: &mut Sink) -> Given<Option<Field<'a>>> {
        let given: Vec<Field<'a>> = keys.iter().filter_map(|key| self.take(key)).collect();
        match given[..] {
            [] => keys.iter().find_map(|key| self.unreadable(key)).map_or(Ok(None), Err),
            [field] => Ok(Some(field)),
            [one, other, ..] => {
                let message = format!("{other} says the same as {one}, and one of them is enough");
                let fault = Diagnostic::new(Code::MisplacedKey, message, other.key, "said twice")
                    .also(one.key, "said here")
                    .help("remove one of the two");
                Err(sink.report(fault))
            }
        }
    }

    /// The same, where one of them must be given.
    pub(super) fn one_of<T>(
        &mut self,
        keys: &[&'static str],
        sink: &mut Sink,
        read: impl FnOnce(Field<'a>, &mut Sink) -> Given<T>,
    ) -> Given<T> {
        match self.either(keys, sink, read)? {
            Some(value) => Ok(value),
            None => Err(sink.report(self.missing(keys[0]))),
        }
    }

    /// A list that may be absent.
    pub(crate) fn list<T>(
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
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Field<'a>> {
        let Some(key) = self.table.key(key) else {
            debug_assert!(false, "`{key}` is read and not in the table of {}", self.table.name);
            return None;
        };
        if cfg!(debug_assertions) {
            self.asked.push(key.name);
        }
        self.mapping
            .entries
            .iter()
            .find(|(name, _)| name.value == key.name)
            .map(|(name, node)| Field::under(Spanned::new(&name.value, name.span), node, &key.shape))
    }

    /// Whether a key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.mapping.entries.iter().any(|(name, _)| name.value == key)
    }

    /// Ends the reading: a key of the table that nobody asked for would be ignored.
    pub(crate) fn close(self) {
        if cfg!(debug_assertions) {
            let unread: Vec<&str> = names(self.table).filter(|key| !self.asked.contains(key)).collect();
            assert!(unread.is_empty(), "{} has keys that are not read: {unread:?}", self.table.name);
        }
    }

    /// Why a key that must be there cannot be read.
    fn not_given(&self, key: &str, sink: &mut Sink) -> Reported {
        self.unreadable(key).unwrap_or_else(|| sink.report(self.missing(key)))
    }

    /// A key that is not there: its name is misspelt, or is among the keys that could not be read.
    pub(crate) fn unreadable(&self, key: &str) -> Option<Reported> {
        let misspelt = self.misspelt.iter().find(|(meant, _)| *meant == key).map(|(_, reported)| *reported);
        misspelt.or(self.mapping.broken)
    }

    /// Reports a key that is not known; it may be meant as one of those that are absent.
    fn judge(&mut self, key: &Key, absent: &[&'static str], sink: &mut Sink) {
        let name = key.value.as_str();
        if let Some(misplaced) = self.table.misplaced.iter().find(|key| key.name == name) {
            let message = format!("unknown key `{name}` in {}", self.table.name);
            let unknown = Diagnostic::new(Code::UnknownKey, message, key.span, "this does not belong here");
            sink.report(unknown.help(misplaced.instead));
            return;
        }
        self.unknown += 1;
        let meant = match self.unknown {
            0..=MOST_COMPARED => closest(name, absent.iter().copied()),
            _ => None,
        };
        let reported = sink.report(self.unknown_key(key, meant));
        self.misspelt.extend(meant.map(|meant| (meant, reported)));
    }

    fn unknown_key(&self, key: &Key, meant: Option<&str>) -> Diagnostic {
        let section = self.table.name;
        let message = format!("unknown key `{}` in {section}", Shortened(&key.value));
        let unknown = Diagnostic::new(Code::UnknownKey, message, key.span, "unknown key");
        let most = if meant.is_some() { MOST_LISTED_BESIDE_ONE } else { MOST_LISTED };
        let unknown = if names(self.table).count() <= most {
            unknown.note(format!("the keys of {section} are {}", listed(names(self.table))))
        } else {
            unknown
        };
        match meant {
            Some(meant) => unknown.replace(format!("there is a key `{meant}`"), key.span, meant),
            None if self.table.foreign.is_empty() => unknown,
            None => unknown
                .help(format!("a key of another tool, or of the node's own code, starts with `{EXTENSION}`")),
        }
    }

    pub(crate) fn missing(&self, key: &str) -> Diagnostic {
        let section = self.table.name;
        let message = format!("missing key `{key}` in {section}");
        Diagnostic::new(Code::MissingKey, message, self.field.key, format!("this has no `{key}`"))
    }
}

/// Whether a key is one of the table, or one that it leaves to others.
fn knows(table: &language::Section, name: &str) -> bool {
    let extension = !table.foreign.is_empty() && name.starts_with(EXTENSION);
    table.key(name).is_some() || extension || table.foreign.iter().any(|key| key.name == name)
}

fn names(table: &'static language::Section) -> impl Iterator<Item = &'static str> {
    table.keys.iter().map(|key| key.name)
}
