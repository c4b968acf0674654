//! Schemas and values in, messages out; and the same against an implementation that is naive on purpose.

mod generated;
mod naive;
mod schemas;
mod values;

use super::{Budget, SCHEMA, schema, validate};
use crate::diagnostic::{Diagnostics, Sink};
use crate::include::IncludeError;
use crate::language::Shape;
use crate::limits::Limits;
use crate::read::field::Field;
use crate::source::{Source, Spanned};
use crate::syntax::{self, Node, Value};

static SHAPE: Shape = Shape::Section(&SCHEMA);

/// What is said about a file with a `schema`, and with a `data` that must fit it, if there is one.
fn diagnostics(text: &str) -> Option<Diagnostics> {
    let mut source = Source::new("test.yaml", text);
    let mut sink = Sink::default();
    let mut no_files = |_: &str| Err(IncludeError::NoFiles);
    let root = syntax::compose(&mut source, &Limits::default(), &mut no_files, &mut sink)
        .expect("the text of the test is YAML");
    let field = |key: &'static str, shape| {
        let Value::Map(mapping) = &root.value else { panic!("the text of the test is a mapping") };
        let (key, node): &(_, Node) = mapping.entries.iter().find(|(name, _)| name.value == key)?;
        Some(Field::under(Spanned::new(key.value.as_str(), key.span), node, shape))
    };
    let mut budget = Budget::new();
    let schema = schema(field("schema", &SHAPE).expect("a schema"), &mut budget, &mut sink);
    if let (Ok(schema), Some(data)) = (&schema, field("data", &Shape::Anything)) {
        validate(data, schema, &mut budget, &mut sink);
    }
    match sink.verdict() {
        Err(reported) => Some(sink.into_diagnostics(source, reported)),
        Ok(()) => {
            let unchecked = sink.take_unexecuted();
            (!unchecked.is_empty()).then(|| Diagnostics::new(source, unchecked))
        }
    }
}

/// The messages, each behind its line, its notes and its help below it.
fn said(text: &str) -> String {
    let Some(faults) = diagnostics(text) else { return "fits".to_owned() };
    let mut said = Vec::new();
    for fault in faults.list() {
        let line = faults.source().line_col(fault.primary.span.start).0;
        said.push(format!("{line}: {}", fault.message));
        said.extend(fault.notes.iter().map(|note| format!("  note: {note}")));
        said.extend(fault.help.iter().map(|help| match &help.replacement {
            Some((span, by)) => format!("  help: {}: {} -> {by}", help.text, faults.source().slice(*span)),
            None => format!("  help: {}", help.text),
        }));
    }
    said.join("\n")
}

/// What is said about a value, both in flow style.
fn of(schema: &str, data: &str) -> String {
    said(&format!("schema: {schema}\ndata: {data}\n"))
}

fn fits(schema: &str, data: &str) -> bool {
    of(schema, data) == "fits"
}
