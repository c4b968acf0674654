//! A fault in a file that is included has that file's name and places in every format.

use onex_contract::{Diagnostics, Format, IncludeError, Source, parse_with, render};
use serde_json::Value;

const ROUTING: &str = "handlers:\n  - handlr: { name: order_placed }\n";

/// A key that is misspelt in the included file, two lines of text before it.
fn faults() -> Diagnostics {
    let contract =
        "name: node_a\nnode_type: effect\ncontract_version: 1.0.0\nhandler_routing: !include routing.yaml\n";
    let source = Source::new("shop/contract.yaml", contract);
    let mut files = |path: &str| match path {
        "routing.yaml" => Ok(ROUTING.as_bytes().to_vec()),
        _ => Err(IncludeError::Missing { neighbours: Vec::new() }),
    };
    parse_with(&source, &mut files).expect_err("a misspelt key")
}

#[test]
fn json_counts_bytes_and_lines_of_the_included_file() {
    let document = render(&[faults()], Format::Json);
    let object: Value = serde_json::from_str(document.lines().next().expect("a line")).expect("JSON");
    assert_eq!(object["file"], "shop/routing.yaml");
    let span = &object["span"];
    assert_eq!(span["file"], "shop/routing.yaml");
    assert_eq!((&span["line_start"], &span["column_start"]), (&Value::from(2), &Value::from(5)));
    let at = ROUTING.find("handlr").expect("the key");
    assert_eq!(
        (&span["byte_start"], &span["byte_end"]),
        (&Value::from(at), &Value::from(at + "handlr".len()))
    );
}

#[test]
fn sarif_and_github_name_the_included_file() {
    let log: Value = serde_json::from_str(&render(&[faults()], Format::Sarif)).expect("JSON");
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "shop/routing.yaml");
    assert_eq!(place["region"]["startLine"], 2);
    assert!(render(&[faults()], Format::Github).starts_with("::error file=shop/routing.yaml,line=2,col=5,"));
}
