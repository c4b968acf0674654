//! Each code has a page that keeps its word: the wrong example has this fault and no other, the right one is valid. An
//! example of a code of systems is several contracts, which are valid each by itself.
//!
//! `ONEX_BLESS=1 cargo test -p onex-contract --test pages` writes the index, `codes/README.md`.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use onex_contract::document::Document;
use onex_contract::{
    Code, Contract, Coverage, Diagnostics, IncludeError, MAX_BYTES, Source, check_system, parse,
    parse_document_with,
};

const SECTIONS: [&str; 5] = ["What it means", "Why it matters", "Wrong", "Right", "How to mend"];
const INDEX: &str = "README.md";
const EXAMPLES: [&str; 2] = ["Wrong", "Right"];

/// What makes a file of a wrong example that a page cannot show as it is.
type Make = fn(&str) -> Vec<u8>;

/// The only codes whose wrong example is not the very file that has the fault, and why.
const NOT_TO_BE_SHOWN: [(Code, &str, Make); 4] = [
    (Code::FileTooLarge, "a page has no room for a mebibyte", too_large),
    (Code::NotUtf8, "a page is UTF-8", in_latin_1),
    (Code::TooManySteps, "a page has no room for a thousand steps", too_many_steps),
    (Code::TooManyRoutes, "a page has no room for a thousand routes", too_many_routes),
];

fn too_large(example: &str) -> Vec<u8> {
    format!("{example}# {}\n", "and so on ".repeat(MAX_BYTES / 10)).into_bytes()
}

fn in_latin_1(example: &str) -> Vec<u8> {
    example.chars().map(|character| u8::try_from(character).expect("a character of Latin-1")).collect()
}

fn too_many_steps(example: &str) -> Vec<u8> {
    a_thousand_and_one(example, "remind_1")
}

fn too_many_routes(example: &str) -> Vec<u8> {
    a_thousand_and_one(example, "export_1")
}

/// The line that has the name, once for each of 1,001 names.
fn a_thousand_and_one(example: &str, name: &str) -> Vec<u8> {
    let stem = name.trim_end_matches('1');
    let line = example.lines().find(|line| line.contains(name)).expect("the line that is repeated");
    let lines: Vec<String> =
        (1..=1_001).map(|number| line.replace(name, &format!("{stem}{number}"))).collect();
    example.replace(line, &lines.join("\n")).into_bytes()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("codes")
}

/// The headings of a page and what stands under each.
fn sections(code: Code) -> Vec<(&'static str, &'static str)> {
    let mut parts = code.page().split("\n## ");
    parts.next();
    parts.map(|part| part.split_once('\n').unwrap_or((part, ""))).collect()
}

fn section(code: Code, heading: &str) -> &'static str {
    let found = sections(code).into_iter().find(|(name, _)| *name == heading);
    found.unwrap_or_else(|| panic!("the page of {} has no `{heading}`", code.as_str())).1
}

/// The YAML that stands between fences.
fn example(code: Code, heading: &str) -> &'static str {
    match examples(code, heading)[..] {
        [example] => example,
        _ => panic!("{} has one example under `{heading}`", code.as_str()),
    }
}

fn examples(code: Code, heading: &str) -> Vec<&'static str> {
    let mut parts = section(code, heading).split("```yaml\n");
    parts.next();
    parts.map(|part| &part[..part.find("```").expect("the fence is closed")]).collect()
}

/// What is said of the contracts of an example together.
fn of_system(code: Code, heading: &str) -> Option<Diagnostics> {
    let texts = examples(code, heading);
    assert!(texts.len() > 1, "{} has several contracts under `{heading}`", code.as_str());
    let contract = |(at, text): (usize, &&str)| {
        let source = Source::new(format!("{at}.yaml"), *text);
        parse(&source).unwrap_or_else(|faults| panic!("`{heading}` of {}:\n{faults}", code.as_str()))
    };
    let contracts: Vec<Contract> = texts.iter().enumerate().map(contract).collect();
    check_system(&contracts, Coverage::Whole)
}

fn of_one_contract() -> impl Iterator<Item = Code> {
    Code::ALL.iter().copied().filter(|code| !common::is_of_systems(*code))
}

fn of_systems() -> impl Iterator<Item = Code> {
    Code::ALL.iter().copied().filter(|code| common::is_of_systems(*code))
}

/// What a front says that needs every word to be executed, of the page about that; of others, one that checks files of
/// any kind; of the page about a file of the wrong kind, one that takes contracts.
fn verdict(code: Code, bytes: &[u8]) -> Result<(), Diagnostics> {
    let source = Source::from_bytes("contract.yaml", bytes)?;
    let document = parse_document_with(&source, &mut |path| match path {
        "contract.yaml" => Ok(bytes.to_vec()),
        "parts/routing.yaml" => Ok(b"handlers: []\n".to_vec()),
        _ => Err(IncludeError::Missing { neighbours: Vec::new() }),
    })?;
    match document {
        Document::Node(contract) if code == Code::NotInThisVersion => contract.executable().map(|_| ()),
        _ if code == Code::OtherDocument => parse(&source).map(|_| ()),
        _ => Ok(()),
    }
}

