//! The generator, and the job on what it makes.

use order_workflow::counts::End;
use order_workflow::generate::{self, Plan};
use order_workflow::input::Input;

use crate::run;

fn bytes(plan: Plan) -> Vec<u8> {
    let mut bytes = Vec::new();
    generate::write(plan, &mut bytes).expect("memory can be written");
    bytes
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_one_others() {
    let plan = Plan { orders: 500, seed: 7 };
    assert_eq!(bytes(plan), bytes(plan));
    assert_ne!(bytes(plan), bytes(Plan { seed: 8, ..plan }));
}

#[test]
fn the_input_has_as_many_lines_as_were_asked_for_and_both_ways_to_end_them() {
    for orders in [1, 2, 99, 100, 1_000] {
        let text = bytes(Plan { orders, seed: 3 });
        assert_eq!(text.split(|byte| *byte == b'\n').count() as u64, orders);
        assert!(!text.ends_with(b"\n"), "the last line is not ended");
    }
    let text = bytes(Plan { orders: 1_000, seed: 3 });
    let windows = text.windows(2).filter(|pair| pair == b"\r\n").count();
    assert!((50..200).contains(&windows), "{windows}");
    assert!(bytes(Plan { orders: 0, seed: 3 }).is_empty());
}

#[test]
fn the_generator_expects_what_its_shares_say() {
    let expected = generate::write(Plan::default(), &mut Vec::new()).expect("memory can be written");
    assert_eq!(expected.lines, 6_000);
    // A share of 1,000 of ten thousand lines is 600 of six thousand; one more line is too long.
    assert_eq!(expected.of(End::Malformed), (100 + 100 + 60 + 60) * 6 / 10 + 1);
    assert_eq!(expected.of(End::DeadLettered), (200 + 50) * 6 / 10);
    assert_eq!(expected.of(End::Rejected), (200 + 150 + 100) * 6 / 10);
    assert_eq!(expected.of(End::Failed), (250 + 250) * 6 / 10);
    assert_eq!(expected.of(End::Compensated), (50 + 300 + 100) * 6 / 10);
    assert_eq!(expected.of(End::Duplicate), 300 * 6 / 10);
    assert_eq!(expected.refused, 300 * 6 / 10);
    // Those that failed at the bank were not charged; those that the courier refused were.
    assert_eq!(expected.charged, expected.of(End::Completed) + 100 * 6 / 10);
    assert_eq!(expected.validated, 6_000 - (192 + 1) - 150 - 270);
    // Flaky orders are retried once to three times, those without a bank three times.
    assert!(expected.retried > 180 + 3 * 30 && expected.retried < 3 * (180 + 30), "{}", expected.retried);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_input_comes_out_as_expected_each_time() {
    let input = Input::generated(Plan::default(), None).expect("the temporary folder can be written");
    let (first, _) = run(&input).await;
    assert_eq!(Some(first.counts), first.expected);
    assert!(first.reconciliation.holds(), "{:#?}", first.reconciliation);
    let (second, _) = run(&input).await;
    assert_eq!(second.counts, first.counts);
    assert!(second.reconciliation.holds(), "{:#?}", second.reconciliation);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_seed_and_any_number_of_lines_reconcile() {
    for (orders, seed) in [(0, 1), (1, 2), (99, 3), (100, 4), (777, u64::MAX)] {
        let plan = Plan { orders, seed };
        let input = Input::generated(plan, None).expect("the temporary folder can be written");
        let (outcome, _) = run(&input).await;
        assert_eq!(Some(outcome.counts), outcome.expected, "{plan}");
        assert!(outcome.reconciliation.holds(), "{plan}: {:#?}", outcome.reconciliation);
    }
}

#[test]
fn a_generated_file_is_removed_again() {
    let input =
        Input::generated(Plan { orders: 3, seed: 1 }, None).expect("the temporary folder can be written");
    let path = input.path().to_owned();
    assert!(path.is_file());
    drop(input);
    assert!(!path.exists());
}
