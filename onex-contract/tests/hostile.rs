//! Files that were made to do harm: each is refused at a place, without panic, in little time and memory.

use std::time::{Duration, Instant};

use onex_contract::{Code, Diagnostics, IncludeError, Limits, MAX_BYTES, Source, parse, parse_within};

/// Far above what any of these takes on a busy machine, far below what an exponential one would.
const PATIENCE: Duration = Duration::from_secs(60);

fn refused(bytes: &[u8]) -> Diagnostics {
    let started = Instant::now();
    let faults =
        Source::from_bytes("hostile.yaml", bytes).and_then(|source| parse(&source)).expect_err("refused");
    let first = faults.list().first().expect("at least one fault").render_plain(faults.source());
    assert!(started.elapsed() < PATIENCE, "took {:?}", started.elapsed());
    assert!(first.contains(" --> hostile.yaml:"), "{first}");
    assert!(first.len() < 4_000, "a message of {} bytes", first.len());
    faults
}

fn refused_at(text: &str, code: Code, line: usize, column: usize) {
    let faults = refused(text.as_bytes());
    let first = &faults.list()[0];
    let place = faults.source().line_col(first.primary.span.start);
    assert_eq!((first.code, place), (code, (line, column)), "{faults}");
}

#[test]
fn more_than_a_mebibyte_is_not_read() {
    let at_limit = format!("#{}\n", "x".repeat(MAX_BYTES - 2));
    assert_eq!(refused(at_limit.as_bytes()).list()[0].code, Code::Empty);
    let above = format!("{at_limit} ");
    assert_eq!(refused(above.as_bytes()).list()[0].code, Code::FileTooLarge);
    let unchecked = parse(&Source::new("hostile.yaml", above)).expect_err("refused");
    assert_eq!(unchecked.list()[0].code, Code::FileTooLarge);
}

#[test]
fn a_deep_flow_is_refused_where_it_gets_too_deep() {
    let nested = |depth: usize| format!("metadata: {}{}\n", "[".repeat(depth), "]".repeat(depth));
    refused_at(&nested(64), Code::TooDeep, 1, 74);
    // One less is deep enough for nobody to mind: what is refused is the contract.
    refused_at(&nested(63), Code::MissingKey, 1, 1);
}

#[test]
fn a_deep_block_is_refused_where_it_gets_too_deep() {
    let nested = |depth: usize| {
        (0..depth).map(|level| format!("{}metadata:\n", " ".repeat(level))).collect::<String>()
    };
    refused_at(&nested(65), Code::TooDeep, 65, 65);
    refused_at(&nested(64), Code::MissingKey, 1, 1);
}

#[test]
fn unclosed_brackets_by_the_thousand() {
    refused_at(&"[".repeat(200_000), Code::TooDeep, 1, 65);
    refused_at(&"{a: ".repeat(50_000), Code::TooDeep, 1, 257);
    refused_at(&"- ".repeat(20_000), Code::TooDeep, 1, 129);
    refused_at(&"? ".repeat(20_000), Code::TooDeep, 1, 129);
}

#[test]
fn aliases_that_multiply() {
    let mut laughs = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for (of, name) in "abcdefghi".chars().zip("bcdefghij".chars()) {
        laughs.push_str(&format!(
            "{name}: &{name} [*{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}]\n"
        ));
    }
    refused_at(&laughs, Code::TooManyValues, 5, 20);
}

#[test]
fn a_long_text_that_is_repeated() {
    let quad = format!("a: &a {}\nb:\n{}", "x".repeat(100_000), "- *a\n".repeat(40_000));
    let faults = refused(quad.as_bytes());
    assert_eq!(faults.list()[0].code, Code::TooManyValues);
}

#[test]
fn aliases_that_deepen() {
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for link in 1..2_000 {
        chain.push_str(&format!("a{link}: &a{link} [*a{}]\n", link - 1));
    }
    let faults = refused(chain.as_bytes());
    assert_eq!(faults.list()[0].code, Code::TooDeep);
}

