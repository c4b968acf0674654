//! Each way in which a line can be good or bad, on its own: where it ends, and what happens on the way.

use fastrand::Rng;
use order_workflow::counts::{Counts, End};
use order_workflow::generate::{self, Class};

use crate::{ends, order, run_bytes};

const LINES: u64 = 3;

/// Three lines of one class.
async fn run_class(class: Class) -> Counts {
    let mut bytes = Vec::new();
    let classes = [class; LINES as usize];
    generate::write_classes(&classes, &mut Rng::with_seed(11), &mut bytes).expect("memory can be written");
    let (outcome, dead) = run_bytes(&bytes).await;
    assert!(outcome.reconciliation.holds(), "{class:?}: {:#?}", outcome.reconciliation);
    let set_aside = if class.end().is_set_aside() { LINES } else { 0 };
    assert_eq!(dead.len() as u64, set_aside, "{class:?}");
    outcome.counts
}

#[tokio::test(flavor = "multi_thread")]
async fn each_class_ends_where_it_should() {
    // The class, and for each of its lines: validated, charged, refused.
    let cases = [
        (Class::Good, End::Completed, (1, 1, 0)),
        (Class::FlakyBank, End::Completed, (1, 1, 0)),
        (Class::BankAway, End::Compensated, (1, 0, 0)),
        (Class::Declined, End::Compensated, (1, 0, 1)),
        (Class::Undeliverable, End::Compensated, (1, 1, 0)),
        (Class::OutOfStock, End::Failed, (1, 0, 0)),
        (Class::UnknownCustomer, End::Failed, (1, 0, 0)),
        (Class::NoItems, End::Rejected, (0, 0, 0)),
        (Class::ImpossibleQuantity, End::Rejected, (0, 0, 0)),
        (Class::Overflow, End::Rejected, (0, 0, 0)),
        (Class::MissingField, End::DeadLettered, (0, 0, 0)),
        (Class::NotAnOrder, End::DeadLettered, (0, 0, 0)),
        (Class::Truncated, End::Malformed, (0, 0, 0)),
        (Class::Garbage, End::Malformed, (0, 0, 0)),
        (Class::NotUtf8, End::Malformed, (0, 0, 0)),
        (Class::Blank, End::Malformed, (0, 0, 0)),
        (Class::TooLong, End::Malformed, (0, 0, 0)),
    ];
    assert_eq!(cases.len() + 1, Class::ALL.len(), "all but duplicates");
    for (class, end, (validated, charged, refused)) in cases {
        let counts = run_class(class).await;
        assert_eq!(ends(&counts), [(end, LINES)], "{class:?}");
        let on_the_way = (counts.validated, counts.charged, counts.refused);
        assert_eq!(on_the_way, (validated * LINES, charged * LINES, refused * LINES), "{class:?}");
        let retried = match class {
            Class::BankAway => 3 * LINES..=3 * LINES,
            Class::FlakyBank => LINES..=3 * LINES,
            _ => 0..=0,
        };
        assert!(retried.contains(&counts.retried), "{class:?}: {} retries", counts.retried);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_line_with_an_order_id_is_a_duplicate() {
    let lines = [order("a"), order("b"), order("a"), order("a")].join("\n");
    let (outcome, dead) = run_bytes(lines.as_bytes()).await;
    assert_eq!(ends(&outcome.counts), [(End::Completed, 2), (End::Duplicate, 2)]);
    assert_eq!((outcome.counts.validated, outcome.counts.charged), (4, 2));
    assert!(outcome.reconciliation.holds(), "{:#?}", outcome.reconciliation);
    assert!(dead.iter().all(|entry| entry.end == "duplicate" && entry.cause.contains("the order id `a`")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_order_is_set_aside_with_the_words_of_serde() {
    let line = order("a").replace(r#""customer_id":"cust-001","#, "");
    let (outcome, dead) = run_bytes(line.as_bytes()).await;
    assert_eq!(ends(&outcome.counts), [(End::DeadLettered, 1)]);
    assert!(dead[0].cause.contains("missing field `customer_id` at line 1 column"), "{}", dead[0].cause);
}
