//! The formats of diagnostics: how two faulty contracts look in each, and that every case says the same in all.
//!
//! `ONEX_BLESS=1 cargo test -p onex-contract --test render` writes `tests/renderings`; read the difference.

mod included;
mod json;
mod sarif;
mod snapshots;

use std::fs;
use std::path::Path;

use onex_contract::{Diagnostics, Source, parse};
use serde_json::Value;

const SHOP: &str = include_str!("../renderings/shop.yaml");
/// To be read with the line breaks of Windows, whatever those of the file are.
const WINDOWS: &str = include_str!("../renderings/windows.yaml");

fn faults(name: &str, text: impl Into<String>) -> Diagnostics {
    parse(&Source::new(name, text)).expect_err("a faulty contract")
}

fn two_files() -> [Diagnostics; 2] {
    let windows = WINDOWS.replace("\r\n", "\n").replace('\n', "\r\n");
    [faults("nodes/shop.yaml", SHOP), faults("nodes/100% refund, soon.yaml", windows)]
}

/// The faults of each case.
fn cases() -> Vec<Diagnostics> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the folder of the cases")
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    paths.sort();
    let verdict = |path: &Path| {
        let bytes = fs::read(path).expect("a case");
        Source::from_bytes(path.file_name()?.to_string_lossy(), &bytes)
            .and_then(|source| parse(&source))
            .err()
    };
    paths.iter().filter_map(|path| verdict(path)).collect()
}

/// Byte offsets as a reader finds them who has only lines and columns.
fn bytes_at(text: &str, line: &Value, column: &Value) -> usize {
    let number = |value: &Value| usize::try_from(value.as_u64().expect("a number")).expect("a small one");
    let (line, column) = (number(line), number(column));
    assert!(line >= 1 && column >= 1, "lines and columns count from 1");
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    text[start..]
        .char_indices()
        .map(|(at, _)| at)
        .chain([text.len() - start])
        .nth(column - 1)
        .expect("a column")
        + start
}
