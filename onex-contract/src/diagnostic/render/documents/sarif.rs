//! SARIF 2.1.0, which code scanning services read: one run, the codes that occur as its rules.

use std::collections::{BTreeMap, BTreeSet};

use super::explained;
use super::json_text::Json;
use super::region::Region;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, page};
use crate::source::{Source, Span};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The place of each code in the list of rules.
type Rules = BTreeMap<Code, usize>;

pub(super) fn sarif(files: &[Diagnostics]) -> String {
    let all = || files.iter().flat_map(|file| file.list().iter().map(move |found| (found, file.source())));
    let codes: BTreeSet<Code> = all().map(|(found, _)| found.code).collect();
    let rules: Rules = codes.into_iter().enumerate().map(|(position, code)| (code, position)).collect();

    let driver = Json::object([
        ("name", Json::string("onex")),
        ("semanticVersion", Json::string(env!("CARGO_PKG_VERSION"))),
        ("rules", Json::array(rules.keys().map(|code| rule(*code)))),
    ]);
    let run = Json::object([
        ("tool", Json::object([("driver", driver)])),
        ("columnKind", Json::string("unicodeCodePoints")),
        ("results", Json::array(all().map(|(found, source)| result(found, source, &rules)))),
    ]);
    Json::object([
        ("$schema", Json::string(SCHEMA)),
        ("version", Json::string("2.1.0")),
        ("runs", Json::array([run])),
    ])
    .line()
}

fn rule(code: Code) -> Json {
    let text = |text| Json::object([("text", Json::string(text))]);
    Json::object([
        ("id", Json::string(code.as_str())),
        ("name", Json::string(&format!("{code:?}"))),
        ("shortDescription", text(code.title())),
        ("fullDescription", text(page::meaning(code))),
        (
            "help",
            Json::object([("text", Json::string(page::mend(code))), ("markdown", Json::string(code.page()))]),
        ),
    ])
}

fn result(found: &Diagnostic, source: &Source, rules: &Rules) -> Json {
    let related = found.secondary.iter().map(|label| {
        let place = ("physicalLocation", place(label.span, source));
        Json::object([place].into_iter().chain(words(&label.text)))
    });
    let primary = ("physicalLocation", place(found.primary.span, source));
    let location = Json::object([primary].into_iter().chain(words(&found.primary.text)));
    Json::object([
        ("ruleId", Json::string(found.code.as_str())),
        ("ruleIndex", Json::number(rules[&found.code])),
        ("level", Json::string(found.severity.as_str())),
        ("message", message(&explained(found))),
        ("locations", Json::array([location])),
        ("relatedLocations", Json::array(related)),
        ("fixes", Json::array(fix(found, source))),
    ])
}

/// What is said about a place; no message may be empty.
fn words(text: &str) -> Option<(&'static str, Json)> {
    (!text.is_empty()).then(|| ("message", message(text)))
}

fn fix(found: &Diagnostic, source: &Source) -> Option<Json> {
    let help = found.help.as_ref()?;
    let (span, by) = help.replacement.as_ref()?;
    let replacement = Json::object([
        ("deletedRegion", region(*span, source)),
        ("insertedContent", Json::object([("text", Json::string(by))])),
    ]);
    let change = Json::object([
        ("artifactLocation", artifact(*span, source)),
        ("replacements", Json::array([replacement])),
    ]);
    Some(Json::object([("description", message(&help.text)), ("artifactChanges", Json::array([change]))]))
}

fn place(span: Span, source: &Source) -> Json {
    Json::object([("artifactLocation", artifact(span, source)), ("region", region(span, source))])
}

fn region(span: Span, source: &Source) -> Json {
    let region = Region::of(span, source);
    Json::object([
        ("startLine", Json::number(region.line_start)),
        ("startColumn", Json::number(region.column_start)),
        ("endLine", Json::number(region.line_end)),
        ("endColumn", Json::number(region.column_end)),
    ])
}

/// In messages braces surround the number of an argument, and `[words](target)` is a link, which no contract is to
/// bring into a report. (Texts of rules have no arguments.)
fn message(text: &str) -> Json {
    let mut text = text.replace('{', "{{").replace('}', "}}");
    if text.contains("](") {
        text = text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    }
    Json::object([("text", Json::string(&text))])
}

fn artifact(span: Span, source: &Source) -> Json {
    Json::object([("uri", Json::string(&uri(source.file_of(span).name())))])
}

/// A path as a URI: relative if it is relative.
fn uri(path: &str) -> String {
    let path = if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() };
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
