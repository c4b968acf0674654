//! Values that may be written in several places or under several names, and are one.

use super::{Given, Maybe};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::source::{Span, Spanned};

/// One place where a value may stand: the key, the section, and what is given.
pub(crate) type Place<'a, T> = (&'a str, &'a str, Maybe<T>);

/// The value, from whichever place gives it. Places that give different ones contradict each other.
pub(crate) fn agree<T: Copy + PartialEq>(places: &[Place<'_, T>], sink: &mut Sink) -> Maybe<T> {
    let mut found: Option<(&str, &str, Spanned<T>)> = None;
    for (key, section, given) in places {
        let Some(given) = (*given)? else { continue };
        match found {
            None => found = Some((key, section, given)),
            Some((_, _, first)) if first.value == given.value => {}
            Some((first_key, first_section, first)) => {
                let fault = disagree((key, section, given.span), (first_key, first_section, first.span));
                return Err(sink.report(fault));
            }
        }
    }
    Ok(found.map(|(_, _, given)| given))
}

/// What is said of two places, each a key, its section and the place of the value.
fn disagree((key, section, span): (&str, &str, Span), first: (&str, &str, Span)) -> Diagnostic {
    let (first_key, first_section, first_span) = first;
    let message = if first_key == key {
        format!("`{key}` is given twice, with different values")
    } else {
        format!("`{first_key}` and `{key}` are one rule, given with different values")
    };
    let (one, other) = if first_section == section {
        ("one value".to_owned(), "another value".to_owned())
    } else {
        (format!("in `{section}`"), format!("in `{first_section}`"))
    };
    contradiction(message, (span, &one), (first_span, &other))
}

/// The value, or what holds without it.
pub(crate) fn or<T>(given: Maybe<T>, default: T) -> Given<T> {
    Ok(given?.map_or(default, |given| given.value))
}

/// The places are those of the values.
pub(crate) fn contradiction(
    message: impl Into<String>,
    one: (Span, &str),
    other: (Span, &str),
) -> Diagnostic {
    Diagnostic::new(Code::Contradiction, message, one.0, one.1)
        .also(other.0, other.1)
        .help("remove one of the two")
}
