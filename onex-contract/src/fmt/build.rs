//! The tree as it is written, from the tokens of the parser and what stands between them.
//!
//! Which comment belongs to what: one behind something belongs to it; one on a line of its own belongs to what is below
//! it, unless it is deeper than that, and then to what is above it. So a comment at the end of a list stays in the list.

use super::cst::{
    Collection, Comment, Content, Entry, File, Kind, Marker, Node, Notation as Written, Scalar,
};
use super::cursor::Cursor;
use super::scalar::{MAX_KEY, key_text};
use super::trivia::column;
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::source::Span;
use crate::syntax::{Document, Mapping, Notation, Style, Token, TokenKind, Value};

pub(super) fn build<'a>(
    text: &'a str,
    document: Document<'a>,
    sink: &mut Sink,
) -> Result<File<'a>, Reported> {
    let mut cursor = Cursor::new(text, document.tokens);
    let mut head = Vec::new();
    let marker = document.marker.map(|span| {
        cursor.read_to(span.start);
        head = cursor.comments();
        cursor.read(span);
        cursor.read_to_next();
        Marker { comment: cursor.comment_behind() }
    });
    let start = cursor.next_start();
    let mut builder = Builder { cursor, sink };
    let mut root = Entry::default();
    builder.cursor.read_to_next();
    root.lead = builder.cursor.comments();
    root.blank = std::mem::take(&mut builder.cursor.blank);
    builder.value(&mut root)?;
    if !matches!(root.value.content, Content::Collection(_)) {
        let message = "a contract is a mapping";
        let fault = Diagnostic::new(Code::WrongType, message, Span::at(start), "this is none");
        return Err(builder.sink.report(fault));
    }
    builder.cursor.read_to(text.len());
    Ok(File { head, marker, root, tail: builder.cursor.comments() })
}

struct Builder<'a, 'b> {
    cursor: Cursor<'a>,
    sink: &'b mut Sink,
}

