//! The tree, from the events of the parser.

use granit_parser::{Event, ScalarStyle, StructureStyle, Tag};

use super::super::{Node, Value, core_schema};
use super::anchors::{Anchors, Size};
use super::mapping::OpenMapping;
use super::{MAX_COPIED_TEXT, MAX_DEPTH, MAX_NODES, empty, fault};
use crate::diagnostic::{Code, Diagnostic, Reported, Sink};
use crate::source::{Source, Span};

pub(super) struct Composer<'a> {
    source: &'a Source,
    pub(super) sink: &'a mut Sink,
    open: Vec<Open>,
    anchors: Anchors,
    root: Option<Node>,
    nodes: usize,
    copied_text: usize,
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

impl<'a> Composer<'a> {
    pub(super) fn new(source: &'a Source, sink: &'a mut Sink) -> Self {
        let (open, anchors) = (Vec::new(), Anchors::default());
        Self { source, sink, open, anchors, root: None, nodes: 0, copied_text: 0 }
    }

    /// Takes the next event, its place, and the place of its tag.
    ///
    /// # Errors
    ///
    /// A limit is exceeded, and the rest is not to be read.
    pub(super) fn accept(&mut self, event: Event<'_>, span: Span, tag_span: Span) -> Result<(), Reported> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1, span)?;
                let value = self.scalar(&text, style, tag.as_deref().map(|tag| (tag, tag_span)));
                let span = if is_block(style) { self.trimmed(span) } else { span };
                self.complete(Node { value, span }, anchor, Size::scalar(&text))
            }
            Event::SequenceStart(style, anchor, tag) => self.start(
                Items::Seq(Vec::new()),
                style,
                anchor,
                tag.as_deref().map(|tag| (tag, tag_span)),
                span,
            ),
            Event::MappingStart(style, anchor, tag) => self.start(
                Items::Map(OpenMapping::default()),
                style,
                anchor,
                tag.as_deref().map(|tag| (tag, tag_span)),
                span,
            ),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::UnresolvedAlias(name) => {
                let reported = self.sink.report(fault::unknown_alias(&name, span));
                self.complete(Node { value: Value::Faulty(reported), span }, 0, Size::scalar(""))
            }
            _ => Ok(()),
        }
    }

    /// Reports what the parser cannot go on after. A list or mapping in brackets that is still open is often why.
    pub(super) fn refuse(&mut self, fault: Diagnostic) -> Reported {
        let fault = match self.unclosed() {
            Some(open) if fault.code == Code::Syntax => fault.also(open, "this is still open"),
            _ => fault,
        };
        self.sink.report(fault)
    }

    /// Where the innermost `[` or `{` stands that has not been closed yet.
    fn unclosed(&self) -> Option<Span> {
        let open = self.open.last().filter(|open| open.style == StructureStyle::Flow)?;
        Some(Span { start: open.start.start, end: open.start.start + 1 })
    }

    /// The tree, after the last event.
    pub(super) fn finish(self) -> Result<Node, Reported> {
        match self.root {
            Some(Node { value: Value::Null, .. }) | None => Err(self.sink.report(empty())),
            Some(root) => Ok(root),
        }
    }

    fn start(
        &mut self,
        items: Items,
        style: StructureStyle,
        anchor: usize,
        tag: Option<(&Tag, Span)>,
        start: Span,
    ) -> Result<(), Reported> {
        self.count(1, start)?;
        if self.open.len() == MAX_DEPTH {
            return Err(self.sink.report(fault::too_deep(start)));
        }
        let own = match items {
            Items::Seq(_) => "seq",
            Items::Map(_) => "map",
        };
        let faulty = tag
            .filter(|(tag, _)| !is_unspecific(tag) && tag.core_suffix() != Some(own))
            .map(|(tag, at)| self.sink.report(fault::tag(&tag.original(), at)));
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
        self.complete(Node { value, span }, open.anchor, open.size)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Reported> {
        let Some((node, size)) = self.anchors.get(anchor) else {
            let name = self.source.slice(span).trim_start_matches('*');
            let reported = self.sink.report(fault::alias_in_itself(name, span));
            return self.complete(Node { value: Value::Faulty(reported), span }, 0, Size::scalar(""));
        };
        if self.open.len() + size.height > MAX_DEPTH {
            return Err(self.sink.report(fault::too_deep(span)));
        }
        let value = node.value.clone();
        self.count(size.nodes, span)?;
        self.count_copy(size, span)?;
        self.complete(Node { value, span }, 0, size)
    }

    /// Puts a value where it belongs: into what is open, or at the root.
    fn complete(&mut self, node: Node, anchor: usize, size: Size) -> Result<(), Reported> {
        if anchor != 0 {
            self.count_copy(size, node.span)?;
            self.anchors.define(anchor, node.clone(), size);
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.size.hold(size);
        open.end = open.end.max(node.span.end);
        match &mut open.items {
            Items::Seq(items) => items.push(node),
            Items::Map(mapping) => mapping.accept(node, self.sink),
        }
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<(&Tag, Span)>) -> Value {
        let Some((tag, at)) = tag else {
            let plain = style == ScalarStyle::Plain;
            return if plain { core_schema::resolve(text) } else { Value::Str(text.to_owned()) };
        };
        let as_tagged = match (tag.core_suffix(), core_schema::resolve(text)) {
            (Some("str"), _) => Some(Value::Str(text.to_owned())),
            (Some("float"), Value::Int(integer)) => Some(Value::Float(integer as f64)),
            (Some("null"), value @ Value::Null)
            | (Some("bool"), value @ Value::Bool(_))
            | (Some("int"), value @ Value::Int(_))
            | (Some("float"), value @ Value::Float(_)) => Some(value),
            _ if is_unspecific(tag) => Some(Value::Str(text.to_owned())),
            _ => None,
        };
        as_tagged.unwrap_or_else(|| Value::Faulty(self.sink.report(fault::tag(&tag.original(), at))))
    }

    fn count(&mut self, nodes: usize, at: Span) -> Result<(), Reported> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES { Err(self.sink.report(fault::too_many_values(at))) } else { Ok(()) }
    }

    fn count_copy(&mut self, size: Size, at: Span) -> Result<(), Reported> {
        self.copied_text += size.text;
        if self.copied_text > MAX_COPIED_TEXT {
            Err(self.sink.report(fault::too_many_values(at)))
        } else {
            Ok(())
        }
    }

    fn trimmed(&self, span: Span) -> Span {
        Span { start: span.start, end: span.start + self.source.slice(span).trim_end().len() }
    }
}

fn is_block(style: ScalarStyle) -> bool {
    matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
}

/// `!` alone: not to be resolved.
fn is_unspecific(tag: &Tag) -> bool {
    tag.original() == "!"
}
