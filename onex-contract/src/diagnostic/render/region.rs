//! A span as lines and columns, as editors and CI count them.

use crate::source::{Source, Span};

/// All counted from 1, columns in characters. The end is behind the last character.
#[derive(Clone, Copy)]
pub(super) struct Region {
    pub(super) line_start: usize,
    pub(super) column_start: usize,
    pub(super) line_end: usize,
    pub(super) column_end: usize,
}

impl Region {
    pub(super) fn of(span: Span, source: &Source) -> Self {
        let (line_start, column_start) = source.line_col(span.start);
        let (line_end, column_end) = source.line_col(span.end);
        Self { line_start, column_start, line_end, column_end }
    }
}
