//! A project to push, so that the example runs on any machine: five scripts, and four commits of them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::pipeline::CommitPushed;

const FILES: [(&str, &str); 5] = [
    ("greet.sh", include_str!("../demo/greet.sh")),
    ("lint.sh", include_str!("../demo/lint.sh")),
    ("test.sh", include_str!("../demo/test.sh")),
    ("build.sh", include_str!("../demo/build.sh")),
    ("smoke.sh", include_str!("../demo/smoke.sh")),
];

/// A commit, its branch, what it changes in `greet.sh`, and why somebody might have.
const COMMITS: [(&str, &str, &str, &str); 4] = [
    ("a1-first", "main", "hello", "hello"),
    ("b2-shout", "shout", "hello", "hello"),
    ("c3-typo", "main", "hello", "helo"),
    // It greets Ada as the tests ask, and nobody as the world will.
    ("d4-default", "main", "${1:-world}", "$1"),
];

/// Writes the demo project's commits below `folder`, each whole, as a checkout would.
///
/// # Errors
/// A file cannot be written.
pub fn commits(folder: &Path) -> io::Result<Vec<CommitPushed>> {
    COMMITS.iter().map(|(commit, branch, from, to)| check_out(folder, commit, branch, from, to)).collect()
}

fn check_out(folder: &Path, commit: &str, branch: &str, from: &str, to: &str) -> io::Result<CommitPushed> {
    let sources: PathBuf = folder.join(commit);
    fs::create_dir_all(&sources)?;
    for (name, text) in FILES {
        let text = if name == "greet.sh" { text.replace(from, to) } else { text.to_owned() };
        fs::write(sources.join(name), text)?;
    }
    Ok(CommitPushed { commit: commit.to_owned(), branch: branch.to_owned(), sources })
}
