//! YAML text as a flat list of tokens with places, for who cares how a file is written and not what it says.
//!
//! It resolves nothing: tags, anchors, aliases and keys are where they stand. Comments are no tokens and in none, so that
//! each `#` between two tokens starts one.

use std::borrow::Cow;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, options};

use super::{MAX_DEPTH, block_scalar, fault, in_file};
use crate::diagnostic::{Diagnostic, Reported, Sink};
use crate::limits::Limits;
use crate::source::{Part, Source, Span, too_large};

/// One document.
pub(crate) struct Document<'a> {
    /// Where `---` stands, if it does.
    pub(crate) marker: Option<Span>,
    pub(crate) tokens: Vec<Token<'a>>,
}

/// A value, or the start or end of one. Starts never go back in the file.
#[derive(Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: TokenKind<'a>,
    /// Without anchor and tag. A block scalar is here from its `|` or `>` to the end of its last line that is not blank;
    /// the end of a list or mapping without brackets is the place where the next token starts.
    pub(crate) span: Span,
    /// `&name`.
    pub(crate) anchor: Option<Span>,
    /// `!tag`.
    pub(crate) tag: Option<Span>,
}

#[derive(Debug)]
pub(crate) enum TokenKind<'a> {
    Scalar(Style, Cow<'a, str>),
    /// A scalar of which nothing is written.
    Nothing,
    Alias,
    StartList(Notation),
    StartMapping(Notation),
    End {
        /// A bracket is what ends it.
        bracket: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Single,
    Double,
    /// `|` and `>`, whose lines are indented by so many spaces; `None`: all of them are blank.
    Block {
        indent: Option<usize>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notation {
    /// By indentation.
    Block,
    /// In brackets.
    Flow,
    /// A mapping of one entry in a list in brackets, without brackets of its own: `[a: b]`.
    Pair,
}

impl Token<'_> {
    /// Where the value starts, with its anchor and tag.
    pub(crate) fn start(&self) -> usize {
        [self.anchor, self.tag].into_iter().flatten().map(|span| span.start).fold(self.span.start, usize::min)
    }
}

pub(crate) fn tokens<'a>(source: &'a Source, sink: &mut Sink) -> Result<Document<'a>, Reported> {
    let (part, limits) = (source.root(), Limits::default());
    let text = source.text();
    if text.len() > limits.bytes {
        return Err(sink.report(too_large(text.len() as u64, limits.bytes)));
    }
    if let Some(at) = text.find('\0') {
        return Err(sink.report(fault::null_character(part, at)));
    }
    let options = options! {
        // A bracket that is closed under its key is what other readers take and this crate's does not: what is written
        // anew from the tokens is in its place.
        strict_indentation: false,
        disallow_directives: true,
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut collector = Collector {
        part,
        text,
        limits,
        marker: None,
        documents: 0,
        tokens: Vec::new(),
        depth: 0,
        open: Vec::new(),
        read: 0,
    };
    let mut faulty = None;
    while let Some(next) = parser.next_event() {
        let (event, span) =
            next.map_err(|error| sink.report(collector.with_open(fault::from_parser(part, &error))))?;
        let tag = span.tag_span().map(|tag| in_file(&tag));
        if let Err(fault) = collector.accept(event, in_file(&span), tag) {
            faulty = Some(sink.report(*fault));
        }
        if collector.is_full() {
            break;
        }
    }
    if let Some(reported) = faulty {
        return Err(reported);
    }
    collector.finish().ok_or_else(|| sink.report(fault::empty(part)))
}

struct Collector<'a> {
    part: &'a Part,
    text: &'a str,
    limits: Limits,
    marker: Option<Span>,
    documents: usize,
    tokens: Vec<Token<'a>>,
    /// How many lists and mappings have not ended.
    depth: usize,
    /// The brackets that are not closed yet.
    open: Vec<Span>,
    /// Where the last token ends.
    read: usize,
}

