//! Layout alone changes nothing that a YAML parser sees, and no comment; a whole format loses no comment either.
//!
//! What can be asked from outside is asked in `tests/fmt.rs`.

mod generated;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_yaml::Value;

use super::trivia::{Trivia, scan};
use super::{Shape, formatted};
use crate::diagnostic::Sink;
use crate::source::Source;
use crate::syntax::{TokenKind, tokens};

fn laid_out(text: &str) -> Option<String> {
    formatted(&Source::new("test.yaml", text), Shape::AsWritten).ok()
}

/// What another parser reads.
fn read(text: &str) -> Result<Value, String> {
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}

/// Every comment, in the order of the file.
fn comments(text: &str) -> Vec<String> {
    let source = Source::new("test.yaml", text.replace("\r\n", "\n"));
    let mut sink = Sink::default();
    let Ok(document) = tokens(&source, &mut sink) else { panic!("not YAML:\n{text}") };
    let mut found = Vec::new();
    let mut take = |start: usize, end: usize| {
        scan(source.text(), start, end, |trivia| {
            if let Trivia::Comment(comment) = trivia {
                found.push(comment.text.to_owned());
            }
        });
    };
    let mut at = 0;
    for token in &document.tokens {
        let properties = [token.anchor, token.tag].into_iter().flatten();
        let mut spans: Vec<_> = properties.chain([token.span]).collect();
        spans.sort_unstable();
        for span in spans {
            if at <= span.start {
                take(at, span.start);
            }
            at = at.max(span.end);
        }
        let text = source.slice(token.span);
        if matches!(token.kind, TokenKind::Scalar(..)) && text.starts_with(['|', '>']) {
            // The rest of its first line, which it has even if it has no text.
            let start = token.span.start + text.find([' ', '\t', '\n']).unwrap_or(text.len());
            let end = start + source.text()[start..].find('\n').unwrap_or(source.text().len() - start);
            take(start, end);
            at = at.max(end);
        }
    }
    take(at, source.text().len());
    found
}

fn judge_layout(name: &str, text: &str) -> bool {
    let Some(once) = laid_out(text) else { return false };
    assert_eq!(
        laid_out(&once).as_deref(),
        Some(once.as_str()),
        "{name} is laid out otherwise the second time:\n{text}"
    );
    // A missing line break at the end would be a part of a block scalar.
    let end = if text.ends_with('\n') { "" } else { "\n" };
    if let Ok(before) = read(&format!("{text}{end}")) {
        assert_eq!(read(&once), Ok(before), "{name} is something else:\n{text}\n=>\n{once}");
    }
    assert_eq!(comments(&once), comments(text), "{name} has other comments:\n{text}\n=>\n{once}");
    let tidy = |line: &str| !line.ends_with([' ', '\t']) || text.contains(['|', '>', '"']);
    assert!(once.lines().all(tidy) && once.ends_with('\n') && !once.contains('\r'), "{name}:\n{once}");
    true
}

fn judge_shape(name: &str, text: &str) {
    let Ok(once) = formatted(&Source::new("test.yaml", text), Shape::Canonical) else { return };
    let twice = formatted(&Source::new("test.yaml", once.as_str()), Shape::Canonical).ok();
    assert_eq!(twice.as_deref(), Some(once.as_str()), "{name} is formatted otherwise the second time");
    let sorted = |text: &str| {
        let mut comments = comments(text);
        comments.sort();
        comments
    };
    assert_eq!(sorted(&once), sorted(text), "{name} has other comments");
}

fn contracts(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            contracts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

fn judge_folder(folder: &str) -> usize {
    let mut paths = Vec::new();
    contracts(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut paths);
    let mut judged = 0;
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.display().to_string();
        judged += usize::from(judge_layout(&name, &text));
        judge_shape(&name, &text);
    }
    judged
}

#[test]
fn contracts_of_this_repository() {
    assert!(judge_folder("tests") > 90);
    assert!(judge_folder("../examples") >= 3);
    assert!(judge_folder("../tests") > 50);
}

#[test]
fn contracts_from_the_field() {
    let judged = judge_folder("../../shared/corpus");
    if judged == 0 {
        eprintln!("skipped: there is no folder `../shared/corpus` beside the workspace");
    } else {
        assert_eq!(judged, 174);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_yaml(choices in proptest::collection::vec(any::<u8>(), 0..400)) {
        let text = generated::yaml(&choices);
        prop_assert!(read(&text).is_ok(), "not YAML: {:?}\n{text}", read(&text));
        prop_assert!(judge_layout("it", &text), "refused:\n{text}");
    }

    #[test]
    fn any_contract(choices in proptest::collection::vec(any::<u8>(), 0..400)) {
        let text = generated::contract(&choices);
        prop_assert!(read(&text).is_ok(), "not YAML: {:?}\n{text}", read(&text));
        judge_layout("it", &text);
        judge_shape("it", &text);
    }
}
