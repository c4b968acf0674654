//! `docs/faults.md` says only what is so: each test that it names exists, and expects the codes that it names.

use std::collections::{BTreeMap, BTreeSet};

use page::{Row, rows, shown, text};

mod page;

const PAGE: &str = "docs/faults.md";
const CLASSES: usize = 75;

#[test]
fn every_class_is_there_once() {
    let numbers: Vec<usize> = rows(PAGE).iter().map(|fault| fault.number).collect();
    assert_eq!(numbers.len(), CLASSES);
    assert_eq!(numbers.into_iter().collect::<BTreeSet<_>>(), (1..=CLASSES).collect());
}

#[test]
fn every_class_is_shown_by_tests_that_expect_its_codes() {
    for (Row { number, verdict, tests, .. }, said) in shown(PAGE) {
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
    for fault in rows(PAGE) {
        *counts.entry(fault.verdict).or_default() += 1;
    }
    let line = format!(
        "{CLASSES} kinds: {} unwritable, {} compile errors, {} of run time.",
        counts["unwritable"], counts["compile error"], counts["run time"]
    );
    assert!(text(PAGE).contains(&line), "{line}");
}
