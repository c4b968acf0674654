//! Diagnostics as rustc prints them, through the crate that it shares.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Level, Patch, Renderer, Snippet, Title};

use super::{Diagnostic, Help, Label};
use crate::source::{Part, Source, SourceFile, Span};

const ERROR: &str = "error: ";

pub(super) fn plain(fault: &Diagnostic, source: &Source) -> String {
    let title = Level::ERROR.primary_title(&fault.message).id(fault.code.as_str());
    render(title, fault, source)
}

pub(super) fn for_compile_error(fault: &Diagnostic, source: &Source) -> String {
    let title = Level::ERROR.primary_title(format!("{} [{}]", fault.message, fault.code.as_str()));
    let rendered = render(title, fault, source);
    rendered.strip_prefix(ERROR).map(str::to_owned).unwrap_or(rendered)
}

fn render<'a>(title: Title<'a>, fault: &'a Diagnostic, source: &'a Source) -> String {
    let notes = fault.notes.iter().map(|note| Level::NOTE.message(note));
    let mut head = title.elements(places(fault, source)).elements(notes);
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

/// The lines of each file that the labels are in, those of the primary one first.
fn places<'a>(fault: &'a Diagnostic, source: &'a Source) -> Vec<Snippet<'a, Annotation<'a>>> {
    let primary = &fault.primary;
    let others = fault.secondary.iter().filter(|label| label.span != primary.span);
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
        if label.text.is_empty() { annotation } else { annotation.label(&label.text) }
    });
    Snippet::source(window.text()).path(part.file.name()).line_start(window.line).annotations(marks)
}

fn edit<'a>(source: &'a Source, span: Span, by: &'a str) -> Snippet<'a, Patch<'a>> {
    let part = source.part(span);
    let span = part.local(span);
    let window = Window::around(&part.file, [span]);
    let patch = Patch::new(window.relative(span), by);
    Snippet::source(window.text()).path(part.file.name()).line_start(window.line).patch(patch)
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

    fn text(&self) -> &'a str {
        self.file.slice(self.span)
    }

    fn relative(&self, span: Span) -> Range<usize> {
        let span = self.file.first_line(span);
        span.start.min(self.span.end) - self.span.start..span.end.min(self.span.end) - self.span.start
    }
}
