//! `onex schema`: the language as a JSON Schema, for completion, hover and first checks in editors.
//!
//! Draft 7, as that is what the YAML extensions of editors know best. It is made from the tables of the language; what
//! a schema cannot say (references, circles, contradictions) is said by `onex check`.

use std::collections::BTreeMap;
use std::error::Error;

use clap::ValueEnum;
use onex_contract::document::DocumentKind;
use onex_contract::language::{self, Key, Need, Runs, Section, Shape, Word, Words};
use serde_json::{Map, Value, json};

use crate::output::{self, Exit};

/// Print a JSON Schema of contracts, or of the files beside them, for editors
///
/// With it the YAML extensions of editors complete keys and words, show what they mean, and mark what cannot be right.
/// `onex check` says the rest.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Which files the schema is for
    #[arg(long, value_enum, default_value_t = Kind::Node)]
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Contracts of nodes
    Node,
    /// What a node is given: `kind: InputSubcontract`
    Input,
    /// What a node gives back: `kind: OutputSubcontract`
    Output,
    /// What a node is configured with: `kind: ConfigSubcontract`
    Config,
    /// Workflows in files of their own: `kind: WorkflowDefinition`
    Workflow,
    /// What a node is where it is deployed: `kind: NodeManifest`
    Manifest,
}

const EXAMPLES: &str = "\
Examples:
  onex schema > contract.schema.json
  onex schema --kind manifest > manifest.schema.json

In VS Code, with the YAML extension, in .vscode/settings.json:
  \"yaml.schemas\": { \"./contract.schema.json\": [\"contract.yaml\", \"*_contract.yaml\"] }
In any editor with yaml-language-server, as the first line of a contract:
  # yaml-language-server: $schema=contract.schema.json";

pub(crate) fn run(args: &Args) -> Result<Exit, Box<dyn Error>> {
    output::print(&format!("{:#}\n", schema(args.kind.of_document())))?;
    Ok(Exit::Fine)
}

impl Kind {
    /// What the file says that it is; the contract of a node does not say it.
    fn of_document(self) -> Option<DocumentKind> {
        match self {
            Self::Node => None,
            Self::Input => Some(DocumentKind::InputSubcontract),
            Self::Output => Some(DocumentKind::OutputSubcontract),
            Self::Config => Some(DocumentKind::ConfigSubcontract),
            Self::Workflow => Some(DocumentKind::WorkflowDefinition),
            Self::Manifest => Some(DocumentKind::NodeManifest),
        }
    }
}

/// The schema of the files of a kind.
fn schema(kind: Option<DocumentKind>) -> Value {
    let root = kind.map_or_else(language::contract, language::document);
    let definitions: BTreeMap<&str, Value> =
        language::sections(&[root]).into_iter().map(|section| (section.name, of_section(section))).collect();
    let mut parts = vec![json!({ "$ref": reference(root) })];
    if let Some(kind) = kind {
        // Kinds that have one table differ in the word.
        let word = DocumentKind::WORDS.iter().filter(|word| word.is(kind.as_str()));
        parts.push(json!({ "properties": { "kind": of_words(word) } }));
    }
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": kind.map_or("onex contract".to_owned(), |kind| format!("onex {}", kind.as_str())),
        "description": root.what,
        "allOf": parts,
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
        Shape::Word(words) => of_words(words.iter()),
        Shape::List(entry) => json!({ "type": "array", "items": of_shape(entry) }),
        Shape::Table { values, .. } => json!({ "type": "object", "additionalProperties": of_shape(values) }),
        Shape::Section(section) => json!({ "$ref": reference(section) }),
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(of_shape).collect::<Vec<_>>() }),
        Shape::Null => json!({ "type": "null" }),
        Shape::Anything => json!({}),
    }
}

fn of_words<'a>(words: impl Iterator<Item = &'a Word> + Clone) -> Value {
    json!({ "anyOf": [
        { "enum": words.clone().map(|word| word.name).collect::<Vec<_>>() },
        { "type": "string", "pattern": in_any_case(words) },
    ] })
}

/// ECMA 262 has no flag inside a pattern that makes case irrelevant.
fn in_any_case<'a>(words: impl Iterator<Item = &'a Word>) -> String {
    let spelling = |text: &str| -> String {
        text.chars()
            .map(|character| match character.is_ascii_alphabetic() {
                true => format!("[{}{}]", character.to_ascii_lowercase(), character.to_ascii_uppercase()),
                false => character.to_string(),
            })
            .collect()
    };
    let all = words.flat_map(|word| std::iter::once(&word.name).chain(word.also));
    format!("^({})$", all.map(|text| spelling(text)).collect::<Vec<_>>().join("|"))
}
