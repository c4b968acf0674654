//! `onex check` of several contracts: what is said of them together, in each format, and how it ends.

use std::path::PathBuf;

use serde_json::Value;

use crate::run::{BAD, Run, assert_snapshot, folder, run, run_with_input, write};

const SHOP: &str = "\
name: node_shop_effect
node_type: effect
contract_version: 1.0.0
handler_routing:
  handlers:
    - { event_model: { name: PlaceOrder }, handler: { name: place_order }, output_events: [OrderPlaced] }
consumed_events:
  - { topic: onex.cmd.shop.place-order.v1, event_type: PlaceOrder, external: true }
published_events:
  - { topic: onex.evt.shop.order-placed.v2, event_type: OrderPlaced }
";

/// It waits for another version than the one that the shop publishes.
const AUDIT: &str = "\
name: node_audit_effect
node_type: effect
contract_version: 1.0.0
handler_routing:
  handlers:
    - { event_model: { name: OrderPlaced }, handler: { name: order_placed } }
consumed_events:
  - { topic: onex.evt.shop.order-placed.v1, event_type: OrderPlaced }
";

/// The same command as the shop takes.
fn second_shop() -> String {
    SHOP.replace("node_shop", "node_web")
}

fn system(test: &str, contracts: &[(&str, &str)]) -> PathBuf {
    let folder = folder(test);
    contracts.iter().for_each(|(node, text)| write(&folder, &format!("{node}/contract.yaml"), text));
    folder
}

fn codes(run: &Run) -> Vec<String> {
    let code = |line: &str| {
        let object: Value = serde_json::from_str(line).expect("JSON Lines");
        object["code"].as_str().expect("a code").to_owned()
    };
    run.stdout.lines().map(code).collect()
}

#[test]
fn contracts_are_checked_as_one_system() {
    let folder = system("system_warning", &[("audit", AUDIT), ("shop", SHOP)]);
    let warned = run(&folder, &["check"]);
    assert_eq!(
        (warned.code, warned.stderr.as_str()),
        (0, "checked 2 files, no errors, 1 warning in 1 file\n")
    );
    assert_snapshot("check_system.txt", &warned.stdout);

    let denied = run(&folder, &["check", "--deny-warnings"]);
    assert_eq!((denied.code, &denied.stdout, &denied.stderr), (1, &warned.stdout, &warned.stderr));

    let isolated = run(&folder, &["check", "--isolated", "--deny-warnings"]);
    assert_eq!((isolated.code, isolated.stdout.as_str()), (0, ""));
    assert_eq!(isolated.stderr, "checked 2 files, no errors\n");
}

#[test]
fn a_system_is_what_is_named() {
    let folder = system("system_named", &[("audit", AUDIT), ("shop", SHOP)]);
    for paths in [&["audit"][..], &["shop/contract.yaml"]] {
        let run = run(&folder, &[&["check", "--deny-warnings"], paths].concat());
        assert_eq!((run.code, run.stdout.as_str()), (0, ""), "one contract is no system");
    }
    let mended = AUDIT.replace("placed.v1", "placed.v2");
    let run = run_with_input(&folder, &["check", "--deny-warnings", "shop", "-"], mended.as_bytes());
    assert_eq!((run.code, run.stderr.as_str()), (0, "checked 2 files, no errors\n"));
}

#[test]
fn what_contracts_say_against_each_other_is_an_error() {
    let folder = system("system_error", &[("audit", AUDIT), ("shop", SHOP), ("web", &second_shop())]);
    let run = run(&folder, &["check", "--format", "json"]);
    assert_eq!((run.code, codes(&run)), (1, ["ONEX0802", "ONEX0804"].map(str::to_owned).to_vec()));
    assert_eq!(run.stderr, "checked 3 files, 1 error in 1 file, 1 warning in 1 file\n");
}

/// What is missing may be in the contract that is not valid, or cannot be read; the rest is wrong all the same.
#[test]
fn nothing_is_missing_from_a_part() {
    let contracts = [("audit", AUDIT), ("bad", BAD), ("shop", SHOP), ("web", &second_shop())];
    let folder = system("system_part", &contracts);
    let invalid = run(&folder, &["check", "--format", "json"]);
    assert_eq!((invalid.code, codes(&invalid)), (1, ["ONEX0105", "ONEX0804"].map(str::to_owned).to_vec()));

    let unreadable = run(&folder, &["check", "--format", "json", "audit", "shop", "nowhere.yaml"]);
    assert_eq!((unreadable.code, unreadable.stdout.as_str()), (2, ""));
}

#[test]
fn each_format_names_both_files() {
    let folder = system("system_formats", &[("audit", AUDIT), ("shop", SHOP)]);
    let of = |format: &str| run(&folder, &["check", "--format", format]).stdout;
    for format in ["human", "plain"] {
        assert!(of(format).contains("--> audit/contract.yaml:8:14"), "{format}");
        assert!(of(format).contains("::: shop/contract.yaml:10:14"), "{format}");
    }
    let coloured = run(&folder, &["check", "--color", "always"]).stdout;
    assert!(coloured.contains("audit/contract.yaml:8:14") && coloured.contains("shop/contract.yaml:10:14"));

    let json: Value = serde_json::from_str(&of("json")).expect("one line of JSON");
    assert_eq!((&json["severity"], &json["file"]), (&"warning".into(), &"audit/contract.yaml".into()));
    let label = &json["labels"][0];
    assert_eq!(
        (&label["text"], &label["span"]["file"]),
        (&"produced as `v2`".into(), &"shop/contract.yaml".into())
    );
    assert_eq!((&label["span"]["line_start"], &label["span"]["column_start"]), (&10.into(), &14.into()));
    let topic = |span: &Value, text: &str| {
        let at = |key: &str| usize::try_from(span[key].as_u64().expect("a number")).expect("a small one");
        text[at("byte_start")..at("byte_end")].to_owned()
    };
    assert_eq!(topic(&json["span"], AUDIT), "onex.evt.shop.order-placed.v1");
    assert_eq!(topic(&label["span"], SHOP), "onex.evt.shop.order-placed.v2");
    assert_eq!(json["help"]["edits"][0]["span"], json["span"]);

    let sarif: Value = serde_json::from_str(&of("sarif")).expect("a log");
    let result = &sarif["runs"][0]["results"][0];
    let uri = |place: &Value| place["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert_eq!(result["level"], "warning");
    assert_eq!(uri(&result["locations"][0]), "audit/contract.yaml");
    assert_eq!(uri(&result["relatedLocations"][0]), "shop/contract.yaml");

    let github = of("github");
    assert!(github.starts_with("::warning file=audit/contract.yaml,line=8,col=14,"), "{github}");
    assert!(github.contains("%0Ashop/contract.yaml:10:14: produced as `v2`"), "{github}");
}
