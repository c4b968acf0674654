//! What is said about faults in files that are included: each once, and by whom the file is included.

use std::collections::{HashMap, HashSet};

use super::{Diagnostic, Diagnostics};
use crate::source::{AskedFor, Link, Source, Span};

/// A file that is included twice has each of its faults twice; its author mends each once.
pub(super) fn once(list: &mut Vec<Diagnostic>, source: &Source) {
    let mut first = HashMap::new();
    list.retain(|fault| {
        let part = source.part(fault.primary.span);
        let place = part.local(fault.primary.span);
        let key = (fault.code, fault.message.clone(), part.file.name(), place);
        *first.entry(key).or_insert(part.asked_for) == part.asked_for
    });
}

/// The same for files that were read apart: what a manifest names is checked with it, and may be checked by itself.
pub(super) fn once_of_all(all: Vec<Diagnostics>) -> Vec<Diagnostics> {
    let mut told = HashSet::new();
    let news = |mut of: Diagnostics| {
        let source = &of.source;
        of.list.retain(|fault| {
            let part = source.part(fault.primary.span);
            let place = part.local(fault.primary.span);
            told.insert((fault.code, fault.message.clone(), part.file.name().to_owned(), place))
        });
        (!of.list.is_empty()).then_some(of)
    };
    all.into_iter().filter_map(news).collect()
}

/// Says for each file that a fault is shown in where it is included or named, unless that place is shown too.
pub(super) fn explain(fault: &mut Diagnostic, source: &Source) {
    let shown: Vec<Span> =
        std::iter::once(&fault.primary).chain(&fault.secondary).map(|label| label.span).collect();
    let mut explained = HashSet::new();
    for span in &shown {
        let part = source.part(*span);
        if let Some(asked_for) = part.asked_for
            && !shown.contains(&asked_for.at)
            && explained.insert(asked_for.at)
        {
            fault.notes.push(format!("`{}` is {}", part.file.name(), chain(asked_for, source)));
        }
    }
}

/// Where a file is included or named, and the same for the file that it is in, up to the contract's own file.
fn chain(asked_for: AskedFor, source: &Source) -> String {
    let mut text = String::new();
    let mut next = Some(asked_for);
    while let Some(AskedFor { at, link }) = next {
        let (line, column) = source.line_col(at.start);
        let separator = if text.is_empty() { "" } else { ", which is " };
        let verb = match link {
            Link::Include => "included",
            Link::Name => "named",
        };
        text.push_str(&format!("{separator}{verb} at {}:{line}:{column}", source.file_of(at).name()));
        next = source.part(at).asked_for;
    }
    text
}
