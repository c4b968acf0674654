//! Lines of the contract with carets under them, as rustc prints them: what the formats for people have in common.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet, Title};

use super::super::{Diagnostic, Help, Severity};
use crate::source::{Source, Span};

/// The diagnostic under a head such as `error[ONEX0103]: unknown key ..`.
pub(super) fn with_code(renderer: &Renderer, diagnostic: &Diagnostic, source: &Source) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(harmless(&diagnostic.message)).id(diagnostic.code.as_str());
    render(renderer, title, diagnostic, source)
}

pub(super) fn render(
    renderer: &Renderer,
    title: Title<'_>,
    diagnostic: &Diagnostic,
    source: &Source,
) -> String {
    let notes = diagnostic.notes.iter().map(|note| Level::NOTE.message(harmless(note)));
    let mut head = title.element(place(diagnostic, source)).elements(notes);
    let mut groups: Vec<Group<'_>> = Vec::with_capacity(2);
    match &diagnostic.help {
        Some(Help { text, replacement: Some((span, by)) }) => {
            groups.push(head);
            groups.push(Level::HELP.secondary_title(harmless(text)).element(edit(source, *span, by)));
        }
        Some(Help { text, replacement: None }) => {
            head = head.element(Level::HELP.message(harmless(text)));
            groups.push(head);
        }
        None => groups.push(head),
    }
    renderer.render(&groups)
}

fn place<'a>(diagnostic: &'a Diagnostic, source: &'a Source) -> Snippet<'a, Annotation<'a>> {
    let primary = diagnostic.primary.span;
    let others = diagnostic.secondary.iter().filter(|label| label.span != primary);
    let last = others.clone().map(|label| label.span).chain([primary]);
    let window = Window::around(source, last);

    let mark = |kind: AnnotationKind, span, text: &'a str| {
        let annotation = kind.span(window.relative(source, span));
        if text.is_empty() { annotation } else { annotation.label(harmless(text)) }
    };
    Snippet::source(window.text(source))
        .path(harmless(source.name()))
        .line_start(window.line)
        .annotation(mark(AnnotationKind::Primary, primary, &diagnostic.primary.text))
        .annotations(others.map(|label| mark(AnnotationKind::Context, label.span, &label.text)))
}

fn edit<'a>(source: &'a Source, span: Span, by: &'a str) -> Snippet<'a, Patch<'a>> {
    let window = Window::around(source, [span]);
    let patch = Patch::new(window.relative(source, span), harmless(by));
    Snippet::source(window.text(source)).path(harmless(source.name())).line_start(window.line).patch(patch)
}

/// A text in which nothing steers a terminal. The renderer looks after titles and lines of the file, though not at
/// every such character; what else it is given it takes for styled by its caller, and no contract is to be that.
fn harmless(text: &str) -> String {
    let shown = |character| match character {
        '\n' | '\t' => character,
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(character)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7f'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        _ => character,
    };
    text.chars().map(shown).collect()
}

/// The lines that a diagnostic shows. The renderer gets these alone: it looks at all the text it is given.
struct Window {
    line: usize,
    span: Span,
}

impl Window {
    fn around(source: &Source, spans: impl IntoIterator<Item = Span>) -> Self {
        let (mut first, mut last) = (usize::MAX, 0);
        for span in spans {
            let line = source.line_of(source.first_line(span).start);
            (first, last) = (first.min(line), last.max(line));
        }
        let span = Span { start: source.line_start(first), end: source.line_end(last) };
        Self { line: first, span }
    }

    /// Every byte keeps its place, so a character that steers a terminal is replaced by one as long.
    fn text<'a>(&self, source: &'a Source) -> Cow<'a, str> {
        let text = source.slice(self.span);
        let steers = |character| ('\u{80}'..='\u{9f}').contains(&character);
        if text.contains(steers) { text.replace(steers, "\u{a4}").into() } else { text.into() }
    }

    fn relative(&self, source: &Source, span: Span) -> Range<usize> {
        let span = source.first_line(span);
        span.start.min(self.span.end) - self.span.start..span.end.min(self.span.end) - self.span.start
    }
}
