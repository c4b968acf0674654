//! What a valid contract is, once it is checked: references resolved, defaults filled in.

use onex_contract::{
    Brings, Contract, ErrorAction, LoadError, Mode, NodeKind, OnDuplicate, Source, StepKind, Strategy,
    TopicKind, Version, load, parse,
};

const ORDER_WORKFLOW: &str = include_str!("cases/valid_order_workflow.yaml");
const TEMPLATE: &str = include_str!("cases/valid_orchestrator_template_mended.yaml");
const SPELLINGS: &str = include_str!("cases/valid_spellings.yaml");
const YAML: &str = include_str!("cases/valid_yaml_of_all_kinds.yaml");
const EFFECT: &str = include_str!("cases/valid_effect_with_intents.yaml");
const EXECUTED: &str = include_str!("cases/valid_workflow_executed.yaml");

fn contract(text: &str) -> Contract {
    parse(&Source::new("contract.yaml", text)).unwrap_or_else(|faults| panic!("{faults}"))
}

fn event_names(contract: &Contract) -> Vec<&str> {
    contract.events.iter().map(|event| event.rust.name.value.as_str()).collect()
}

#[test]
fn an_order_workflow_is_resolved() {
    let contract = contract(ORDER_WORKFLOW);
    assert_eq!(contract.name.value, "node_order_workflow_orchestrator");
    assert_eq!(contract.kind, NodeKind::Orchestrator);
    assert_eq!(contract.contract_version, Version { major: 1, minor: 0, patch: 0 });
    assert_eq!(event_names(&contract), ["OrderPlaced", "OrderValidated", "OrderRejected"]);

    let [placed, validated, _] = &contract.events[..] else { panic!("three events") };
    assert_eq!((placed.consumed, placed.published, placed.external), (true, false, true));
    assert_eq!((validated.consumed, validated.published, validated.external), (false, true, false));
    assert_eq!(placed.topic.wire_type(), "orders.place-order");
    assert_eq!(contract.at(placed.declared), (11, 5));

    let [route] = &contract.routes[..] else { panic!("one route") };
    assert!(matches!(&route.brings, Brings::Event(event) if event.value == 0));
    assert_eq!(route.handler.function, "order_placed");
    assert_eq!(route.outputs.iter().map(|output| output.value).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(
        contract.excerpt(route.outputs_span.expect("a list")),
        " --> contract.yaml:9:22\n  |\n9 |       output_events: [OrderValidated, OrderRejected]\n  |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"
    );

    let [intent] = &contract.intents[..] else { panic!("one intent") };
    assert_eq!(
        (intent.intent_type.value.as_str(), intent.node.value.as_str()),
        ("audit.record", "node_audit_effect")
    );
}

#[test]
fn its_steps_are_in_order_and_have_defaults() {
    let workflow = contract(ORDER_WORKFLOW).workflow.expect("a workflow");
    assert_eq!(workflow.name.value, "order_processing");
    assert_eq!((workflow.mode, workflow.strategy), (Mode::Parallel, Strategy::Compensate));
    assert_eq!((workflow.timeout_ms, workflow.max_retries, workflow.max_parallel_steps), (30_000, 3, 5));
    assert_eq!((workflow.retry_delay_ms, workflow.max_retry_delay_ms), (1_000, 30_000));
    assert!((workflow.backoff_multiplier - 2.0).abs() < f64::EPSILON && workflow.dead_letter);
    assert_eq!(workflow.order, [0, 1, 2, 3, 4]);
    assert_eq!(workflow.entries, [0]);

    let [received, validate, reserve, charge, summarise] = &workflow.steps[..] else { panic!("five steps") };
    let entry = received.entry.as_ref().expect("it is completed by an event");
    assert_eq!(
        (entry.awaits.events[0], entry.awaits.patterns[0].value.as_str()),
        (1, "orders.order-validated")
    );
    assert_eq!(entry.key.as_ref().map(|key| key.value.as_str()), Some("order_id"));
    assert_eq!(entry.on_duplicate, OnDuplicate::Reject);
    assert_eq!((validate.kind, validate.timeout_ms, validate.retry_count), (StepKind::Compute, 30_000, None));
    assert_eq!((charge.timeout_ms, charge.retry_count, charge.continue_on_error), (5_000, Some(3), false));
    assert_eq!(
        reserve.compensation.as_ref().map(|compensation| compensation.ident.as_str()),
        Some("release")
    );
    let depends_on =
        |step: &onex_contract::Step| step.depends_on.iter().map(|on| on.value).collect::<Vec<_>>();
    assert_eq!(
        [depends_on(received), depends_on(charge), depends_on(summarise)],
        [vec![], vec![1], vec![2, 3]]
    );
}

#[test]
fn the_mended_template_is_resolved() {
    let contract = contract(TEMPLATE);
    assert_eq!(contract.node_version, Some(Version { major: 1, minor: 0, patch: 0 }));
    let input = contract.input_model.as_ref().expect("an input model");
    assert_eq!(input.name.value, "ModelOrchestratorInput");
    assert_eq!(
        input.module.as_ref().expect("a module").join("::"),
        "omnibase_core::models::orchestrator::model_orchestrator_input"
    );

    // The shorter of two spellings is kept, with the module of the route.
    assert_eq!(
        event_names(&contract),
        ["OrderPlacedEvent", "OrderValidated", "OrderFulfilledEvent", "OrderCompleted"]
    );
    let placed = &contract.events[0];
    assert_eq!(placed.rust.module.as_ref().expect("a module").join("."), "myapp.models.events");
    assert_eq!(placed.topic.placeholders(), ["env", "namespace"]);
    assert_eq!(
        (placed.topic.kind(), placed.topic.wire_type().as_str()),
        (TopicKind::Command, "shop.place-order")
    );
    let functions: Vec<&str> = contract.routes.iter().map(|route| route.handler.function.as_str()).collect();
    assert_eq!(functions, ["order_placed", "order_fulfilled"]);
    let intents: Vec<&str> =
        contract.intents.iter().map(|intent| intent.intent_type.value.as_str()).collect();
    assert_eq!(intents, ["payment.process", "fulfillment.start"]);

    let workflow = contract.workflow.expect("a workflow");
    assert_eq!(
        (workflow.mode, workflow.strategy, workflow.timeout_ms),
        (Mode::Sequential, Strategy::Retry, 30_000)
    );
    assert_eq!(workflow.steps[0].entry.as_ref().and_then(|entry| entry.awaits.only()), Some(1));
    let ids: Vec<&str> = workflow.order.iter().map(|step| workflow.steps[*step].ident.as_str()).collect();
    assert_eq!(ids, ["receive_order", "validate_order", "compute_state", "process_payment"]);
}

#[test]
fn every_spelling_has_one_meaning() {
    let contract = contract(SPELLINGS);
    assert_eq!(contract.node_version, Some(Version { major: 4, minor: 5, patch: 6 }));
    let workflow = contract.workflow.expect("a workflow");
    assert_eq!((workflow.mode, workflow.strategy), (Mode::Sequential, Strategy::Compensate));
    assert_eq!((workflow.max_parallel_steps, workflow.timeout_ms, workflow.dead_letter), (7, 1_000, false));
    assert_eq!(workflow.entries, []);
    let idents: Vec<&str> = workflow.steps.iter().map(|step| step.ident.as_str()).collect();
    assert_eq!(idents, ["pick_up", "r#match"]);
    assert_eq!(workflow.steps[0].compensation.as_ref().map(|undo| undo.ident.as_str()), Some("r#type"));
    assert_eq!(workflow.steps[1].kind, StepKind::Reducer);
}

#[test]
fn anchors_and_merges_are_what_they_stand_for() {
    let contract = contract(YAML);
    assert_eq!(contract.description.as_deref(), Some("Several lines,\nkept as they are.\n"));
    let workflow = contract.workflow.expect("a workflow");
    assert_eq!(workflow.name.value, "orders \u{e9}");
    let steps: Vec<_> = workflow.steps.iter().map(|step| (step.timeout_ms, step.retry_count)).collect();
    assert_eq!(steps, [(1_000, Some(1)), (2_000, Some(2))]);
}

#[test]
fn an_effect_routes_intents_and_events() {
    let contract = contract(EFFECT);
    let [payment, refund] = &contract.routes[..] else { panic!("two routes") };
    let Brings::Intent { model, intent_type } = &payment.brings else { panic!("an intent") };
    assert_eq!(
        (model.name.value.as_str(), intent_type.value.as_str()),
        ("ProcessPayment", "payment.process")
    );
    assert_eq!(payment.handler.function, "process_payment");
    assert_eq!(payment.handler.module.as_deref(), Some("payments.handlers"));
    assert!(
        matches!(&refund.brings, Brings::Event(event) if contract.events[event.value].rust.name.value == "RefundAsked")
    );
    assert!(refund.outputs.is_empty() && refund.outputs_span.is_none());
}

#[test]
fn a_contract_is_loaded_from_a_file() {
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/");
    let loaded = load(format!("{cases}valid_order_workflow.yaml"), "order.yaml").expect("a valid contract");
    assert_eq!(loaded.source.name(), "order.yaml");

    let Err(LoadError::Invalid(faults)) = load(format!("{cases}file_not_utf8.yaml"), "x.yaml") else {
        panic!("it has faults")
    };
    assert_eq!(faults.list().len(), 1);
    let Err(error @ LoadError::Io { .. }) = load(format!("{cases}nowhere.yaml"), "x.yaml") else {
        panic!("there is no file")
    };
    assert!(error.to_string().contains("nowhere.yaml"), "{error}");
}

#[test]
fn a_message_for_a_compile_error_has_its_code_behind_it() {
    let source = Source::new("contract.yaml", ORDER_WORKFLOW.replace("handlers:", "handlerz:"));
    let faults = parse(&source).expect_err("a misspelt key");
    let [fault] = faults.list() else { panic!("one fault, not {faults}") };
    let rendered = fault.render_for_compile_error(faults.source());
    assert!(
        rendered.starts_with("unknown key `handlerz` in `handler_routing` [ONEX0103]\n --> contract.yaml:6:3\n  |\n6 |   handlerz:\n"),
        "{rendered}"
    );
    assert!(rendered.contains("help: there is a key `handlers`"), "{rendered}");
}

#[test]
fn a_source_does_not_print_its_text() {
    let source = Source::from_bytes("contract.yaml", "\u{feff}name: secret".as_bytes()).expect("a text");
    assert_eq!(source.text(), "name: secret");
    assert_eq!(format!("{source:?}"), "Source { name: \"contract.yaml\", bytes: 12 }");
    assert_eq!(source.line_col(6), (1, 7));
}

#[test]
fn what_a_step_publishes_is_resolved() {
    let published = |text: &str| -> Vec<Vec<usize>> {
        let steps = contract(text).workflow.expect("a workflow").steps;
        steps.iter().map(|step| step.publishes.iter().map(|event| event.value).collect()).collect()
    };
    assert_eq!(
        published(EXECUTED),
        [vec![], vec![], vec![0]],
        "`event_type` and `output_type` are one event"
    );
}

#[test]
fn what_a_failure_of_one_step_means_is_resolved() {
    let workflow = contract(EXECUTED).workflow.expect("a workflow");
    let retries: Vec<Option<u32>> = workflow.steps.iter().map(|step| step.retry_count).collect();
    assert_eq!(retries, [Some(4), Some(2), Some(0)], "`retry`, its own, `stop`");
    let goes_on: Vec<bool> = workflow.steps.iter().map(|step| step.continue_on_error).collect();
    assert_eq!(goes_on, [false, true, false]);
    let timeouts: Vec<u64> = workflow.steps.iter().map(|step| step.timeout_ms).collect();
    assert_eq!((workflow.timeout_ms, timeouts), (600_000, vec![4_000, 4_000, 200]));
    assert_eq!((workflow.strategy, workflow.backoff_multiplier), (Strategy::FailFast, 1.0));

    // A step that only stops the run undoes nothing, whatever the strategy.
    let undone =
        EXECUTED.replace("failure_recovery_strategy: ABORT", "failure_recovery_strategy: compensate");
    let undone = contract(&undone.replace("error_action: retry }", "compensation: undo }"));
    assert!(undone.unexecuted().is_none(), "the strategy is overruled, and that is executed");
    let actions = undone.workflow.expect("a workflow").steps.into_iter().map(|step| step.error_action);
    assert!(actions.eq([None, Some(ErrorAction::Continue), Some(ErrorAction::Stop)]));
}
