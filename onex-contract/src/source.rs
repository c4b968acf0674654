//! The text of a contract and places in it.
//!
//! It knows lines, columns and how to show a place to a person. It must not know YAML or contracts.

mod excerpt;

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// The largest contract that is read: 1 MiB.
pub const MAX_BYTES: usize = 1 << 20;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text of one file and the name it goes by in messages. A clone shares the text.
#[derive(Clone)]
pub struct Source(Arc<Inner>);

struct Inner {
    name: String,
    text: String,
    /// The byte offset of each line's first byte; the first is 0.
    line_starts: Vec<usize>,
}

/// A range of bytes of a [`Source`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

/// A value and the place it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl Source {
    /// A text and its name, usually the path as the user wrote it. A byte order mark at the start is dropped.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.starts_with(BYTE_ORDER_MARK) {
            text.drain(..BYTE_ORDER_MARK.len_utf8());
        }
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self(Arc::new(Inner { name: name.into(), text, line_starts }))
    }

    /// The text in a file's bytes.
    ///
    /// # Errors
    ///
    /// The bytes are more than [`MAX_BYTES`], or no UTF-8; then the diagnostic points at the first bad byte.
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Result<Self, Diagnostics> {
        let name = name.into();
        if bytes.len() > MAX_BYTES {
            return Err(Diagnostics::of(Source::new(name, ""), too_large(bytes.len() as u64)));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(name, text)),
            Err(error) => Err(not_utf8(name, bytes, error.valid_up_to())),
        }
    }

    /// The name it goes by in messages.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The text in a span; what lies beyond the end or splits a character is left out.
    pub fn slice(&self, span: Span) -> &str {
        let span = self.clip(span);
        &self.text()[span.start..span.end]
    }

    /// Line and column of a byte, both from 1, columns counted in characters.
    pub fn line_col(&self, offset: usize) -> (usize, usize) {
        let offset = self.clip(Span::at(offset)).start;
        let line = self.line_of(offset);
        (line, self.text()[self.line_start(line)..offset].chars().count() + 1)
    }

    /// The place as rustc shows one, for use inside a note:
    ///
    /// ```text
    ///   --> contract.yaml:10:22
    ///    |
    /// 10 |       output_events: [OrderValidated]
    ///    |                      ^^^^^^^^^^^^^^^^
    /// ```
    ///
    /// A span of several lines is shown by its first one. There is no newline at the end.
    pub fn excerpt(&self, span: Span) -> String {
        excerpt::excerpt(self, span)
    }

    /// The span, cut to the text, to whole characters and to its first line.
    pub(crate) fn first_line(&self, span: Span) -> Span {
        let span = self.clip(span);
        let length = self.text()[span.start..span.end].find(['\n', '\r']).unwrap_or(span.end - span.start);
        Span { start: span.start, end: span.start + length }
    }

    /// The number, from 1, of the line that a byte is in.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.0.line_starts.partition_point(|start| *start <= offset)
    }

    /// The first byte of a line.
    pub(crate) fn line_start(&self, line: usize) -> usize {
        self.0.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text().len())
    }

    /// The byte after the last one of a line, its line break not counted.
    pub(crate) fn line_end(&self, line: usize) -> usize {
        let end = self.0.line_starts.get(line).map_or(self.text().len(), |next| next - 1);
        let start = self.line_start(line);
        start + self.text()[start..end].trim_end_matches('\r').len()
    }

    fn clip(&self, span: Span) -> Span {
        let start = self.text().floor_char_boundary(span.start);
        let end = self.text().floor_char_boundary(span.end.max(start));
        Span { start, end }
    }
}

/// A contract that is not read for its size.
pub(crate) fn too_large(bytes: u64) -> Diagnostic {
    let message = format!("the contract has {bytes} bytes, and at most {MAX_BYTES} are read");
    Diagnostic::new(Code::FileTooLarge, message, Span::at(0), "this file")
}

fn not_utf8(name: String, bytes: &[u8], good: usize) -> Diagnostics {
    let readable = String::from_utf8_lossy(&bytes[..good]);
    let source = Source::new(name, readable);
    let end = Span::at(source.text().len());
    let found = Diagnostic::new(
        Code::NotUtf8,
        format!("the contract is not UTF-8: byte {good} is 0x{:02X}", bytes[good]),
        end,
        "the text is readable up to here",
    );
    Diagnostics::of(source, found.help("save the file as UTF-8"))
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name()).field("bytes", &self.text().len()).finish()
    }
}

impl Span {
    /// The empty span in front of a byte.
    pub fn at(offset: usize) -> Self {
        Self { start: offset, end: offset }
    }

    /// From the start of this span to the end of a later one.
    pub fn to(self, end: Self) -> Self {
        Self { start: self.start, end: end.end }
    }

    /// Whether it has no bytes.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

impl<T> Spanned<T> {
    /// A value that stands at a place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with a reference to the value.
    pub fn as_ref(&self) -> Spanned<&T> {
        Spanned { value: &self.value, span: self.span }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: change(self.value), span: self.span }
    }
}
