//! A value in brackets, on one line.

use super::cst::{Collection, Content, Kind, Node};
use super::scalar::{key_text, one_line};

/// The value on one line, if it is one that fits into so many characters.
///
/// It is none if there are comments in it, if something in it is written by indentation, or if a value in it is not
/// written at all, which is hard to see in brackets.
pub(super) fn flow(node: &Node<'_>, room: usize) -> Option<String> {
    let mut line = Line { text: String::new(), room };
    line.node(node)?;
    Some(line.text)
}

struct Line {
    text: String,
    /// How many characters there is room for.
    room: usize,
}

impl Line {
    /// Gives up where there is no more room, so that what is too long costs no more than what is not.
    fn push(&mut self, text: &str) -> Option<()> {
        self.room = self.room.checked_sub(text.chars().count())?;
        self.text.push_str(text);
        Some(())
    }

    fn node(&mut self, node: &Node<'_>) -> Option<()> {
        for property in &node.properties {
            self.push(property)?;
            self.push(" ")?;
        }
        match &node.content {
            Content::Nothing => None,
            Content::Alias(name) => self.push(name),
            Content::Scalar(scalar) => self.push(&one_line(scalar, node.is_tagged(), true)?),
            Content::Collection(collection) => self.collection(collection),
            Content::Line(line) => self.push(line),
        }
    }

    fn collection(&mut self, collection: &Collection<'_>) -> Option<()> {
        if !collection.flow || !collection.dangling.is_empty() {
            return None;
        }
        let (open, close) = match collection.kind {
            Kind::List => ("[", "]"),
            Kind::Mapping if collection.entries.is_empty() => ("{", "}"),
            Kind::Mapping => ("{ ", " }"),
        };
        self.push(open)?;
        for (at, entry) in collection.entries.iter().enumerate() {
            let comments = [&entry.lead, &entry.trailing, &entry.tail];
            if comments.iter().any(|comments| !comments.is_empty()) || entry.header.is_some() {
                return None;
            }
            if at > 0 {
                self.push(", ")?;
            }
            if let Some(key) = &entry.key {
                self.push(&key_text(key, true))?;
                self.push(": ")?;
            }
            self.node(&entry.value)?;
        }
        self.push(close)
    }
}
