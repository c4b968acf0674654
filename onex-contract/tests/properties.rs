//! Whatever the bytes: a contract, or faults at places in the file, each once. Never a panic.

use std::collections::HashSet;

use onex_contract::{Source, parse};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const CONTRACTS: [&str; 3] = [
    include_str!("cases/valid_order_workflow.yaml"),
    include_str!("cases/valid_orchestrator_template_mended.yaml"),
    include_str!("cases/valid_effect_with_intents.yaml"),
];

/// What an edit may put in: pieces of the language and pieces of YAML.
const PIECES: [&str; 40] = [
    "",
    " ",
    "\n",
    "\n  ",
    "\t",
    ":",
    ": ",
    "- ",
    "\n- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "#",
    "&a ",
    "*a",
    "<<: *a",
    "!include x",
    "!!str ",
    "|\n",
    ">-\n",
    "---\n",
    "%YAML 1.2\n",
    "~",
    "null",
    "true",
    "0",
    "-1",
    "1e9",
    "99999999999999999999",
    "ö",
    "\u{feff}",
    "\0",
    "depends_on: [validate]",
    "node_id: charge",
    "event_type: OrderPlaced",
    "x-y: 1\n",
];

fn judge(bytes: &[u8]) {
    let Err(faults) = Source::from_bytes("any.yaml", bytes).and_then(|source| parse(&source)) else { return };
    assert!(!faults.list().is_empty());
    let text = faults.source().text();
    let mut seen = HashSet::new();
    let mut last = 0;
    for fault in faults.list() {
        let labels = fault.secondary.iter().chain([&fault.primary]);
        let edits = fault.help.iter().filter_map(|help| help.replacement.as_ref().map(|(span, _)| *span));
        for span in labels.map(|label| label.span).chain(edits) {
            assert!(text.get(span.start..span.end).is_some(), "{fault:?} is not in the text");
        }
        assert!(last <= fault.primary.span.start, "not in the order of the file");
        last = fault.primary.span.start;
        assert!(seen.insert((fault.code, fault.primary.span, &fault.message)), "reported twice: {fault:?}");
        assert!(fault.render_plain(faults.source()).contains("--> any.yaml:"), "{fault:?}");
        assert!(!fault.render_for_compile_error(faults.source()).starts_with("error"), "{fault:?}");
    }
}

/// Replaces some characters of a text by a piece.
fn edited(text: &str, edits: &[(Index, usize, &str)]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for (at, removed, piece) in edits {
        let start = at.index(characters.len() + 1);
        let end = (start + removed).min(characters.len());
        characters.splice(start..end, piece.chars());
    }
    characters.into_iter().collect()
}

/// Moves or repeats whole lines.
fn shuffled(text: &str, moves: &[(Index, Index, bool)]) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    for (from, to, keep) in moves {
        let from = from.index(lines.len());
        let line = lines[from];
        if !keep && lines.len() > 1 {
            lines.remove(from);
        }
        lines.insert(to.index(lines.len() + 1), line);
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in vec(any::<u8>(), 0..300)) {
        judge(&bytes);
    }

    #[test]
    fn arbitrary_pieces(pieces in vec(select(&PIECES[..]), 0..60)) {
        judge(pieces.concat().as_bytes());
    }

    #[test]
    fn an_edited_contract(
        contract in select(&CONTRACTS[..]),
        edits in vec((any::<Index>(), 0..12_usize, select(&PIECES[..])), 1..4),
    ) {
        judge(edited(contract, &edits).as_bytes());
    }

    #[test]
    fn a_contract_with_lines_out_of_place(
        contract in select(&CONTRACTS[..]),
        moves in vec((any::<Index>(), any::<Index>(), any::<bool>()), 1..4),
    ) {
        judge(shuffled(contract, &moves).as_bytes());
    }

    #[test]
    fn places_are_right_in_any_text(text in "[a-zä€\\t\\r\\n😀]{0,60}", at in any::<Index>()) {
        let source = Source::new("any.yaml", text.clone());
        let offset = at.index(text.len() + 1);
        let offset = (0..=offset).rev().find(|offset| text.is_char_boundary(*offset)).unwrap_or(0);
        let before = &text[..offset];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
        prop_assert_eq!(source.line_col(offset), (line, column));
    }
}
