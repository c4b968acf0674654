//! `onex graph`.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::run::{BAD, GOOD, assert_snapshot, folder, root, run, run_with_input, write};

const ORDERS: &str = "examples/order-workflow/src/orders/contract.yaml";

#[test]
fn the_order_workflow_is_drawn_in_every_format() {
    for (what, name) in [("all", "orders"), ("workflow", "orders_workflow"), ("routing", "orders_routing")] {
        for format in ["mermaid", "dot", "svg"] {
            let run = run(&root(), &["graph", ORDERS, "--format", format, "--what", what]);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""));
            let extension = if format == "mermaid" { "mmd" } else { format };
            assert_snapshot(&format!("{name}.{extension}"), &run.stdout);
        }
    }
}

#[test]
fn the_defaults_are_all_and_mermaid() {
    let run = run(&root(), &["graph", ORDERS]);
    assert_snapshot("orders.mmd", &run.stdout);
}

#[test]
fn standard_input_is_drawn() {
    let run = run_with_input(&root(), &["graph", "-"], GOOD.as_bytes());
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("intent_audit_record --> handler_record"), "{}", run.stdout);
}

#[test]
fn a_contract_with_faults_is_not_drawn() {
    let folder = folder("graph_bad");
    write(&folder, "contract.yaml", BAD);
    let run = run(&folder, &["graph", "contract.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "a picture in a file is not replaced by a message");
    assert!(run.stderr.starts_with("error[ONEX0105]: "), "{}", run.stderr);
}

#[test]
fn what_is_not_there_is_not_drawn() {
    let folder = folder("graph_nothing");
    write(&folder, "contract.yaml", GOOD);
    let nothing = run(&folder, &["graph", "contract.yaml", "--what", "workflow"]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (2, ""));
    assert_eq!(nothing.stderr, "error: the contract `node_audit_effect` has no workflow to draw\n");
    let nowhere = run(&folder, &["graph", "nowhere.yaml"]);
    assert_eq!(nowhere.code, 2);
    assert!(
        nowhere.stderr.starts_with("error: cannot read the contract `nowhere.yaml`: "),
        "{}",
        nowhere.stderr
    );
}

#[test]
fn a_picture_that_nobody_could_read_is_refused() {
    let folder = folder("graph_large");
    let mut contract = "\
name: node_web_orchestrator
node_type: orchestrator
contract_version: 1.0.0
workflow_coordination:
  workflow_definition:
    workflow_metadata: { workflow_name: web, workflow_version: 1.0.0 }
    execution_graph:
      nodes:
"
    .to_owned();
    for step in 0..1_000_usize {
        let on: BTreeSet<usize> = (0..step).step_by(25).chain(step.checked_sub(1)).collect();
        let on: Vec<String> = on.into_iter().map(|step| format!("s{step}")).collect();
        let on = on.join(", ");
        writeln!(contract, "        - {{ node_id: s{step}, node_type: compute, depends_on: [{on}] }}")
            .expect("a String");
    }
    write(&folder, "contract.yaml", &contract);
    let svg = run(&folder, &["graph", "contract.yaml", "--format", "svg"]);
    assert_eq!((svg.code, svg.stdout.as_str()), (2, ""));
    assert!(svg.stderr.starts_with("error: the picture would be too large to be read"), "{}", svg.stderr);
    assert_eq!(run(&folder, &["graph", "contract.yaml", "--format", "dot"]).code, 0);
}
