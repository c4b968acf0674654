//! Each set of contracts in a folder of `tests/systems`, and what is said about it as one system, in the `.expected`
//! file beside the folder.
//!
//! `ONEX_BLESS=1 cargo test -p onex-contract --test systems` writes what is said now; read the difference.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use onex_contract::{Code, Contract, Coverage, Diagnostics, LoadError, check_system, load};

const SOUND: &str = "nothing is wrong\n";

/// The folders of the sets, in order.
fn systems() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/systems");
    let entries = fs::read_dir(folder).expect("the folder of the sets");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry of the folder").path()).collect();
    paths.retain(|path| path.is_dir());
    paths.sort();
    paths
}

/// The contracts of a set that are valid, and whether these are all.
fn contracts(system: &Path) -> (Vec<Contract>, Coverage) {
    let mut contracts = Vec::new();
    let mut coverage = Coverage::Whole;
    for path in common::yaml_files(system) {
        let name = path.file_name().expect("a file has a name").to_string_lossy();
        match load(&path, name) {
            Ok(contract) => contracts.push(contract),
            Err(LoadError::Invalid(_)) => coverage = Coverage::Part,
            Err(error) => panic!("{error}"),
        }
    }
    (contracts, coverage)
}

fn verdict(system: &Path) -> Option<Diagnostics> {
    let (contracts, coverage) = contracts(system);
    check_system(&contracts, coverage)
}

#[test]
fn every_system_is_judged_as_expected() {
    let bless = std::env::var_os("ONEX_BLESS").is_some();
    let mut wrong = Vec::new();
    for system in systems() {
        let said = verdict(&system).map_or(SOUND.to_owned(), |faults| format!("{faults}\n"));
        let expected = system.with_extension("expected");
        if bless {
            fs::write(&expected, &said).expect("the folder of the sets is writable");
        } else if fs::read_to_string(&expected).unwrap_or_default() != said {
            wrong.push(format!("{}:\n{said}", system.display()));
        }
    }
    assert!(wrong.is_empty(), "{} systems are judged otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_name_of_a_system_says_whether_it_is_sound() {
    for system in systems() {
        let name = system.file_name().expect("a folder has a name").to_string_lossy();
        assert_eq!(verdict(&system).is_none(), name.starts_with("sound"), "{name}");
        // An invalid contract would hide what is to be seen.
        assert_eq!(contracts(&system).1 == Coverage::Part, name.starts_with("part"), "{name}");
    }
}

#[test]
fn every_code_of_systems_has_a_case() {
    let found: Vec<Diagnostics> = systems().iter().filter_map(|system| verdict(system)).collect();
    let met: BTreeSet<Code> = found.iter().flat_map(Diagnostics::list).map(|fault| fault.code).collect();
    let all: BTreeSet<Code> = Code::ALL.iter().copied().filter(|code| common::is_of_systems(*code)).collect();
    assert_eq!(met, all);
}

/// What is missing from a set may be in the contract that was not read. All else is wrong whatever is in that.
#[test]
fn where_a_contract_is_missing_nothing_else_is() {
    let absent = [
        Code::NoProducer,
        Code::NoConsumer,
        Code::UnknownNode,
        Code::UnknownWorkflow,
        Code::NoExecutor,
        Code::NoSender,
    ];
    for system in systems() {
        let contracts = contracts(&system).0;
        let codes = |coverage| -> Vec<Code> {
            let found = check_system(&contracts, coverage);
            found.iter().flat_map(Diagnostics::list).map(|fault| fault.code).collect()
        };
        let mut whole = codes(Coverage::Whole);
        whole.retain(|code| !absent.contains(code));
        assert_eq!(codes(Coverage::Part), whole, "{}", system.display());
    }
}

/// The order of the contracts decides which of two places is the first, and nothing else.
#[test]
fn the_order_of_the_contracts_changes_no_verdict() {
    for system in systems() {
        let (mut contracts, coverage) = contracts(&system);
        let mut codes = || -> Vec<Code> {
            contracts.reverse();
            let found = check_system(&contracts, coverage);
            let mut codes: Vec<Code> =
                found.iter().flat_map(Diagnostics::list).map(|fault| fault.code).collect();
            codes.sort();
            codes
        };
        assert_eq!(codes(), codes(), "{}", system.display());
    }
}
