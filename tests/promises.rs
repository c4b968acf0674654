//! `docs/promises.md` says only what is so: each test that it names exists, and expects the codes that it names.

use page::{Row, shown, text};

mod page;

const PAGE: &str = "docs/promises.md";

#[test]
fn every_promise_is_shown_by_tests() {
    let promises = shown(PAGE);
    let numbers: Vec<usize> = promises.iter().map(|(promise, _)| promise.number).collect();
    assert_eq!(numbers, (1..=promises.len()).collect::<Vec<_>>(), "each is there once, in order");
    for (Row { number, verdict, tests, .. }, said) in &promises {
        match &**verdict {
            // Shown by what runs.
            "kept" => assert!(tests.iter().any(|test| test.contains("::")), "{number}"),
            // Who breaks it does not compile.
            "proven" => assert!(
                said.iter().any(|said| said.lines().any(|line| line.starts_with("error"))),
                "{number}"
            ),
            other => panic!("{number}: there is no verdict `{other}`"),
        }
    }
    let count = |word| promises.iter().filter(|(promise, _)| promise.verdict == word).count();
    let line = format!("{} promises: {} kept, {} proven.", promises.len(), count("kept"), count("proven"));
    assert!(text(PAGE).contains(&line), "{line}");
}
