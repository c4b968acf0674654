//! Diagnostics as rustc prints them, through the crate that it shares.

use annotate_snippets::{Annotation, AnnotationKind, Level, Patch, Renderer, Snippet, Title};

use super::{Diagnostic, Help, Severity};
use crate::source::{Source, Span};

const ERROR: &str = "error: ";

pub(super) fn plain(fault: &Diagnostic, source: &Source) -> String {
    let level = match fault.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&fault.message).id(fault.code.as_str());
    render(title, fault, source)
}

pub(super) fn for_compile_error(fault: &Diagnostic, source: &Source) -> String {
    let title = Level::ERROR.primary_title(format!("{} [{}]", fault.message, fault.code.as_str()));
    let rendered = render(title, fault, source);
    rendered.strip_prefix(ERROR).map(str::to_owned).unwrap_or(rendered)
}

fn render<'a>(title: Title<'a>, fault: &'a Diagnostic, source: &'a Source) -> String {
    let notes = fault.notes.iter().map(|note| Level::NOTE.message(note));
    let mut head = title.element(place(fault, source)).elements(notes);
    let mut groups = Vec::with_capacity(2);
    match &fault.help {
        Some(Help { text, replacement: Some((span, by)) }) => {
            groups.push(head);
            groups.push(Level::HELP.secondary_title(text).element(edit(source, *span, by)));
        }
        Some(Help { text, replacement: None }) => {
            head = head.element(Level::HELP.message(text));
            groups.push(head);
        }
        None => groups.push(head),
    }
    Renderer::plain().render(&groups)
}

fn place<'a>(fault: &'a Diagnostic, source: &'a Source) -> Snippet<'a, Annotation<'a>> {
    let primary = fault.primary.span;
    let others = fault.secondary.iter().filter(|label| label.span != primary);
    let last = others.clone().map(|label| label.span).chain([primary]);
    let window = Window::around(source, last);

    let mark = |kind: AnnotationKind, span, text: &'a str| {
        let annotation = kind.span(window.relative(source, span));
        if text.is_empty() { annotation } else { annotation.label(text) }
    };
    Snippet::source(window.text(source))
        .path(source.name())
        .line_start(window.line)
        .annotation(mark(AnnotationKind::Primary, primary, &fault.primary.text))
        .annotations(others.map(|label| mark(AnnotationKind::Context, label.span, &label.text)))
}

fn edit<'a>(source: &'a Source, span: Span, by: &'a str) -> Snippet<'a, Patch<'a>> {
    let window = Window::around(source, [span]);
    let patch = Patch::new(window.relative(source, span), by);
    Snippet::source(window.text(source)).path(source.name()).line_start(window.line).patch(patch)
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

    fn text<'a>(&self, source: &'a Source) -> &'a str {
        source.slice(self.span)
    }

    fn relative(&self, source: &Source, span: Span) -> std::ops::Range<usize> {
        let span = source.first_line(span);
        span.start.min(self.span.end) - self.span.start..span.end.min(self.span.end) - self.span.start
    }
}
