//! What `matches` compares with: a condition of a step end to end, and patterns of all sorts against those of a library.

use onex::__private::{Instruction, Pattern};
use onex::run::StepState;
use onex::{Runtime, handler, orchestrator};
use onex_contract::regex::{Assertion, Instruction as Read};
use onex_contract::{Literal, Source};
use proptest::prelude::*;
use regex_lite::Regex;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Label {
    code: String,
}

#[orchestrator(contract = "contracts/conditions/parcels.yaml")]
struct Parcels;

#[handler(step = parcels::label)]
fn label(input: &Label) -> Label {
    input.clone()
}

#[handler(step = parcels::abroad)]
fn abroad() -> u64 {
    1
}

#[tokio::test]
async fn r16_a_step_runs_if_an_output_begins_with_its_pattern() {
    let runtime = Runtime::builder(()).mount::<Parcels>().build().unwrap();
    for (code, runs) in [("RR123456789FR", true), ("RR123456789CH", false), ("xRR123456789FR", false)] {
        let report = runtime.run::<Parcels>(Label { code: code.to_owned() }, None).await.unwrap();
        let expected = if runs { StepState::Completed } else { StepState::Skipped };
        assert_eq!(report.step("abroad").unwrap().state, expected, "{code}");
    }
}

/// The pattern, as the contract crate reads it and the macros write it; `None`: it is refused.
fn read(pattern: &str) -> Option<Pattern> {
    // A JSON string is a YAML string.
    let value = serde_json::to_string(pattern).unwrap();
    let contract = format!(
        "name: node_order_reducer\nnode_type: reducer\ncontract_version: 1.0.0\nstate_machine:\n  initial_state: a\n  \
         states: [a, b]\n  terminal_states: [b]\n  transitions:\n    - {{ from: a, to: b, trigger: t, guard_conditions: \
         [{{ field: name, operator: matches, value: {value} }}] }}\n"
    );
    let contract = onex_contract::parse(&Source::new("contract.yaml", contract)).ok()?;
    let guard = &contract.machine.as_ref()?.transitions[0].guards[0];
    let Some(Literal::Pattern(pattern)) = &guard.value else { panic!("{guard:?}") };
    let program = pattern.program.iter().map(|instruction| match instruction {
        Read::One(ranges) => Instruction::One(Vec::leak(ranges.clone())),
        Read::Check(Assertion::Start) => Instruction::Start,
        Read::Check(Assertion::End) => Instruction::End,
        Read::Check(Assertion::WordEdge) => Instruction::WordEdge(true),
        Read::Check(Assertion::NoWordEdge) => Instruction::WordEdge(false),
        Read::Go(to) => Instruction::Go(*to),
        Read::Both(one, other) => Instruction::Both(*one, *other),
        Read::Matched => Instruction::Matched,
    });
    Some(Pattern(Vec::leak(program.collect())))
}

/// Patterns that are well formed, of few characters, so that texts of them match often.
fn pattern() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        6 => "[ab_1 é]",
        2 => r"\\[dDwWsS.\-n]",
        1 => Just(".".to_owned()),
        2 => r"\[\^?(a|b|1|a-b|0-9|\\w|\\S|é|-)(a|_|\\d|\\\]|b-é)?\]",
    ];
    let alone = prop_oneof![8 => one, 1 => prop::sample::select(vec!["^", "$", r"\b", r"\B", r"\A", r"\z", ""]).prop_map(str::to_owned)];
    alone.prop_recursive(4, 24, 4, |inner| {
        let count = prop_oneof![
            Just(String::new()),
            "[*+?]\\??",
            (0..4_u32).prop_map(|least| format!("{{{least}}}")),
            (0..4_u32).prop_map(|least| format!("{{{least},}}")),
            (0..3_u32, 0..3_u32).prop_map(|(least, more)| format!("{{{least},{}}}", least + more)),
        ];
        prop_oneof![
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            1 => prop::collection::vec(inner.clone(), 2..4).prop_map(|parts| format!("({})", parts.join("|"))),
            2 => (inner, count).prop_map(|(inner, count)| format!("(?:{inner}){count}")),
        ]
    })
}

/// Pieces in any order, of which few make a pattern.
fn junk() -> impl Strategy<Value = String> {
    let pieces = vec![
        "a", "b", "(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "^", "$", ".", "-", ",", "1", "2", "\\",
        "é", "&", ":", "n", "x", "Q",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..12).prop_map(|pieces| pieces.concat())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[ab_1 é]{0,8}", 1 => "[ab1\n-.]{0,6}"]
}

/// Where both take a pattern, it means the same.
fn agrees(pattern: &str, texts: &[String]) -> Result<bool, TestCaseError> {
    let (Some(ours), Ok(theirs)) = (read(pattern), Regex::new(&format!("^(?:{pattern})"))) else {
        return Ok(false);
    };
    for text in texts {
        prop_assert_eq!(ours.begins(text), theirs.is_match(text), "`{}` and {:?}", pattern, text);
    }
    Ok(true)
}

fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default,
        None => ProptestConfig { cases, ..default },
    }
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn a_pattern_means_what_a_library_takes_it_for(
        pattern in pattern(), texts in prop::collection::vec(text(), 1..8),
    ) {
        prop_assert!(agrees(&pattern, &texts)?, "`{}` is refused", pattern);
    }

    #[test]
    fn what_is_no_pattern_is_refused_and_what_is_taken_means_the_same(
        pattern in junk(), texts in prop::collection::vec(text(), 1..8),
    ) {
        agrees(&pattern, &texts)?;
    }
}

/// A matcher that goes back would take longer than the universe has.
#[test]
fn matching_takes_linear_time() {
    let text = format!("{}!", "a".repeat(10_000));
    for pattern in ["^(a+)+$", "^(a|a)*$", "^(a*)*b", "(a{0,20}){0,20}$"] {
        assert!(!read(pattern).expect(pattern).begins(&text), "{pattern}");
    }
}
