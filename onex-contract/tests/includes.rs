//! Contracts of several files: which files are asked for, what they are called, and where things stand in them.

use std::path::Path;

use onex_contract::{
    Code, Contract, Diagnostics, IncludeError, LoadError, Source, SourceFile, Span, load, parse, parse_with,
};

const CONTRACT: &str = "name: node_order_effect
node_type: effect
contract_version: !include common/version.yaml
handler_routing:
  handlers:
    - !include parts/route.yaml
consumed_events: !include ../events.yaml
";
const VERSION: &str = "{ major: 1, minor: 2, patch: 3 }\n";
const ROUTE: &str =
    "# of a file\nevent_model: { name: !include name.yaml }\nhandler: { name: order_placed }\n";
const EVENTS: &str = "- { topic: onex.cmd.orders.place-order.v1, event_type: !include node/parts/name.yaml, external: true }\n";

/// Reads the contract, with another text of its events; gives the paths that it asked for.
fn read(name: &str, events: &str) -> (Result<Contract, Diagnostics>, Vec<String>) {
    let mut asked = Vec::new();
    let contract = parse_with(&Source::new(name, CONTRACT), &mut |path| {
        asked.push(path.to_owned());
        let text = match path {
            "common/version.yaml" => VERSION,
            "parts/route.yaml" => ROUTE,
            "parts/name.yaml" | "../node/parts/name.yaml" => "OrderPlaced",
            "../events.yaml" => events,
            _ => return Err(IncludeError::Missing { neighbours: Vec::new() }),
        };
        Ok(text.into())
    });
    (contract, asked)
}

fn names(source: &Source) -> Vec<&str> {
    source.files().map(SourceFile::name).collect()
}

#[test]
fn files_are_asked_for_in_order_by_their_path_from_the_contract() {
    let (contract, asked) = read("contract.yaml", EVENTS);
    let files = [
        "common/version.yaml",
        "parts/route.yaml",
        "parts/name.yaml",
        "../events.yaml",
        "../node/parts/name.yaml",
    ];
    assert_eq!(asked, files);
    let contract = contract.expect("a valid contract");
    let paths: Vec<&str> = contract.source.files().map(SourceFile::path).collect();
    assert_eq!((paths[0], &paths[1..]), ("contract.yaml", &files[..]));
    assert_eq!((contract.source.name(), contract.source.text()), ("contract.yaml", CONTRACT));
}

#[test]
fn files_go_by_names_like_that_of_the_contract() {
    for (name, expected) in [
        ("node/contract.yaml", ["node/common/version.yaml", "events.yaml"]),
        ("src/node/contract.yaml", ["src/node/common/version.yaml", "src/events.yaml"]),
        ("./contract.yaml", ["./common/version.yaml", "../events.yaml"]),
    ] {
        let contract = read(name, EVENTS).0.expect("a valid contract");
        let names = names(&contract.source);
        assert_eq!((names[0], [names[1], names[4]]), (name, expected));
    }
}

#[test]
fn every_place_knows_its_file() {
    let contract = read("contract.yaml", EVENTS).0.expect("a valid contract");
    let source = &contract.source;
    let [route] = &contract.routes[..] else { panic!("one route") };
    assert_eq!((source.file_of(route.span).name(), contract.at(route.span)), ("parts/route.yaml", (2, 1)));
    assert_eq!(source.slice(route.handler.name.span), "order_placed");
    assert_eq!(
        contract.excerpt(route.handler.name.span),
        " --> parts/route.yaml:3:18\n  |\n3 | handler: { name: order_placed }\n  |                  ^^^^^^^^^^^^"
    );
    assert_eq!(source.file_of(contract.kind_span).name(), "contract.yaml");
    assert_eq!(source.file_of(contract.events[0].declared).name(), "../events.yaml");
}

#[test]
fn the_end_of_a_file_is_no_place_in_the_next() {
    let contract = read("contract.yaml", EVENTS).0.expect("a valid contract");
    let source = &contract.source;
    let end = Span::at(CONTRACT.len());
    assert_eq!((source.file_of(end).name(), source.line_col(end.start)), ("contract.yaml", (8, 1)));
    let next = Span::at(CONTRACT.len() + 1);
    assert_eq!((source.file_of(next).name(), source.line_col(next.start)), ("common/version.yaml", (1, 1)));
    let beyond = Span::at(usize::MAX);
    assert_eq!((source.file_of(beyond).name(), source.slice(beyond)), ("../node/parts/name.yaml", ""));
}

