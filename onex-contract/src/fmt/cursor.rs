//! The tokens of a file in their order, with what stands between them.

use std::collections::VecDeque;
use std::vec::IntoIter;

use super::cst::Comment;
use super::trivia::{Trivia, scan};
use crate::source::Span;
use crate::syntax::{Token, TokenKind};

pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    tokens: IntoIter<Token<'a>>,
    /// How far the file is read.
    at: usize,
    /// What stands between the last token and `at`, and belongs to nothing yet.
    pending: VecDeque<Trivia<'a>>,
    /// The line above `at` is blank, which belongs to nothing yet.
    pub(super) blank: bool,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, tokens: Vec<Token<'a>>) -> Self {
        Self { text, tokens: tokens.into_iter(), at: 0, pending: VecDeque::new(), blank: false }
    }

    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        self.tokens.next()
    }

    /// Whether the list or mapping that is read has no more entries.
    pub(super) fn at_end(&self) -> bool {
        matches!(self.tokens.as_slice(), [] | [Token { kind: TokenKind::End { .. }, .. }, ..])
    }

    /// Where the next token starts.
    pub(super) fn next_start(&self) -> usize {
        self.tokens.as_slice().first().map_or(self.text.len(), Token::start)
    }

    /// Reads what stands in front of a token.
    pub(super) fn read_to(&mut self, start: usize) {
        if self.at < start {
            let pending = &mut self.pending;
            self.blank = scan(self.text, self.at, start, |trivia| pending.push_back(trivia));
            self.at = start;
        }
    }

    pub(super) fn read_to_next(&mut self) {
        self.read_to(self.next_start());
    }

    /// Reads a token.
    pub(super) fn read(&mut self, token: Span) -> &'a str {
        self.at = self.at.max(token.end);
        &self.text[token.start..token.end]
    }

    /// The comment behind the indicator of a block scalar, which was read: it stands inside its token.
    pub(super) fn comment_of_block_scalar(&mut self, token: Span) -> Option<Comment<'a>> {
        let rest = &self.text[token.start..];
        let line = token.start + rest.find('\n').unwrap_or(rest.len());
        let indicator = token.start + rest.find([' ', '\t', '\n']).unwrap_or(rest.len());
        let mut comment = None;
        scan(self.text, indicator, line, |trivia| {
            if let Trivia::Comment(found) = trivia {
                comment = Some(found);
            }
        });
        // Where no line has text, the token is no more than the indicator.
        self.at = self.at.max(line);
        comment
    }

    /// The start of an item, if it is next, and whether the line above is blank.
    pub(super) fn dash(&mut self) -> Option<bool> {
        let Some(Trivia::Dash { blank }) = self.pending.front() else { return None };
        let blank = *blank;
        self.pending.pop_front();
        Some(blank)
    }

    /// The comments up to the next dash.
    pub(super) fn comments(&mut self) -> Vec<Comment<'a>> {
        std::iter::from_fn(|| self.comment_if(|_| true)).collect()
    }

    /// A comment on the line of the last token.
    pub(super) fn comment_behind(&mut self) -> Option<Comment<'a>> {
        self.comment_if(|comment| !comment.own_line)
    }

    pub(super) fn comment_if(&mut self, wanted: impl FnOnce(&Comment<'a>) -> bool) -> Option<Comment<'a>> {
        match self.pending.front()? {
            Trivia::Comment(comment) if wanted(comment) => {}
            _ => return None,
        }
        match self.pending.pop_front() {
            Some(Trivia::Comment(comment)) => Some(comment),
            _ => None,
        }
    }
}
