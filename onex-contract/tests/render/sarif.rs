//! What SARIF says of every case, read back, and held against what its schema demands of the objects that are used.

use std::collections::BTreeSet;

use onex_contract::{Diagnostics, Format, Severity, Span, render};
use serde_json::Value;

use super::{bytes_at, cases, two_files};

/// The members that the schema of SARIF 2.1.0 knows of the objects that are written here; those with a `!` are required.
const SARIF: [(&str, &[&str]); 13] = [
    ("log", &["$schema", "version!", "runs!"]),
    ("run", &["tool!", "columnKind", "results"]),
    ("tool", &["driver!"]),
    ("driver", &["name!", "semanticVersion", "rules"]),
    ("rule", &["id!", "name", "shortDescription", "fullDescription", "help"]),
    ("multiformat", &["text!", "markdown"]),
    ("result", &["message!", "ruleId", "ruleIndex", "level", "locations", "relatedLocations", "fixes"]),
    ("location", &["physicalLocation", "message"]),
    ("physical", &["artifactLocation", "region"]),
    ("artifact", &["uri"]),
    ("fix", &["description", "artifactChanges!"]),
    ("change", &["artifactLocation!", "replacements!"]),
    ("replacement", &["deletedRegion!", "insertedContent"]),
];

/// Asserts that an object has what its kind needs, and nothing that its kind has not.
fn has_members(kind: &str, object: &Value) {
    let (_, known) = SARIF.iter().find(|(name, _)| *name == kind).expect("a kind of the list");
    let object = object.as_object().unwrap_or_else(|| panic!("a {kind} is an object"));
    let names: BTreeSet<&str> = known.iter().map(|name| name.trim_end_matches('!')).collect();
    assert!(
        object.keys().all(|key| names.contains(key.as_str())),
        "a {kind} has none of {:?}",
        object.keys()
    );
    let required = known.iter().filter_map(|name| name.strip_suffix('!'));
    required.for_each(|name| assert!(object.contains_key(name), "a {kind} needs `{name}`"));
}

fn items<'v>(object: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    object[key].as_array().unwrap_or_else(|| panic!("`{key}` is a list")).iter()
}

fn check_message(message: &Value) {
    assert_eq!(message.as_object().map(serde_json::Map::len), Some(1));
    assert!(message["text"].as_str().is_some_and(|text| !text.is_empty()), "{message}");
}

fn check_region(region: &Value, text: &str) -> Span {
    assert_eq!(region.as_object().map(serde_json::Map::len), Some(4));
    let start = bytes_at(text, &region["startLine"], &region["startColumn"]);
    let end = bytes_at(text, &region["endLine"], &region["endColumn"]);
    assert!(start <= end, "{region}");
    Span { start, end }
}

fn check_location(location: &Value, text: &str) -> Span {
    has_members("location", location);
    location.get("message").into_iter().for_each(check_message);
    let place = &location["physicalLocation"];
    has_members("physical", place);
    has_members("artifact", &place["artifactLocation"]);
    check_region(&place["region"], text)
}

#[test]
fn sarif_says_of_every_case_what_the_diagnostic_says_as_its_schema_demands() {
    let files: Vec<Diagnostics> = cases().into_iter().chain(two_files()).collect();
    let log: Value = serde_json::from_str(&render(&files, Format::Sarif)).expect("JSON");
    has_members("log", &log);
    assert_eq!(log["version"], "2.1.0");
    let [run] = log["runs"].as_array().expect("runs").as_slice() else { panic!("one run") };
    has_members("run", run);
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    has_members("tool", &run["tool"]);
    let driver = &run["tool"]["driver"];
    has_members("driver", driver);

    let mut ids = Vec::new();
    for rule in items(driver, "rules") {
        has_members("rule", rule);
        ["shortDescription", "fullDescription", "help"]
            .iter()
            .for_each(|key| has_members("multiformat", &rule[key]));
        ids.push(rule["id"].as_str().expect("an id"));
    }
    let occurring: BTreeSet<&str> =
        files.iter().flat_map(|file| file.list().iter().map(|fault| fault.code.as_str())).collect();
    assert!(ids.iter().eq(&occurring), "each code that occurs, once");

    let all = files.iter().flat_map(|file| file.list().iter().map(|fault| (fault, file.source().text())));
    let mut results = items(run, "results");
    for (fault, text) in all {
        let result = results.next().expect("a result for each diagnostic");
        has_members("result", result);
        check_message(&result["message"]);
        assert_eq!((fault.severity, &result["level"]), (Severity::Error, &Value::from("error")));
        assert_eq!(result["ruleId"], fault.code.as_str());
        let index = result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok());
        assert_eq!(index.map(|index| ids[index]), Some(fault.code.as_str()));
        let places: Vec<Span> = items(result, "locations").map(|place| check_location(place, text)).collect();
        assert_eq!(places, [fault.primary.span]);
        let related = items(result, "relatedLocations").map(|place| check_location(place, text));
        assert!(related.eq(fault.secondary.iter().map(|label| label.span)));

        let replacement = fault.help.as_ref().and_then(|help| help.replacement.as_ref());
        assert_eq!(items(result, "fixes").count(), usize::from(replacement.is_some()));
        for (fix, (span, by)) in items(result, "fixes").zip(replacement) {
            has_members("fix", fix);
            check_message(&fix["description"]);
            for change in items(fix, "artifactChanges") {
                has_members("change", change);
                has_members("artifact", &change["artifactLocation"]);
                for replacement in items(change, "replacements") {
                    has_members("replacement", replacement);
                    assert_eq!(check_region(&replacement["deletedRegion"], text), *span);
                    assert_eq!(replacement["insertedContent"]["text"], by.as_str());
                }
            }
        }
    }
    assert!(results.next().is_none());
}
