//! A mapping while it is read: duplicate keys, and the merging of other mappings by `<<`.

use std::collections::HashMap;

use super::super::{Key, Mapping, Node, Value};
use super::fault;
use crate::diagnostic::{Reported, Sink};
use crate::source::{Span, Spanned};

const MERGE: &str = "<<";

/// The entries so far and the key that waits for its value.
#[derive(Debug, Default)]
pub(super) struct OpenMapping {
    mapping: Mapping,
    /// Where each name is in `mapping`, and whether the mapping itself gave it.
    index: HashMap<String, (usize, Origin)>,
    merge: Option<Span>,
    waiting: Option<Waiting>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Own,
    Merged,
}

#[derive(Debug)]
enum Waiting {
    Key(Key),
    Merge(Span),
    /// The key was refused, and its value is of no use.
    Nothing,
}

impl OpenMapping {
    /// Takes the next key or value.
    pub(super) fn accept(&mut self, node: Node, sink: &mut Sink) {
        match self.waiting.take() {
            None => self.waiting = Some(self.key(node, sink)),
            Some(Waiting::Key(key)) => self.own(key, node),
            Some(Waiting::Merge(key)) => self.merge(key, node, sink),
            Some(Waiting::Nothing) => {}
        }
    }

    /// Whether what comes next is a key.
    pub(super) fn expects_key(&self) -> bool {
        self.waiting.is_none()
    }

    pub(super) fn finish(self) -> Mapping {
        self.mapping
    }

    fn key(&mut self, node: Node, sink: &mut Sink) -> Waiting {
        let name = match node.value {
            Value::Str(name) => name,
            Value::Faulty(reported) => return self.lose(reported),
            other => {
                let reported = sink.report(fault::key_not_string(&other, node.span));
                return self.lose(reported);
            }
        };
        if name == MERGE {
            if let Some(first) = self.merge {
                sink.report(fault::duplicate_key(&name, node.span, first));
                return Waiting::Nothing;
            }
            self.merge = Some(node.span);
            return Waiting::Merge(node.span);
        }
        if let Some((first, Origin::Own)) = self.index.get(&name) {
            sink.report(fault::duplicate_key(&name, node.span, self.mapping.entries[*first].0.span));
            return Waiting::Nothing;
        }
        Waiting::Key(Spanned::new(name, node.span))
    }

    fn own(&mut self, key: Key, mut value: Node) {
        if value.span.is_empty() {
            value.span = key.span;
        }
        match self.index.get_mut(&key.value) {
            Some((at, origin)) => {
                *origin = Origin::Own;
                self.mapping.entries[*at] = (key, value);
            }
            None => self.push(key, value, Origin::Own),
        }
    }

    fn merge(&mut self, key: Span, value: Node, sink: &mut Sink) {
        let sources = match value.value {
            Value::Seq(items) => items,
            single => vec![Node { value: single, span: value.span }],
        };
        for source in sources {
            match source.value {
                Value::Map(merged) => self.merge_entries(merged),
                Value::Faulty(reported) => self.mapping.broken = Some(reported),
                other => {
                    let span = if source.span.is_empty() { key } else { source.span };
                    self.mapping.broken = Some(sink.report(fault::bad_merge(&other, span)));
                }
            }
        }
    }

    fn merge_entries(&mut self, merged: Mapping) {
        self.mapping.broken = self.mapping.broken.or(merged.broken);
        for (key, value) in merged.entries {
            if !self.index.contains_key(&key.value) {
                self.push(key, value, Origin::Merged);
            }
        }
    }

    fn push(&mut self, key: Key, value: Node, origin: Origin) {
        self.index.insert(key.value.clone(), (self.mapping.entries.len(), origin));
        self.mapping.entries.push((key, value));
    }

    fn lose(&mut self, reported: Reported) -> Waiting {
        self.mapping.broken = Some(reported);
        Waiting::Nothing
    }
}