impl<'a> Builder<'a, '_> {
    /// The value at the next token.
    ///
    /// # Errors
    ///
    /// It cannot be written otherwise, which is reported.
    fn value(&mut self, entry: &mut Entry<'a>) -> Result<(), Reported> {
        let Some(token) = self.cursor.next() else { return Ok(()) };
        let properties = self.properties(&token);
        if matches!(token.kind, TokenKind::Nothing) {
            // Its place may be in front of the comment behind it, or behind.
            self.cursor.blank = false;
            entry.value = Node { properties, content: Content::Nothing };
            return Ok(());
        }
        self.cursor.read_to(token.span.start);
        let block = matches!(token.kind, TokenKind::StartList(by) | TokenKind::StartMapping(by) if by == Notation::Block);
        if !block {
            self.cursor.blank = false;
            let above = self.cursor.comments();
            entry.hoist(above);
        } else if let Some(behind) = self.cursor.comment_behind() {
            if entry.key.is_some() { entry.header = Some(behind) } else { entry.hoist([behind]) }
        }
        let content = match token.kind {
            TokenKind::Alias => Content::Alias(self.cursor.read(token.span)),
            TokenKind::Scalar(style, value) => {
                let text = self.cursor.read(token.span);
                if let Style::Block { .. } = style {
                    entry.header = self.cursor.comment_of_block_scalar(token.span);
                }
                Content::Scalar(Scalar { notation: Written::Written { style, text }, value })
            }
            TokenKind::StartList(notation) => self.collection(Kind::List, notation, token.span, entry)?,
            TokenKind::StartMapping(notation) => {
                self.collection(Kind::Mapping, notation, token.span, entry)?
            }
            TokenKind::Nothing | TokenKind::End { .. } => Content::Nothing,
        };
        entry.value = Node { properties, content };
        Ok(())
    }

    fn properties(&mut self, token: &Token<'a>) -> Vec<&'a str> {
        let mut spans: Vec<Span> = [token.anchor, token.tag].into_iter().flatten().collect();
        spans.sort_unstable();
        spans
            .into_iter()
            .map(|span| {
                self.cursor.read_to(span.start);
                self.cursor.read(span)
            })
            .collect()
    }

    fn collection(
        &mut self,
        kind: Kind,
        notation: Notation,
        span: Span,
        entry: &mut Entry<'a>,
    ) -> Result<Content<'a>, Reported> {
        let mut collection =
            Collection { kind, flow: notation != Notation::Block, entries: Vec::new(), dangling: Vec::new() };
        if notation == Notation::Block {
            self.block(&mut collection, column(self.cursor.text, span.start))?;
        } else {
            self.flow(&mut collection, notation, span, entry)?;
        }
        Ok(Content::Collection(collection))
    }

    fn block(&mut self, collection: &mut Collection<'a>, column: usize) -> Result<(), Reported> {
        while !self.cursor.at_end() {
            let mut entry = Entry::default();
            // The list itself starts at its first dash, and was read up to there.
            let blank_above_list = collection.entries.is_empty() && self.cursor.blank;
            self.cursor.read_to_next();
            entry.lead = self.cursor.comments();
            if collection.kind == Kind::List {
                let blank = self.cursor.dash().unwrap_or_default();
                entry.blank = blank || blank_above_list;
            } else {
                entry.blank = std::mem::take(&mut self.cursor.blank);
                self.key(&mut entry)?;
            }
            self.value(&mut entry)?;
            self.below(&mut entry, column);
            collection.entries.push(entry);
        }
        self.cursor.next();
        Ok(())
    }

    /// The comments behind a value and below it that are its own.
    fn below(&mut self, entry: &mut Entry<'a>, column: usize) {
        self.cursor.read_to_next();
        if let Some(first) = self.cursor.comment_behind() {
            let under = first.column;
            entry.trailing.push(first);
            let same = |next: &Comment<'_>| next.own_line && next.column == under && !next.blank;
            while let Some(next) = self.cursor.comment_if(same) {
                entry.trailing.push(next);
            }
        }
        let block_scalar = matches!(&entry.value.content, Content::Scalar(scalar) if scalar.is_block());
        // A comment as deep as a block scalar would become a part of its text.
        while !block_scalar && let Some(next) = self.cursor.comment_if(|next| next.column > column) {
            entry.tail.push(next);
        }
    }

    fn flow(
        &mut self,
        collection: &mut Collection<'a>,
        notation: Notation,
        span: Span,
        parent: &mut Entry<'a>,
    ) -> Result<(), Reported> {
        if notation == Notation::Flow {
            self.cursor.read(span);
            self.cursor.read_to_next();
            parent.header = self.cursor.comment_behind();
        }
        while !self.cursor.at_end() {
            let mut entry = Entry::default();
            self.cursor.read_to_next();
            entry.lead = self.cursor.comments();
            entry.blank = std::mem::take(&mut self.cursor.blank);
            if collection.kind == Kind::Mapping {
                self.key(&mut entry)?;
            }
            self.value(&mut entry)?;
            self.cursor.read_to_next();
            entry.trailing.extend(self.cursor.comment_behind());
            collection.entries.push(entry);
        }
        if let Some(Token { kind: TokenKind::End { bracket: true }, span, .. }) = self.cursor.next() {
            self.cursor.read_to(span.start);
            collection.dangling = self.cursor.comments();
            self.cursor.blank = false;
            self.cursor.read(span);
        }
        Ok(())
    }

    fn key(&mut self, entry: &mut Entry<'a>) -> Result<(), Reported> {
        let Some(token) = self.cursor.next() else { return Ok(()) };
        let properties = self.properties(&token);
        let content = match token.kind {
            TokenKind::Alias => Content::Alias(self.cursor.read(token.span)),
            TokenKind::Scalar(style, value) => {
                self.cursor.read_to(token.span.start);
                let text = self.cursor.read(token.span);
                if let Style::Block { .. } = style {
                    let comment = self.cursor.comment_of_block_scalar(token.span);
                    entry.hoist(comment);
                }
                Content::Scalar(Scalar { notation: Written::Written { style, text }, value })
            }
            TokenKind::Nothing => return Err(self.no_key(&Value::Null, token.span)),
            TokenKind::StartList(_) => return Err(self.no_key(&Value::Seq(Vec::new()), token.span)),
            TokenKind::StartMapping(_) => {
                return Err(self.no_key(&Value::Map(Mapping::default()), token.span));
            }
            TokenKind::End { .. } => Content::Nothing,
        };
        let key = Node { properties, content };
        if key_text(&key, true).chars().count() > MAX_KEY {
            let message = format!("a key has at most {MAX_KEY} characters");
            let fault =
                Diagnostic::new(Code::KeyNotString, message, token.span, "this is too long for a key");
            return Err(self.sink.report(fault));
        }
        entry.key = Some(key);
        Ok(())
    }

    fn no_key(&mut self, found: &Value, at: Span) -> Reported {
        let message = format!("a key is a string, found {found}");
        self.sink.report(Diagnostic::new(Code::KeyNotString, message, at, "this is no string"))
    }
}
