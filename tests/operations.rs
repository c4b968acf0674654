//! `docs/operations.md` names what there is.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All Rust of a folder.
fn collect(folder: &Path, code: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, code);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            code.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The first cell of each row of the table that follows `heading`.
fn rows(page: &str, heading: &str) -> Vec<String> {
    let section = page.split(heading).nth(1).unwrap_or_else(|| panic!("there is no `{heading}`"));
    let table =
        section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    table.skip(2).map(|row| quoted(row).next().unwrap().to_owned()).collect()
}

#[test]
fn every_test_that_it_names_exists() {
    let page = read("docs/operations.md");
    let mut code = String::new();
    ["onex/tests", "onex-sqlite/tests", "tests"]
        .iter()
        .for_each(|folder| collect(&root().join(folder), &mut code));
    // A name of more than four words in snake case is that of a test.
    let named: Vec<&str> = quoted(&page)
        .filter(|name| name.chars().all(|of| of.is_ascii_lowercase() || of.is_ascii_digit() || of == '_'))
        .filter(|name| name.split('_').count() > 4)
        .collect();
    assert!(named.len() >= 8, "{named:?}");
    for name in named {
        assert!(code.contains(&format!("fn {name}")), "there is no test `{name}`");
    }
}

#[test]
fn its_features_keys_and_metrics_are_those_that_there_are() {
    let page = read("docs/operations.md");
    let manifest = read("onex/Cargo.toml");
    let features = rows(&page, "## Features");
    assert_eq!(features, ["config", "tracing", "metrics", "prometheus"]);
    for feature in features {
        assert!(manifest.contains(&format!("\n{feature} = [")), "there is no feature `{feature}`");
    }
    let (keys, meters) = (read("onex/src/config/keys.rs"), read("onex/src/engine/meters.rs"));
    let named = rows(&page, "## Configuration");
    assert_eq!(named.len(), 14);
    for key in named {
        assert!(keys.contains(&format!("\"{key}\"")), "there is no key `{key}`");
    }
    let metrics = rows(&page, "## Metrics");
    assert_eq!(metrics.len(), 5);
    for metric in metrics {
        assert!(
            meters.contains(&format!("!(\"{metric}\"")) || meters.contains(&format!("\"{metric}\",")),
            "{metric}"
        );
    }
}
