//! What is said about faults in files that are included: each once, and by whom the file is included.

use std::collections::{HashMap, HashSet};

use super::{Diagnostic, Diagnostics};
use crate::source::{Source, Span};

/// A file that is included twice has each of its faults twice; its author mends each once.
pub(super) fn once(list: &mut Vec<Diagnostic>, source: &Source) {
    let mut first = HashMap::new();
    list.retain(|fault| {
        let part = source.part(fault.primary.span);
        let place = part.local(fault.primary.span);
        let key = (fault.code, fault.message.clone(), part.file.name(), place);
        *first.entry(key).or_insert(part.included_at) == part.included_at
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

/// Says for each file that a fault is shown in where it is included, unless that place is shown too.
pub(super) fn explain(fault: &mut Diagnostic, source: &Source) {
    let shown: Vec<Span> =
        std::iter::once(&fault.primary).chain(&fault.secondary).map(|label| label.span).collect();
    let mut explained = HashSet::new();
    for span in &shown {
        let part = source.part(*span);
        if let Some(at) = part.included_at
            && !shown.contains(&at)
            && explained.insert(at)
        {
            fault.notes.push(format!("`{}` is included at {}", part.file.name(), chain(at, source)));
        }
    }
}

/// A place, and where the file that it is in is included, up to the contract's own file.
fn chain(at: Span, source: &Source) -> String {
    let mut text = String::new();
    let mut next = Some(at);
    while let Some(at) = next {
        let (line, column) = source.line_col(at.start);
        let separator = if text.is_empty() { "" } else { ", which is included at " };
        text.push_str(&format!("{separator}{}:{line}:{column}", source.file_of(at).name()));
        next = source.part(at).included_at;
    }
    text
}