impl<'a> Collector<'a> {
    fn accept(&mut self, event: Event<'a>, span: Span, tag: Option<Span>) -> Result<(), Box<Diagnostic>> {
        match event {
            Event::Scalar(value, style, ..) => self.scalar(value, style, span, tag),
            Event::SequenceStart(style, ..) => self.start(TokenKind::StartList, style, span, tag),
            Event::MappingStart(style, ..) => self.start(TokenKind::StartMapping, style, span, tag),
            Event::SequenceEnd | Event::MappingEnd => {
                let bracket = !span.is_empty();
                self.depth -= 1;
                if bracket {
                    self.open.pop();
                }
                self.push(TokenKind::End { bracket }, span, None);
            }
            Event::Alias(_) => self.push(TokenKind::Alias, span, None),
            Event::UnresolvedAlias(name) => {
                self.push(TokenKind::Alias, span, None);
                return Err(Box::new(fault::unknown_alias(&name, span)));
            }
            Event::Anchor(..) => {
                if let Some(anchored) = self.tokens.last_mut() {
                    anchored.anchor = Some(span);
                }
            }
            Event::DocumentStart(explicit, _) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Box::new(fault::second_document(self.part, span)));
                }
                self.marker = explicit.then_some(span);
                self.read = if explicit { span.end } else { 0 };
            }
            _ => {}
        }
        if self.depth > MAX_DEPTH {
            return Err(Box::new(fault::too_deep(span)));
        }
        if self.is_full() { Err(Box::new(fault::too_many_values(span, &self.limits))) } else { Ok(()) }
    }

    fn scalar(&mut self, value: Cow<'a, str>, style: ScalarStyle, span: Span, tag: Option<Span>) {
        let style = match style {
            ScalarStyle::Plain if span.is_empty() => return self.push(TokenKind::Nothing, span, tag),
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let (span, indent) = block_scalar::place(self.text, self.read, &value);
                return self.push(TokenKind::Scalar(Style::Block { indent }, value), span, tag);
            }
        };
        self.push(TokenKind::Scalar(style, value), span, tag);
    }

    fn start(
        &mut self,
        kind: fn(Notation) -> TokenKind<'a>,
        style: StructureStyle,
        span: Span,
        tag: Option<Span>,
    ) {
        self.depth += 1;
        let bracket = self.text[span.start..].starts_with(['[', '{']);
        let notation = match style {
            StructureStyle::Block => Notation::Block,
            StructureStyle::Flow if bracket && !span.is_empty() => Notation::Flow,
            StructureStyle::Flow => Notation::Pair,
        };
        if notation == Notation::Flow {
            self.open.push(span);
        }
        self.push(kind(notation), span, tag);
    }

    fn push(&mut self, kind: TokenKind<'a>, span: Span, tag: Option<Span>) {
        if !matches!(kind, TokenKind::End { bracket: false }) {
            self.read = self.read.max(span.end);
        }
        self.tokens.push(Token { kind, span, anchor: None, tag });
    }

    /// Whether the rest is not to be read.
    fn is_full(&self) -> bool {
        self.documents > 1 || self.depth > MAX_DEPTH || self.tokens.len() > 2 * self.limits.values
    }

    fn with_open(&self, fault: Diagnostic) -> Diagnostic {
        match self.open.last() {
            Some(open) if fault.code == crate::Code::Syntax => fault::still_open(self.part, fault, *open),
            _ => fault,
        }
    }

    fn finish(mut self) -> Option<Document<'a>> {
        let mut next = self.text.len();
        for token in self.tokens.iter_mut().rev() {
            if matches!(token.kind, TokenKind::End { bracket: false }) {
                token.span = Span::at(next);
            }
            next = token.start().min(next);
        }
        let (marker, tokens) = (self.marker, self.tokens);
        let nothing = matches!(tokens[..], [] | [Token { kind: TokenKind::Nothing, .. }]);
        if nothing { None } else { Some(Document { marker, tokens }) }
    }
}
