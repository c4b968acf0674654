//! What a contract gives of its numbers, wherever it does: all else is for a program to fill.
#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use onex_contract::{Said, Source, Workflow, parse};

const NOTHING: Said = Said {
    timeout: false,
    retries: false,
    parallel_steps: false,
    batch_size: false,
    pace: false,
    actions: false,
};

/// `metadata`, `rules`, `beside` and `errors`: what stands in the sections that have to do with it. `step`: what stands in a step.
fn workflow(metadata: &str, rules: &str, beside: &str, errors: &str, step: &str) -> Workflow {
    let text = format!(
        "name: node_quiet_orchestrator
node_type: orchestrator
contract_version: 1.0.0
error_handling: {{ {errors} }}
workflow_coordination:
  {beside}
  workflow_definition:
    workflow_metadata: {{ workflow_name: quiet, workflow_version: 1.0.0{metadata} }}
    execution_graph:
      nodes:
        - {{ node_id: add, node_type: compute{step} }}
        - {{ node_id: store, node_type: effect, depends_on: [add] }}
    coordination_rules: {{ {rules} }}
"
    );
    let contract = parse(&Source::new("quiet.yaml", &text));
    contract.unwrap_or_else(|faults| panic!("{faults}")).workflow.unwrap()
}

fn by_rules(rules: &str) -> Said {
    workflow("", rules, "", "", "").said
}

#[test]
fn a_contract_that_gives_no_number_says_nothing() {
    let quiet = workflow(
        ", description: Adds",
        "execution_mode: parallel, failure_recovery_strategy: retry",
        "",
        "",
        "",
    );
    assert_eq!(quiet.said, NOTHING);
    assert!(quiet.steps.iter().all(|step| !step.says_timeout));
}

#[test]
fn each_place_of_a_number_says_it() {
    let timeout = Said { timeout: true, ..NOTHING };
    assert_eq!(by_rules("timeout_ms: 2000"), timeout);
    assert_eq!(by_rules("global_timeout_ms: 300000"), timeout, "the default, too, if it is given");
    assert_eq!(workflow(", timeout_ms: 2000", "", "", "", "").said, timeout);
    assert_eq!(workflow(", workflow_type: etl", "", "", "", "").said, timeout, "a type has a timeout");
    assert_eq!(by_rules("max_retries: 3"), Said { retries: true, ..NOTHING });
    assert_eq!(workflow("", "", "max_retries: 2", "", "").said, Said { retries: true, ..NOTHING });
    // Retries that were configured might break a bound that the contract proves.
    let bounded = Said { retries: true, actions: true, ..NOTHING };
    assert_eq!(by_rules("max_actions_per_workflow: 50"), bounded);
    assert_eq!(by_rules("max_parallel_steps: 5"), Said { parallel_steps: true, ..NOTHING });
    assert_eq!(by_rules("execution_mode: batch, batch_size: 10"), Said { batch_size: true, ..NOTHING });
    for pace in [
        "retry_delay_ms: 1000",
        "max_retry_delay_ms: 30000",
        "backoff_multiplier: 2.0",
        "exponential_backoff: true",
        "backoff_strategy: linear",
        "jitter_factor: 0.1",
    ] {
        assert_eq!(by_rules(pace), Said { pace: true, ..NOTHING }, "{pace}");
    }
    let errors = "retry_policy: { max_retries: 2 }";
    assert_eq!(workflow("", "", "", errors, "").said, Said { pace: true, ..NOTHING });
}

#[test]
fn whatever_asks_for_runs_that_last_is_said_and_the_first_is_told() {
    let asked = |rules: &str, beside: &str| {
        let lasting = workflow("", rules, beside, "", "").coordination.lasting;
        lasting.map(|lasting| lasting.value)
    };
    assert_eq!(
        asked("checkpoint_enabled: false, state_persistence_enabled: false, recovery_enabled: false", ""),
        None
    );
    for key in ["checkpoint_enabled: true", "state_persistence_enabled: true", "recovery_enabled: true"] {
        assert_eq!(asked(key, ""), Some(key));
        assert_eq!(asked(&format!("{key}, checkpoint_interval_ms: 500"), ""), Some(key));
    }
    assert_eq!(
        asked("checkpoint_interval_ms: 500, recovery_enabled: true", ""),
        Some("checkpoint_interval_ms")
    );
    assert_eq!(asked("", "checkpoint_interval_ms: 60000"), Some("checkpoint_interval_ms"));
}

#[test]
fn a_step_s_timeout_is_said_by_it_or_for_all() {
    let says = |workflow: Workflow| workflow.steps.iter().map(|step| step.says_timeout).collect::<Vec<_>>();
    assert_eq!(says(workflow("", "", "", "", ", timeout_ms: 500")), [true, false]);
    assert_eq!(says(workflow("", "step_timeout_ms: 500", "", "", "")), [true, true]);
    let errors = "timeout_policy: { timeout_ms: 500 }";
    assert_eq!(says(workflow("", "", "", errors, "")), [false, true], "it is for what acts outside");
}