fn codes(code: Code, bytes: &[u8]) -> Vec<Code> {
    verdict(code, bytes).err().iter().flat_map(Diagnostics::list).map(|fault| fault.code).collect()
}

#[test]
fn every_page_has_the_number_the_title_and_the_sections() {
    for code in Code::ALL.iter().copied() {
        let (page, name) = (code.page(), code.as_str());
        let title = format!("# {name}: {}\n\n## ", code.title());
        assert!(page.starts_with(&title), "{name}.md does not start with {title:?}");
        let found = sections(code);
        let headings: Vec<&str> = found.iter().map(|(heading, _)| *heading).collect();
        assert_eq!(headings, SECTIONS, "{name}");
        for (heading, text) in found {
            assert!(!text.trim().is_empty(), "`{heading}` of {name} is empty");
            if !EXAMPLES.contains(&heading) {
                assert!(!text.contains("```"), "examples of {name} stand under `Wrong` and `Right`");
            }
        }
        assert!(page.ends_with('\n') && !page.ends_with("\n\n"), "the end of {name}.md");
    }
}

#[test]
fn every_wrong_example_has_the_fault_of_its_page_and_no_other() {
    for code in of_one_contract() {
        let text = example(code, "Wrong");
        match NOT_TO_BE_SHOWN.iter().find(|(other, ..)| *other == code) {
            Some((_, why, make)) => {
                assert_eq!(
                    codes(code, text.as_bytes()),
                    [],
                    "{} can be shown after all, or: {why}",
                    code.as_str()
                );
                assert_eq!(codes(code, &make(text)), [code]);
            }
            None => {
                let said = verdict(code, text.as_bytes()).err().map(|faults| faults.to_string());
                assert_eq!(
                    codes(code, text.as_bytes()),
                    [code],
                    "{}: {}",
                    code.as_str(),
                    said.unwrap_or_default()
                );
            }
        }
    }
}

#[test]
fn every_right_example_is_valid() {
    for code in of_one_contract() {
        if let Err(faults) = verdict(code, example(code, "Right").as_bytes()) {
            panic!("the right example of {}:\n{faults}", code.as_str());
        }
    }
}

#[test]
fn every_wrong_system_has_the_fault_of_its_page_and_no_other() {
    for code in of_systems() {
        let found = of_system(code, "Wrong");
        let said = found.as_ref().map(ToString::to_string).unwrap_or_default();
        let codes: Vec<Code> = found.iter().flat_map(Diagnostics::list).map(|fault| fault.code).collect();
        assert_eq!(codes, [code], "{}: {said}", code.as_str());
    }
}

#[test]
fn every_right_system_is_sound() {
    for code in of_systems() {
        if let Some(faults) = of_system(code, "Right") {
            panic!("the right example of {}:\n{faults}", code.as_str());
        }
    }
}

#[test]
fn pages_refer_to_codes_that_exist() {
    for code in Code::ALL.iter().copied() {
        for (at, _) in code.page().match_indices("ONEX") {
            let name: String = code.page()[at..].chars().take(8).collect();
            assert!(Code::parse(&name).is_ok(), "the page of {} refers to {name}", code.as_str());
        }
    }
}

#[test]
fn no_page_is_left_of_a_code_that_went() {
    let entries = fs::read_dir(folder()).expect("the folder of the pages");
    let mut found: BTreeSet<String> = entries
        .map(|entry| entry.expect("an entry of the folder").file_name().to_string_lossy().into_owned())
        .collect();
    found.remove(INDEX);
    assert_eq!(found, Code::ALL.iter().map(|code| format!("{}.md", code.as_str())).collect());
}

#[test]
fn the_index_lists_every_code() {
    let mut index = "# The codes of contract diagnostics\n\n\
                     Every message about a contract has a code. Its page says what the code means, why it matters, \
                     how a contract\nthat has the fault looks, how one that has not, and how to mend it.\n\n\
                     | code | what it says |\n|---|---|\n"
        .to_owned();
    for code in Code::ALL {
        index.push_str(&format!("| [{name}]({name}.md) | {} |\n", code.title(), name = code.as_str()));
    }
    let path = folder().join(INDEX);
    if std::env::var_os("ONEX_BLESS").is_some() {
        fs::write(&path, &index).expect("the folder of the pages is writable");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, index, "ONEX_BLESS=1 writes the index");
}
