//! What a valid state machine is, once it is checked, and what is left of the sections beside it.

use onex_contract::{
    Backoff, Contract, DependencyKind, DependencySort, Literal, Machine, Operand, Operator, Source, parse,
};

fn contract(text: &str) -> Contract {
    parse(&Source::new("contract.yaml", text)).unwrap_or_else(|faults| panic!("{faults}"))
}

fn machine(text: &str) -> Machine {
    contract(text).machine.expect("a machine")
}

const FULL: &str = include_str!("cases/valid_state_machine.yaml");
const PLAIN: &str = include_str!("cases/valid_state_machine_plain.yaml");
const REGISTRY: &str = include_str!("cases/valid_state_machine_of_registry.yaml");
const SHORT: &str = include_str!("cases/valid_state_machine_short.yaml");
const GUARDS: &str = include_str!("cases/valid_guards.yaml");

#[test]
fn names_are_resolved_and_have_variants() {
    let machine = machine(SHORT);
    let variants: Vec<&str> = machine.states.iter().map(|state| state.variant.as_str()).collect();
    assert_eq!(variants, ["Idle", "ClosingOut", "Complete", "Failed"]);
    let triggers: Vec<&str> = machine.triggers.iter().map(|trigger| trigger.variant.as_str()).collect();
    assert_eq!(
        triggers,
        ["StartCommandReceived", "StartCommandWithSkipCloseout", "CloseoutCompleted", "Error"]
    );
    let edges: Vec<_> =
        machine.transitions.iter().map(|edge| (edge.from, edge.to, edge.trigger.value)).collect();
    assert_eq!(edges, [(Some(0), 1, 0), (Some(0), 2, 1), (Some(1), 2, 2), (Some(1), 3, 3)]);
    assert!(machine.persistent && machine.name.is_none() && machine.initial == 0);
}

#[test]
fn a_state_is_terminal_by_its_flag_or_by_the_list() {
    let terminal = |text: &str| machine(text).states.iter().map(|state| state.terminal).collect::<Vec<_>>();
    assert_eq!(terminal(PLAIN), [false, false, true, true]);
    assert_eq!(
        terminal(&PLAIN.replace(
            "  terminal_states: [complete, failed]\n  persistence_enabled: false\n",
            "  error_states: [failed]\n"
        )),
        [false, false, true, false]
    );
    let error: Vec<bool> = machine(FULL).states.iter().map(|state| state.error).collect();
    assert_eq!(error, [false, false, false, true]);
}

#[test]
fn one_trigger_of_many_transitions_is_one_variant() {
    let machine = machine(PLAIN);
    assert_eq!(machine.triggers.len(), 4);
    assert!(!machine.persistent);
    assert_eq!(machine.transitions[3].trigger.value, machine.transitions[4].trigger.value);
    assert_eq!(machine.transitions[4].trigger.span.start, PLAIN.rfind("error }").expect("the last trigger"));
}

#[test]
fn any_state_and_defaults() {
    let machine = machine(REGISTRY);
    assert_eq!(
        machine.transitions.iter().map(|edge| edge.from).collect::<Vec<_>>(),
        [Some(0), Some(1), None, None, Some(1)]
    );
    let last = machine.transitions.last().expect("five");
    assert_eq!((last.priority, last.max_retries, last.retry_delay_ms), (7, 0, 1_000));
    assert_eq!((machine.checkpoint_interval_ms, machine.transition_timeout_ms), (30_000, 5_000));
    assert_eq!(machine.operations.iter().map(|operation| operation.target).collect::<Vec<_>>(), [Some(0)]);
}

#[test]
fn what_a_state_and_a_transition_say_is_kept() {
    let machine = machine(FULL);
    let open = &machine.states[0];
    assert_eq!(
        open.required_data.iter().map(|field| field.value.as_str()).collect::<Vec<_>>(),
        ["order_id", "customer.id"]
    );
    assert_eq!((open.entry[0].name.value.as_str(), open.entry[0].critical), ("reserve_stock", false));
    assert_eq!(
        (open.exit[0].name.value.as_str(), open.exit[0].critical, open.exit[0].timeout_ms),
        ("release_stock", true, Some(1))
    );
    let pay = &machine.transitions[0];
    assert_eq!((pay.priority, pay.max_retries, pay.retry_delay_ms, pay.actions.len()), (10, 2, 0, 2));
    let [amount, currency] = &pay.guards[..] else { panic!("two guards") };
    assert_eq!(
        (amount.operator.value, &amount.value),
        (Operator::GreaterThanOrEqual, &Some(Literal::Integer(1)))
    );
    assert_eq!(amount.message.as_deref(), Some("Nothing was paid."));
    let text = |text: &str| Literal::Text(text.to_owned());
    assert_eq!(currency.value, Some(Literal::List(vec![text("EUR"), text("USD")])));
}

