//! The command itself: what it prints, and how it exits.

use std::process::{Command, Output};

use crate::{Folder, order};

fn order_workflow(folder: &Folder, arguments: &[&str]) -> Output {
    let dead_letters = folder.path("dead.jsonl");
    Command::new(env!("CARGO_BIN_EXE_order-workflow"))
        .args(arguments)
        .arg("--dead-letters")
        .arg(dead_letters)
        .output()
        .expect("cargo has built it")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it prints UTF-8")
}

#[test]
fn an_input_that_is_kept_gives_the_same_numbers_again() {
    let folder = Folder::new();
    let kept = folder.path("kept.jsonl");
    let kept = kept.to_str().expect("the folder's name is UTF-8");
    let generated = order_workflow(&folder, &["--orders", "150", "--seed=9", "--write-input", kept]);
    assert!(generated.status.success(), "{generated:?}");
    assert!(generated.stderr.is_empty(), "no bar where nobody looks");
    let again = order_workflow(&folder, &[kept]);
    assert!(again.status.success(), "{again:?}");

    // A line of the table without what was expected, which a file does not say.
    let completed = |output: &Output| {
        let text = text(&output.stdout);
        assert!(text.ends_with("reconciled: every line is accounted for\n"), "{text}");
        let line = text.lines().find(|line| line.trim_start().starts_with("completed ")).map(str::to_owned);
        line.and_then(|line| Some(line.split_whitespace().nth(1)?.to_owned()))
    };
    assert!(completed(&generated).is_some());
    assert_eq!(completed(&generated), completed(&again));
    assert!(text(&generated.stdout).contains("expected") && !text(&again.stdout).contains("expected"));
}

#[test]
fn a_bad_line_is_counted_and_is_no_failure_of_the_job() {
    let folder = Folder::new();
    let path = folder.file("orders.jsonl", format!("{}\nno json\n", order("a")).as_bytes());
    let output = order_workflow(&folder, &[path.to_str().expect("the folder's name is UTF-8")]);
    assert!(output.status.success());
    assert!(text(&output.stdout).contains("dead letters: 1, in "), "{output:?}");
}

#[test]
fn what_is_wrong_with_the_command_line_is_said_and_exits_with_2() {
    let output = order_workflow(&Folder::new(), &["--orders", "many"]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(
        said.starts_with("error: `--orders` takes a number from 0 to 1000000, and `many` is none\n"),
        "{said}"
    );
    assert!(said.contains("usage: order-workflow"));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_file_that_is_not_there_is_said_and_exits_with_1() {
    let output = order_workflow(&Folder::new(), &["no-such-orders.jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.starts_with("error: the input `no-such-orders.jsonl` cannot be read: "), "{said}");
    assert_eq!(said.lines().count(), 1);
}

#[test]
fn help_is_no_error() {
    let output = order_workflow(&Folder::new(), &["--help"]);
    assert!(output.status.success());
    assert!(text(&output.stdout).contains("--dead-letters FILE"));
}
