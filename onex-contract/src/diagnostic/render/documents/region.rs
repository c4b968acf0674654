//! A span as lines and columns, as editors and CI count them.

use crate::source::{Source, Span};

/// All counted from 1, columns in characters. The end is behind the last character.
#[derive(Clone, Copy)]
pub(super) struct Region<'a> {
    pub(super) file: &'a str,
    /// Of the file's bytes.
    pub(super) bytes: Span,
    pub(super) line_start: usize,
    pub(super) column_start: usize,
    pub(super) line_end: usize,
    pub(super) column_end: usize,
}

impl<'a> Region<'a> {
    pub(super) fn of(span: Span, source: &'a Source) -> Self {
        let part = source.part(span);
        let (line_start, column_start) = source.line_col(span.start);
        let (line_end, column_end) = source.line_col(span.end);
        Self {
            file: part.file.name(),
            bytes: part.local(span),
            line_start,
            column_start,
            line_end,
            column_end,
        }
    }
}
