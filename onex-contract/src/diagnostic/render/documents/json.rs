//! JSON Lines, for editors. The shape is described at [`Format::Json`](super::Format::Json): it is a promise.

use super::json_text::Json;
use super::region::Region;
use crate::diagnostic::{Diagnostic, Diagnostics, Help};
use crate::source::{Source, Span};

/// To be raised when a member changes its meaning or goes. A new member changes nothing for those who do not know it.
const VERSION: usize = 1;

pub(super) fn json(files: &[Diagnostics]) -> String {
    let lines = files.iter().flat_map(|file| {
        let source = file.source();
        file.list().iter().map(move |diagnostic| object(diagnostic, source).line())
    });
    lines.collect()
}

fn object(diagnostic: &Diagnostic, source: &Source) -> Json {
    let labels = diagnostic
        .secondary
        .iter()
        .map(|label| Json::object([("span", span(label.span, source)), ("text", Json::string(&label.text))]));
    Json::object([
        ("version", Json::number(VERSION)),
        ("code", Json::string(diagnostic.code.as_str())),
        ("severity", Json::string(diagnostic.severity.as_str())),
        ("message", Json::string(&diagnostic.message)),
        ("file", Json::string(Region::of(diagnostic.primary.span, source).file)),
        ("span", span(diagnostic.primary.span, source)),
        ("label", Json::string(&diagnostic.primary.text)),
        ("labels", Json::array(labels)),
        ("notes", Json::array(diagnostic.notes.iter().map(|note| Json::string(note)))),
        ("help", diagnostic.help.as_ref().map_or_else(Json::null, |given| help(given, source))),
    ])
}

fn help(help: &Help, source: &Source) -> Json {
    let edits = help
        .replacement
        .iter()
        .map(|(at, by)| Json::object([("span", span(*at, source)), ("text", Json::string(by))]));
    Json::object([("text", Json::string(&help.text)), ("edits", Json::array(edits))])
}

fn span(span: Span, source: &Source) -> Json {
    let region = Region::of(span, source);
    Json::object([
        ("file", Json::string(region.file)),
        ("byte_start", Json::number(region.bytes.start)),
        ("byte_end", Json::number(region.bytes.end)),
        ("line_start", Json::number(region.line_start)),
        ("column_start", Json::number(region.column_start)),
        ("line_end", Json::number(region.line_end)),
        ("column_end", Json::number(region.column_end)),
    ])
}