#[test]
fn both_ways_to_write_a_guard_mean_one_thing() {
    let with = |guard: &str| {
        let text = format!(
            "name: node_a\nnode_type: reducer\ncontract_version: 1.0.0\nfsm:\n  initial_state: a\n  states: [a, b]\n  terminal_states: [b]\n  transitions: [{{ from: a, to: b, trigger: t, {guard} }}]\n"
        );
        let guard = machine(&text).transitions[0].guards[0].clone();
        (guard.field.value, guard.operator.value, guard.value)
    };
    for (expression, parts) in [
        ("total gt 1.5", "field: total, operator: greater_than, value: 1.5"),
        ("vip == true", "field: vip, operator: equals, value: true"),
        ("'name == \"7\"'", "field: name, operator: eq, value: \"7\""),
        ("name is_present", "field: name, operator: exists"),
        ("state in open, paid", "field: state, operator: in, value: [open, paid]"),
    ] {
        let expression =
            if expression.starts_with('\'') { expression.to_owned() } else { format!("\"{expression}\"") };
        let one = with(&format!("conditions: [{{ expression: {expression} }}]"));
        assert_eq!(one, with(&format!("guard_conditions: [{{ {parts} }}]")), "{expression}");
    }
}

#[test]
fn an_operator_has_what_it_needs_behind_it() {
    for edge in machine(GUARDS).transitions {
        for guard in edge.guards {
            let nothing = guard.operator.value.operand() == Operand::Nothing;
            assert_eq!(guard.value.is_none(), nothing, "{:?}", guard.operator.value);
        }
    }
}

#[test]
fn failures_are_read_with_their_defaults() {
    let errors =
        contract(include_str!("cases/valid_error_handling_spellings.yaml")).errors.expect("a policy");
    let (retry, breaker) = (errors.retry.expect("retries"), errors.breaker.expect("a breaker"));
    assert_eq!((retry.max_retries, retry.initial_delay_ms, retry.max_delay_ms), (3, 100, 100));
    assert_eq!((retry.backoff, retry.base, retry.jitter), (Backoff::Linear, 1.5, 0.0));
    assert_eq!((breaker.failure_threshold, breaker.success_threshold), (5, 2));
    assert_eq!((breaker.reset_timeout_ms, breaker.half_open_max_requests), (30_000, 1));
    assert_eq!(errors.timeout.map(|timeout| timeout.value), Some(2_000));

    let errors = contract(include_str!("cases/valid_error_handling.yaml")).errors.expect("a policy");
    let backends = errors.breaker.expect("a breaker").backends;
    assert_eq!((backends[0].failure_threshold, backends[0].reset_timeout_ms), (3, 1_000));
    assert_eq!((backends[1].failure_threshold, backends[1].reset_timeout_ms), (5, 60_000));
    assert_eq!((errors.types.len(), errors.codes.len()), (3, 2));
    assert_eq!(errors.timeout.map(|timeout| timeout.value), Some(2_000));
}

#[test]
fn what_is_needed_is_sorted() {
    let needs = contract(include_str!("cases/valid_dependencies.yaml")).needs;
    let kinds: Vec<Option<DependencyKind>> =
        needs.dependencies.iter().map(|needed| needed.kind.clone()).collect();
    let known = |sort| Some(DependencyKind::Known(sort));
    let other = |word: &str| Some(DependencyKind::Other(word.to_owned()));
    assert_eq!(
        kinds,
        [
            known(DependencySort::Protocol),
            known(DependencySort::Service),
            known(DependencySort::Environment),
            known(DependencySort::Environment),
            None,
            other("ModelContainer"),
            other("message_broker"),
        ]
    );
    let required: Vec<bool> = needs.dependencies.iter().map(|needed| needed.required).collect();
    assert_eq!(required, [true, false, true, false, true, true, false]);
    let bank = needs.dependencies[0].class.as_ref().expect("a class");
    assert_eq!(bank.module.as_ref().expect("a module").join("."), "payments.protocols");
    assert_eq!(needs.dependencies[3].variable.as_ref().map(|name| name.value.as_str()), Some("BANK_URL"));
}

#[test]
fn other_keys_stand_for_a_name_that_is_absent() {
    let contract = contract(include_str!("cases/valid_other_spellings_of_names.yaml"));
    assert_eq!((contract.name.value.as_str(), contract.contract_version.minor), ("node_payment_effect", 1));
    let input = contract.input_model.expect("an input");
    assert_eq!((input.name.value.as_str(), input.module.expect("a module").len()), ("PaymentRequest", 2));
    let output = contract.output_model.expect("an output");
    assert_eq!(output.module.expect("a module").join("::"), "crate::payments");
}

#[test]
fn a_machine_of_thousands_of_states_takes_little_time() {
    let mut text =
        "name: node_a\nnode_type: reducer\ncontract_version: 1.0.0\nfsm:\n  initial_state: s0\n  states: ["
            .to_owned();
    (0..9_000).for_each(|state| text.push_str(&format!("s{state}, ")));
    text.push_str("]\n  transitions:\n");
    (0..4_000)
        .for_each(|state| text.push_str(&format!("    - {{ from: s{state}, to: t{state}, trigger: go }}\n")));
    let started = std::time::Instant::now();
    let faults = parse(&Source::new("contract.yaml", text)).expect_err("no state is called so");
    assert_eq!(faults.list().len(), 4_000);
    assert!(started.elapsed() < std::time::Duration::from_secs(10), "took {:?}", started.elapsed());
}
