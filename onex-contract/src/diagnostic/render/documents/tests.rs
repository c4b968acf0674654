//! Whatever a diagnostic says, it arrives: no text breaks a document, none is changed by one.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use super::{Format, render};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::source::{Source, Span};

/// What has a meaning in one of the formats, or to a terminal.
const PIECES: [&str; 27] = [
    "\"",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\0",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{9b}",
    "\u{2028}",
    "\u{202e}",
    "%",
    "%0A",
    ":",
    "::",
    ",",
    "::error::",
    "{",
    "}",
    "{0}",
    "[a](b)",
    "[",
    "](",
    "ä",
    "😀",
    "/",
];

const TEXT: &str = "a: 1\nb: zwölf\nc: 3\n";
const ZWOELF: Span = Span { start: 8, end: 14 };

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        select(&PIECES[..]).prop_map(str::to_owned),
        "[a-z ]{1,6}",
        any::<char>().prop_map(String::from)
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn one(name: &str, diagnostic: Diagnostic) -> [Diagnostics; 1] {
    [Diagnostics::of(Source::new(name, TEXT), diagnostic)]
}

fn with(texts: &[String; 6]) -> Diagnostic {
    let [message, label, other, note, help, by] = texts;
    Diagnostic::new(Code::UnknownKey, message, ZWOELF, label)
        .also(Span { start: 0, end: 1 }, other)
        .note(note)
        .replace(help, ZWOELF, by)
}

/// Without what colours it.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').expect("only colours are escaped").1)
}

/// What a reader of SARIF makes of a message: `\` takes the meaning from what follows it wherever there may be a link.
fn read_message(message: &Value) -> String {
    let text = message["text"].as_str().expect("a message has a text");
    let braces = |text: &str| text.replace("{{", "{").replace("}}", "}");
    if !text.contains("](") {
        return braces(text);
    }
    let mut read = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        assert!(!"[]".contains(character), "`{text}` has a link");
        read.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    braces(&read)
}

