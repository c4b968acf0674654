//! The cases of `tests/cases`, for tests that ask something of all of them.

use std::fs;
use std::path::{Path, PathBuf};

use onex_contract::{Code, Source};

/// The paths of the contracts, in order.
#[allow(dead_code, reason = "each test file compiles this module for itself")]
pub(crate) fn contracts() -> Vec<PathBuf> {
    yaml_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"))
}

/// The YAML files in a folder, in order.
pub(crate) fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of cases");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry of the folder").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    paths
}

/// Whether a code is of a fault that only several contracts have together.
#[allow(dead_code, reason = "each test file compiles this module for itself")]
pub(crate) fn is_of_systems(code: Code) -> bool {
    code.as_str().starts_with("ONEX08")
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
