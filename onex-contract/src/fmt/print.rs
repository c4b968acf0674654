//! The tree as text, once it is laid out: what is in the tree comes out, in its order.

use super::cst::{Collection, Comment, Content, Entry, File, Notation, Scalar};
use super::layout::INDENT;
use super::lines::Lines;
use super::multiline::{block_scalar, folded};
use super::scalar::key_text;

pub(super) fn print(file: &File<'_>) -> String {
    let mut printer = Printer { lines: Lines::default() };
    printer.comments(&file.head, 0);
    if let Some(marker) = &file.marker {
        printer.lines.push_with("---".to_owned(), marker.comment.clone());
    }
    printer.root(&file.root);
    printer.comments(&file.tail, 0);
    printer.lines.finish()
}

struct Printer<'a> {
    lines: Lines<'a>,
}

impl<'a> Printer<'a> {
    fn root(&mut self, root: &Entry<'a>) {
        self.comments(&root.lead, 0);
        if root.blank {
            self.lines.blank();
        }
        self.comments(root.header.as_slice(), 0);
        let properties = root.value.properties.join(" ");
        match &root.value.content {
            Content::Collection(collection) if collection.entries.is_empty() => {
                let space = if properties.is_empty() { "" } else { " " };
                self.lines.push(format!("{properties}{space}{}", collection.kind.brackets()));
            }
            Content::Collection(collection) => {
                if !properties.is_empty() {
                    self.lines.push(properties);
                }
                self.entries(collection, 0, None);
            }
            // There is no other root: see `format`.
            _ => {}
        }
    }

    /// The entries, each on lines of its own; the first goes on with a line that is begun.
    fn entries(&mut self, collection: &Collection<'a>, indent: usize, mut begun: Option<String>) {
        for entry in &collection.entries {
            match begun.take() {
                Some(begun) => self.entry(entry, indent, begun),
                None => {
                    self.comments(&entry.lead, indent);
                    if entry.blank {
                        self.lines.blank();
                    }
                    self.entry(entry, indent, " ".repeat(indent));
                }
            }
        }
    }

    fn entry(&mut self, entry: &Entry<'a>, indent: usize, mut line: String) {
        match &entry.key {
            Some(key) => line.extend([&key_text(key, false), ":"]),
            None => line.push('-'),
        }
        for property in &entry.value.properties {
            line.extend([" ", property]);
        }
        match &entry.value.content {
            Content::Line(value) => self.behind(format!("{line} {value}"), &entry.trailing),
            Content::Scalar(scalar) => self.scalar(entry, scalar, line, indent),
            Content::Collection(collection) => {
                if entry.key.is_none() && entry.value.properties.is_empty() {
                    self.entries(collection, indent + INDENT, Some(format!("{line} ")));
                } else {
                    self.lines.push_with(line, entry.header.clone());
                    self.lines.tight();
                    self.entries(collection, indent + INDENT, None);
                }
            }
            Content::Nothing | Content::Alias(_) => self.behind(line, &entry.trailing),
        }
        self.comments(&entry.tail, indent + INDENT);
    }

    fn scalar(&mut self, entry: &Entry<'a>, scalar: &Scalar<'a>, mut line: String, indent: usize) {
        line.push(' ');
        if let Some(block) = block_scalar(scalar, indent + INDENT) {
            line.push_str(&block.header);
            self.lines.push_with(line, entry.header.clone());
            for line in block.lines {
                self.lines.push(line);
            }
            if block.keeps {
                self.lines.tight();
            }
        } else if let Notation::Written { style, text } = scalar.notation {
            let mut folded = folded(text, style, indent + INDENT);
            let last = folded.pop().unwrap_or_default();
            for part in folded {
                self.lines.push(line + &part);
                line = String::new();
            }
            self.behind(line + &last, &entry.trailing);
        }
    }

    /// A line with the comments behind it, of which all but the first stand on lines below.
    fn behind(&mut self, line: String, comments: &[Comment<'a>]) {
        let mut comments = comments.iter().cloned();
        self.lines.push_with(line, comments.next());
        for comment in comments {
            self.lines.push_with(String::new(), Some(comment));
        }
    }

    fn comments(&mut self, comments: &[Comment<'a>], indent: usize) {
        for comment in comments {
            if comment.blank {
                self.lines.blank();
            }
            self.lines.push(format!("{}{}", " ".repeat(indent), comment.text));
        }
    }
}
