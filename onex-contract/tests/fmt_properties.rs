//! What holds for every contract that is formatted: it is the same contract, and formatting it again changes nothing.
//! That no comment is lost is asked in `src/fmt/tests`, where comments can be seen.

mod common;
#[path = "common/meaning.rs"]
mod meaning;
#[path = "common/shapes.rs"]
mod shapes;

use std::fs;
use std::path::{Path, PathBuf};

use meaning::meaning;
use onex_contract::{
    Code, Contract, Diagnostics, IncludeError, Source, format, parse, parse_document_with, parse_with,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// What is read from a contract: the codes of its faults, if it has any.
fn verdict(read: Result<Contract, Diagnostics>) -> Result<String, Vec<Code>> {
    read.map(meaning).map_err(|faults| {
        let mut codes: Vec<Code> = faults.list().iter().map(|fault| fault.code).collect();
        codes.sort_by_key(|code| code.as_str());
        codes
    })
}

/// A contract of several files, each of which goes through `change` first.
fn read(path: &Path, change: fn(&str) -> String) -> Result<Contract, Diagnostics> {
    let text = fs::read_to_string(path).expect("a contract");
    let folder = path.parent().expect("a file is in a folder");
    parse_with(&Source::new("case.yaml", change(&text)), &mut |path| {
        let text = fs::read_to_string(folder.join(path)).map_err(IncludeError::Io)?;
        Ok(change(&text).into_bytes())
    })
}

/// The file in the canonical form; one that has no form, such as a single text to be included, as it is.
fn formatted_if_any(text: &str) -> String {
    format(&Source::new("included.yaml", text)).unwrap_or_else(|_| text.to_owned())
}

/// Compares what is read before and after, faults too; gives whether the contract is valid.
fn is_the_same_contract(path: &Path) -> bool {
    let before = verdict(read(path, str::to_owned));
    let after = verdict(read(path, formatted_if_any));
    assert_eq!(after, before, "{}", path.display());
    before.is_ok()
}

#[test]
fn a_contract_is_the_same_contract() {
    let (mut valid, mut faulty) = (0, 0);
    let mut paths = common::contracts();
    contracts_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/contracts"), &mut paths);
    for path in paths {
        if fs::read_to_string(&path).is_ok() {
            let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
            let is_valid = is_the_same_contract(&path);
            assert!(is_valid || !name.starts_with("valid"), "{name}");
            if is_valid { valid += 1 } else { faulty += 1 }
        }
    }
    assert!(valid > 50 && faulty > 150, "only {valid} valid and {faulty} faulty contracts were compared");
}

#[test]
fn a_file_beside_a_contract_has_the_same_faults() {
    let mut paths = Vec::new();
    contracts_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents"), &mut paths);
    for path in &paths {
        let folder = path.parent().expect("a file is in a folder");
        let codes = |change: fn(&str) -> String| {
            let text = fs::read_to_string(path).expect("a file");
            let read = parse_document_with(&Source::new("file.yaml", change(&text)), &mut |path| {
                let text = fs::read_to_string(folder.join(path)).map_err(IncludeError::Io)?;
                Ok(change(&text).into_bytes())
            });
            read.map_or_else(|faults| faults.list().iter().map(|fault| fault.code).collect(), |_| Vec::new())
        };
        assert_eq!(codes(formatted_if_any), codes(str::to_owned), "{}", path.display());
    }
    assert!(paths.len() > 50, "only {} files", paths.len());
}

#[test]
fn a_contract_from_the_field_is_the_same_contract() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let mut paths = Vec::new();
    contracts_below(&folder, &mut paths);
    if paths.is_empty() {
        eprintln!("skipped: there is no folder `../shared/corpus` beside the workspace");
    }
    let valid = paths.iter().filter(|path| is_the_same_contract(path)).count();
    assert!(paths.is_empty() || valid > 10, "only {valid} contracts are valid");
}

fn contracts_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            contracts_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
    found.sort();
}

