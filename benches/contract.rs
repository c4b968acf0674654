//! What does it cost to read and check a contract? Paid by the compiler, once a build and node, and by `onex check`.
//!
//! Beside it, the same text in the hands of plain YAML parsers, in the same run: no places, no checks.
#![allow(missing_docs, reason = "a program")]

use std::fmt::Write as _;
use std::time::Duration;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use onex_contract::{IncludeError, Limits, Source, parse, parse_within};

/// How many steps make 2, 20 and 200 kB.
const STEPS: [usize; 3] = [12, 150, 990];

/// Above the default limits, which a program may raise for contracts of its own.
const MANY_STEPS: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    divan::Divan::default().min_time(Duration::from_secs(2)).config_with_args().main();
}

/// An orchestrator with two routes and a chain of diamonds, written as people write: block style, with comments.
fn contract(steps: usize) -> String {
    let mut text = String::from(HEAD);
    for step in 0..steps {
        let kind = ["COMPUTE_GENERIC", "EFFECT_GENERIC", "REDUCER_GENERIC"][step % 3];
        let before = if step == 0 { "received".to_owned() } else { format!("step_{}", step - 1) };
        let _ = write!(
            text,
            "        # What the step number {step} is for.
        - node_id: step_{step}
          node_type: {kind}
          depends_on: [{before}]
          timeout_ms: 5000
          retry_count: 2
"
        );
    }
    text
}

const HEAD: &str = "\
name: node_order_workflow_orchestrator
node_type: ORCHESTRATOR_GENERIC
contract_version: { major: 1, minor: 0, patch: 0 }
description: Coordinates the order workflow.
handler_routing:
  routing_strategy: payload_type_match
  handlers:
    - event_model: { name: OrderPlaced }
      handler: { name: order_placed }
      output_events: [OrderValidated, OrderRejected]
consumed_events:
  - { topic: onex.cmd.orders.place-order.v1, event_type: OrderPlaced, external: true }
published_events:
  - { topic: onex.evt.orders.order-validated.v1, event_type: OrderValidated }
  - { topic: onex.evt.orders.order-rejected.v1, event_type: OrderRejected }
intent_consumption:
  intent_routing_table: { audit.record: node_audit_effect }
workflow_coordination:
  workflow_definition:
    workflow_metadata:
      workflow_name: order_processing
      workflow_version: { major: 1, minor: 0, patch: 0 }
    coordination_rules: { execution_mode: parallel, failure_recovery_strategy: retry, timeout_ms: 30000 }
    execution_graph:
      nodes:
        - { node_id: received, node_type: effect, step_config: { event_pattern: orders.order-validated }, key: order_id }
";

#[divan::bench(args = STEPS)]
fn onex(bencher: Bencher<'_, '_>, steps: usize) {
    let text = contract(steps);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| parse(&Source::new("orders.yaml", black_box(&*text))).expect("it has no fault"));
}

/// What each step costs when there are many: it must not grow.
#[divan::bench(args = MANY_STEPS)]
fn onex_within_limits(bencher: Bencher<'_, '_>, steps: usize) {
    // The step that the event completes is one more.
    let text = contract(steps - 1)
        .replace("timeout_ms: 30000 }", "timeout_ms: 30000, max_steps_per_workflow: 100000 }");
    let limits = Limits { bytes: 1 << 25, values: 4_000_000 };
    let read = |text: &str| {
        parse_within(&Source::new("orders.yaml", text), &limits, &mut |_| Err(IncludeError::NoFiles))
    };
    bencher.counter(ItemsCount::new(steps)).bench_local(|| read(black_box(&text)).expect("it has no fault"));
}

/// The events of the parser that onex uses, dropped as they come: what can at best be reached with it.
#[divan::bench(args = STEPS)]
fn granit_events(bencher: Bencher<'_, '_>, steps: usize) {
    let text = contract(steps);
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        granit_parser::Parser::new_from_str(black_box(&text))
            .inspect(|event| assert!(event.is_ok(), "it is YAML"))
            .count()
    });
}

/// A tree of values by the maintained fork of `serde_yaml`.
#[divan::bench(args = STEPS)]
fn serde_yaml_value(bencher: Bencher<'_, '_>, steps: usize) {
    let text = contract(steps);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench_local(|| serde_yaml::from_str::<serde_yaml::Value>(black_box(&text)).expect("it is YAML"));
}
