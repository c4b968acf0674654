//! A contract as it is written: values in their notation, with the comments and blank lines that belong to them.
//!
//! It knows YAML's notations and must not know the language.

use std::borrow::Cow;

use crate::syntax::Style;

/// A whole file.
pub(super) struct File<'a> {
    /// The comments in front of `---`; without it, they belong to what is below them.
    pub(super) head: Vec<Comment<'a>>,
    pub(super) marker: Option<Marker<'a>>,
    /// It has no key.
    pub(super) root: Entry<'a>,
    /// The comments below everything.
    pub(super) tail: Vec<Comment<'a>>,
}

/// The line `---`.
pub(super) struct Marker<'a> {
    /// Behind it.
    pub(super) comment: Option<Comment<'a>>,
}

#[derive(Debug, Clone)]
pub(super) struct Comment<'a> {
    /// From `#` on, without space at the end.
    pub(super) text: &'a str,
    /// How many characters stand before it on its line.
    pub(super) column: usize,
    /// Nothing but space stands before it.
    pub(super) own_line: bool,
    /// The line above it is blank.
    pub(super) blank: bool,
}

/// A key with its value, an item of a list, or the root.
#[derive(Default)]
pub(super) struct Entry<'a> {
    /// The comments above it.
    pub(super) lead: Vec<Comment<'a>>,
    /// The line above it, below `lead`, is blank.
    pub(super) blank: bool,
    /// Items have none.
    pub(super) key: Option<Node<'a>>,
    /// Behind the key (`|`, an opening bracket), where the value goes on below.
    pub(super) header: Option<Comment<'a>>,
    pub(super) value: Node<'a>,
    /// Behind the value; all but the first stand on the lines below, under the first.
    pub(super) trailing: Vec<Comment<'a>>,
    /// Below the value and deeper than the entry.
    pub(super) tail: Vec<Comment<'a>>,
}

#[derive(Default)]
pub(super) struct Node<'a> {
    /// Anchor and tag, in their order.
    pub(super) properties: Vec<&'a str>,
    pub(super) content: Content<'a>,
}

#[derive(Default)]
pub(super) enum Content<'a> {
    #[default]
    Nothing,
    /// With its `*`.
    Alias(&'a str),
    Scalar(Scalar<'a>),
    Collection(Collection<'a>),
    /// What it is, on one line: see `layout`.
    Line(String),
}

pub(super) struct Scalar<'a> {
    pub(super) notation: Notation<'a>,
    pub(super) value: Cow<'a, str>,
}

/// How a scalar is to be written.
pub(super) enum Notation<'a> {
    /// It stands in the file like this.
    Written { style: Style, text: &'a str },
    /// A rewrite made it: as simply as its value allows.
    New,
}

/// A list or a mapping.
pub(super) struct Collection<'a> {
    pub(super) kind: Kind,
    /// In brackets, if it fits on a line.
    pub(super) flow: bool,
    pub(super) entries: Vec<Entry<'a>>,
    /// The comments in front of the closing bracket.
    pub(super) dangling: Vec<Comment<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    List,
    Mapping,
}

impl Kind {
    /// What an empty one is written as.
    pub(super) fn brackets(self) -> &'static str {
        match self {
            Self::List => "[]",
            Self::Mapping => "{}",
        }
    }
}

impl Scalar<'_> {
    pub(super) fn is_block(&self) -> bool {
        matches!(self.notation, Notation::Written { style: Style::Block { .. }, .. })
    }

    /// Without quotes, and something else than a string to some reader.
    fn is_ambiguous(&self) -> bool {
        let plain = matches!(self.notation, Notation::Written { style: Style::Plain, .. });
        plain && !super::scalar::is_plain(&self.value, false)
    }
}

impl<'a> Entry<'a> {
    /// A key and its value, made by a rewrite.
    pub(super) fn new(key: &'static str, value: Node<'a>) -> Self {
        Self { key: Some(Node::scalar(key)), value, ..Self::default() }
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.key.as_ref().and_then(Node::text) == Some(name)
    }

    pub(super) fn rename(&mut self, name: &'static str) {
        self.key = Some(Node::scalar(name));
    }

    /// Puts comments above it, below those that are there.
    pub(super) fn hoist(&mut self, comments: impl IntoIterator<Item = Comment<'a>>) {
        for mut comment in comments {
            comment.blank |= std::mem::take(&mut self.blank);
            self.lead.push(comment);
        }
    }
}

impl<'a> Node<'a> {
    /// A scalar made by a rewrite.
    pub(super) fn scalar(value: impl Into<Cow<'a, str>>) -> Self {
        Content::Scalar(Scalar { notation: Notation::New, value: value.into() }).into()
    }

    /// The value of a scalar without anchor and tag. A block scalar has none: what is to be read is short.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) if self.properties.is_empty() && !scalar.is_block() => {
                Some(&scalar.value)
            }
            _ => None,
        }
    }

    /// The same, if every reader takes it for a string.
    pub(super) fn string(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) if !scalar.is_ambiguous() => self.text(),
            _ => None,
        }
    }

    pub(super) fn is_tagged(&self) -> bool {
        self.properties.iter().any(|property| property.starts_with('!'))
    }

    pub(super) fn mapping(&self) -> Option<&Collection<'a>> {
        match &self.content {
            Content::Collection(collection) if collection.kind == Kind::Mapping => Some(collection),
            _ => None,
        }
    }

    pub(super) fn mapping_mut(&mut self) -> Option<&mut Collection<'a>> {
        match &mut self.content {
            Content::Collection(collection) if collection.kind == Kind::Mapping => Some(collection),
            _ => None,
        }
    }

    pub(super) fn list_mut(&mut self) -> Option<&mut Collection<'a>> {
        match &mut self.content {
            Content::Collection(collection) if collection.kind == Kind::List => Some(collection),
            _ => None,
        }
    }
}

impl<'a> From<Content<'a>> for Node<'a> {
    fn from(content: Content<'a>) -> Self {
        Self { properties: Vec::new(), content }
    }
}

impl<'a> Collection<'a> {
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn get(&self, key: &str) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.is(key))
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Entry<'a>> {
        self.entries.iter_mut().find(|entry| entry.is(key))
    }

    /// The items of the list under a key.
    pub(super) fn items<'n>(&'n mut self, key: &str) -> impl Iterator<Item = &'n mut Node<'a>> {
        let list = self.get_mut(key).and_then(|entry| entry.value.list_mut());
        list.into_iter().flat_map(|list| &mut list.entries).map(|entry| &mut entry.value)
    }

    /// Takes an entry out, with its comments.
    pub(super) fn remove(&mut self, key: &str) -> Option<Entry<'a>> {
        let at = self.entries.iter().position(|entry| entry.is(key))?;
        Some(self.entries.remove(at))
    }
}
