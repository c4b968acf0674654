//! A contract means the same, and has the same faults, when a section of it is cut out into a file of its own.

use std::fs;
use std::path::{Path, PathBuf};

use onex_contract::{Code, Contract, Diagnostics, IncludeError, Source, parse_with};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// Reads a contract that may include `cut.yaml`, which is not there, and files of the cases, which are.
fn read(name: &str, text: &str, cut: &str) -> Result<Contract, Diagnostics> {
    parse_with(&Source::new(name, text), &mut |path| match path {
        "cut.yaml" => Ok(cut.as_bytes().to_vec()),
        _ => fs::read(folder().join(path)).map_err(|_| IncludeError::Missing { neighbours: Vec::new() }),
    })
}

/// Where the value of each top-level key stands, up to the next key or whatever else stands in its place.
fn sections(text: &str) -> Vec<(usize, usize)> {
    let mut sections = Vec::new();
    let mut value = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if !line.starts_with([' ', '\t', '#', '-', ']', '}', '\n', '\r']) {
            sections.extend(value.map(|value| (value, at)));
            let key = line.split(':').next().unwrap_or_default();
            let is_key = key.bytes().all(|byte| byte.is_ascii_lowercase() || b"_-".contains(&byte));
            value = (is_key && key.len() < line.len()).then_some(at + key.len() + 1);
        }
        at += line.len();
    }
    sections.extend(value.map(|value| (value, at)));
    sections
}

/// The contract without the places of anything in it.
fn meaning(mut contract: Contract) -> String {
    contract.source = Source::new("", "");
    let shown = format!("{contract:?}");
    let mut parts = shown.split("Span { start: ");
    let mut meaning = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once(" }").expect("a span ends");
        meaning.push_str(rest);
    }
    meaning
}

fn faults(found: &Diagnostics) -> Vec<(Code, &str)> {
    found.list().iter().map(|fault| (fault.code, fault.message.as_str())).collect()
}

/// What a fault of the whole file hides, a fault of a part of it does not; and a circle names its files.
fn cannot_be_compared(found: &Diagnostics) -> bool {
    let of_the_file = [
        Code::FileTooLarge,
        Code::NotUtf8,
        Code::Empty,
        Code::Syntax,
        Code::Tab,
        Code::TooDeep,
        Code::TooManyValues,
        Code::SeveralDocuments,
        Code::Directive,
        Code::IncludeCycle,
    ];
    found.list().iter().any(|fault| of_the_file.contains(&fault.code))
}

#[test]
fn every_section_may_be_a_file() {
    let (mut valid, mut faulty) = (0, 0);
    for entry in fs::read_dir(folder()).expect("the folder of the cases") {
        let path = entry.expect("an entry of the folder").path();
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        if !name.ends_with(".yaml") {
            continue;
        }
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let whole = read(&name, &text, "");
        if whole.as_ref().is_err_and(cannot_be_compared) {
            continue;
        }
        for (start, end) in sections(&text) {
            let value = &text[start..end];
            let nothing =
                value.lines().all(|line| line.split('#').next().unwrap_or_default().trim().is_empty());
            // An anchor is a name in its own file.
            if nothing || value.contains(['&', '*']) {
                continue;
            }
            let parts = format!("{} !include cut.yaml\n{}", &text[..start], &text[end..]);
            match (&whole, read(&name, &parts, value)) {
                (Ok(whole), Ok(parts)) => {
                    assert_eq!(meaning(whole.clone()), meaning(parts), "{name}: {value}");
                    valid += 1;
                }
                (Err(whole), Err(parts)) => {
                    assert_eq!(faults(whole), faults(&parts), "{name}: {value}");
                    faulty += 1;
                }
                (_, parts) => panic!("{name} is judged otherwise without {value}:\n{parts:#?}"),
            }
        }
    }
    assert!(valid > 40 && faulty > 300, "only {valid} and {faulty} sections were cut out");
}
