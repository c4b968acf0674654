//! YAML text to a tree. The parser crate is named in this module only, so that it can be replaced.
//!
//! The parser gives events; the composer builds the tree from them without recursion and within limits, so that
//! no file, however made, takes much time, memory or stack. A file that is included is composed where its value stands,
//! and the limits hold for all files together.

mod anchors;
#[cfg(feature = "tools")]
mod block_scalar;
mod composer;
mod fault;
mod include;
mod include_fault;
mod mapping;
mod reading;
mod tag;
#[cfg(feature = "tools")]
mod tokens;

use granit_parser::{Event, Parser, options};

use self::anchors::Size;
use self::composer::Composer;
use self::include::Include;
use self::reading::Reading;
#[cfg(feature = "tools")]
pub(crate) use self::tokens::{Document, Notation, Style, Token, TokenKind, tokens};
use super::{Node, Value};
use crate::diagnostic::{Reported, Sink};
use crate::include::ReadFile;
use crate::limits::Limits;
use crate::source::{Link, Part, Source, Span, Spanned, too_large};

/// How deeply values may be nested, aliases counted by what they stand for.
const MAX_DEPTH: usize = 64;

pub(super) fn compose(
    source: &mut Source,
    limits: &Limits,
    read: &mut ReadFile<'_>,
    sink: &mut Sink,
) -> Result<Node, Reported> {
    let root = source.root().clone();
    let size = root.file.text().len();
    if size > limits.bytes {
        return Err(sink.report(too_large(size as u64, limits.bytes)));
    }
    match compose_file(&root, 0, &mut Reading::new(source, limits, read, sink)) {
        Ok(Some((Node { value: Value::Null, .. }, _)) | None) => Err(sink.report(fault::empty(&root))),
        Ok(Some((root, _))) => Ok(root),
        Err(Refused::File(reported) | Refused::Contract(reported)) => Err(reported),
    }
}

pub(super) fn compose_named(
    paths: &[Spanned<&str>],
    source: &mut Source,
    limits: &Limits,
    read: &mut ReadFile<'_>,
    sink: &mut Sink,
) -> Vec<Result<Node, Reported>> {
    let mut reading = Reading::new(source, limits, read, sink);
    let mut trees = Vec::with_capacity(paths.len());
    for path in paths {
        let from = reading.source.part(path.span).clone();
        let include = Include { from: &from, outside: 0, written: *path, at: path.span, link: Link::Name };
        trees.push(match include.value(&mut reading) {
            Ok((Node { value: Value::Faulty(reported), .. }, _)) | Err(reported) => Err(reported),
            Ok((tree, _)) => Ok(tree),
        });
    }
    trees
}

/// Why there is no tree.
enum Refused {
    /// The file cannot be read on. Others can.
    File(Reported),
    /// A limit of the whole contract is exceeded.
    Contract(Reported),
}

/// The root value of a file, if there is anything in the file. `outside` is how deep in the contract the file stands.
fn compose_file(
    part: &Part,
    outside: usize,
    reading: &mut Reading<'_>,
) -> Result<Option<(Node, Size)>, Refused> {
    // The parser takes this character for the end of the file, which would leave the rest unread.
    if let Some(at) = part.file.text().find('\0') {
        return Err(Refused::File(reading.sink.report(fault::null_character(part, at))));
    }

    let options = options! {
        strict_indentation: true,
        disallow_directives: true,
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut parser = Parser::new_from_str_with_options(part.file.text(), options);
    let mut composer = Composer::new(part, outside, reading);
    let mut documents = 0;
    while let Some(next) = parser.next_event() {
        let (event, span) = match next {
            Ok(next) => next,
            Err(error) => {
                let fault = fault::from_parser(part, &error);
                return Err(Refused::File(composer.refuse(fault)));
            }
        };
        let tag = span.tag_span().map(|tag| part.global(in_file(&tag)));
        let span = part.global(in_file(&span));
        if matches!(event, Event::DocumentStart(..)) {
            documents += 1;
            if documents > 1 {
                composer.refuse(fault::second_document(part, span));
                break;
            }
        }
        composer.accept(event, span, tag.unwrap_or(span)).map_err(Refused::Contract)?;
    }
    Ok(composer.finish())
}

fn in_file(span: &granit_parser::Span) -> Span {
    let range = span.byte_range().expect("a parser over a string knows the offset of each event");
    Span { start: range.start, end: range.end }
}
