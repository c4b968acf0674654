//! Each code has a page that keeps its word: the wrong example has this fault and no other, the right one is valid.
//!
//! `ONEX_BLESS=1 cargo test -p onex-contract --test pages` writes the index, `codes/README.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use onex_contract::{Code, Diagnostics, IncludeError, MAX_BYTES, Source, parse_with};

const SECTIONS: [&str; 5] = ["What it means", "Why it matters", "Wrong", "Right", "How to mend"];
const INDEX: &str = "README.md";
const EXAMPLES: [&str; 2] = ["Wrong", "Right"];

/// What makes a file of a wrong example that a page cannot show as it is.
type Make = fn(&str) -> Vec<u8>;

/// The only codes whose wrong example is not the very file that has the fault, and why.
const NOT_TO_BE_SHOWN: [(Code, &str, Make); 3] = [
    (Code::FileTooLarge, "a page has no room for a mebibyte", too_large),
    (Code::NotUtf8, "a page is UTF-8", in_latin_1),
    (Code::TooManySteps, "a page has no room for a thousand steps", too_many_steps),
];

fn too_large(example: &str) -> Vec<u8> {
    format!("{example}# {}\n", "and so on ".repeat(MAX_BYTES / 10)).into_bytes()
}

fn in_latin_1(example: &str) -> Vec<u8> {
    example.chars().map(|character| u8::try_from(character).expect("a character of Latin-1")).collect()
}

fn too_many_steps(example: &str) -> Vec<u8> {
    let step = example.lines().find(|line| line.contains("remind_1")).expect("the step that is repeated");
    let steps: Vec<String> =
        (1..=1_001).map(|number| step.replace("remind_1", &format!("remind_{number}"))).collect();
    example.replace(step, &steps.join("\n")).into_bytes()
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
    let text = section(code, heading);
    assert_eq!(text.matches("```").count(), 2, "{} has one example under `{heading}`", code.as_str());
    let (_, yaml) = text.split_once("```yaml\n").unwrap_or_else(|| panic!("{} has no YAML", code.as_str()));
    let end = yaml.find("```").expect("the second of two fences");
    &yaml[..end]
}

fn verdict(bytes: &[u8]) -> Result<(), Diagnostics> {
    let source = Source::from_bytes("contract.yaml", bytes)?;
    let contract = parse_with(&source, &mut |path| match path {
        "contract.yaml" => Ok(bytes.to_vec()),
        "parts/routing.yaml" => Ok(b"handlers: []\n".to_vec()),
        _ => Err(IncludeError::Missing { neighbours: Vec::new() }),
    })?;
    contract.executable().map(|_| ())
}

fn codes(bytes: &[u8]) -> Vec<Code> {
    verdict(bytes).err().iter().flat_map(Diagnostics::list).map(|fault| fault.code).collect()
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
    for code in Code::ALL.iter().copied() {
        let text = example(code, "Wrong");
        match NOT_TO_BE_SHOWN.iter().find(|(other, ..)| *other == code) {
            Some((_, why, make)) => {
                assert_eq!(codes(text.as_bytes()), [], "{} can be shown after all, or: {why}", code.as_str());
                assert_eq!(codes(&make(text)), [code]);
            }
            None => {
                let said = verdict(text.as_bytes()).err().map(|faults| faults.to_string());
                assert_eq!(codes(text.as_bytes()), [code], "{}: {}", code.as_str(), said.unwrap_or_default());
            }
        }
    }
}

#[test]
fn every_right_example_is_valid() {
    for code in Code::ALL.iter().copied() {
        if let Err(faults) = verdict(example(code, "Right").as_bytes()) {
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
