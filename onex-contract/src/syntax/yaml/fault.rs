//! What can be wrong with the YAML of a contract, in words.

use granit_parser::{ErrorKind, ScanError};

use super::super::{Shortened, Value};
use super::MAX_DEPTH;
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::Limits;
use crate::source::{Link, Part, Span};

/// The error after which the parser cannot go on.
pub(super) fn from_parser(part: &Part, error: &ScanError) -> Diagnostic {
    let file = &part.file;
    let at = error.marker().byte_offset().unwrap_or(file.text().len());
    let here = part.global(Span::at(at));
    match error.kind() {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => tab(part, at),
        ErrorKind::RecursionLimitExceeded => too_deep(here),
        ErrorKind::DirectiveDisallowed => {
            let line = part.global(Span { start: at, end: file.line_end(file.line_of(at)) });
            Diagnostic::new(Code::Directive, "a contract has no YAML directives", line, "this is a directive")
                .help("remove the line")
        }
        _ => {
            let message = format!("this is not YAML: {}", error.info());
            Diagnostic::new(Code::Syntax, message, here, "found here")
        }
    }
}

/// The parser may notice the tab from the line before it, or only behind it.
fn tab(part: &Part, noticed: usize) -> Diagnostic {
    let file = &part.file;
    let line = file.line_of(noticed);
    let tab = [line, line + 1].into_iter().find_map(|line| {
        let start = file.line_start(line);
        let text = file.slice(Span { start, end: file.line_end(line) });
        let indent = &text[..text.len() - text.trim_start().len()];
        indent.find('\t').map(|tab| start + tab)
    });
    let at = tab.unwrap_or(noticed);
    let span = part.global(Span { start: at, end: file.text().ceil_char_boundary(at + 1) });
    Diagnostic::new(Code::Tab, "a tab cannot be used for indentation", span, "this is a tab")
        .help("indent with spaces")
}

/// Adds a list or mapping in brackets that is still open, and so is often why the parser cannot go on. `open`: its bracket.
pub(super) fn still_open(part: &Part, fault: Diagnostic, open: Span) -> Diagnostic {
    let closing = match part.file.slice(part.local(open)) {
        "[" => "]",
        _ => "}",
    };
    fault.also(open, "this is still open").help(format!("where it is to end, close it with `{closing}`"))
}

pub(super) fn null_character(part: &Part, at: usize) -> Diagnostic {
    let span = part.global(Span { start: at, end: at + 1 });
    Diagnostic::new(Code::Syntax, "this is not YAML: there is a null character", span, "found here")
}

/// A contract needs something to be in it, and so does a file that stands for a value.
pub(super) fn empty(part: &Part) -> Diagnostic {
    let (message, help) = match part.asked_for.map(|asked_for| asked_for.link) {
        None => (
            "there is no contract in this file",
            "a contract starts with `name`, `node_type` and `contract_version`",
        ),
        Some(Link::Include) => {
            ("there is no value in this file", "write the value here, or `null` if none is meant")
        }
        Some(Link::Name) => ("there is nothing in this file", "write here what the file is named for"),
    };
    let start = part.global(Span::at(0));
    Diagnostic::new(Code::Empty, message, start, "nothing but comments and space").help(help)
}

pub(super) fn too_deep(at: Span) -> Diagnostic {
    let message = format!("values are nested more than {MAX_DEPTH} deep");
    Diagnostic::new(Code::TooDeep, message, at, "this value is too deep")
}

pub(super) fn too_many_values(at: Span, limits: &Limits) -> Diagnostic {
    Diagnostic::new(Code::TooManyValues, "there are too many values", at, "the limit is exceeded here").note(
        format!(
            "a contract may have {} values, an alias counted by what it stands for, \
             and aliases may repeat {} bytes of text",
            limits.values,
            limits.copied_text(),
        ),
    )
}

pub(super) fn second_document(part: &Part, at: Span) -> Diagnostic {
    let (message, help) = match part.asked_for.map(|asked_for| asked_for.link) {
        None => ("a contract is one YAML document", "write each contract in a file of its own"),
        Some(Link::Include) => {
            ("an included file is one YAML document", "write each value in a file of its own")
        }
        Some(Link::Name) => ("a file is one YAML document", "write each document in a file of its own"),
    };
    Diagnostic::new(Code::SeveralDocuments, message, at, "a second document starts here").help(help)
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
    Diagnostic::new(Code::Tag, format!("the tag `{}` does not fit here", Shortened(name)), at, "tagged here")
        .note("a contract needs no tags, except those of the core schema that fit their value, such as `!!str 5`")
        .help("remove the tag")
}
