//! Each contract of `tests/cases` and what is said about it, in the `.expected` file beside it. The files that
//! `NAME.yaml` includes are in `NAME.d`.
//!
//! `ONEX_BLESS=1 cargo test -p onex-contract --test cases` writes what is said now; read the difference.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use onex_contract::{Code, Contract, Diagnostics, LoadError, load, load_document};

const VALID: &str = "valid\n";
const NOT_EXECUTED: &str = "valid, and not executed by this version:\n\n";

fn verdict(path: &Path) -> Result<Contract, Diagnostics> {
    let name = path.file_name().expect("a file has a name").to_string_lossy();
    match load(path, name) {
        Ok(contract) => Ok(contract),
        Err(LoadError::Invalid(faults)) => Err(faults),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn every_case_is_judged_as_expected() {
    let bless = std::env::var_os("ONEX_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in common::contracts() {
        let said = match verdict(&path).map(Contract::executable) {
            Ok(Ok(_)) => VALID.to_owned(),
            Ok(Err(unexecuted)) => format!("{NOT_EXECUTED}{unexecuted}\n"),
            Err(faults) => format!("{faults}\n"),
        };
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
    for path in common::contracts() {
        let name = path.file_name().expect("a file has a name").to_string_lossy();
        assert_eq!(verdict(&path).is_ok(), name.starts_with("valid"), "{name}");
    }
}

#[test]
fn every_code_has_a_case() {
    let mut met = BTreeSet::new();
    for path in common::contracts() {
        if let Err(faults) = verdict(&path).and_then(|contract| contract.executable().map(|_| ())) {
            met.extend(faults.list().iter().map(|fault| fault.code));
        }
    }
    for path in common::documents() {
        if let Err(LoadError::Invalid(faults)) = load_document(&path, "document.yaml") {
            met.extend(faults.list().iter().map(|fault| fault.code));
        }
    }
    // A file of more than 1 MiB is no case; see `hostile`.
    met.insert(Code::FileTooLarge);
    // One contract is no system; see `systems`.
    met.extend(Code::ALL.iter().filter(|code| common::is_of_systems(**code)));
    let unmet: Vec<&Code> = Code::ALL.iter().filter(|code| !met.contains(code)).collect();
    assert!(unmet.is_empty(), "no case for {unmet:?}");
}
