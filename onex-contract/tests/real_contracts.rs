//! Real contracts of a public project: each is valid, or what is said against it is true.
//!
//! They are not part of this repository. Where they lie beside it, every kind of fault that they yield must stand in
//! `docs/real-contracts.md` with the reason why it is a fault of the contract; elsewhere this test says that it skips.
//!
//! `ONEX_BLESS=1 cargo test -p onex-contract --test real_contracts` counts anew and keeps the reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use onex_contract::{Diagnostic, Source, parse};

const MARK: &str = "<!-- The table below is counted by `onex-contract/tests/real_contracts.rs`. -->\n";
const HEAD: &str = "| code | what is said | faults | files | about | why it is a fault of the contract |\n|---|---|---|---|---|---|\n";
/// So many names are listed of what a kind of fault is about.
const LISTED: usize = 6;

/// One kind of fault: everything that is said with the same words.
#[derive(Default)]
struct Kind {
    faults: usize,
    files: BTreeSet<String>,
    about: BTreeMap<String, usize>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn contracts(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            contracts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

/// The message without the names in it, and the first of those.
fn kind_of(fault: &Diagnostic) -> (String, String) {
    let mut words = String::new();
    let mut about = None;
    for (position, part) in fault.message.split('`').enumerate() {
        if position % 2 == 0 {
            let numbers = part.split_inclusive(|character: char| !character.is_ascii_digit());
            for piece in numbers {
                match piece.find(|character: char| !character.is_ascii_digit()) {
                    Some(0) => words.push_str(piece),
                    Some(end) => words.push_str(&format!("N{}", &piece[end..])),
                    None => words.push('N'),
                }
            }
        } else {
            words.push_str("`..`");
            about.get_or_insert_with(|| part.to_owned());
        }
    }
    (words, about.unwrap_or_default())
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[test]
fn every_kind_of_fault_of_the_real_contracts_is_argued_for() {
    let mut paths = Vec::new();
    contracts(&root().join("../shared/corpus"), &mut paths);
    if paths.is_empty() {
        println!("skipped: there are no real contracts beside this repository");
        return;
    }
    paths.sort();

    let mut kinds: BTreeMap<(&'static str, String), Kind> = BTreeMap::new();
    let (mut valid, mut executable) = (0, 0);
    for path in &paths {
        let bytes = fs::read(path).expect("a contract");
        let name = path.to_string_lossy().into_owned();
        let faults = match Source::from_bytes(&*name, &bytes).and_then(|source| parse(&source)) {
            Ok(contract) => {
                valid += 1;
                executable += usize::from(contract.unexecuted().is_none());
                continue;
            }
            Err(faults) => faults,
        };
        for fault in faults.list() {
            let (words, about) = kind_of(fault);
            let kind = kinds.entry((fault.code.as_str(), words)).or_default();
            kind.faults += 1;
            kind.files.insert(name.clone());
            *kind.about.entry(about).or_default() += 1;
        }
    }

    let document = root().join("docs/real-contracts.md");
    let written = fs::read_to_string(&document).expect("docs/real-contracts.md");
    let (prose, table) = written.split_once(MARK).expect("the mark above the table");
    let reasons = reasons(table);
    let mut expected = format!(
        "\n{} contracts: {valid} valid ({executable} of them executable by this version), {} with faults.\n\n{HEAD}",
        paths.len(),
        paths.len() - valid,
    );
    let mut unargued = Vec::new();
    for ((code, words), kind) in &kinds {
        let reason = reasons.get(&(code.to_string(), cell(words))).cloned().unwrap_or_default();
        if reason.is_empty() {
            unargued.push(format!("{code} {words}"));
        }
        expected.push_str(&format!(
            "| [{code}](../onex-contract/codes/{code}.md) | {} | {} | {} | {} | {reason} |\n",
            cell(words),
            kind.faults,
            kind.files.len(),
            listed(&kind.about),
        ));
    }
    if std::env::var_os("ONEX_BLESS").is_some() {
        fs::write(&document, format!("{prose}{MARK}{expected}")).expect("docs/real-contracts.md is writable");
    } else {
        assert_eq!(table, expected, "docs/real-contracts.md is not what the contracts yield");
    }
    assert!(unargued.is_empty(), "nobody argued why these are true: {unargued:#?}");
}

/// What a kind of fault is about, the most frequent first.
fn listed(about: &BTreeMap<String, usize>) -> String {
    let mut names: Vec<(&String, &usize)> = about.iter().filter(|(name, _)| !name.is_empty()).collect();
    names.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
    let more = names.len().saturating_sub(LISTED);
    let mut listed: Vec<String> =
        names.iter().take(LISTED).map(|(name, _)| format!("`{}`", cell(name))).collect();
    if more > 0 {
        listed.push(format!("{more} more"));
    }
    listed.join(", ")
}

/// The last column, by the first two.
fn reasons(table: &str) -> BTreeMap<(String, String), String> {
    let rows = table.lines().filter(|line| line.starts_with("| [ONEX"));
    rows.filter_map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let code = cells.first()?.trim_start_matches('[').split(']').next()?;
        Some((
            (code.to_owned(), (*cells.get(1)?).to_owned()),
            (*cells.get(5)?).trim_end_matches(" |").to_owned(),
        ))
    })
    .collect()
}
