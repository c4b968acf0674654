//! The tree, from the events of the parser.

use granit_parser::{Event, ScalarStyle, StructureStyle, Tag};

use super::super::{Node, Value, core_schema};
use super::anchors::{Anchors, Size};
use super::include::Include;
use super::mapping::OpenMapping;
use super::reading::Reading;
use super::{MAX_DEPTH, fault, include_fault, tag};
use crate::diagnostic::{Code, Diagnostic, Reported};
use crate::source::{Link, Part, Span, Spanned};

/// The tree of one file.
pub(super) struct Composer<'a, 'r> {
    part: &'a Part,
    /// How deep in the contract the root value stands.
    outside: usize,
    reading: &'a mut Reading<'r>,
    open: Vec<Open>,
    anchors: Anchors,
    root: Option<(Node, Size)>,
}

/// A list or mapping whose end has not been read.
struct Open {
    items: Items,
    start: Span,
    style: StructureStyle,
    anchor: usize,
    size: Size,
    /// Where the last value in it ends.
    end: usize,
    /// Its tag was refused.
    faulty: Option<Reported>,
}

enum Items {
    Seq(Vec<Node>),
    Map(OpenMapping),
}

impl<'a, 'r> Composer<'a, 'r> {
    pub(super) fn new(part: &'a Part, outside: usize, reading: &'a mut Reading<'r>) -> Self {
        let (open, anchors) = (Vec::new(), Anchors::default());
        Self { part, outside, reading, open, anchors, root: None }
    }

