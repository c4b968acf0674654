//! The README says only what is so: its blocks are files of this repository.

use std::path::PathBuf;
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The fenced blocks that follow a comment, with what the comment says.
fn blocks(readme: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    for part in readme.split("<!-- ").skip(1) {
        let (origin, rest) = part.split_once(" -->\n```").expect("a comment is followed by a block");
        let (_, rest) = rest.split_once('\n').expect("the fence has a line");
        let (block, _) = rest.split_once("\n```").expect("the block is closed");
        blocks.push((origin.to_owned(), block.to_owned()));
    }
    blocks
}

/// A message as its user sees it: the case's files by the names that the tour has, and the indentation of a note, which
/// the compile-fail tests normalise, left out.
fn words(message: &str, case: &str) -> Vec<String> {
    let message = message
        .replace(&format!("compile_fail/{case}.rs"), "src/main.rs")
        .replace(&format!("./{case}.yaml"), "contract.yaml")
        .replace(&format!("./{case}.d/"), "");
    message
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .map(|line| line.trim_end_matches(['^', ' ', '|']).to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

#[test]
fn every_block_is_what_it_says() {
    let blocks = blocks(&read("README.md"));
    assert_eq!(blocks.len(), 7);
    for (origin, block) in blocks {
        if let Some(case) =
            origin.strip_prefix("tests/compile_fail/").and_then(|name| name.strip_suffix(".stderr"))
        {
            let (shown, real) = (words(&block, case), words(&read(&origin), case));
            assert_eq!(shown, real[..shown.len()], "{origin}");
        } else if origin == "output of tour" {
            let output = Command::new(env!("CARGO"))
                .args(["run", "--quiet", "-p", "tour"])
                .current_dir(root())
                .output()
                .expect("cargo is there: it runs this test");
            assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), block.trim_end());
        } else {
            assert!(read(&origin).contains(&block), "{origin} does not contain what the README shows of it");
        }
    }
}

#[test]
fn the_number_of_cases_is_no_exaggeration() {
    let cases = std::fs::read_dir(root().join("tests/compile_fail")).unwrap();
    let messages =
        cases.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|it| it == "stderr"));
    assert!(messages.count() > 100);
}