#[test]
fn merges_that_multiply() {
    let mut merges =
        format!("a: &a {{ {} }}\n", (0..200).map(|key| format!("k{key}: 1, ")).collect::<String>());
    merges.push_str("b:\n");
    for _ in 0..2_000 {
        merges.push_str("- { <<: [*a, *a, *a] }\n");
    }
    let faults = refused(merges.as_bytes());
    assert_eq!(faults.list()[0].code, Code::TooManyValues);
}

#[test]
fn more_values_than_anybody_writes() {
    let faults = refused("- x\n".repeat(60_000).as_bytes());
    assert_eq!(faults.list()[0].code, Code::TooManyValues);
}

#[test]
fn thousands_of_faults_are_all_reported() {
    let text: String = (0..20_000).map(|key| format!("key{key}: 1\n")).collect();
    let faults = refused(text.as_bytes());
    assert_eq!(faults.list().len(), 20_000 + 3);
}

#[test]
fn thousands_of_broken_references_take_no_quadratic_time() {
    let mut text = "name: node_x\nnode_type: orchestrator\ncontract_version: \"1.0.0\"\nworkflow_coordination:\n  workflow_definition:\n    \
                    workflow_metadata: { workflow_name: w, workflow_version: \"1.0.0\" }\n    execution_graph:\n      nodes:\n"
        .to_owned();
    for step in 0..900 {
        text.push_str(&format!(
            "        - {{ node_id: s{step}, node_type: compute, depends_on: [t{step}] }}\n"
        ));
    }
    assert_eq!(refused(text.as_bytes()).list().len(), 900);
}

#[test]
fn bytes_that_are_no_text() {
    assert_eq!(refused(b"name: \xff\xfe").list()[0].code, Code::NotUtf8);
    assert_eq!(refused(b"\xff\xfea\0b\0").list()[0].code, Code::NotUtf8);
    assert_eq!(refused(b"name: a\0b").list()[0].code, Code::Syntax);
    assert_eq!(refused(b"\0").list()[0].code, Code::Syntax);
    assert_eq!(refused(b"name: a\x07b").list()[0].code, Code::Syntax);
    let faults = refused(
        "a: 1\nb: gr\u{fc}n \n".as_bytes().iter().copied().chain(*b"\xc3").collect::<Vec<_>>().as_slice(),
    );
    assert_eq!(faults.source().line_col(faults.list()[0].primary.span.start), (3, 1));
}

#[test]
fn files_without_a_contract() {
    for text in ["", "\n\n", "# only\n# comments\n", "---\n", "---\n...\n", "\u{feff}", "~"] {
        assert_eq!(refused(text.as_bytes()).list()[0].code, Code::Empty, "{text:?}");
    }
    let whole = "name: node_a\nnode_type: effect\ncontract_version: \"1.0.0\"\n";
    refused_at(&format!("{whole}---\n{whole}"), Code::SeveralDocuments, 4, 1);
    refused_at(&format!("{whole}...\n---\n"), Code::SeveralDocuments, 5, 1);
}

#[test]
fn tabs_and_duplicate_keys() {
    refused_at("a:\n\tb: 1\n", Code::Tab, 2, 1);
    refused_at(
        "name: node_a\nnode_type: effect\ncontract_version: \"1.0.0\"\nname: node_b\n",
        Code::DuplicateKey,
        4,
        1,
    );
}

