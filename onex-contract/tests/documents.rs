//! Each file of `tests/documents`, of any kind, and what is said about it, in the `.expected` file beside it. The files
//! that `NAME.yaml` names are in `NAME.d`.
//!
//! `ONEX_BLESS=1 cargo test -p onex-contract --test documents` writes what is said now; read the difference.

mod common;

use std::fs;
use std::path::Path;

use onex_contract::document::Document;
use onex_contract::{Diagnostics, LoadError, load_document};

const VALID: &str = "valid\n";
const NOT_EXECUTED: &str = "valid, and not executed by this version:\n\n";

fn verdict(path: &Path) -> Result<Document, Diagnostics> {
    let name = path.file_name().expect("a file has a name").to_string_lossy();
    match load_document(path, name) {
        Ok(document) => Ok(document),
        Err(LoadError::Invalid(faults)) => Err(faults),
        Err(error) => panic!("{error}"),
    }
}

fn said(verdict: &Result<Document, Diagnostics>) -> String {
    match verdict.as_ref().map(Document::unexecuted) {
        Ok(None) => VALID.to_owned(),
        Ok(Some(unexecuted)) => format!("{NOT_EXECUTED}{unexecuted}\n"),
        Err(faults) => format!("{faults}\n"),
    }
}

#[test]
fn every_case_is_judged_as_expected() {
    let bless = std::env::var_os("ONEX_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in common::documents() {
        let said = said(&verdict(&path));
        let expected = path.with_extension("expected");
        if bless {
            fs::write(&expected, &said).expect("the folder of the cases is writable");
        } else if fs::read_to_string(&expected).unwrap_or_default() != said {
            wrong.push(format!("{}:\n{said}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} cases are judged otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_name_of_a_case_says_whether_it_is_valid() {
    for path in common::documents() {
        let name = path.file_name().expect("a file has a name").to_string_lossy();
        assert_eq!(verdict(&path).is_ok(), name.starts_with("valid"), "{name}");
    }
}