/// What GitHub makes of a line: severity, properties, message.
fn read_command(line: &str) -> (&str, Vec<(&str, String)>, String) {
    let decoded = |text: &str| {
        text.replace("%0A", "\n")
            .replace("%0D", "\r")
            .replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let (head, message) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a command");
    let (severity, properties) = head.split_once(' ').expect("a command has properties");
    let properties = properties.split(',').map(|property| {
        let (name, value) = property.split_once('=').expect("a property has a value");
        (name, decoded(value))
    });
    (severity, properties.collect(), decoded(message))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_survives_json(name in hostile(), texts in proptest::array::uniform6(hostile())) {
        let document = render(&one(&name, with(&texts)), Format::Json);
        prop_assert_eq!(document.matches('\n').count(), 1);
        let object: Value = serde_json::from_str(&document).expect("JSON");
        let edit = &object["help"]["edits"][0];
        let told = [
            &object["message"], &object["label"], &object["labels"][0]["text"], &object["notes"][0],
            &object["help"]["text"], &edit["text"],
        ];
        for (told, text) in told.into_iter().zip(&texts) {
            prop_assert_eq!(told.as_str(), Some(text.as_str()));
        }
        prop_assert_eq!(object["file"].as_str(), Some(name.as_str()));
        prop_assert_eq!(&edit["span"], &object["span"]);
        prop_assert_eq!(&object["span"], &serde_json::json!({
            "file": name, "byte_start": 8, "byte_end": 14, "line_start": 2, "column_start": 4, "line_end": 2, "column_end": 9,
        }));
    }

    #[test]
    fn every_text_survives_sarif(name in hostile(), texts in proptest::array::uniform6(hostile())) {
        let document = render(&one(&name, with(&texts)), Format::Sarif);
        let log: Value = serde_json::from_str(&document).expect("JSON");
        let result = &log["runs"][0]["results"][0];
        let [message, label, other, note, help, by] = &texts;
        let said = read_message(&result["message"]);
        prop_assert!(said.starts_with(&format!("{message}\nnote: {note}\nhelp: {help}")), "{}", said);
        let places = [(&result["locations"][0], label), (&result["relatedLocations"][0], other)];
        for (place, text) in places {
            prop_assert_eq!(place.get("message").map(read_message).unwrap_or_default(), text.as_str());
            let uri = place["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a URI");
            prop_assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/%:".contains(&byte)), "{}", uri);
        }
        prop_assert_eq!(read_message(&result["fixes"][0]["description"]), help.as_str());
        let inserted = &result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"];
        prop_assert_eq!(inserted.as_str(), Some(by.as_str()));
    }

    #[test]
    fn every_text_survives_github(name in hostile(), texts in proptest::array::uniform6(hostile())) {
        let document = render(&one(&name, with(&texts)), Format::Github);
        prop_assert_eq!((document.matches('\n').count(), document.contains('\r')), (1, false));
        let (severity, properties, message) = read_command(document.trim_end_matches('\n'));
        let [said, _, _, note, help, _] = &texts;
        prop_assert!(message.starts_with(&format!("{said}\nnote: {note}\nhelp: {help}")), "{}", message);
        prop_assert_eq!(severity, "error");
        let expected = [
            ("file", name.as_str()), ("line", "2"), ("col", "4"), ("endLine", "2"), ("endColumn", "9"),
            ("title", "ONEX0103: A key is not part of the language."),
        ];
        let expected: Vec<(&str, String)> = expected.map(|(name, value)| (name, value.to_owned())).to_vec();
        prop_assert_eq!(properties, expected);
    }

    #[test]
    fn no_text_steers_a_terminal(name in hostile(), texts in proptest::array::uniform6(hostile())) {
        let file = one(&name, with(&texts));
        let plain = render(&file, Format::Plain);
        let steers = |character: char| (character.is_control() && !"\n\t".contains(character)) || character == '\u{202e}';
        prop_assert!(!plain.contains(steers), "{:?}", plain);
        prop_assert_eq!(uncoloured(&render(&file, Format::Terminal)), plain);
    }

    #[test]
    fn no_line_of_a_file_steers_a_terminal(text in hostile()) {
        let source = Source::new("contract.yaml", text.clone());
        let span = Span { start: 0, end: text.len() };
        let plain = render(&[Diagnostics::of(source, Diagnostic::new(Code::Syntax, "m", span, ""))], Format::Plain);
        prop_assert!(!plain.contains(|character: char| character.is_control() && character != '\n'), "{:?}", plain);
    }
}

#[test]
fn a_warning_is_one_in_every_format() {
    let warning = Diagnostic::new(Code::NotInThisVersion, "not executed", ZWOELF, "this").warning();
    assert_eq!(warning.severity, Severity::Warning);
    let file = one("contract.yaml", warning);
    assert!(!file[0].has_errors());

    assert!(render(&file, Format::Plain).starts_with("warning[ONEX0106]: not executed\n"));
    assert!(uncoloured(&render(&file, Format::Terminal)).starts_with("warning[ONEX0106]: not executed\n"));
    assert!(render(&file, Format::Json).contains(r#""severity":"warning""#));
    assert!(render(&file, Format::Sarif).contains(r#""level":"warning""#));
    assert!(render(&file, Format::Github).starts_with("::warning file=contract.yaml,line=2,"));
}

#[test]
fn without_diagnostics_only_sarif_has_something_to_say() {
    for format in [Format::Plain, Format::Terminal, Format::Json, Format::Github] {
        assert_eq!(render(&[], format), "");
    }
    let log: Value = serde_json::from_str(&render(&[], Format::Sarif)).expect("JSON");
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"], serde_json::json!([]));
}

#[test]
fn a_path_becomes_a_uri() {
    let uri = |name: &str| {
        let file = one(name, Diagnostic::new(Code::Syntax, "m", ZWOELF, ""));
        let log: Value = serde_json::from_str(&render(&file, Format::Sarif)).expect("JSON");
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        place["artifactLocation"]["uri"].as_str().expect("a URI").to_owned()
    };
    assert_eq!(uri("nodes/shop/contract.yaml"), "nodes/shop/contract.yaml");
    assert_eq!(uri("/srv/a b.yaml"), "file:///srv/a%20b.yaml");
    assert_eq!(uri("c:x%ö#?.yaml"), "c%3Ax%25%C3%B6%23%3F.yaml");
}
