//! As rustc prints a diagnostic on a terminal that shows colours.

use annotate_snippets::Renderer;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::render::snippet;
use crate::source::Source;

pub(super) fn terminal(diagnostic: &Diagnostic, source: &Source) -> String {
    snippet::with_code(&Renderer::styled(), diagnostic, source)
}
