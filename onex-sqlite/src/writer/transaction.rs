//! One transaction of the journal: what is asked in a row, each as if alone, and how far the journal has come with it.

use onex::failpoint::{Place, cross};
use onex::journal::{Committed, Lease};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use uuid::Uuid;

use super::asked::{Outcome, Request};
use crate::apply::{Batch, acquire, apply, fenced, owner};
use crate::ids::unsigned;
use crate::known::KnownRuns;
use crate::lock::unix_ms;
use crate::requests::answer;
use crate::sum::Unfinished;

/// What came of each, and how many transactions the journal has with this one.
pub(super) fn transact(
    connection: &mut Connection,
    known: &mut KnownRuns,
    batch: &[Request],
) -> rusqlite::Result<(Vec<Outcome>, u64)> {
    cross(Place::TransactionBefore);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut current = owner(&transaction)?;
    let now = unix_ms();
    let mut applied = Batch::new(&transaction, known, now)?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for request in batch {
        outcomes.push(match request {
            Request::Acquire { owner, .. } => {
                let epoch = current.as_ref().map_or(0, |lease| lease.epoch) + 1;
                let lease = Lease { lease_id: fresh_lease_id(), epoch, owner: owner.as_str().into() };
                acquire(&transaction, &lease, now)?;
                current = Some(lease.clone());
                // Another may have owned it in between, and written.
                applied.forget();
                Outcome::Acquired(lease)
            }
            Request::Commit { claim, commit, .. } => {
                Outcome::Committed(match fenced(current.as_ref(), *claim) {
                    Some(fenced) => {
                        applied.forget();
                        Err(fenced)
                    }
                    None => apply(&mut applied, commit)?,
                })
            }
            Request::Answer { claim, asked, outcome, .. } => {
                Outcome::Committed(match fenced(current.as_ref(), *claim) {
                    Some(fenced) => Err(fenced),
                    None => {
                        answer(&transaction, *asked, outcome, now)?;
                        Ok(Committed { seq: 0 })
                    }
                })
            }
        });
    }
    let unfinished = applied.unfinished;
    drop(applied);
    let transactions = finish(transaction, unfinished)?;
    Ok((outcomes, transactions))
}

/// Commits, and says in the journal how many transactions it has: one more than it says, since who has lost it to another does not
/// know how far that one has come. So with how far its runs have come: `unfinished` is what has changed.
pub(super) fn finish(transaction: Transaction<'_>, unfinished: Unfinished) -> rusqlite::Result<u64> {
    let sql = "SELECT transactions + 1, unfinished FROM journal";
    let (transactions, before): (i64, i64) =
        transaction.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    // Two statements: what returns rows keeps them in a table of its own, which costs more than the second.
    let sql = "UPDATE journal SET transactions = ?1, unfinished = ?2, sum = onex_sum(id, ?1, ?2)";
    transaction.prepare_cached(sql)?.execute((transactions, before ^ unfinished.0))?;
    cross(Place::CommitBefore);
    transaction.commit()?;
    cross(Place::CommitAfter);
    Ok(unsigned(transactions))
}

/// Random, so that two owners never share one.
fn fresh_lease_id() -> Uuid {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_ne_bytes()).into_uuid()
}
