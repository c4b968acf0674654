//! What `docs/durability.md` promises has tests, and they exist.

use std::fs;
use std::path::{Path, PathBuf};

/// All Rust files below a folder.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn each_promise_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for folder in ["onex/src", "onex/tests", "onex-sqlite/tests", "tests", "examples/order-workflow/tests"] {
        sources(&root.join(folder), &mut files);
    }
    let code: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let page = fs::read_to_string(root.join("docs/durability.md")).unwrap();
    let promised = page.split("## Promised").nth(1).unwrap().split("## Not promised").next().unwrap();
    let mut promises = 0;
    for row in promised.lines().filter(|line| line.starts_with("| **")) {
        let tests: Vec<&str> = row.rsplit('|').nth(1).unwrap().split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "no test shows: {row}");
        for test in tests {
            assert!(code.contains(&format!("fn {test}")), "there is no test `{test}`");
        }
        promises += 1;
    }
    assert!(promises > 10, "the table has {promises} rows");
    // The page names the SQLite that is compiled in.
    assert!(
        page.contains(&format!("compiled in is {}", rusqlite::version())),
        "it is {}",
        rusqlite::version()
    );
}
