//! `onex schema`: a validator that is not ours takes every valid file and refuses what a schema can refuse.

use std::fs;
use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
use serde_yaml::Value as Yaml;

use crate::run::{GOOD, assert_snapshot, root, run, run_with_input};

fn printed() -> Value {
    printed_for("node")
}

fn printed_for(kind: &str) -> Value {
    let run = run(&root(), &["schema", "--kind", kind]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    serde_json::from_str(&run.stdout).expect("JSON")
}

/// The schema as a validator reads it, which also judges the schema by that of its draft.
struct Judge {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Judge {
    fn new() -> Self {
        Self::of("node")
    }

    fn of(kind: &str) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("contract.json", printed_for(kind)).expect("a name");
        let index =
            compiler.compile("contract.json", &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
        Self { schemas, index }
    }

    fn faults(&self, contract: &Value) -> Option<String> {
        self.schemas.validate(contract, self.index).err().map(|error| format!("{error:#}"))
    }
}

/// What a contract is to a validator: merges and includes are followed, as the reader follows them.
fn value(path: &Path) -> Value {
    let mut yaml = read(path);
    yaml.apply_merge().expect("merges of mappings");
    serde_json::to_value(yaml).expect("keys are strings")
}

fn read(path: &Path) -> Yaml {
    let text = fs::read_to_string(path).expect("a contract");
    included(serde_yaml::from_str(&text).expect("YAML"), path.parent().expect("a file is in a folder"))
}

fn included(yaml: Yaml, folder: &Path) -> Yaml {
    match yaml {
        Yaml::Tagged(tagged) if tagged.tag == "!include" => {
            read(&folder.join(tagged.value.as_str().expect("a path")))
        }
        Yaml::Tagged(tagged) => included(tagged.value, folder),
        Yaml::Sequence(items) => {
            Yaml::Sequence(items.into_iter().map(|item| included(item, folder)).collect())
        }
        Yaml::Mapping(entries) => {
            Yaml::Mapping(entries.into_iter().map(|(key, value)| (key, included(value, folder))).collect())
        }
        other => other,
    }
}

#[test]
fn every_valid_contract_conforms() {
    let judge = Judge::new();
    let mut judged = 0;
    let folder = root().join("onex-contract/tests/cases");
    for entry in fs::read_dir(folder).expect("the cases") {
        let path = entry.expect("an entry of the folder").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("valid_") && name.ends_with(".yaml") {
            assert_eq!(judge.faults(&value(&path)), None, "{name}");
            judged += 1;
        }
    }
    assert!(judged > 40, "only {judged} valid contracts");
}

/// The kinds of files beside contracts, and what such a file says that it is.
const KINDS: [(&str, &str); 5] = [
    ("input", "InputSubcontract"),
    ("output", "OutputSubcontract"),
    ("config", "ConfigSubcontract"),
    ("workflow", "WorkflowDefinition"),
    ("manifest", "NodeManifest"),
];

fn every_kind() -> impl Iterator<Item = &'static str> {
    ["node"].into_iter().chain(KINDS.map(|(argument, _)| argument))
}

#[test]
fn a_schema_takes_the_valid_files_of_its_kind_and_no_others() {
    let mut files: Vec<(String, Value)> = Vec::new();
    for entry in fs::read_dir(root().join("onex-contract/tests/documents")).expect("the cases") {
        let path = entry.expect("an entry of the folder").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if name.starts_with("valid_") && name.ends_with(".yaml") {
            files.push((name, value(&path)));
        }
    }
    for (argument, kind) in KINDS {
        let judge = Judge::of(argument);
        let mut conforming = 0;
        for (name, file) in &files {
            let faults = judge.faults(file);
            assert_eq!(faults.is_none(), file["kind"] == kind, "{name} as {argument}: {faults:?}");
            conforming += usize::from(faults.is_none());
        }
        assert!(conforming > 0, "no valid file is of the kind {kind}");
    }
}

#[test]
fn a_misspelt_key_of_a_file_beside_a_contract_does_not_conform() {
    let folder = root().join("onex-contract/tests/documents");
    for (argument, file) in [
        ("config", "valid_config.yaml"),
        ("workflow", "valid_workflow_with_conditions.yaml"),
        ("manifest", "valid_manifest_with_files.yaml"),
    ] {
        let mut file = value(&folder.join(file));
        file["metadata"].as_object_mut().expect("a mapping").insert("nmae".to_owned(), "x".into());
        let faults = Judge::of(argument).faults(&file).unwrap_or_else(|| panic!("{argument} conforms"));
        assert!(faults.contains("additionalProperties 'nmae'"), "{faults}");
    }
}

#[test]
fn without_a_kind_the_schema_is_that_of_contracts() {
    assert_eq!(serde_json::from_str::<Value>(&run(&root(), &["schema"]).stdout).expect("JSON"), printed());
    assert_eq!(run(&root(), &["schema", "--kind", "contract"]).code, 2);
}

/// A pointer into the good contract, what is put there, and what a validator says about it.
const FAULTS: [(&str, &str, &str); 16] = [
    ("/name", "5", "want string"),
    ("/name", "\"Node\"", "does not match pattern"),
    ("/node_type", "\"efect\"", "does not match pattern"),
    ("/node_type", "[]", "want string"),
    ("/contract_version", "1.0", "want string"),
    ("/contract_version", "\"1.0\"", "does not match pattern"),
    ("/handler_routing", "null", "want object"),
    ("/handler_routing/handlers", "{}", "want array"),
    ("/handler_routing/handlers/0/intent_model", "{}", "missing properties 'name'"),
    ("/handler_routing/handlers/0/no_such_key", "1", "additionalProperties 'no_such_key'"),
    ("/handler_routing/max_timeout_seconds", "0", "must be >=1"),
    ("/handler_routing/max_timeout_seconds", "86401", "must be <=86400"),
    ("/handler_routing/max_timeout_seconds", "\"60\"", "want integer"),
    ("/handler_routing/partial_failure_handling", "\"yes\"", "want boolean"),
    ("/handler_routing/execution_mode", "\"paralel\"", "does not match pattern"),
    ("/descripton", "\"misspelt\"", "additionalProperties 'descripton'"),
];

#[test]
fn faulty_values_do_not_conform() {
    let judge = Judge::new();
    let good: Value = serde_yaml::from_str(GOOD).expect("YAML");
    assert_eq!(judge.faults(&good), None);
    for (pointer, text, said) in FAULTS {
        let mut contract = good.clone();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let parent = contract.pointer_mut(parent).and_then(Value::as_object_mut).expect("a mapping");
        parent.insert(key.to_owned(), serde_json::from_str(text).expect("JSON"));
        let faults = judge.faults(&contract).unwrap_or_else(|| panic!("{pointer}: {text} conforms"));
        assert!(faults.contains(said), "{pointer}: {text}: {faults}");
    }
    for key in ["name", "node_type", "contract_version"] {
        let mut contract = good.clone();
        contract.as_object_mut().expect("a mapping").remove(key);
        let faults = judge.faults(&contract).unwrap_or_else(|| panic!("a contract without `{key}` conforms"));
        assert!(faults.contains(&format!("missing properties '{key}'")), "{faults}");
    }
}

#[test]
fn every_key_and_every_section_has_a_hover_text() {
    let all: Vec<Value> = every_kind().map(printed_for).collect();
    let mut keys = 0;
    for (name, section) in
        all.iter().flat_map(|schema| schema["definitions"].as_object().expect("definitions"))
    {
        assert!(section["description"].as_str().is_some_and(|text| text.ends_with('.')), "{name}");
        for (key, property) in section["properties"].as_object().expect("properties") {
            let text = property["description"].as_str().unwrap_or_default();
            assert!(text.len() > 5, "`{key}` of {name} has no hover text");
            keys += 1;
        }
    }
    assert!(keys > 200, "only {keys} keys");
}

/// Every `$ref` leads somewhere, and beside it stands nothing that draft 7 would ignore.
#[test]
fn references_stand_alone_and_lead_to_definitions() {
    fn check(value: &Value, schema: &Value, seen: &mut usize) {
        if let Some(reference) = value["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').expect("a reference in the file");
            let pointer = pointer.replace("%20", " ").replace("%60", "`");
            assert!(schema.pointer(&pointer).is_some(), "{reference} leads nowhere");
            assert!(value.as_object().is_some_and(|keys| keys.len() == 1), "{value}");
            *seen += 1;
        }
        let below: Vec<&Value> = match value {
            Value::Object(keys) => keys.values().collect(),
            Value::Array(items) => items.iter().collect(),
            _ => Vec::new(),
        };
        below.into_iter().for_each(|value| check(value, schema, seen));
    }
    let mut seen = 0;
    for schema in every_kind().map(printed_for) {
        check(&schema, &schema, &mut seen);
    }
    assert!(seen > 20, "only {seen} references");
}

#[test]
fn a_section_looks_as_an_editor_shows_it() {
    let schema = printed();
    let routing = format!("{:#}\n", schema["definitions"]["`handler_routing`"]);
    assert_snapshot("schema_handler_routing.json", &routing);
}

/// The line that tells an editor of the schema is a comment to all other commands, and stays the first.
#[test]
fn a_contract_with_the_line_for_editors_is_a_contract() {
    let manual = fs::read_to_string(root().join("docs/cli.md")).expect("the manual");
    let (_, rest) = manual.split_once("```yaml\n# yaml-language-server: $schema=").expect("the line");
    let contract =
        format!("# yaml-language-server: $schema={}", rest.split("```").next().expect("the contract"));
    let contract = contract + "handler: { name: record }\n";
    let check = run_with_input(&root(), &["check", "-"], contract.as_bytes());
    assert_eq!(check.code, 0, "{}", check.stdout);
    let fmt = run_with_input(&root(), &["fmt", "-"], contract.as_bytes());
    assert!(
        fmt.stdout.starts_with("# yaml-language-server: $schema=../contract.schema.json\nname: "),
        "{}",
        fmt.stdout
    );
}
