//! Whatever the bytes: a contract, or faults at places in the file, each once. Never a panic.

use std::collections::HashSet;

use onex_contract::{Diagnostics, IncludeError, Source, parse, parse_with};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const CONTRACTS: [&str; 3] = [
    include_str!("cases/valid_order_workflow.yaml"),
    include_str!("cases/valid_orchestrator_template_mended.yaml"),
    include_str!("cases/valid_effect_with_intents.yaml"),
];

/// What an edit may put in: pieces of the language and pieces of YAML.
const PIECES: [&str; 43] = [
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
    "!include y\n",
    "<<: !include z\n",
    "&a !include \"x\"",
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
    let mut last = 0;
    for fault in faults.list() {
        assert!(last <= fault.primary.span.start, "not in the order of the file");
        last = fault.primary.span.start;
    }
    judge_faults(&faults);
}

/// The files `x`, `y` and `z` may include each other and themselves.
fn judge_files(contract: &str, files: [&str; 3]) {
    let verdict = parse_with(&Source::new("any.yaml", contract), &mut |path| match path {
        "x" | "y" | "z" => Ok(files[usize::from(path.as_bytes()[0] - b'x')].into()),
        "any.yaml" => panic!("the contract itself is not asked for"),
        _ => Err(IncludeError::Missing { neighbours: vec!["x".into(), "y".into()] }),
    });
    match verdict {
        Ok(contract) => assert_eq!(contract.source.name(), "any.yaml"),
        Err(faults) => judge_faults(&faults),
    }
}

fn judge_faults(faults: &Diagnostics) {
    let source = faults.source();
    assert!(!faults.list().is_empty());
    let mut seen = HashSet::new();
    for fault in faults.list() {
        let labels = fault.secondary.iter().chain([&fault.primary]);
        let edits = fault.help.iter().filter_map(|help| help.replacement.as_ref().map(|(span, _)| *span));
        for span in labels.map(|label| label.span).chain(edits) {
            // Cut off at the end of its file or in a character, it would be shorter.
            assert_eq!(source.slice(span).len(), span.end - span.start, "{fault:?} is not in the text");
        }
        let file = source.file_of(fault.primary.span).name();
        let place = source.line_col(fault.primary.span.start);
        assert!(seen.insert((fault.code, file, place, &fault.message)), "reported twice: {fault:?}");
        assert!(fault.render_plain(source).contains(&format!("--> {file}:")), "{fault:?}");
        assert!(!fault.render_for_compile_error(source).starts_with("error"), "{fault:?}");
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
    fn arbitrary_pieces_in_files(files in [vec(select(&PIECES[..]), 0..20), vec(select(&PIECES[..]), 0..20), vec(select(&PIECES[..]), 0..20)]) {
        let files = files.map(|pieces| pieces.concat());
        judge_files("x-all: [!include x, !include y, { a: !include z }]", [&files[0], &files[1], &files[2]]);
        judge_files("!include x", [&files[0], &files[1], &files[2]]);
    }

    #[test]
    fn an_edited_contract_in_files(
        contract in select(&CONTRACTS[..]),
        edits in vec((any::<Index>(), 0..12_usize, select(&PIECES[..])), 1..4),
        cuts in [any::<Index>(), any::<Index>()],
    ) {
        let text = edited(contract, &edits);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut at = cuts.map(|cut| cut.index(lines.len() + 1));
        at.sort_unstable();
        let [one, two, three] = [&lines[..at[0]], &lines[at[0]..at[1]], &lines[at[1]..]].map(<[&str]>::concat);
        judge_files("<<: [!include x, !include y, !include z]", [&one, &two, &three]);
        judge_files(&format!("{one}x-cut: !include x\n{three}"), [&two, "", ""]);
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