/// What an edit may put in: pieces of the language, of YAML, and comments.
const PIECES: [&str; 36] = [
    "",
    " ",
    "\n",
    "\n  ",
    "\t",
    ":",
    ": ",
    "- ",
    "\n- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "#",
    " # note",
    "\n# note\n",
    "&a ",
    "*a",
    "<<: *a",
    "!include x",
    "|\n",
    ">-\n",
    "---\n",
    "...\n",
    "? ",
    "~",
    "0",
    "ö",
    "\u{feff}",
    "\r\n",
    "handler_class: X\n",
    "function: f",
    "routing_key: k\n",
];

/// What is edited: every valid case, and what the formatter has a hard time with.
fn contracts() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fmt");
    let mut fixtures = Vec::new();
    contracts_below(&folder, &mut fixtures);
    let valid = common::valid().into_iter().map(|source| source.text().to_owned());
    let fixtures = fixtures.into_iter().map(|path| fs::read_to_string(path).expect("a contract"));
    valid.chain(fixtures).collect()
}

fn judge(bytes: &[u8]) {
    let Ok(source) = Source::from_bytes("any.yaml", bytes) else { return };
    match format(&source) {
        Ok(out) => {
            let again = format(&Source::new("again.yaml", out.as_str()));
            assert_eq!(
                again.ok().as_ref(),
                Some(&out),
                "formatted otherwise the second time:\n{}",
                source.text()
            );
            let read = parse(&Source::new("again.yaml", out.as_str()));
            if let Ok(before) = parse(&source) {
                let after = read.unwrap_or_else(|faults| panic!("{faults}"));
                assert_eq!(
                    meaning(after),
                    meaning(before),
                    "another contract:\n{}\n=>\n{out}",
                    source.text()
                );
            } else if let Err(faults) = read {
                // What the reader of contracts is strict about is mended.
                let unreadable = |code: &Code| matches!(code, Code::Syntax | Code::Tab | Code::TooDeep);
                let codes: Vec<Code> = faults.list().iter().map(|fault| fault.code).collect();
                assert!(!codes.iter().any(unreadable), "cannot be read:\n{out}");
            }
        }
        Err(faults) => {
            let text = faults.source().text();
            assert!(!faults.list().is_empty());
            for fault in faults.list() {
                assert!(text.get(fault.primary.span.start..fault.primary.span.end).is_some(), "{fault:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        judge(&bytes);
    }

    #[test]
    fn arbitrary_pieces(pieces in proptest::collection::vec(select(&PIECES[..]), 0..40)) {
        judge(pieces.concat().as_bytes());
    }

    #[test]
    fn a_contract_of_any_shape(choices in proptest::collection::vec(any::<u8>(), 0..200)) {
        let (text, comments) = shapes::contract(&choices);
        let source = Source::new("shape.yaml", text.as_str());
        let before = parse(&source).unwrap_or_else(|faults| panic!("{faults}"));
        let out = format(&source).unwrap_or_else(|faults| panic!("{faults}"));
        let formatted = Source::new("formatted.yaml", out.as_str());
        let after = parse(&formatted).unwrap_or_else(|faults| panic!("{faults}"));
        prop_assert_eq!(meaning(after), meaning(before), "another contract:\n{}\n=>\n{}", text, out);
        let again = format(&formatted);
        prop_assert_eq!(again.as_ref().ok(), Some(&out), "formatted otherwise the second time");
        for comment in comments {
            prop_assert_eq!(out.matches(&comment).count(), 1, "{} in\n{}\n=>\n{}", comment, text, out);
        }
        for other in ["handler_class", "handler_key", "routing_key", "function:", "class:", "::Model", "EVENT", "EFFECT"] {
            prop_assert!(!out.contains(other), "{} in\n{}", other, out);
        }
    }

    #[test]
    fn an_edited_contract(
        contract in select(contracts()),
        edits in proptest::collection::vec((any::<Index>(), 0..6_usize, select(&PIECES[..])), 1..4),
    ) {
        let mut characters: Vec<char> = contract.chars().collect();
        for (at, removed, piece) in &edits {
            let start = at.index(characters.len() + 1);
            let end = (start + removed).min(characters.len());
            characters.splice(start..end, piece.chars());
        }
        judge(characters.into_iter().collect::<String>().as_bytes());
    }
}
