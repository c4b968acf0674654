//! What is wrong with a contract: codes, messages, places, and what to do.
//!
//! It must not know YAML or the language; it knows texts and places in them.

mod code;
mod included;
mod lookup;
#[cfg(feature = "tools")]
mod page;
mod render;
mod sink;
mod suggest;

use std::fmt;

pub use code::Code;
pub use lookup::UnknownCode;
#[cfg(feature = "tools")]
pub use render::{Format, render};
pub(crate) use sink::{Reported, Sink};
pub use suggest::closest;

use crate::source::{Source, Span};

/// One fault of a contract, or something that its author should know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Which kind of fault.
    pub code: Code,
    /// Whether the contract can be used.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where.
    pub primary: Label,
    /// Other places that have to do with it.
    pub secondary: Vec<Label>,
    /// Facts that explain it.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<Help>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The contract cannot be used.
    Error,
    /// The contract can be used, and its author should know.
    Warning,
}

/// A place and what is to be said about it; the text may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// A few words, printed beside the carets.
    pub text: String,
}

/// What to do about a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// In words.
    pub text: String,
    /// As an edit of the contract: what to replace, and by what.
    pub replacement: Option<(Span, String)>,
}

/// The faults of one contract, at least one, in the order of the file, those of a file that it includes where that is
/// included.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    source: Source,
    list: Vec<Diagnostic>,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, message: impl Into<String>, at: Span, label: impl Into<String>) -> Self {
        let primary = Label { span: at, text: label.into() };
        let (severity, secondary, notes) = (Severity::Error, Vec::new(), Vec::new());
        Self { code, severity, message: message.into(), primary, secondary, notes, help: None }
    }

    pub(crate) fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    pub(crate) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(Help { text: text.into(), replacement: None });
        self
    }

    pub(crate) fn replace(mut self, text: impl Into<String>, span: Span, by: impl Into<String>) -> Self {
        self.help = Some(Help { text: text.into(), replacement: Some((span, by.into())) });
        self
    }

    /// The same as a warning, for who judges contracts that are made: what keeps one from being made is an error.
    #[must_use]
    pub fn warning(self) -> Self {
        Self { severity: Severity::Warning, ..self }
    }

    /// The fault as rustc prints one, without colours: `error[ONEX0103]: unknown key ..`, the place, notes, help.
    pub fn render_plain(&self, source: &Source) -> String {
        render::plain(self, source)
    }

    /// The same for a `compile_error!`, where rustc writes the `error: ` itself: the code stands behind the message.
    pub fn render_for_compile_error(&self, source: &Source) -> String {
        render::for_compile_error(self, source)
    }
}

impl Severity {
    /// The word before a message: `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Diagnostics {
    /// The faults of a source, in any order. There is at least one.
    pub(crate) fn new(source: Source, mut list: Vec<Diagnostic>) -> Self {
        list.sort_by_cached_key(|fault| source.order(fault.primary.span));
        included::once(&mut list, &source);
        list.iter_mut().for_each(|fault| included::explain(fault, &source));
        Self { source, list }
    }

    /// The one fault of a source.
    pub(crate) fn of(source: Source, fault: Diagnostic) -> Self {
        Self { source, list: vec![fault] }
    }

    /// What is said about several files, without what an earlier one says of the same place of the same file: a manifest
    /// is judged with the files that it names, and those may be judged by themselves. What says nothing new is left out.
    #[must_use]
    pub fn each_once(all: Vec<Self>) -> Vec<Self> {
        included::once_of_all(all)
    }

    /// The texts that every span points into.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The faults, in their order.
    pub fn list(&self) -> &[Diagnostic] {
        &self.list
    }

    /// Whether there is an error among them, and not only warnings.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All faults as rustc prints them, an empty line between two.
    pub fn render_plain(&self) -> String {
        let rendered: Vec<String> = self.list.iter().map(|fault| fault.render_plain(&self.source)).collect();
        rendered.join("\n\n")
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render_plain())
    }
}

impl std::error::Error for Diagnostics {}
