//! What every journal must do, done by this one; and what the one in memory makes of the same history.

use onex::journal::Memory;
use onex::journal::conformance::{self, Store};

use crate::support::OnDisk;

struct InMemory;

impl Store for InMemory {
    type Journal = Memory;

    fn empty(&self) -> Memory {
        Memory::default()
    }

    fn reopened(&self, journal: Memory) -> Memory {
        journal
    }
}

#[tokio::test]
async fn it_does_what_every_journal_must() {
    conformance::cases(&OnDisk::new()).await;
}

#[tokio::test]
async fn it_agrees_with_the_naive_model() {
    conformance::histories(&OnDisk::new(), 0..12).await;
}

#[tokio::test]
async fn it_agrees_with_the_journal_in_memory() {
    let on_disk = OnDisk::new();
    for seed in 1000..1006 {
        let expected = conformance::transcript(&InMemory, seed).await;
        assert_eq!(conformance::transcript(&on_disk, seed).await, expected, "history {seed}");
    }
}
