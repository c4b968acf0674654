//! `docs/contract.md` names every key of the language, and every key is shown at work by a case.
//!
//! `ONEX_BLESS=1 cargo test -p onex-contract --test reference` writes the tables.

mod common;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use onex_contract::language::{self, places};

const MARK: &str = "<!-- The tables below are written by a test: `onex-contract/tests/reference.rs`. -->\n";

/// For each key of each section, the shortest valid case that has it.
fn shown() -> HashMap<(&'static str, &'static str), String> {
    let mut shown = HashMap::new();
    for (source, root) in common::valid_of_all_kinds() {
        for place in places(&source, root) {
            shown.entry((place.section.name, place.key.name)).or_insert_with(|| source.name().to_owned());
        }
    }
    shown
}

#[test]
fn every_key_is_shown_at_work_by_a_valid_case() {
    let shown = shown();
    let mut missing = Vec::new();
    for section in language::sections(&language::roots()) {
        for key in section.keys {
            if !shown.contains_key(&(section.name, key.name)) {
                missing.push(format!("`{}` of {}", key.name, section.name));
            }
        }
    }
    assert!(missing.is_empty(), "no valid case has {}: {missing:#?}", missing.len());
}

#[test]
fn no_two_sections_have_one_name() {
    let mut names = HashSet::new();
    for section in language::sections(&language::roots()) {
        assert!(names.insert(section.name), "two sections are called {}", section.name);
    }
}

#[test]
fn the_reference_is_what_the_tables_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/contract.md");
    let written = fs::read_to_string(&path).expect("docs/contract.md");
    let (prose, tables) = written.split_once(MARK).expect("the mark above the tables");
    let shown = shown();
    let expected = language::reference(&language::roots(), &|section, key| {
        shown.get(&(section.name, key.name)).map_or("-".to_owned(), |case| {
            let (_, name) = case.split_once('/').expect("a folder and a name");
            format!("[{name}](../onex-contract/tests/{case}.yaml)")
        })
    });
    if std::env::var_os("ONEX_BLESS").is_some() {
        fs::write(&path, format!("{prose}{MARK}\n{expected}")).expect("docs/contract.md is writable");
    } else {
        assert_eq!(tables.trim(), expected.trim(), "docs/contract.md is not what the tables say");
    }
}
