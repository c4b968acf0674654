//! How two files look in each format.

use std::fs;
use std::path::Path;

use onex_contract::{Code, Format, render};
use serde_json::Value;

use super::two_files;

fn check(name: &str, document: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/renderings").join(name);
    if std::env::var_os("ONEX_BLESS").is_some() {
        fs::write(&path, document).expect("the folder of the renderings is writable");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == document, "{name} is now:\n{document}");
}

#[test]
fn plain() {
    check("plain.expected", &render(&two_files(), Format::Plain));
}

#[test]
fn terminal() {
    check("terminal.expected", &render(&two_files(), Format::Terminal).replace('\u{1b}', "␛"));
}

#[test]
fn json() {
    check("json.expected", &render(&two_files(), Format::Json));
}

#[test]
fn sarif() {
    let document = render(&two_files(), Format::Sarif);
    assert_eq!(document.find('\n'), Some(document.len() - 1));
    let mut log: Value = serde_json::from_str(&document).expect("JSON");
    let version = log["runs"][0]["tool"]["driver"]["semanticVersion"].take();
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    // The pages are long, and not to be blessed twice.
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("rules") {
        let code = Code::parse(rule["id"].as_str().expect("an id")).expect("a code");
        assert_eq!(rule["help"]["markdown"].take(), code.page());
        for text in ["fullDescription", "help"].map(|key| rule[key]["text"].take()) {
            let text = text.as_str().expect("a text");
            assert!(!text.is_empty() && code.page().contains(&format!("\n\n{text}\n")), "{code:?}: {text}");
        }
    }
    check("sarif.expected", &format!("{log:#}\n"));
}

#[test]
fn github() {
    check("github.expected", &render(&two_files(), Format::Github));
}
