//! That the ledger notices what it must and takes what it may: on a journal in memory, which loses nothing by itself.

use std::sync::Arc;

use onex::Envelope;
use onex::journal::{Commit, Journal as _, Lease, Memory};

use crate::ledger::{Change, Ledger, Ticket};
use crate::letter_of;

const FIRST: u32 = 0;
const SECOND: u32 = 1;

/// One that sends a letter of this number.
fn letter(number: u32) -> [Arc<Envelope>; 1] {
    [Arc::new(letter_of(number))]
}

fn ask(ledger: &Ledger, lease: &Lease, number: u32) -> Ticket {
    let outbox = letter(number);
    ledger.ask(FIRST, Change::of(lease, &Commit { outbox: &outbox, ..Commit::default() }))
}

async fn write(journal: &Memory, lease: &Lease, number: u32) {
    let outbox = letter(number);
    journal.commit(lease, Commit { outbox: &outbox, ..Commit::default() }).await.unwrap();
}

async fn acquire(ledger: &Ledger, journal: &Memory, process: u32) -> Lease {
    let ticket = ledger.ask(process, Change::acquisition(ledger.epoch() + 1));
    let lease = journal.acquire("a program").await.unwrap();
    ledger.acquire(ticket, &lease, journal).await;
    lease
}

#[tokio::test]
async fn of_what_nobody_was_told_there_is_a_beginning_with_all_before_what_somebody_was_told() {
    let cases: [(&[u32], &[usize], bool, bool); 11] = [
        // What is in the journal of 0, 1 and 2, which of them was acknowledged, whether the disk may be full, and whether that may be.
        (&[], &[], false, true),
        (&[0], &[], false, true),
        (&[0, 1, 2], &[], false, true),
        (&[1], &[], false, false),
        (&[0, 2], &[], false, false),
        (&[0, 1], &[1], false, true),
        (&[0, 1, 2], &[1], false, true),
        (&[1], &[1], false, false),
        (&[1], &[1], true, true),
        (&[0], &[1], true, false),
        (&[0, 3], &[], false, false),
    ];
    for (written, acknowledged, may_lack_room, holds) in cases {
        let (ledger, journal) = (Ledger::default(), Memory::default());
        let lease = acquire(&ledger, &journal, FIRST).await;
        ledger.expect_a_full_disk(may_lack_room);
        let tickets = [0, 1, 2].map(|number| ask(&ledger, &lease, number));
        for number in written {
            write(&journal, &lease, *number).await;
        }
        acknowledged.iter().for_each(|which| ledger.acknowledge(tickets[*which]));
        ledger.check(&journal).await;
        let violations = ledger.violations();
        assert_eq!(violations.is_empty(), holds, "{written:?} of which {acknowledged:?}: {violations:?}");
    }
}

#[tokio::test]
async fn what_an_owner_left_is_taken_before_the_next_acquires_the_journal_and_never_after() {
    for (is_before, holds) in [(true, true), (false, false)] {
        let (ledger, journal) = (Ledger::default(), Memory::default());
        let first = acquire(&ledger, &journal, FIRST).await;
        if is_before {
            ask(&ledger, &first, 0);
            write(&journal, &first, 0).await;
        }
        let second = acquire(&ledger, &journal, SECOND).await;
        assert_eq!(ledger.violations(), Vec::<String>::new());
        if !is_before {
            ask(&ledger, &first, 0);
            write(&journal, &second, 0).await;
        }
        ledger.check(&journal).await;
        let violations = ledger.violations();
        assert_eq!(violations.is_empty(), holds, "{violations:?}");
    }
}
