//! What can be wrong with the YAML of a contract, in words.

use granit_parser::{ErrorKind, ScanError};

use super::super::{Shortened, Value};
use super::{MAX_COPIED_TEXT, MAX_DEPTH, MAX_NODES};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Source, Span};

/// The error after which the parser cannot go on.
pub(super) fn from_parser(source: &Source, error: &ScanError) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(source.text().len());
    match error.kind() {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => tab(source, at),
        ErrorKind::RecursionLimitExceeded => too_deep(Span::at(at)),
        ErrorKind::DirectiveDisallowed => {
            let line = Span { start: at, end: source.line_end(source.line_of(at)) };
            Diagnostic::new(Code::Directive, "a contract has no YAML directives", line, "this is a directive")
                .help("remove the line")
        }
        _ => {
            let message = format!("this is not YAML: {}", error.info());
            Diagnostic::new(Code::Syntax, message, Span::at(at), "found here")
        }
    }
}

/// The parser may notice the tab from the line before it, or only behind it.
fn tab(source: &Source, noticed: usize) -> Diagnostic {
    let line = source.line_of(noticed);
    let tab = [line, line + 1].into_iter().find_map(|line| {
        let start = source.line_start(line);
        let text = source.slice(Span { start, end: source.line_end(line) });
        let indent = &text[..text.len() - text.trim_start().len()];
        indent.find('\t').map(|tab| start + tab)
    });
    let at = tab.unwrap_or(noticed);
    Diagnostic::new(
        Code::Tab,
        "a tab cannot be used for indentation",
        Span { start: at, end: source.text().ceil_char_boundary(at + 1) },
        "this is a tab",
    )
    .help("indent with spaces")
}

pub(super) fn null_character(at: usize) -> Diagnostic {
    let span = Span { start: at, end: at + 1 };
    Diagnostic::new(Code::Syntax, "this is not YAML: there is a null character", span, "found here")
}

pub(super) fn too_deep(at: Span) -> Diagnostic {
    let message = format!("values are nested more than {MAX_DEPTH} deep");
    Diagnostic::new(Code::TooDeep, message, at, "this value is too deep")
}

pub(super) fn too_many_values(at: Span) -> Diagnostic {
    Diagnostic::new(Code::TooManyValues, "there are too many values", at, "the limit is exceeded here").note(
        format!(
            "a contract may have {MAX_NODES} values, an alias counted by what it stands for, \
         and aliases may repeat {MAX_COPIED_TEXT} bytes of text"
        ),
    )
}

pub(super) fn second_document(at: Span) -> Diagnostic {
    Diagnostic::new(
        Code::SeveralDocuments,
        "a contract is one YAML document",
        at,
        "a second document starts here",
    )
    .help("write each contract in a file of its own")
}

pub(super) fn unknown_alias(name: &str, at: Span) -> Diagnostic {
    let message = format!("the alias `*{}` stands for nothing", Shortened(name));
    let label = format!("there is no `&{}` above", Shortened(name));
    Diagnostic::new(Code::UnknownAlias, message, at, label)
}

pub(super) fn alias_in_itself(name: &str, at: Span) -> Diagnostic {
    let message = format!("the alias `*{}` stands for a value that it is a part of", Shortened(name));
    Diagnostic::new(Code::UnknownAlias, message, at, "this would never end")
}

pub(super) fn duplicate_key(name: &str, at: Span, first: Span) -> Diagnostic {
    let message = format!("the key `{}` is given twice", Shortened(name));
    Diagnostic::new(Code::DuplicateKey, message, at, "given again here").also(first, "first given here")
}

pub(super) fn key_not_string(found: &Value, at: Span) -> Diagnostic {
    Diagnostic::new(Code::KeyNotString, format!("a key is a string, found {found}"), at, "this is no string")
        .help("put the key in quotes, if it is meant")
}

pub(super) fn bad_merge(found: &Value, at: Span) -> Diagnostic {
    let message = format!("`<<` takes a mapping, or a list of mappings, found {found}");
    Diagnostic::new(Code::BadMerge, message, at, "this is no mapping")
}

pub(super) fn tag(name: &str, at: Span) -> Diagnostic {
    if name == "!include" {
        return Diagnostic::new(
            Code::Include,
            "`!include` is not supported in this version",
            at,
            "included here",
        )
        .help("write what the other file says here");
    }
    Diagnostic::new(Code::Tag, format!("the tag `{}` does not fit here", Shortened(name)), at, "tagged here")
        .note("a contract needs no tags, except those of the core schema that fit their value, such as `!!str 5`")
        .help("remove the tag")
}
