//! One file: its text and its lines. It must not know that there are others: offsets in here count from its own first
//! byte.

use super::Span;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// One of the files that a [`Source`](super::Source) is made of.
pub struct SourceFile {
    name: String,
    path: String,
    text: String,
    /// The byte offset of each line's first byte; the first is 0.
    line_starts: Vec<usize>,
}

/// The first byte of a file that is no UTF-8.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotUtf8 {
    /// How many bytes before it are.
    pub(crate) good: usize,
    pub(crate) byte: u8,
}

impl SourceFile {
    pub(super) fn new(name: String, path: String, mut text: String) -> Self {
        if text.starts_with(BYTE_ORDER_MARK) {
            text.drain(..BYTE_ORDER_MARK.len_utf8());
        }
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name, path, text, line_starts }
    }

    /// The text in a file's bytes. Where they are no UTF-8 it ends, and a byte is to blame.
    pub(super) fn decode(name: String, path: String, bytes: &[u8]) -> (Self, Option<NotUtf8>) {
        let (text, bad) = match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), None),
            Err(error) => {
                let good = error.valid_up_to();
                let bad = NotUtf8 { good, byte: bytes[good] };
                (String::from_utf8_lossy(&bytes[..good]).into_owned(), Some(bad))
            }
        };
        (Self::new(name, path, text), bad)
    }

    /// The name it goes by in messages: a path that is relative to the same folder as the contract's own name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its path from the folder of the contract, with `/` and perhaps `..` at the start; of the contract itself, the
    /// name of its file.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text. A byte order mark at the start was dropped.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn slice(&self, span: Span) -> &str {
        let span = self.clip(span);
        &self.text[span.start..span.end]
    }

    pub(crate) fn line_col(&self, offset: usize) -> (usize, usize) {
        let offset = self.clip(Span::at(offset)).start;
        let line = self.line_of(offset);
        (line, self.text[self.line_start(line)..offset].chars().count() + 1)
    }

    /// The span, cut to the text, to whole characters and to its first line.
    pub(crate) fn first_line(&self, span: Span) -> Span {
        let span = self.clip(span);
        let length = self.text[span.start..span.end].find(['\n', '\r']).unwrap_or(span.end - span.start);
        Span { start: span.start, end: span.start + length }
    }

    /// The number, from 1, of the line that a byte is in.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    /// The first byte of a line.
    pub(crate) fn line_start(&self, line: usize) -> usize {
        self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }

    /// The byte after the last one of a line, its line break not counted.
    pub(crate) fn line_end(&self, line: usize) -> usize {
        let end = self.line_starts.get(line).map_or(self.text.len(), |next| next - 1);
        let start = self.line_start(line);
        start + self.text[start..end].trim_end_matches('\r').len()
    }

    fn clip(&self, span: Span) -> Span {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.floor_char_boundary(span.end.max(start));
        Span { start, end }
    }
}

impl std::fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceFile").field("name", &self.name).field("bytes", &self.text.len()).finish()
    }
}
