//! The cases of `tests/cases`, for tests that ask something of all of them.

use std::fs;
use std::path::{Path, PathBuf};

use onex_contract::Source;

/// The paths of the contracts, in order.
pub(crate) fn contracts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let entries = fs::read_dir(folder).expect("the folder of the cases");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry of the folder").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    paths
}

/// Name and text of the contracts that are valid, the shortest first.
#[allow(dead_code, reason = "each test file compiles this module for itself")]
pub(crate) fn valid() -> Vec<Source> {
    let name = |path: &Path| path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
    let mut sources: Vec<Source> = contracts()
        .iter()
        .filter(|path| name(path).starts_with("valid"))
        .map(|path| Source::new(name(path), fs::read_to_string(path).expect("a case")))
        .collect();
    sources.sort_by_key(|source| source.text().len());
    sources
}
