//! Messages that have to do with several contracts.

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// As many places are shown beside the first one; the others are counted.
const SHOWN: usize = 3;

/// The same with labels at other places; where there are many, the rest as a number.
pub(super) fn also_at(
    mut fault: Diagnostic,
    places: impl ExactSizeIterator<Item = (Span, String)>,
) -> Diagnostic {
    let rest = places.len().saturating_sub(SHOWN);
    for (span, text) in places.take(SHOWN) {
        fault = fault.also(span, text);
    }
    match rest {
        0 => fault,
        1 => fault.note("and so in one more place"),
        rest => fault.note(format!("and so in {rest} more places")),
    }
}

/// A topic as YAML takes it.
pub(super) fn written(topic: &str) -> String {
    if topic.starts_with('{') { format!("\"{topic}\"") } else { topic.to_owned() }
}
