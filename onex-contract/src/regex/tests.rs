use super::fault::What;
use super::*;

fn fault(text: &str) -> (What, &str) {
    let fault = Pattern::read(text).expect_err(text);
    (fault.what, &text[fault.place])
}

#[test]
fn a_fault_has_its_place() {
    for (text, what, place) in [
        ("a(b", What::OpenGroup, "("),
        ("a)b", What::CloseGroup, ")"),
        ("(a))", What::CloseGroup, ")"),
        ("a[bc", What::OpenSet, "["),
        ("[]", What::OpenSet, "["),
        ("[a-", What::OpenSet, "["),
        ("a(?=b)", What::SpecialGroup, "(?="),
        ("(?i)a", What::SpecialGroup, "(?i"),
        ("(?P<name>a)", What::SpecialGroup, "(?P"),
        ("(?", What::SpecialGroup, "(?"),
        ("[a[b]]", What::NestedSet, "["),
        ("[a-[]", What::NestedSet, "["),
        ("[a&&b]", What::SetOperation, "&&"),
        ("[a--b]", What::SetOperation, "--"),
        ("[z-a]", What::BackwardRange, "z-a"),
        (r"[\d-z]", What::RangeOfClass, r"\d-z"),
        (r"[a-\w]", What::RangeOfClass, r"a-\w"),
        ("*a", What::NothingToRepeat, "*"),
        ("a|+", What::NothingToRepeat, "+"),
        ("^*", What::NothingToRepeat, "^*"),
        (r"a\b{2}", What::NothingToRepeat, r"\b{2}"),
        ("{2}", What::NothingToRepeat, "{2}"),
        ("a**", What::RepeatedTwice, "**"),
        ("a++", What::RepeatedTwice, "++"),
        ("a{2}{3}", What::RepeatedTwice, "{2}{"),
        ("a{", What::NoCount, "{"),
        ("a{x}", What::NoCount, "{x}"),
        ("a{,}", What::NoCount, "{,}"),
        ("a{3,2}", What::BackwardCount, "{3,2}"),
        ("a{1001}", What::CountTooLarge, "{1001}"),
        ("a{99999999999999999999}", What::CountTooLarge, "{99999999999999999999}"),
        (r"a\", What::NoEscape, r"\"),
        (r"\q", What::NoEscape, r"\q"),
        (r"\é", What::NoEscape, r"\é"),
        (r"\x4g", What::NoEscape, r"\x4"),
        (r"\ud800", What::NoEscape, r"\ud800"),
        (r"(a)\1", What::Reference, r"\1"),
        ("(a{1000}){2}", What::TooLarge, "(a{1000}){2}"),
    ] {
        assert_eq!(fault(text), (what, place), "{text}");
    }
    assert_eq!(fault(&"(".repeat(51)).0, What::TooDeep);
    Pattern::read(&format!("{}a{}", "(".repeat(50), ")".repeat(50))).expect("it is as deep as may be");
}

#[test]
fn what_is_repeated_without_end_is_read_in_time() {
    let mut text = "()".to_owned();
    for _ in 0..40 {
        text = format!("({text}){{1000}}");
    }
    assert_eq!(Pattern::read(&text).expect("there is nothing in it").program, [Instruction::Matched]);
    let long = "(a|b)*".repeat(100_000);
    assert_eq!(fault(&long).0, What::TooLarge);
}

#[test]
fn sets_are_in_order_and_do_not_overlap() {
    for (text, ranges) in [
        ("[c-ea-db]", &[('a', 'e')][..]),
        ("[]-]", &[('-', '-'), (']', ']')]),
        ("[^-a]", &[('\0', ','), ('.', '`'), ('b', char::MAX)]),
        (r"[\w-]", &[('-', '-'), ('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
        ("[^\0-\u{d7ff}]", &[('\u{e000}', char::MAX)]),
        (r"[\s\S]", &[('\0', char::MAX)]),
        (r"[^\s\S]", &[]),
        (r"\x41", &[('A', 'A')]),
        (r"\u00e9", &[('é', 'é')]),
    ] {
        let program = Pattern::read(text).expect(text).program;
        assert_eq!(program, [Instruction::One(ranges.to_vec()), Instruction::Matched], "{text}");
    }
}

#[test]
fn what_is_spelled_differently_is_the_same() {
    for (one, other) in [("a{,2}", "a{0,2}"), (r"a\Z", "a$"), (r"\Aa", "^a"), ("a+?", "a+"), (r"\@\ ", "@ ")]
    {
        let program = |text| Pattern::read(text).expect(text).program;
        assert_eq!(program(one), program(other));
    }
}
