//! Lines of the contract with carets under them, as rustc prints them: what the formats for people have in common.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet, Title};

use super::super::{Diagnostic, Help, Label, Severity};
use crate::source::{Part, Source, SourceFile, Span};

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
    let mut head = title.elements(places(diagnostic, source)).elements(notes);
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

/// The lines of each file that the labels are in, those of the primary one first.
fn places<'a>(diagnostic: &'a Diagnostic, source: &'a Source) -> Vec<Snippet<'a, Annotation<'a>>> {
    let primary = &diagnostic.primary;
    let others = diagnostic.secondary.iter().filter(|label| label.span != primary.span);
    let labels = std::iter::once((AnnotationKind::Primary, primary))
        .chain(others.map(|label| (AnnotationKind::Context, label)));
    let mut files: Vec<(&Part, Vec<(AnnotationKind, &Label)>)> = Vec::new();
    for (kind, label) in labels {
        let part = source.part(label.span);
        match files.iter_mut().find(|(file, _)| std::ptr::eq(*file, part)) {
            Some((_, labels)) => labels.push((kind, label)),
            None => files.push((part, vec![(kind, label)])),
        }
    }
    files.into_iter().map(|(part, labels)| place(part, &labels)).collect()
}

fn place<'a>(part: &'a Part, labels: &[(AnnotationKind, &'a Label)]) -> Snippet<'a, Annotation<'a>> {
    let window = Window::around(&part.file, labels.iter().map(|(_, label)| part.local(label.span)));
    let marks = labels.iter().map(|(kind, label)| {
        let annotation = kind.span(window.relative(part.local(label.span)));
        if label.text.is_empty() { annotation } else { annotation.label(harmless(&label.text)) }
    });
    Snippet::source(window.text()).path(harmless(part.file.name())).line_start(window.line).annotations(marks)
}

fn edit<'a>(source: &'a Source, span: Span, by: &'a str) -> Snippet<'a, Patch<'a>> {
    let part = source.part(span);
    let span = part.local(span);
    let window = Window::around(&part.file, [span]);
    let patch = Patch::new(window.relative(span), harmless(by));
    Snippet::source(window.text()).path(harmless(part.file.name())).line_start(window.line).patch(patch)
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

/// The lines of a file that a diagnostic shows. The renderer gets these alone: it looks at all the text it is given.
struct Window<'a> {
    file: &'a SourceFile,
    line: usize,
    span: Span,
}

impl<'a> Window<'a> {
    fn around(file: &'a SourceFile, spans: impl IntoIterator<Item = Span>) -> Self {
        let (mut first, mut last) = (usize::MAX, 0);
        for span in spans {
            let line = file.line_of(file.first_line(span).start);
            (first, last) = (first.min(line), last.max(line));
        }
        let span = Span { start: file.line_start(first), end: file.line_end(last) };
        Self { file, line: first, span }
    }

    /// Every byte keeps its place, so a character that steers a terminal is replaced by one as long.
    fn text(&self) -> Cow<'a, str> {
        let text = self.file.slice(self.span);
        let steers = |character| ('\u{80}'..='\u{9f}').contains(&character);
        if text.contains(steers) { text.replace(steers, "\u{a4}").into() } else { text.into() }
    }

    fn relative(&self, span: Span) -> Range<usize> {
        let span = self.file.first_line(span);
        span.start.min(self.span.end) - self.span.start..span.end.min(self.span.end) - self.span.start
    }
}
