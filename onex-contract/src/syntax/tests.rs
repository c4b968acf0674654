//! The tree against another implementation of YAML, on every case that both read, and the places of its values.

use std::fs;
use std::path::Path;

use serde_yaml::Value as Other;

use super::{Node, Value, compose};
use crate::IncludeError;
use crate::diagnostic::Sink;
use crate::limits::Limits;
use crate::source::Source;

fn tree(text: &str) -> (Source, Node) {
    let mut source = Source::new("test.yaml", text);
    let mut sink = Sink::default();
    let root = compose(&mut source, &Limits::default(), &mut |_| Err(IncludeError::NoFiles), &mut sink)
        .ok()
        .filter(|_| sink.verdict().is_ok());
    (source, root.expect("the text of the test is good YAML"))
}

fn as_other(node: &Node) -> Other {
    match &node.value {
        Value::Null => Other::Null,
        Value::Bool(value) => Other::Bool(*value),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Str(value) => value.as_str().into(),
        Value::Seq(items) => items.iter().map(as_other).collect(),
        Value::Map(mapping) => Other::Mapping(
            mapping.entries.iter().map(|(key, node)| (key.value.as_str().into(), as_other(node))).collect(),
        ),
        Value::Faulty(_) => unreachable!("a tree without faults"),
    }
}

#[test]
fn another_parser_reads_the_same() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut compared = 0;
    for entry in fs::read_dir(cases).expect("the folder of the cases") {
        let path = entry.expect("an entry of the folder").path();
        // NaN is equal to nothing, and numbers beyond `i64` are no concern of a contract.
        let numbers = path.ends_with("bounds_not_a_number.yaml");
        if numbers || path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let mut source = Source::new("case.yaml", text.as_str());
        let mut sink = Sink::default();
        let root = compose(&mut source, &Limits::default(), &mut |_| Err(IncludeError::NoFiles), &mut sink);
        let (Ok(root), Ok(())) = (root, sink.verdict()) else { continue };
        let mut other: Other = serde_yaml::from_str(&text).expect("what one parser reads, the other reads");
        other.apply_merge().expect("its merges are good");
        assert_eq!(as_other(&root), other, "{}", path.display());
        compared += 1;
    }
    assert!(compared > 80, "only {compared} cases were compared");
}

#[test]
fn every_value_has_its_place() {
    let text =
        "ä: &one { b: 'x y', c: [1, two] }\nd:\n  - |\n    text\n\n  - e: f\n    g: *one\n\n# end\nh:\n";
    let (source, root) = tree(text);
    let mut found = Vec::new();
    collect(&source, &root, &mut found);
    assert_eq!(
        found,
        [
            "ä",
            "b",
            "'x y'",
            "c",
            "1",
            "two",
            "[1, two]",
            "{ b: 'x y', c: [1, two] }",
            "d",
            "text",
            "e",
            "f",
            "g",
            "b",
            "'x y'",
            "c",
            "1",
            "two",
            "[1, two]",
            "*one",
            "e: f\n    g: *one",
            "- |\n    text\n\n  - e: f\n    g: *one",
            "h",
            "h",
            text.trim_end().trim_end_matches(':'),
        ]
    );
}

fn collect(source: &Source, node: &Node, found: &mut Vec<String>) {
    match &node.value {
        Value::Seq(items) => items.iter().for_each(|item| collect(source, item, found)),
        Value::Map(mapping) => {
            for (key, value) in &mapping.entries {
                found.push(source.slice(key.span).to_owned());
                collect(source, value, found);
            }
        }
        _ => {}
    }
    found.push(source.slice(node.span).to_owned());
}
