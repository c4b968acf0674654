//! `onex schema`: the language as a JSON Schema, for completion, hover and first checks in editors.
//!
//! Draft 7, as that is what the YAML extensions of editors know best. It is made from the tables of the language; what
//! a schema cannot say (references, circles, contradictions) is said by `onex check`.

use std::collections::BTreeMap;
use std::error::Error;

use onex_contract::language::{self, Key, Need, Runs, Section, Shape, Word};
use serde_json::{Map, Value, json};

use crate::output::{self, Exit};

/// Print a JSON Schema of contracts, for editors
///
/// With it the YAML extensions of editors complete keys and words, show what they mean, and mark what cannot be right.
/// `onex check` says the rest.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {}

const EXAMPLES: &str = "\
Examples:
  onex schema > contract.schema.json

In VS Code, with the YAML extension, in .vscode/settings.json:
  \"yaml.schemas\": { \"./contract.schema.json\": [\"contract.yaml\", \"*_contract.yaml\"] }
In any editor with yaml-language-server, as the first line of a contract:
  # yaml-language-server: $schema=contract.schema.json";

pub(crate) fn run(_: &Args) -> Result<Exit, Box<dyn Error>> {
    output::print(&format!("{:#}\n", schema(language::contract())))?;
    Ok(Exit::Fine)
}

/// The schema of what has a section as its root.
fn schema(root: &'static Section) -> Value {
    let definitions: BTreeMap<&str, Value> =
        language::sections(&[root]).into_iter().map(|section| (section.name, of_section(section))).collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "onex contract",
        "description": root.what,
        "allOf": [{ "$ref": reference(root) }],
        "definitions": definitions,
    })
}

fn reference(section: &Section) -> String {
    // In a fragment of a URI and a JSON pointer.
    let name = section.name.replace('~', "~0").replace('/', "~1").replace(' ', "%20").replace('`', "%60");
    format!("#/definitions/{name}")
}

fn of_section(section: &'static Section) -> Value {
    let mut properties = Map::new();
    for key in section.keys {
        properties.insert(key.name.to_owned(), of_key(key));
    }
    for foreign in section.foreign {
        properties.insert(foreign.name.to_owned(), json!({ "description": foreign.what }));
    }
    // A merge brings keys from elsewhere.
    properties.insert("<<".to_owned(), json!({ "description": "Keys from another mapping." }));
    let required: Vec<&str> =
        section.keys.iter().filter(|key| key.need == Need::Required).map(|key| key.name).collect();
    let mut schema = json!({
        "type": "object",
        "description": section.what,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let alternatives: Vec<Value> = section.keys.iter().filter_map(one_of).collect();
    if !alternatives.is_empty() {
        schema["allOf"] = json!(alternatives);
    }
    if !section.foreign.is_empty() {
        schema["patternProperties"] = json!({ "^x-": {} });
    }
    schema
}

/// That one of the keys is there which stand for each other.
fn one_of(key: &Key) -> Option<Value> {
    let Need::RequiredOr(others) = key.need else { return None };
    let keys = std::iter::once(&key.name).chain(others);
    Some(json!({ "anyOf": keys.map(|key| json!({ "required": [key] })).collect::<Vec<_>>() }))
}

fn of_key(key: &'static Key) -> Value {
    let mut schema = of_shape(&key.shape);
    let description = described(key);
    // Beside a `$ref`, draft 7 ignores every other keyword.
    if schema.get("$ref").is_some() {
        schema = json!({ "allOf": [schema] });
    }
    schema["description"] = json!(description);
    schema["markdownDescription"] = json!(description);
    if let Need::Default(default) = key.need {
        // Defaults are written as in a contract: numbers and booleans are JSON as they stand.
        schema["default"] = serde_json::from_str(default).unwrap_or_else(|_| json!(default));
    }
    schema
}

fn described(key: &Key) -> String {
    let mut text = key.what.to_owned();
    match key.runs {
        Runs::Later => text.push_str("\n\nNot executed by this version."),
        Runs::OnlyOff => text.push_str("\n\nThis version executes only `false`."),
        Runs::OnlyOn => text.push_str("\n\nThis version executes only `true`."),
        Runs::Yes | Runs::Documents => {}
    }
    if let Shape::Word(words) = &key.shape {
        text.push('\n');
        for word in *words {
            let wait = if word.runs { "" } else { " (Not executed by this version.)" };
            text.push_str(&format!("\n- `{}`: {}{wait}", word.name, word.what.trim()));
        }
    }
    text
}

fn of_shape(shape: &'static Shape) -> Value {
    match shape {
        Shape::Text(text) => {
            let mut schema = json!({ "type": "string" });
            if let Some(pattern) = text.pattern {
                schema["pattern"] = json!(pattern);
            }
            if !text.rule.is_empty() {
                schema["title"] = json!(format!("{}: {}", text.name, text.rule));
            }
            schema
        }
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Number { min, max } => json!({ "type": "number", "minimum": min, "maximum": max }),
        Shape::Word(words) => json!({ "anyOf": [
            { "enum": words.iter().map(|word| word.name).collect::<Vec<_>>() },
            { "type": "string", "pattern": in_any_case(words) },
        ] }),
        Shape::List(entry) => json!({ "type": "array", "items": of_shape(entry) }),
        Shape::Table { values, .. } => json!({ "type": "object", "additionalProperties": of_shape(values) }),
        Shape::Section(section) => json!({ "$ref": reference(section) }),
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(of_shape).collect::<Vec<_>>() }),
        Shape::Null => json!({ "type": "null" }),
        Shape::Anything => json!({}),
    }
}

/// ECMA 262 has no flag inside a pattern that makes case irrelevant.
fn in_any_case(words: &[Word]) -> String {
    let spelling = |text: &str| -> String {
        text.chars()
            .map(|character| match character.is_ascii_alphabetic() {
                true => format!("[{}{}]", character.to_ascii_lowercase(), character.to_ascii_uppercase()),
                false => character.to_string(),
            })
            .collect()
    };
    let all = words.iter().flat_map(|word| std::iter::once(&word.name).chain(word.also));
    format!("^({})$", all.map(|text| spelling(text)).collect::<Vec<_>>().join("|"))
}
