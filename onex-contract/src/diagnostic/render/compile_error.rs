//! For a `compile_error!`: rustc writes the `error: ` itself, so the code stands behind the message.

use annotate_snippets::{Level, Renderer};

use super::super::Diagnostic;
use super::snippet;
use crate::source::Source;

const ERROR: &str = "error: ";

pub(in super::super) fn for_compile_error(diagnostic: &Diagnostic, source: &Source) -> String {
    let head = format!("{} [{}]", diagnostic.message, diagnostic.code.as_str());
    let rendered = snippet::render(&Renderer::plain(), Level::ERROR.primary_title(head), diagnostic, source);
    rendered.strip_prefix(ERROR).map(str::to_owned).unwrap_or(rendered)
}
