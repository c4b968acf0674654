//! What JSON says of every case, read back.

use onex_contract::{Diagnostics, Format, Source, Span, parse, render};
use serde_json::Value;

use super::{bytes_at, cases, two_files};

fn lines_of(faults: &Diagnostics) -> Vec<Value> {
    let document = render(std::slice::from_ref(faults), Format::Json);
    document.lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect()
}

/// The place that JSON gives, once from its bytes and once from its lines and columns.
fn span_of(json: &Value, text: &str) -> Span {
    let byte = |key: &str| usize::try_from(json[key].as_u64().expect("a number")).expect("a small one");
    let span = Span { start: byte("byte_start"), end: byte("byte_end") };
    let start = bytes_at(text, &json["line_start"], &json["column_start"]);
    let end = bytes_at(text, &json["line_end"], &json["column_end"]);
    assert_eq!(span, Span { start, end });
    span
}

#[test]
fn json_says_of_every_case_what_the_diagnostic_says() {
    for faults in cases().iter().chain(&two_files()) {
        let (lines, text) = (lines_of(faults), faults.source().text());
        assert_eq!(lines.len(), faults.list().len());
        for (json, fault) in lines.iter().zip(faults.list()) {
            assert_eq!(json["version"], 1);
            assert_eq!(json["code"], fault.code.as_str());
            assert_eq!(json["severity"], "error");
            assert_eq!(json["message"], fault.message.as_str());
            assert_eq!(json["file"], faults.source().name());
            assert_eq!(span_of(&json["span"], text), fault.primary.span);
            assert_eq!(json["label"], fault.primary.text.as_str());
            let labels = json["labels"].as_array().expect("labels");
            let labels: Vec<(Span, &str)> = labels
                .iter()
                .map(|label| (span_of(&label["span"], text), label["text"].as_str().expect("a text")))
                .collect();
            assert!(
                labels.into_iter().eq(fault.secondary.iter().map(|label| (label.span, label.text.as_str())))
            );
            assert_eq!(json["notes"], Value::from(fault.notes.clone()));
            let Some(help) = &fault.help else {
                assert!(json["help"].is_null());
                continue;
            };
            assert_eq!(json["help"]["text"], help.text.as_str());
            let edits = json["help"]["edits"].as_array().expect("edits");
            let edits: Vec<(Span, String)> = edits
                .iter()
                .map(|edit| (span_of(&edit["span"], text), edit["text"].as_str().expect("a text").to_owned()))
                .collect();
            assert!(edits.iter().eq(&help.replacement));
        }
    }
}

#[test]
fn an_edit_that_is_offered_mends_its_fault() {
    let mut offered = 0;
    for faults in cases() {
        for (json, fault) in lines_of(&faults).iter().zip(faults.list()) {
            for edit in json["help"]["edits"].as_array().into_iter().flatten() {
                let mut text = faults.source().text().to_owned();
                let span = span_of(&edit["span"], &text);
                text.replace_range(span.start..span.end, edit["text"].as_str().expect("a text"));
                let left = parse(&Source::new("mended.yaml", text)).err();
                let still =
                    left.iter().flat_map(Diagnostics::list).any(|other| other.message == fault.message);
                assert!(!still, "{}: {}", faults.source().name(), fault.message);
                offered += 1;
            }
        }
    }
    assert!(offered > 10, "{offered} edits");
}
