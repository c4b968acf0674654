//! One fault is one message: what depends on something faulty is not reported too.

use onex_contract::{Code, Source, parse};

const CONTRACTS: [&str; 13] = [
    include_str!("cases/valid_order_workflow.yaml"),
    include_str!("cases/valid_orchestrator_template_mended.yaml"),
    include_str!("cases/valid_effect_with_intents.yaml"),
    include_str!("cases/valid_shape_event_bus.yaml"),
    include_str!("cases/valid_shape_operations.yaml"),
    include_str!("cases/valid_shape_payloads.yaml"),
    include_str!("cases/valid_shape_default_handler_mapping.yaml"),
    include_str!("cases/valid_shape_default_handler_beside.yaml"),
    include_str!("cases/valid_bus_keys.yaml"),
    include_str!("cases/valid_state_machine_plain.yaml"),
    include_str!("cases/valid_intent_emission.yaml"),
    include_str!("cases/valid_error_handling_bounds.yaml"),
    include_str!("cases/valid_dependency_groups.yaml"),
];

fn codes(text: &str) -> Vec<Code> {
    match parse(&Source::new("contract.yaml", text)) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.list().iter().map(|fault| fault.code).collect(),
    }
}

/// Where each key starts and ends.
fn keys(text: &str) -> Vec<(usize, usize)> {
    let is_key = |character: char| character.is_ascii_lowercase() || character == '_';
    let ends = text.match_indices(": ").chain(text.match_indices(":\n")).map(|(end, _)| end);
    let key =
        |end: usize| (text[..end].rfind(|character| !is_key(character)).map_or(0, |before| before + 1), end);
    ends.map(key).filter(|(start, end)| start < end && !in_comment_or_text(text, *start)).collect()
}

fn in_comment_or_text(text: &str, at: usize) -> bool {
    let line = &text[text[..at].rfind('\n').map_or(0, |start| start + 1)..at];
    line.contains('#') || line.ends_with(['"', '.'])
}

#[test]
fn a_misspelt_key() {
    for text in CONTRACTS {
        for (start, end) in keys(text) {
            let misspelt = format!("{}z{}", &text[..end], &text[end..]);
            let found = codes(&misspelt);
            assert_eq!(found, [Code::UnknownKey], "{}z", &text[start..end]);
        }
    }
}

#[test]
fn a_key_that_another_value_follows() {
    for text in CONTRACTS {
        for (start, end) in keys(text) {
            // A value of a type that no key takes, in a mapping of its own to leave the rest as it is.
            let key = &text[start..end];
            let doubled = format!("{}{key}: !nothing 1, {}", &text[..start], &text[start..]);
            let in_flow = text[..start].ends_with("{ ") || text[..start].ends_with(", ");
            if in_flow {
                assert_eq!(codes(&doubled), [Code::Tag, Code::DuplicateKey], "{key}");
            }
        }
    }
}

#[test]
fn a_value_that_cannot_be_read() {
    let faulty = |from: &str, to: &str| {
        let found =
            CONTRACTS.iter().find(|text| text.contains(from)).map(|text| codes(&text.replacen(from, to, 1)));
        found.unwrap_or_else(|| panic!("`{from}` is in no contract"))
    };
    for (from, to, code) in [
        ("event_model: { name: OrderPlaced }", "event_model: { name: [] }", Code::WrongType),
        ("event_type: OrderPlaced", "event_type: 7", Code::WrongType),
        ("event_type: OrderValidated", "event_type: order-validated", Code::BadName),
        ("onex.cmd.orders.place-order.v1", "onex.cmd.orders.place_order.v1", Code::BadTopic),
        ("onex.evt.orders.order-validated.v1", "onex.evt.orders.order-validated", Code::BadTopic),
        ("[\"orders.order-validated\"]", "7", Code::WrongType),
        ("[\"orders.order-validated\"]", "[orders.order-lost]", Code::NoSuchEvent),
        ("node_id: validate,", "node_id: 7,", Code::WrongType),
        ("node_id: validate,", "node_id: self,", Code::BadName),
        ("node_type: EFFECT_GENERIC,  depends_on", "node_type: EFFECTS, depends_on", Code::UnknownValue),
        ("compensation: release", "compensation: [release]", Code::WrongType),
        ("failure_recovery_strategy: compensate", "failure_recovery_strategy: undo", Code::UnknownValue),
        ("execution_mode: parallel", "execution_mode: batched", Code::UnknownValue),
        ("workflow_name: order_processing", "workflow_name: 1", Code::WrongType),
        ("depends_on: [received]", "depends_on: received", Code::WrongType),
        ("depends_on: [received]", "depends_on: [received, 1]", Code::WrongType),
        ("depends_on: [received]", "depends_on: [summarise]", Code::Cycle),
        ("handler: { name: order_placed }", "handler: order_placed", Code::WrongType),
        ("node_type: ORCHESTRATOR_GENERIC", "node_type: WORKFLOW", Code::UnknownValue),
        ("output_events: [OrderValidated, OrderRejected]", "output_events: OrderValidated", Code::WrongType),
        ("audit.record: node_audit_effect", "audit.: node_audit_effect", Code::BadIntentType),
        ("intent_type: payment.process", "intent_type: [payment.process]", Code::WrongType),
        ("intent_model: { name: ProcessPayment", "intent_model: { name: crate", Code::BadName),
    ] {
        assert_eq!(faulty(from, to), [code], "`{to}`");
    }
}

#[test]
fn two_faults_are_two_messages() {
    let text = CONTRACTS[0]
        .replace("depends_on: [received]", "depends_on: [recieved]")
        .replace("retry_count: 3", "retry_count: 30");
    assert_eq!(codes(&text), [Code::UnknownStep, Code::OutOfBounds]);
    let text = text.replace("event_type: OrderRejected", "event_type: OrderRefused");
    assert_eq!(codes(&text), [Code::NotPublished, Code::UnknownStep, Code::OutOfBounds]);
}
