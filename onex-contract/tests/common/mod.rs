//! The cases of `tests/cases`, for tests that ask something of all of them.

use std::fs;
use std::path::{Path, PathBuf};

use onex_contract::document::DocumentKind;
use onex_contract::language::{self, Section, Words};
use onex_contract::{Code, Source};

/// The paths of the contracts, in order.
#[allow(dead_code, reason = "each test file compiles this module for itself")]
pub(crate) fn contracts() -> Vec<PathBuf> {
    files("tests/cases")
}

/// The paths of the cases that are files of any kind, in order.
#[allow(dead_code, reason = "each test file compiles this module for itself")]
pub(crate) fn documents() -> Vec<PathBuf> {
    files("tests/documents")
}

fn files(folder: &str) -> Vec<PathBuf> {
    yaml_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
}

/// The YAML files in a folder, in order.
pub(crate) fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of the cases");
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
    valid_of(&contracts())
}

/// The valid files of all kinds with the roots of their kinds, the shortest first; each is called by its folder, too.
#[allow(dead_code, reason = "each test file compiles this module for itself")]
pub(crate) fn valid_of_all_kinds() -> Vec<(Source, &'static Section)> {
    let files =
        [("cases", contracts()), ("documents", documents())].into_iter().flat_map(|(folder, paths)| {
            valid_of(&paths).into_iter().map(move |file| {
                let root = root(&file);
                (Source::new(format!("{folder}/{}", file.name()), file.text()), root)
            })
        });
    let mut files: Vec<_> = files.collect();
    files.sort_by_key(|(file, _)| file.text().len());
    files
}

fn root(file: &Source) -> &'static Section {
    let kind = file.text().lines().find_map(|line| line.strip_prefix("kind:"));
    kind.map_or(language::contract(), |kind| {
        language::document(DocumentKind::of(kind.trim().trim_matches('"')).expect("a kind"))
    })
}

fn valid_of(paths: &[PathBuf]) -> Vec<Source> {
    let name = |path: &Path| path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
    let mut sources: Vec<Source> = paths
        .iter()
        .filter(|path| name(path).starts_with("valid"))
        .map(|path| Source::new(name(path), fs::read_to_string(path).expect("a case")))
        .collect();
    sources.sort_by_key(|source| source.text().len());
    sources
}