#[test]
fn thousands_of_routes_and_topics_take_no_quadratic_time() {
    let mut text = "name: node_x\nnode_type: effect\ncontract_version: \"1.0.0\"\nhandler_routing:\n  routing_strategy: operation_match\n  handlers:\n"
        .to_owned();
    for route in 0..4_000 {
        text.push_str(&format!(
            "    - {{ operation: o{route}, handler_key: h{route}, output_events: [E{route}] }}\n"
        ));
    }
    text.push_str("event_bus:\n  subscribe_topics:\n");
    (0..8_000).for_each(|topic| text.push_str(&format!("    - onex.evt.orders.t{topic}.v1\n")));
    text.push_str("  subscribe_topic_metadata:\n");
    (0..4_000).for_each(|topic| text.push_str(&format!("    onex.evt.orders.u{topic}.v1: {{}}\n")));
    text.push_str("published_events:\n  - { topic: onex.evt.orders.z.v1, event_type: Z }\n");
    refused(text.as_bytes());

    let events = |side: &str| -> String {
        (0..4_000).map(|event| format!("    - onex.evt.orders.{side}{event}.v1\n")).collect()
    };
    let routes: String = (0..900)
        .map(|event| format!("    - {{ event_model: {{ name: E{event} }}, event_type: orders.x{event}, handler_key: h{event} }}\n"))
        .collect();
    let text = format!(
        "name: node_x\nnode_type: effect\ncontract_version: \"1.0.0\"\nhandler_routing:\n  handlers:\n{routes}event_bus:\n  publish_topics:\n{}  subscribe_topics:\n{}",
        events("p"),
        events("s").lines().take(450).map(|line| format!("{line}\n")).collect::<String>(),
    );
    refused(text.as_bytes());
}

#[test]
fn routes_of_topics_that_are_too_many() {
    let routes: String = [500, 501]
        .iter()
        .flat_map(|at| [format!("topic: onex.evt.orders.t{at}.v1"), format!("event_type: orders.t{at}")])
        .enumerate()
        .map(|(route, of)| {
            format!("    - {{ event_model: {{ name: E{route} }}, {of}, handler_key: h{route} }}\n")
        })
        .collect();
    let topics: String = (0..502).map(|topic| format!("    - onex.evt.orders.t{topic}.v1\n")).collect();
    let text = format!(
        "name: node_x\nnode_type: effect\ncontract_version: \"1.0.0\"\nhandler_routing:\n  handlers:\n{routes}event_bus:\n  subscribe_topics:\n{topics}"
    );
    refused_at(&text, Code::TooManyRoutes, 512, 7);
    assert_eq!(refused(text.as_bytes()).list().len(), 1);
}

/// An orchestrator with so many steps, each written by a function of its number.
fn steps(count: usize, step: impl Fn(usize) -> String) -> String {
    let head = "name: node_a_orchestrator\nnode_type: orchestrator\ncontract_version: 1.0.0\nworkflow_coordination:\n  workflow_definition:\n    workflow_metadata: { workflow_name: w, workflow_version: 1.0.0 }\n    coordination_rules: { max_steps_per_workflow: 100000 }\n    execution_graph:\n      nodes:\n";
    (0..count).fold(head.to_owned(), |text, number| text + "        - " + &step(number) + "\n")
}

#[test]
fn steps_that_depend_on_nothing_that_there_is() {
    let unknown = |number| {
        format!("{{ node_id: step_number_{number}, node_type: effect, depends_on: [stap_{number}] }}")
    };
    let faults = refused(steps(5_000, unknown).as_bytes());
    assert_eq!(faults.list().len(), 5_000);
    assert!(faults.list().iter().all(|fault| fault.code == Code::UnknownStep), "one fault each");
}

#[test]
fn a_workflow_of_twenty_thousand_steps_is_read_where_limits_allow_it() {
    let chain = |number: usize| match number.checked_sub(1) {
        None => "{ node_id: s0, node_type: effect }".to_owned(),
        Some(before) => format!(
            "{{ node_id: s{number}, node_type: compute, depends_on: [s{before}], condition: {{ if_success: s{before} }} }}"
        ),
    };
    let source = Source::new("long.yaml", steps(20_000, chain));
    assert_eq!(parse(&source).expect_err("above the limits").list()[0].code, Code::FileTooLarge);
    let limits = Limits { bytes: 1 << 22, values: 400_000 };
    let started = Instant::now();
    let contract = parse_within(&source, &limits, &mut |_| Err(IncludeError::NoFiles));
    let workflow = contract.unwrap_or_else(|faults| panic!("{faults}")).workflow.expect("a workflow");
    assert!(started.elapsed() < PATIENCE, "took {:?}", started.elapsed());
    assert!(workflow.order.into_iter().eq(0..20_000));
}
