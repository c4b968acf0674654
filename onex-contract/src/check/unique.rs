//! Names that stand once in their list.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::source::Span;
use crate::syntax::Shortened;

/// Two things of one name are a fault; messages call them `things`.
pub(super) fn names<'a>(things: &str, names: impl IntoIterator<Item = (&'a str, Span)>, sink: &mut Sink) {
    twice(&mut names.into_iter(), &mut |name, span, first| {
        let message = format!("two {things} are called `{}`", Shortened(name));
        let fault = Diagnostic::new(Code::DuplicateName, message, span, "defined again here");
        sink.report(fault.also(first, "first defined here"));
    });
}

/// Two entries of one name are a fault; messages call the list `list`.
pub(super) fn entries<'a>(list: &str, names: impl IntoIterator<Item = (&'a str, Span)>, sink: &mut Sink) {
    twice(&mut names.into_iter(), &mut |name, span, first| {
        let message = format!("`{list}` lists `{}` twice", Shortened(name));
        let fault = Diagnostic::new(Code::DuplicateEntry, message, span, "listed again here");
        sink.report(fault.also(first, "first listed here").help("remove one of the two"));
    });
}

fn twice<'a>(names: &mut dyn Iterator<Item = (&'a str, Span)>, report: &mut dyn FnMut(&'a str, Span, Span)) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for (name, span) in names {
        match seen.get(name) {
            Some(first) => report(name, span, *first),
            None => {
                seen.insert(name, span);
            }
        }
    }
}
