//! As rustc prints a diagnostic, without colours.

use annotate_snippets::Renderer;

use super::super::Diagnostic;
use super::snippet;
use crate::source::Source;

pub(in super::super) fn plain(diagnostic: &Diagnostic, source: &Source) -> String {
    snippet::with_code(&Renderer::plain(), diagnostic, source)
}
