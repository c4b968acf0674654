//! YAML text to a tree. The parser crate is named in this module only, so that it can be replaced.
//!
//! The parser gives events; the composer builds the tree from them without recursion and within limits, so that
//! no file, however made, takes much time, memory or stack.

mod anchors;
mod block_scalar;
mod composer;
mod fault;
mod mapping;
mod tokens;

use granit_parser::{Event, Parser, options};

use self::composer::Composer;
pub(crate) use self::tokens::{Document, Notation, Style, Token, TokenKind, tokens};
use super::Node;
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::source::{MAX_BYTES, Source, Span, too_large};

/// How deeply values may be nested, aliases counted by what they stand for.
const MAX_DEPTH: usize = 64;
/// How many values there may be, aliases counted by what they stand for.
const MAX_NODES: usize = 50_000;
/// How many bytes the texts that anchors and aliases copy may have together.
const MAX_COPIED_TEXT: usize = 4 * MAX_BYTES;

pub(super) fn compose(source: &Source, sink: &mut Sink) -> Result<Node, Reported> {
    if source.text().len() > MAX_BYTES {
        return Err(sink.report(too_large(source.text().len() as u64)));
    }
    // The parser takes this character for the end of the file, which would leave the rest unread.
    if let Some(at) = source.text().find('\0') {
        return Err(sink.report(fault::null_character(at)));
    }

    let options = options! {
        strict_indentation: true,
        disallow_directives: true,
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut parser = Parser::new_from_str_with_options(source.text(), options);
    let mut composer = Composer::new(source, sink);
    let mut documents = 0;
    while let Some(next) = parser.next_event() {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => return Err(composer.refuse(fault::from_parser(source, &error))),
        };
        let tag = span.tag_span().map(|tag| in_source(&tag));
        let span = in_source(&span);
        if matches!(event, Event::DocumentStart(..)) {
            documents += 1;
            if documents > 1 {
                composer.sink.report(fault::second_document(span));
                break;
            }
        }
        composer.accept(event, span, tag.unwrap_or(span))?;
    }
    composer.finish()
}

fn in_source(span: &granit_parser::Span) -> Span {
    let range = span.byte_range().expect("a parser over a string knows the offset of each event");
    Span { start: range.start, end: range.end }
}

fn empty() -> Diagnostic {
    Diagnostic::new(
        Code::Empty,
        "there is no contract in this file",
        Span::at(0),
        "nothing but comments and space",
    )
    .help("a contract starts with `name`, `node_type` and `contract_version`")
}
