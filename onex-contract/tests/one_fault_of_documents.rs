//! One fault is one message in the files beside a contract, too, wherever it is; and a file that is cut off is judged.

mod common;

use onex_contract::language::{self, Place, Section, places};
use onex_contract::{Code, Source, parse_document};

fn documents() -> Vec<(Source, &'static Section)> {
    let mut documents = common::valid_of_all_kinds();
    documents.retain(|(_, root)| !std::ptr::eq(*root, language::contract()));
    documents
}

fn faults(text: &str) -> Vec<(Code, String)> {
    let Err(faults) = parse_document(&Source::new("document.yaml", text)) else { return Vec::new() };
    for fault in faults.list() {
        assert!(fault.primary.span.end <= text.len(), "{} is nowhere", fault.message);
    }
    faults.list().iter().map(|fault| (fault.code, fault.message.clone())).collect()
}

/// The places of all keys of all documents, and the name of the key.
fn each_key(mut judge: impl FnMut(&Source, &Place, &str)) {
    let mut judged = 0;
    for (document, root) in documents() {
        for place in places(&document, root) {
            judge(&document, &place, &document.text()[place.name.start..place.name.end]);
            judged += 1;
        }
    }
    assert!(judged > 400, "only {judged} keys");
}

#[test]
fn a_misspelt_key() {
    each_key(|document, place, key| {
        let text = document.text();
        let misspelt = format!("{}z{}", &text[..place.name.end], &text[place.name.end..]);
        let expected = if key == "kind" { Code::MissingKey } else { Code::UnknownKey };
        let found = faults(&misspelt);
        assert_eq!(
            found.iter().map(|(code, _)| *code).collect::<Vec<_>>(),
            [expected],
            "{key}z in {}: {found:?}",
            document.name()
        );
    });
}

#[test]
fn a_value_that_cannot_be_read() {
    each_key(|document, place, key| {
        let text = document.text();
        let between = text[place.name.end..place.value.start].trim();
        if !matches!(between, ":" | "\":") {
            return;
        }
        let newline = if text[place.value.start..place.value.end].ends_with('\n') { "\n" } else { "" };
        let unread =
            format!("{} !nothing 1{newline}{}", &text[..place.value.start], &text[place.value.end..]);
        let found = faults(&unread);
        assert_eq!(found.len(), 1, "{key} in {}: {found:?}", document.name());
    });
}

#[test]
fn a_file_that_is_cut_off() {
    for (document, _) in documents() {
        let text = document.text();
        for (at, _) in text.char_indices().step_by(7) {
            faults(&text[..at]);
        }
    }
}
