//! The dead-letter file has every line that did not become an order, byte for byte.

use std::fs;

use order_workflow::dead_letters::Entry;
use order_workflow::generate::Plan;
use order_workflow::input::Input;
use order_workflow::lines::MAX_LINE;
use order_workflow::lossless::Encoding;

use crate::{run, run_bytes};

fn original(entry: &Entry) -> Vec<u8> {
    entry.original().expect("the file is as it was written")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_of_each_line_are_recovered() {
    let input =
        Input::generated(Plan { orders: 600, seed: 5 }, None).expect("the temporary folder can be written");
    let bytes = fs::read(input.path()).expect("it was just written");
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let (_, dead) = run(&input).await;

    assert!(dead.len() > 40, "{}", dead.len());
    assert!(dead.is_sorted_by(|one, next| one.line < next.line), "in the order of the input");
    for entry in &dead {
        let at = usize::try_from(entry.offset).expect("it is in memory");
        let original = original(entry);
        assert_eq!(original, lines[entry.line as usize - 1], "line {}", entry.line);
        assert_eq!(original, bytes[at..at + original.len()], "line {}", entry.line);
    }
    assert!(dead.iter().any(|entry| original(entry).len() > 2 * MAX_LINE), "the one that is too long, too");
    assert!(dead.iter().any(|entry| entry.encoding == Encoding::Base64), "those that are not UTF-8, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_too_long_is_recovered_also_where_it_is_no_text() {
    let mut line = vec![b'x'; 2 * MAX_LINE];
    line.push(0xFF);
    let (_, dead) = run_bytes(&[&line[..], b"\n"].concat()).await;
    assert_eq!(dead[0].encoding, Encoding::Base64);
    assert_eq!(original(&dead[0]), line);
    assert_eq!(dead[0].cause, format!("the line has {} bytes; at most {MAX_LINE} are read", line.len()));
}
