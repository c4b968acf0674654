//! Topics, each on its own.

use super::Given;
use super::field::{self, Field};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::source::{Span, Spanned};
use crate::syntax::Shortened;
use crate::topic::Topic;

pub(super) fn topic(field: Field<'_>, sink: &mut Sink) -> Given<Spanned<Topic>> {
    parse(&field::spanned_text(field, sink)?, sink)
}

pub(super) fn parse(text: &Spanned<String>, sink: &mut Sink) -> Given<Spanned<Topic>> {
    Topic::parse(&text.value).map(|topic| Spanned::new(topic, text.span)).map_err(|error| {
        let part = &text.value[error.range.clone()];
        let message = format!("`{}` is not a topic: {error}", Shortened(&text.value));
        let label = if part.is_empty() {
            "this is empty".to_owned()
        } else {
            format!("wrong: `{}`", Shortened(part))
        };
        let fault = Diagnostic::new(Code::BadTopic, message, within(text, &error.range), label);
        sink.report(match error.corrected {
            Some(topic) => fault.replace("write", text.span, format!("\"{topic}\"")),
            None => fault.help("a topic is written `onex.evt.orders.order-placed.v1`"),
        })
    })
}

/// The place of a part of a text, where the text stands in the file as it is.
pub(super) fn within(text: &Spanned<String>, part: &std::ops::Range<usize>) -> Span {
    let quotes = (text.span.end - text.span.start).saturating_sub(text.value.len());
    match quotes {
        0 | 2 if !part.is_empty() => {
            let start = text.span.start + quotes / 2;
            Span { start: start + part.start, end: start + part.end }
        }
        _ => text.span,
    }
}
