//! `docs/faults.md` says only what is so: each test that it names exists, and expects the codes that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const CLASSES: usize = 75;

/// A row of the page.
struct Fault {
    number: usize,
    /// The word in bold: `compile error`.
    verdict: String,
    /// `ONEX0207` and `E0277`.
    codes: Vec<String>,
    tests: Vec<String>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(root().join(path)).ok()
}

fn page() -> String {
    read("docs/faults.md").expect("the page is there")
}

fn faults() -> Vec<Fault> {
    let page = page();
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        Some((cells.first()?.parse().ok()?, cells))
    });
    rows.map(|(number, cells): (usize, Vec<&str>)| {
        let [_, field, verdict, tests] = cells[..] else { panic!("the row of {number} has four cells") };
        assert!(field.ends_with('.'), "{number} is told in sentences");
        let (word, _) = verdict.strip_prefix("**").and_then(|rest| rest.split_once("**")).expect("a verdict");
        let words = verdict.split(|character: char| !character.is_ascii_alphanumeric());
        let is_code = |word: &&str| {
            let digits = word.strip_prefix("ONEX").or(word.strip_prefix('E'));
            digits.is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        };
        Fault {
            number,
            verdict: word.to_owned(),
            codes: words.filter(is_code).map(str::to_owned).collect(),
            tests: tests.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
        }
    })
    .collect()
}

/// What a test expects to be said; nothing, if it is a function. `None`: there is no such test.
fn expected(test: &str) -> Option<String> {
    if let Some((file, function)) = test.split_once("::") {
        let text = read(file)?;
        let at = text.find(&format!("fn {function}("))?;
        let before = text[..at].trim_end_matches("async ").lines().rev();
        let mut attributes =
            before.map(str::trim).skip_while(|line| line.is_empty()).take_while(|line| line.starts_with('#'));
        attributes.find(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))?;
        return Some(String::new());
    }
    match test.split_once('/')? {
        ("compile_fail", name) => {
            read(&format!("tests/compile_fail/{name}.rs"))?;
            read(&format!("tests/compile_fail/{name}.stderr"))
        }
        ("cases", name) => {
            read(&format!("onex-contract/tests/cases/{name}.yaml"))?;
            read(&format!("onex-contract/tests/cases/{name}.expected"))
        }
        ("systems", name) => read(&format!("onex-contract/tests/systems/{name}.expected")),
        _ => None,
    }
}

#[test]
fn every_class_is_there_once() {
    let numbers: Vec<usize> = faults().iter().map(|fault| fault.number).collect();
    assert_eq!(numbers.len(), CLASSES);
    assert_eq!(numbers.into_iter().collect::<BTreeSet<_>>(), (1..=CLASSES).collect());
}

#[test]
fn every_class_is_shown_by_tests_that_expect_its_codes() {
    for Fault { number, verdict, codes, tests } in faults() {
        assert!(!tests.is_empty(), "{number} is shown by no test");
        let said: Vec<String> = tests
            .iter()
            .map(|test| expected(test).unwrap_or_else(|| panic!("{number}: there is no test {test}")))
            .collect();
        for code in &codes {
            assert!(
                said.iter().any(|said| said.contains(code.as_str())),
                "{number}: no test of {tests:?} expects {code}"
            );
        }
        match &*verdict {
            "unwritable" | "run time" => {}
            // What only the check of a set says is none.
            "compile error" => assert!(
                tests.iter().zip(&said).any(|(test, said)| !test.starts_with("systems/")
                    && said.lines().any(|line| line.starts_with("error"))),
                "{number}"
            ),
            other => panic!("{number}: there is no verdict `{other}`"),
        }
    }
}

#[test]
fn the_sums_are_right() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for fault in faults() {
        *counts.entry(fault.verdict).or_default() += 1;
    }
    let line = format!(
        "{CLASSES} kinds: {} unwritable, {} compile errors, {} of run time.",
        counts["unwritable"], counts["compile error"], counts["run time"]
    );
    assert!(page().contains(&line), "{line}");
}
