//! `step.field.of.field`: where in an earlier output something is looked at.

use super::declarations::PathDeclaration;
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::names;
use crate::read::Given;
use crate::read::field::{self, Field};
use crate::source::Spanned;
use crate::syntax::Shortened;

/// The step is looked up later; the fields are Rust identifiers.
pub(super) fn path(field: Field<'_>, sink: &mut Sink) -> Given<PathDeclaration> {
    let text = field::spanned_text(field, sink)?;
    let mut segments = text.value.split('.');
    let step = segments.next().unwrap_or_default();
    let fields: Vec<&str> = segments.collect();
    let wrong = names::to_identifier(step)
        .err()
        .map(|why| (step, why))
        .or_else(|| fields.iter().find_map(|name| names::identifier(name).err().map(|why| (*name, why))));
    if let Some((segment, why)) = wrong {
        let message = format!(
            "`{}` is not a step's output: {}",
            Shortened(&text.value),
            why.reason(&if segment.is_empty() {
                "a part of it".to_owned()
            } else {
                format!("`{}`", Shortened(segment))
            })
        );
        let fault = Diagnostic::new(Code::BadName, message, text.span, "not an output")
            .help("a field of an output is written `step.field`, the output itself `step`");
        return Err(sink.report(fault));
    }
    Ok(PathDeclaration {
        step: Spanned::new(step.to_owned(), text.span),
        fields: fields.into_iter().map(str::to_owned).collect(),
        span: text.span,
    })
}
