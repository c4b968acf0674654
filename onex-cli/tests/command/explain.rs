//! `onex explain`.

use onex_contract::Code;

use crate::run::{root, run};

#[test]
fn every_code_has_a_page_under_each_of_its_spellings() {
    for code in [Code::UnknownStep, Code::Syntax] {
        let digits = &code.as_str()[4..];
        for spelling in [code.as_str(), &code.as_str().to_lowercase(), digits, digits.trim_start_matches('0')]
        {
            let run = run(&root(), &["explain", spelling]);
            assert_eq!((run.code, run.stdout.as_str()), (0, code.page()), "{spelling}");
        }
    }
}

#[test]
fn headings_are_bold_on_a_terminal() {
    let run = run(&root(), &["explain", "204", "--color", "always"]);
    assert!(run.stdout.starts_with("\u{1b}[1mONEX0204: "), "{}", run.stdout);
    assert!(run.stdout.contains("\n\u{1b}[1mHow to mend\u{1b}[0m\n"), "{}", run.stdout);
    let plain = Code::UnknownStep.page();
    let words = |text: &str| text.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
    assert_eq!(words(&run.stdout), plain.replace("## ", "").replace("# ", ""));
}

#[test]
fn an_unknown_code_is_refused_with_the_one_that_is_meant() {
    let run = run(&root(), &["explain", "0NEX0204"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert_eq!(
        run.stderr,
        "error: `0NEX0204`: there is no such code, perhaps `ONEX0204` is meant; `onex explain --list` lists all \
         codes\n"
    );
}

#[test]
fn the_list_has_a_line_for_each_code() {
    let run = run(&root(), &["explain", "--list"]);
    assert_eq!(run.code, 0);
    let expected: Vec<String> =
        Code::ALL.iter().map(|code| format!("{}  {}", code.as_str(), code.title())).collect();
    assert_eq!(run.stdout.lines().collect::<Vec<_>>(), expected);
}
