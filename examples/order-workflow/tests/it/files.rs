//! Files as users have them.

use order_workflow::counts::{Counts, End};
use order_workflow::input::Input;
use order_workflow::job;
use order_workflow::progress::Progress;

use crate::{Folder, ends, order, run_bytes};

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file_is_no_orders() {
    let (outcome, _) = run_bytes(b"").await;
    assert_eq!(outcome.counts, Counts::default());
    assert!(outcome.reconciliation.holds());
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_may_end_as_on_windows_and_the_last_one_not_at_all() {
    let [a, b] = [order("a"), order("b")];
    for text in [format!("{a}\r\n{b}\r\n"), format!("{a}\n{b}"), format!("\u{feff}{a}\r\n{b}")] {
        let (outcome, _) = run_bytes(text.as_bytes()).await;
        assert_eq!(ends(&outcome.counts), [(End::Completed, 2)], "{text}");
        assert!(outcome.reconciliation.holds());
        assert_eq!(outcome.expected, None, "nobody knows what is to come of a user's file");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_line_is_counted_and_not_forgotten() {
    let text = format!("\n{}\n\r\n \n", order("a"));
    let (outcome, dead) = run_bytes(text.as_bytes()).await;
    assert_eq!(ends(&outcome.counts), [(End::Completed, 1), (End::Malformed, 3)]);
    let places: Vec<_> = dead.iter().map(|entry| (entry.line, &*entry.bytes)).collect();
    assert_eq!(places, [(1, ""), (3, "\r"), (4, " ")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_fields_are_no_fault_and_any_text_may_be_an_id() {
    let line = order("Bestellung № 1 🏝").replacen('{', r#"{"note":{"deep":[1,null]},"#, 1);
    let (outcome, _) = run_bytes(line.as_bytes()).await;
    assert_eq!(outcome.counts.ended(), 1);
    assert_eq!(outcome.counts.validated, 1);
    assert!(outcome.reconciliation.holds());
}

#[test]
fn what_is_no_file_is_refused_before_anything_is_written() {
    let folder = Folder::new();
    let missing = Input::existing(&folder.path("missing.jsonl")).expect_err("there is no such file");
    let text = format!("{missing:#}");
    assert!(text.starts_with("the input `") && text.contains("missing.jsonl` cannot be read: "), "{text}");
    let no_file = Input::existing(&folder.path("")).expect_err("a folder is no file").to_string();
    assert!(no_file.contains("is not a regular file"), "{no_file}");
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_never_overwrite_the_input() {
    let folder = Folder::new();
    let path = folder.file("orders.jsonl", b"{}\n");
    let input = Input::existing(&path).expect("it was just written");
    let error = job::run(&input, &path, &Progress::hidden()).await.expect_err("they are the same file");
    assert!(error.to_string().contains("would overwrite it"), "{error}");
    assert_eq!(std::fs::read(&path).expect("it is still there"), b"{}\n");
}
