//! The text of a contract, with the files that it includes, and places in it.
//!
//! All files lie in one space of offsets, one behind the other, so that a place is a pair of numbers and knows its file.
//! This module knows files, lines, columns and how to show a place to a person. It must not know YAML or contracts.

mod excerpt;
mod file;
mod joint;
mod path;
mod span;

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};

pub(crate) use file::NotUtf8;
pub use file::SourceFile;
pub(crate) use path::{PathFault, file_name, resolve};
pub use span::{Span, Spanned};

/// How much of a contract is read, with all that it includes: 1 MiB.
pub const MAX_BYTES: usize = 1 << 20;

/// The text of a contract and the name it goes by in messages; once the contract is read, the files that it includes
/// too. A clone shares the texts.
#[derive(Clone)]
pub struct Source(Arc<Vec<Part>>);

/// A file in the space of offsets of a source.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) file: Arc<SourceFile>,
    /// The offset of its first byte.
    base: usize,
    /// Where another file asks for it; nothing asks for the contract's own.
    pub(crate) asked_for: Option<AskedFor>,
}

/// Where a file is asked for, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AskedFor {
    pub(crate) at: Span,
    pub(crate) link: Link,
}

/// How one file asks for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// Its root value takes the place of an `!include`.
    Include,
    /// It is a file of its own, as those that a manifest names.
    Name,
}

impl Source {
    /// A text and its name, usually the path as the user wrote it. A byte order mark at the start is dropped.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let name = name.into();
        let path = file_name(&name).to_owned();
        Self::of(SourceFile::new(name, path, text.into()))
    }

    /// The text in a file's bytes.
    ///
    /// # Errors
    ///
    /// The bytes are more than [`MAX_BYTES`], or no UTF-8; then the diagnostic points at the first bad byte.
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Result<Self, Diagnostics> {
        let name = name.into();
        let path = file_name(&name).to_owned();
        Self::at_path(name, path, bytes)
    }

    /// The same for a file that has another name in its folder than in messages.
    pub(crate) fn at_path(name: String, path: String, bytes: &[u8]) -> Result<Self, Diagnostics> {
        if bytes.len() > MAX_BYTES {
            return Err(Diagnostics::of(Source::new(name, ""), too_large(bytes.len() as u64, MAX_BYTES)));
        }
        let (file, bad) = SourceFile::decode(name, path, bytes);
        let source = Self::of(file);
        match bad {
            None => Ok(source),
            Some(bad) => {
                let fault = not_utf8(bad, source.root());
                Err(Diagnostics::of(source, fault))
            }
        }
    }

    fn of(file: SourceFile) -> Self {
        Self(Arc::new(vec![Part { file: Arc::new(file), base: 0, asked_for: None }]))
    }

    /// The name it goes by in messages.
    pub fn name(&self) -> &str {
        self.root().file.name()
    }

    /// The whole text of the contract's own file.
    pub fn text(&self) -> &str {
        self.root().file.text()
    }

    /// The files that were read, each once: the contract's own and those that it includes, in the order in which they
    /// are first included.
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        let mut seen = std::collections::HashSet::new();
        self.0.iter().map(|part| &*part.file).filter(move |file| seen.insert(file.name()))
    }

    /// The file that a place is in.
    pub fn file_of(&self, span: Span) -> &SourceFile {
        &self.part(span).file
    }

    /// The text in a span; what lies beyond the end of its file or splits a character is left out.
    pub fn slice(&self, span: Span) -> &str {
        let part = self.part(span);
        part.file.slice(part.local(span))
    }

    /// Line and column of a byte in its file, both from 1, columns counted in characters.
    pub fn line_col(&self, offset: usize) -> (usize, usize) {
        let part = self.part(Span::at(offset));
        part.file.line_col(offset - part.base)
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
        let part = self.part(span);
        excerpt::excerpt(&part.file, part.local(span))
    }

    /// Where a place comes when the contract is read from its start, each file where it is included.
    pub(crate) fn order(&self, span: Span) -> Vec<usize> {
        let mut order = vec![span.start];
        let mut part = self.part(span);
        while let Some(asked_for) = part.asked_for {
            order.push(asked_for.at.start);
            part = self.part(asked_for.at);
        }
        order.reverse();
        order
    }

    /// The contract's own file alone.
    pub(crate) fn without_includes(&self) -> Self {
        if self.0.len() == 1 { self.clone() } else { Self(Arc::new(vec![self.root().clone()])) }
    }

    /// Puts a file behind the others.
    pub(crate) fn add(&mut self, file: Arc<SourceFile>, asked_for: AskedFor) -> Part {
        let base = self.0[self.0.len() - 1].behind();
        let part = Part { file, base, asked_for: Some(asked_for) };
        Arc::make_mut(&mut self.0).push(part.clone());
        part
    }

    /// A file that is not read yet: how it goes by in messages follows from the contract's own name.
    pub(crate) fn decode_included(&self, path: &str, bytes: &[u8]) -> (SourceFile, Option<NotUtf8>) {
        SourceFile::decode(self.name_of(path), path.to_owned(), bytes)
    }

    /// How a path from the contract's folder goes by in messages.
    pub(crate) fn name_of(&self, path: &str) -> String {
        path::beside(self.name(), path)
    }

    pub(crate) fn root(&self) -> &Part {
        &self.0[0]
    }

    /// The file that a place starts in.
    pub(crate) fn part(&self, span: Span) -> &Part {
        let behind = self.0.partition_point(|part| part.base <= span.start);
        &self.0[behind.saturating_sub(1)]
    }
}

impl Part {
    /// A place that was counted from the file's own first byte.
    pub(crate) fn global(&self, span: Span) -> Span {
        Span { start: self.base + span.start, end: self.base + span.end }
    }

    /// A place of the source, counted from the file's own first byte.
    pub(crate) fn local(&self, span: Span) -> Span {
        Span { start: span.start.saturating_sub(self.base), end: span.end.saturating_sub(self.base) }
    }
}

/// A contract that is not read for its size.
pub(crate) fn too_large(bytes: u64, limit: usize) -> Diagnostic {
    let message = format!("the contract has {bytes} bytes, and at most {limit} are read");
    Diagnostic::new(Code::FileTooLarge, message, Span::at(0), "this file")
}

pub(crate) fn not_utf8(bad: NotUtf8, part: &Part) -> Diagnostic {
    let message = format!("the file is not UTF-8: byte {} is 0x{:02X}", bad.good, bad.byte);
    let end = part.global(Span::at(part.file.text().len()));
    Diagnostic::new(Code::NotUtf8, message, end, "the text is readable up to here")
        .help("save the file as UTF-8")
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name()).field("bytes", &self.text().len()).finish()
    }
}