    /// Takes the next event, its place, and the place of its tag.
    ///
    /// # Errors
    ///
    /// A limit is exceeded, and the rest is not to be read.
    pub(super) fn accept(&mut self, event: Event<'_>, span: Span, tag_span: Span) -> Result<(), Reported> {
        match event {
            Event::Scalar(text, style, anchor, Some(tag)) if tag::is_include(&tag) => {
                self.include(&text, style, anchor, span, tag_span)
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.reading.count(1, span)?;
                let value = self.scalar(&text, style, tag.as_deref().map(|tag| (tag, tag_span)));
                let span = if is_block(style) { self.trimmed(span) } else { span };
                self.complete(Node { value, span }, span.end, anchor, Size::scalar(&text))
            }
            Event::SequenceStart(style, anchor, tag) => {
                let faulty = tag.and_then(|tag| tag::of_list(&tag, tag_span, self.reading.sink));
                self.start(Items::Seq(Vec::new()), style, anchor, faulty, span)
            }
            Event::MappingStart(style, anchor, tag) => {
                let faulty = tag.and_then(|tag| tag::of_mapping(&tag, tag_span, self.reading.sink));
                self.start(Items::Map(OpenMapping::default()), style, anchor, faulty, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::UnresolvedAlias(name) => {
                let reported = self.reading.sink.report(fault::unknown_alias(&name, span));
                self.complete(Node { value: Value::Faulty(reported), span }, span.end, 0, Size::scalar(""))
            }
            _ => Ok(()),
        }
    }

    /// Reports what the parser cannot go on after. A list or mapping in brackets that is still open is often why.
    pub(super) fn refuse(&mut self, fault: Diagnostic) -> Reported {
        let fault = match self.unclosed() {
            Some(open) if fault.code == Code::Syntax => fault::still_open(self.part, fault, open),
            _ => fault,
        };
        self.reading.sink.report(fault)
    }

    /// Where the innermost `[` or `{` stands that has not been closed yet.
    fn unclosed(&self) -> Option<Span> {
        let in_brackets = self.open.iter().rev().take_while(|open| open.style == StructureStyle::Flow);
        let mut firsts = in_brackets.map(|open| Span { start: open.start.start, end: open.start.start + 1 });
        // The pair of `[a: b]` is a mapping in brackets that has none of its own.
        firsts.find(|first| matches!(self.part.file.slice(self.part.local(*first)), "[" | "{"))
    }

    /// The tree, after the last event, if there is one.
    pub(super) fn finish(self) -> Option<(Node, Size)> {
        self.root.filter(|(root, _)| !(matches!(root.value, Value::Null) && root.span.is_empty()))
    }

    /// A value that is in another file. What is no path of one is no reason to look for it.
    fn include(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        span: Span,
        tag_span: Span,
    ) -> Result<(), Reported> {
        let at = Span { start: tag_span.start, end: tag_span.end.max(self.trimmed(span).end) };
        let refused = if self.expects_key() {
            Some(include_fault::of_a_key(at))
        } else if is_block(style) {
            Some(include_fault::no_path("a text of several lines", at))
        } else {
            None
        };
        if let Some(fault) = refused {
            self.reading.count(1, at)?;
            let value = Value::Faulty(self.reading.sink.report(fault));
            return self.complete(Node { value, span: at }, at.end, anchor, Size::scalar(""));
        }
        let outside = self.outside + self.open.len();
        let written = Spanned::new(text, if span.is_empty() { at } else { span });
        let (node, size) =
            Include { from: self.part, outside, written, at, link: Link::Include }.value(self.reading)?;
        self.complete(node, at.end, anchor, size)
    }

    fn start(
        &mut self,
        items: Items,
        style: StructureStyle,
        anchor: usize,
        faulty: Option<Reported>,
        start: Span,
    ) -> Result<(), Reported> {
        self.reading.count(1, start)?;
        if self.outside + self.open.len() >= MAX_DEPTH {
            return Err(self.reading.sink.report(fault::too_deep(start)));
        }
        self.open.push(Open { items, start, style, anchor, size: Size::container(), end: start.end, faulty });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<(), Reported> {
        let open = self.open.pop().expect("the parser ends only what it started");
        // The end of a block is found where the next token starts, lines below its last value.
        let end = if open.style == StructureStyle::Flow { end.end } else { open.end };
        let value = match (open.faulty, open.items) {
            (Some(reported), _) => Value::Faulty(reported),
            (None, Items::Seq(items)) => Value::Seq(items),
            (None, Items::Map(mapping)) => Value::Map(mapping.finish()),
        };
        let span = Span { start: open.start.start, end };
        self.complete(Node { value, span }, span.end, open.anchor, open.size)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Reported> {
        let Some((node, size)) = self.anchors.get(anchor) else {
            let name = self.reading.source.slice(span).trim_start_matches('*');
            let reported = self.reading.sink.report(fault::alias_in_itself(name, span));
            let faulty = Node { value: Value::Faulty(reported), span };
            return self.complete(faulty, span.end, 0, Size::scalar(""));
        };
        if self.outside + self.open.len() + size.height > MAX_DEPTH {
            return Err(self.reading.sink.report(fault::too_deep(span)));
        }
        let value = node.value.clone();
        self.reading.count(size.nodes, span)?;
        self.reading.count_copy(size, span)?;
        self.complete(Node { value, span }, span.end, 0, size)
    }

    /// Puts a value where it belongs: into what is open, or at the root. `end` is where it ends in this file.
    fn complete(&mut self, node: Node, end: usize, anchor: usize, size: Size) -> Result<(), Reported> {
        if anchor != 0 {
            self.reading.count_copy(size, node.span)?;
            self.anchors.define(anchor, node.clone(), size);
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some((node, size));
            return Ok(());
        };
        open.size.hold(size);
        open.end = open.end.max(end);
        match &mut open.items {
            Items::Seq(items) => items.push(node),
            Items::Map(mapping) => mapping.accept(node, self.reading.sink),
        }
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<(&Tag, Span)>) -> Value {
        match tag {
            Some((tag, at)) => tag::scalar(text, tag, at, self.reading.sink),
            None if style == ScalarStyle::Plain => core_schema::resolve(text),
            None => Value::Str(text.to_owned()),
        }
    }

    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|open| match &open.items {
            Items::Seq(_) => false,
            Items::Map(mapping) => mapping.expects_key(),
        })
    }

    fn trimmed(&self, span: Span) -> Span {
        Span { start: span.start, end: span.start + self.reading.source.slice(span).trim_end().len() }
    }
}

fn is_block(style: ScalarStyle) -> bool {
    matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
}