#[test]
fn a_source_that_was_read_can_be_read_again() {
    let contract = read("contract.yaml", EVENTS).0.expect("a valid contract");
    let faults = parse(&contract.source).expect_err("there are no files now");
    assert_eq!(names(faults.source()), ["contract.yaml"]);
    assert_eq!(faults.list().len(), 3);
}

#[test]
fn where_no_files_are_read_an_include_is_a_fault() {
    let faults = parse(&Source::new("contract.yaml", CONTRACT)).expect_err("no files");
    assert_eq!(
        faults.list()[0].render_plain(faults.source()),
        "\
error[ONEX0014]: `common/version.yaml` cannot be included: no file but the contract is read here
 --> contract.yaml:3:28
  |
3 | contract_version: !include common/version.yaml
  |                            ^^^^^^^^^^^^^^^^^^^ included here
  |
  = help: load the contract from its file, or write here what the other file says"
    );
}

#[test]
fn the_files_of_a_faulty_contract_are_known_too() {
    let (verdict, _) = read("contract.yaml", "- { topic: [\n");
    let faults = verdict.expect_err("a list without end");
    assert_eq!(faults.list().len(), 1, "{faults}");
    assert_eq!(faults.list()[0].code, Code::Syntax);
    assert_eq!(names(faults.source()).last(), Some(&"../events.yaml"));
}

#[test]
fn a_file_that_is_not_read_is_no_file_of_the_contract() {
    let source = Source::new("contract.yaml", CONTRACT);
    let faults = parse_with(&source, &mut |_| Err(IncludeError::NotAFile)).expect_err("nothing is a file");
    assert_eq!(names(faults.source()), ["contract.yaml"]);
    let faults = parse_with(&source, &mut |_| Err(IncludeError::Io(std::io::Error::other("on fire"))))
        .expect_err("no file");
    let message = &faults.list()[0].message;
    assert_eq!(message, "`common/version.yaml` cannot be included: on fire");
}

#[test]
fn a_message_for_a_compile_error_names_the_file() {
    let faults =
        read("contract.yaml", &EVENTS.replace("event_type", "event_typ")).0.expect_err("a misspelt key");
    let rendered = faults.list()[0].render_for_compile_error(faults.source());
    assert!(rendered.contains("\n --> ../events.yaml:1:44\n"), "{rendered}");
    assert!(rendered.contains("= note: `../events.yaml` is included at contract.yaml:7:18"), "{rendered}");
}

#[test]
fn a_contract_is_loaded_with_its_files() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let contract = load(cases.join("valid_includes.yaml"), "src/order.yaml").expect("a valid contract");
    let source = &contract.source;
    assert_eq!(names(source)[..2], ["src/order.yaml", "src/valid_includes.d/kind.yaml"]);
    for file in source.files() {
        let text = std::fs::read_to_string(cases.join(file.path())).expect("the path leads there");
        assert_eq!(text, file.text());
    }
    let paths: Vec<&str> = source.files().map(SourceFile::path).collect();
    assert_eq!(paths.len(), 12, "each path once: {paths:?}");

    assert_eq!(contract.kind.as_str(), "orchestrator");
    assert_eq!(
        (contract.contract_version.minor, contract.node_version.map(|version| version.patch)),
        (2, Some(3))
    );
    assert_eq!(contract.description.as_deref(), Some("Several lines,\nkept as they are.\n"));
    let workflow = contract.workflow.as_ref().expect("a workflow");
    let retries: Vec<_> = workflow.steps.iter().map(|step| (step.timeout_ms, step.retry_count)).collect();
    assert_eq!(retries, [(30_000, None), (2_000, Some(2)), (2_000, Some(5))]);
}

#[test]
fn a_contract_includes_itself_whatever_messages_call_it() {
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/");
    let Err(LoadError::Invalid(faults)) = load(format!("{cases}include_itself.yaml"), "other.yaml") else {
        panic!("it has a fault")
    };
    assert_eq!(faults.list()[0].message, "`other.yaml` includes itself");
}
